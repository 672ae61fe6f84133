"""Whole JSON answers to GET leave compressed, where the caller takes gzip and nothing in them is secret.

Compression tells by its length whether what a caller chose stands in an answer beside what is secret
(BREACH, CVE-2013-3587). So answers that hold tokens are never compressed, nor is any answer to a write.
"""

from __future__ import annotations

import gzip

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LEAST_BYTES = 1024
_ON_A_THREAD_BYTES = 64 * 1024
_LEVEL = 5
_JSON = (b"application/json", b"application/scim+json")
_NEVER = (
    "/api/v1/session",
    "/api/v1/api-keys",
    "/api/v1/personal-tokens",
    "/api/v1/embed",
    "/api/v1/invitations",
    "/api/unstable/api-keys",
    "/api/unstable/embed",
)


class Compression:
    """ASGI: compress what is worth it; everything that is sent in several parts passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _may_compress(scope):
            await self._app(scope, receive, send)
            return
        takes_gzip = accepts_gzip(scope)
        held: Message | None = None

        async def compressing(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_json(message):
                headers = [*message["headers"], (b"vary", b"Accept-Encoding")]
                held = {**message, "headers": headers}
                return
            if held is not None:
                start, held = held, None
                body = message.get("body", b"")
                if takes_gzip and not message.get("more_body", False) and len(body) >= _LEAST_BYTES:
                    body = await _compressed(body)
                    message = {**message, "body": body}
                    start = {**start, "headers": _encoded(start, len(body))}
                await send(start)
            await send(message)

        await self._app(scope, receive, compressing)


def accepts_gzip(scope: Scope) -> bool:
    """Tell whether the caller takes gzip (RFC 9110 §12.5.3)."""
    said = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding")
    for part in said.decode("latin-1").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _may_compress(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["method"] == "GET" and path.startswith("/api/") and not path.startswith(_NEVER)


def _is_json(start: Message) -> bool:
    headers = dict(start["headers"])
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip()
    return start["status"] == 200 and kind in _JSON and b"content-encoding" not in headers


def _encoded(start: Message, length: int) -> list[tuple[bytes, bytes]]:
    kept = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    return [*kept, (b"content-encoding", b"gzip"), (b"content-length", b"%d" % length)]


async def _compressed(body: bytes) -> bytes:
    """Compress; a large body on a thread, so that others are served meanwhile."""
    if len(body) < _ON_A_THREAD_BYTES:
        return gzip.compress(body, _LEVEL, mtime=0)
    return await run_in_threadpool(gzip.compress, body, _LEVEL, mtime=0)
