"""A server below a path of its host, like `https://bi.example.com/analytics`; a proxy may strip the path."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holoscope.http.same_origin import addressed_origin

_KEY = "base_path"


class BasePath:
    """ASGI: take the path off what comes in and put it before where redirects lead.

    Everything within knows only paths of the server; pages refer to each other relatively.
    """

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._base:
            await self._app(scope, receive, send)
            return
        scope = {**scope, _KEY: self._base}
        if scope["path"] == self._base or scope["path"].startswith(f"{self._base}/"):
            scope["path"] = scope["path"][len(self._base) :] or "/"
            scope["raw_path"] = scope.get("raw_path", b"")[len(self._base) :] or b"/"
        prefix = self._base.encode()

        async def outward(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, prefix + value if name == b"location" and _is_local(value) else value)
                    for name, value in message.get("headers", ())
                ]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, outward)


def base_path(connection: HTTPConnection) -> str:
    """Return the path below which the server lies, without a slash at its end; empty at the root."""
    base: str = connection.scope.get(_KEY, "")
    return base


def published_base(connection: HTTPConnection, public_url: str | None) -> str:
    """Return the address that people know the server by, for links that leave it."""
    return f"{public_url or addressed_origin(connection)}{base_path(connection)}"


def _is_local(location: bytes) -> bool:
    return location.startswith(b"/") and not location.startswith(b"//")
