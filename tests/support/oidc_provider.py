"""A small OpenID Connect provider on loopback: real HTTP, real RSA keys, and knobs to make it lie."""

from __future__ import annotations

import json
import secrets
import ssl
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "holoscope"
CLIENT_SECRET = "s3cret of the client:%/+"

Claims = dict[str, Any]


@dataclass
class OidcProvider:
    """What it says about whoever comes; `forge` may replace the signed token, `documents` any answer."""

    issuer: str
    redirect_uri: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    user: Claims = field(default_factory=dict)
    changes: Claims = field(default_factory=dict)
    forge: Callable[[Claims], str] | None = None
    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def is_(self, subject: str, email: str, *, verified: object = True, **more: object) -> None:
        """Say who comes from now on."""
        self.user = {"sub": subject, "email": email, "email_verified": verified, "name": subject, **more}

    def sign(self, claims: Claims, **header: str) -> str:
        return jwt.encode({"alg": "RS256", "kid": "first", **header}, claims, self.key)

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
        made = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if (
            query is None
            or (unquote(user), unquote(password)) != (CLIENT_ID, CLIENT_SECRET)
            or form.get("redirect_uri") != query["redirect_uri"]
            or made.decode() != query["code_challenge"]
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
        text = self.sign(claims) if self.forge is None else self.forge(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": text}


@contextmanager
def oidc_provider(redirect_uri: str, tls: ssl.SSLContext | None = None) -> Iterator[OidcProvider]:
    """Run a provider on a free port of 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            provider.asked.append(place.path)
            if place.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(place.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            documents = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/keys": {"keys": [provider.key.as_dict(private=False)]},
                **provider.documents,
            }
            self._answer(200 if place.path in documents else 404, documents.get(place.path))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if "/token" in provider.documents:
                self._answer(200, provider.documents["/token"])
                return
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, value: Any) -> None:
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    provider = OidcProvider(f"{scheme}://127.0.0.1:{server.server_port}", redirect_uri)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
