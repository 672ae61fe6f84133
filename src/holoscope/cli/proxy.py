"""What a trusted proxy says about the request it passes on: was it HTTPS, and whose is it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from holoscope.cli.listener import HTTPS_ONLY
from holoscope.http.peers import is_from_a_peer
from holoscope.settings import Network

_BODY = orjson.dumps({"detail": HTTPS_ONLY, "status": 403, "code": "https_required"})


def is_trusted(peer: str, networks: Sequence[Network]) -> bool:
    """Tell whether `peer` lies in one of `networks`; an IPv4 address in IPv6 clothes counts as IPv4."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in network for network in networks)


class BehindProxy:
    """ASGI: refuse what did not reach the proxy over HTTPS; take the client's address from the proxy.

    A plain request passes only when its peer is trusted and every `X-Forwarded-Proto` it carries is
    `https`. The client is the rightmost address of `X-Forwarded-For` that is not itself a trusted
    proxy: addresses further left were written by the client. Headers of untrusted peers mean nothing.
    What another process of this server passes on came here over HTTPS.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[Network]) -> None:
        self._app = app
        self._networks = networks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_from_a_peer(scope):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        if client is None or not is_trusted(client[0], self._networks):
            if scope["scheme"] == "https":
                await self._app(scope, receive, send)
            else:
                await _refuse(send)
            return
        schemes = _values(scope, b"x-forwarded-proto")
        if any(scheme != "https" for scheme in schemes) or (scope["scheme"] != "https" and not schemes):
            await _refuse(send)
            return
        found = self._client(_values(scope, b"x-forwarded-for"))
        await self._app(
            {**scope, "scheme": "https", "client": (found, 0) if found else client}, receive, send
        )

    def _client(self, chain: list[str]) -> str | None:
        for text in reversed(chain):
            try:
                ip_address(text)
            except ValueError:
                return None
            if not is_trusted(text, self._networks):
                return text
        return None


def _values(scope: Scope, header: bytes) -> list[str]:
    texts = [value.decode("latin-1") for name, value in scope["headers"] if name == header]
    return [part.strip().lower() for text in texts for part in text.split(",")]


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(_BODY)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})
