"""Responses of queries: finished bytes as they are, lines as they come, and callers who hang up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
log = logging.getLogger(__name__)
NDJSON = b"text/ndjson"
_BROKEN = b'\n{"message":"The stream ended before its result.","reason":"INTERNAL"}'
_PIECE_BYTES = 64 * 1024


class Bytes(Response):
    """Finished bytes with nothing computed but their length."""

    def __init__(self, content_type: bytes, body: bytes) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]


class Lines(Response):
    """An NDJSON stream: `first` is sent at once, then what `rest` yields, small parts together.

    When the caller hangs up, `rest` is closed at once, and it knows what that means. A failure of
    `rest` ends the stream with an unterminated line that tells nothing from inside, and no footer
    (query digest §1.4).
    """

    def __init__(self, rest: AsyncGenerator[bytes, None], *, first: bytes = b"") -> None:
        self.status_code = 200
        self.background = None
        self.raw_headers = [(b"content-type", NDJSON)]
        self._rest = rest
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._rest):
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if self._first:
                await send({"type": "http.response.body", "body": self._first, "more_body": True})
            with suppress(ClientDisconnect):
                await unless_hung_up(self._pump(send), receive)

    async def _pump(self, send: Send) -> None:
        waiting = bytearray()
        try:
            async for part in self._rest:
                if len(part) >= _PIECE_BYTES:
                    if waiting:
                        await send(_piece(bytes(waiting)))
                        waiting.clear()
                    await send(_piece(part))
                else:
                    waiting += part
        except Exception:
            log.exception("a stream broke")
            waiting += _BROKEN
        await send({"type": "http.response.body", "body": bytes(waiting)})


async def unless_hung_up(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Await `work`; when the caller hangs up first, cancel it, and wait until it has taken note.

    Raises:
        ClientDisconnect: the caller is gone.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_hung_up(receive))
    both: set[asyncio.Future[Any]] = {task, gone}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    if task.cancelled():
        raise ClientDisconnect
    return task.result()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _piece(part: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": True}
