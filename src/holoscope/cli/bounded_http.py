"""uvicorn's HTTP protocol with bounds on what a peer may send and how slowly.

The parser below has none: it would collect a head of any size, trailers behind any body, and wait for both
for ever. What an application may get as a body is bounded there (`http.body_limit`).
"""

from __future__ import annotations

import asyncio
import weakref
from typing import Any, cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 65_536
HEAD_SECONDS = 30.0
BODY_WINDOW_SECONDS = 30.0
SLOWEST_BODY = 4096
"""Bytes per second that a body must bring on the average of a window."""

_BODY = orjson.dumps(
    {"detail": f"Request head is larger than {MAX_HEAD_BYTES} bytes", "status": 431, "code": "head_too_large"}
)
_ANSWER = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n%b"
) % (len(_BODY), _BODY)

_IDLE, _HEAD, _TAIL, _REFUSED = range(4)


class BoundedHttp(HttpToolsProtocol):
    """Answers 431 to a large head, drops trailers, closes connections whose head or body does not come."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **named)
        self._phase = _IDLE
        self._message = 0
        self._head_bytes = 0
        self._window_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head; a silent peer has no longer than a slow one."""
        super().connection_made(transport)
        self.loop.call_later(HEAD_SECONDS, _check_head, weakref.ref(self), 0)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and count it."""
        if self._phase == _REFUSED:
            return
        self._window_bytes += len(data)
        super().data_received(data)
        if self._phase == _HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse()

    def on_message_begin(self) -> None:
        """Begin to wait for a head."""
        self._phase = _HEAD
        self._message += 1
        self._head_bytes = 0
        if self._message > 1:
            self.loop.call_later(HEAD_SECONDS, _check_head, weakref.ref(self), self._message)
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes behind the body is dropped, as RFC 9110 §6.5.1 allows."""
        if self._phase == _HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request over, and begin to wait for its body."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MAX_HEAD_BYTES:
            self._refuse()
            return
        self._phase = _TAIL
        self._window_bytes = 0
        self.loop.call_later(BODY_WINDOW_SECONDS, _check_body, weakref.ref(self), self._message)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        if self._phase != _REFUSED:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Nothing more is waited for."""
        if self._phase != _REFUSED:
            self._phase = _IDLE
            super().on_message_complete()

    def _refuse(self) -> None:
        self._phase = _REFUSED
        self.transport.write(_ANSWER)
        self.transport.close()

    def _is_behind(self, phase: int, message: int) -> bool:
        return self._phase == phase and self._message == message


def _check_head(connection: weakref.ref[BoundedHttp], message: int) -> None:
    """Close a connection whose head is not complete by now; message 0 means that none ever was."""
    protocol = connection()
    if protocol is None:
        return
    under_way = cast("object | None", protocol.cycle)  # None before the first request, whatever its type says
    if (message == 0 and under_way is None) or protocol._is_behind(_HEAD, message):
        protocol.transport.close()


def _check_body(connection: weakref.ref[BoundedHttp], message: int) -> None:
    """Close a connection whose body comes too slowly, unless we ourselves asked it to wait."""
    protocol = connection()
    if protocol is None or not protocol._is_behind(_TAIL, message):
        return
    too_slow = protocol._window_bytes < SLOWEST_BODY * BODY_WINDOW_SECONDS
    if too_slow and not protocol.flow.read_paused:
        protocol.transport.close()
        return
    protocol._window_bytes = 0
    protocol.loop.call_later(BODY_WINDOW_SECONDS, _check_body, connection, message)
