"""Responses that wait for a run: lines leave as soon as they exist, a caller who hangs up cancels."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
log = logging.getLogger(__name__)
_NDJSON = b"text/ndjson"
_BROKEN = b'{"message":"The stream ended before its result.","reason":"internal"}'


def whole(content_type: bytes, body: bytes) -> Response:
    """Answer finished bytes as they are."""
    return Bytes(content_type, body)


class Bytes(Response):
    """Finished bytes with nothing computed but their length."""

    def __init__(self, content_type: bytes, body: bytes) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]


class Lines(Response):
    """An NDJSON stream: `first` is sent at once, then what `rest` yields when it is ready.

    If the caller disconnects while `rest` is awaited, it is cancelled and `on_hangup` is called. A
    failure of `rest` ends the stream with an unterminated line that names no inside text, as the
    service does (query digest §1.4).
    """

    def __init__(
        self,
        rest: Awaitable[Iterable[bytes]],
        *,
        first: bytes = b"",
        on_hangup: Callable[[], None] | None = None,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.raw_headers = [(b"content-type", _NDJSON)]
        self._rest = rest
        self._first = first
        self._on_hangup = on_hangup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = asyncio.ensure_future(self._rest)
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if self._first:
            await send({"type": "http.response.body", "body": self._first, "more_body": True})
        if not await finishes(work, receive):
            if self._on_hangup is not None:
                self._on_hangup()
            return
        try:
            chunks = work.result()
        except Exception:  # whatever it was, the status line has left: end the stream as broken
            log.exception("a stream broke")
            await send({"type": "http.response.body", "body": _BROKEN})
            return
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def finishes(work: asyncio.Future[T], receive: Receive) -> bool:
    """Wait for `work`; False when the caller hung up first, and then `work` is cancelled."""
    gone = asyncio.ensure_future(_hung_up(receive))
    try:
        both: set[asyncio.Future[Any]] = {work, gone}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not work.done():
            work.cancel()
    return work.done() and not work.cancelled()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
