"""Responses of queries: finished bytes as they are, lines as they come, and callers who hang up."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
Headers = Iterable[tuple[bytes, bytes]]
log = logging.getLogger(__name__)
NDJSON = b"text/ndjson"
_BROKEN = b'\n{"message":"The stream ended before its result.","reason":"INTERNAL"}'
_PIECE_BYTES = 64 * 1024


class Bytes(Response):
    """Finished bytes with nothing computed but their length."""

    def __init__(self, content_type: bytes, body: bytes, more: Headers = ()) -> None:
        self.status_code = 200
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *more]


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


class Pieces(Response):
    """A document while it is made: `first` is sent at once, then what `rest` yields.

    A failure of `rest` ends the connection without ending the body, so that nobody takes what came for
    the whole. A caller of HTTP/1.0 could not tell: to it nothing is sent before everything is there.
    """

    def __init__(
        self, content_type: bytes, first: bytes, rest: AsyncGenerator[bytes, None], more: Headers = ()
    ) -> None:
        self.status_code = 200
        self.background = None
        self.raw_headers = [(b"content-type", content_type), *more]
        self._first = first
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._rest):
            with suppress(ClientDisconnect):
                send_all = self._send_known if scope.get("http_version") == "1.0" else self._send_parts
                await unless_hung_up(send_all(send), receive)

    async def _send_parts(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send(_piece(self._first))
        try:
            async for part in self._rest:
                await send(_piece(part))
        except Exception:
            log.exception("a document broke after its first bytes")
            return
        await send({"type": "http.response.body", "body": b""})

    async def _send_known(self, send: Send) -> None:
        with tempfile.TemporaryFile() as file:
            await run_in_threadpool(file.write, self._first)
            async for part in self._rest:
                await run_in_threadpool(file.write, part)
            length = file.tell()
            file.seek(0)
            headers = [*self.raw_headers, (b"content-length", b"%d" % length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while part := await run_in_threadpool(file.read, _PIECE_BYTES):
                await send(_piece(part))
        await send({"type": "http.response.body", "body": b""})


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
