"""What every response tells a browser not to do; a response that says something of its own keeps it."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = b"content-security-policy"
_UNFRAMED = (
    (_POLICY, b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
)
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """ASGI: add what is missing among the headers that keep a browser from being used against us.

    No sniffing, no framing, nothing loaded or run, nothing cached, and no plain HTTP for a year. The last
    is not said for `localhost` and bare addresses: it would hold for every port of them. A response with
    a content security policy of its own says itself who may frame it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                said = {name for name, _ in headers}
                headers += [pair for pair in _ALWAYS if pair[0] not in said]
                if _POLICY not in said:
                    headers += _UNFRAMED
                if scope["scheme"] == "https" and _is_named(scope):
                    headers.append(_HTTPS_ONLY)
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, guarded)


def _is_named(scope: Scope) -> bool:
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    if name.strip(".").lower() in {"", "localhost"} or name.lower().endswith(".localhost"):
        return False
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return True
    return False
