"""The process behind `support.oidc_provider`: real HTTP, real RSA keys, and knobs to make it lie.

Started with `{"redirectUri": …, "cert": path or null}` on its standard input; says `{"issuer": …}`. Each
further line changes knobs (or asks what was asked of it) and is answered by one line. Ends with its input,
so it never outlives who started it.
"""

from __future__ import annotations

import json
import secrets
import ssl
import sys
import threading
import time
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "holoscope"
CLIENT_SECRET = "s3cret of the client:%/+"
DISCOVERY = "/.well-known/openid-configuration"

Claims = dict[str, Any]


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class Provider:
    """What it says about whoever comes. The fields from `user` on are the knobs."""

    issuer: str
    redirect_uri: str
    keys: dict[str, RSAKey]
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    user: Claims = field(default_factory=dict)
    changes: Claims = field(default_factory=dict)
    forge: str | None = None
    kid: str = "first"
    documents: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)

    def turn(self, knobs: dict[str, Any]) -> None:
        for name, value in knobs.items():
            assert name in {"user", "changes", "forge", "kid", "documents", "statuses", "delays", "asked"}
            setattr(self, name, value)

    @property
    def key(self) -> RSAKey:
        if self.kid not in self.keys:
            self.keys[self.kid] = new_key(self.kid)
        return self.keys[self.kid]

    def sign(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.kid}, claims, self.key)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorize(self, query: dict[str, str]) -> str:
        assert query["client_id"] == CLIENT_ID
        assert query["redirect_uri"] == self.redirect_uri
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{self.redirect_uri}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        user, _, password = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        query = self.codes.pop(form.get("code", ""), None)
        made = _encoded(sha256(form.get("code_verifier", "").encode()).digest())
        if (
            query is None
            or (unquote(user), unquote(password)) != (CLIENT_ID, CLIENT_SECRET)
            or form.get("redirect_uri") != query["redirect_uri"]
            or made != query["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            **self.user,
            **self.changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        text = self.sign(claims) if self.forge is None else FORGERIES[self.forge](self, claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": text}


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _unsigned(_: Provider, claims: Claims) -> str:
    return f"{_encoded(json.dumps({'alg': 'none'}).encode())}.{_encoded(json.dumps(claims).encode())}."


def _by_hmac(provider: Provider, claims: Claims) -> str:
    key = OctKey.import_key(provider.key.as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, key)


def _by_stranger(kid: str, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": kid}, claims, new_key("stranger"))


def _with_own_key(_: Provider, claims: Claims) -> str:
    key = new_key("own")
    return jwt.encode({"alg": "RS256", "kid": "first", "jwk": key.as_dict(private=False)}, claims, key)


def _tampered(provider: Provider, claims: Claims) -> str:
    head, body, signature = provider.sign(claims).split(".")
    changed = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4))) | {"sub": "somebody-else"}
    return f"{head}.{_encoded(json.dumps(changed).encode())}.{signature}"


FORGERIES = {
    "alg none": _unsigned,
    "HMAC with the public key": _by_hmac,
    "another key under a known id": lambda _, claims: _by_stranger("first", claims),
    "a key nobody knows": lambda _, claims: _by_stranger("second", claims),
    "its own key in the header": _with_own_key,
    "changed after signing": _tampered,
    "no token": lambda *_: "",
    "garbage": lambda *_: "a.b.c",
    "huge": lambda *_: "x" * 20_000,
}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if self._is_odd(place.path):
                return
            if place.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(place.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            documents = {
                DISCOVERY: provider.discovery(),
                "/keys": {"keys": [provider.key.as_dict(private=False)]},
            }
            self._answer(200 if place.path in documents else 404, documents.get(place.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self._is_odd(self.path):
                return
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _is_odd(self, path: str) -> bool:
            """Wait, fail, hang up (status 0) or say another document, as the knobs want."""
            provider.asked.append(path)
            time.sleep(provider.delays.get(path, 0))
            status = provider.statuses.get(path, 200)
            if status == 0:
                self.close_connection = True
            elif path in provider.documents or status != 200:
                self._answer(status, provider.documents.get(path, "").encode())
            else:
                return False
            return True

        def _answer(self, status: int, value: Any) -> None:
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    provider = Provider("", wanted["redirectUri"], {"first": new_key("first")})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    scheme = "http"
    if wanted["cert"] is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(wanted["cert"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    provider.issuer = f"{scheme}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _say({"issuer": provider.issuer})
    for line in sys.stdin:
        provider.turn(json.loads(line))
        _say({"asked": provider.asked})


if __name__ == "__main__":
    main()
