"""One port that speaks TLS and says so to those who do not.

Every accepted connection is looked at before anything is built for it: the first byte of a TLS
handshake is 0x16, no HTTP request starts with it. The byte is peeked, not read, so TLS and HTTP
begin exactly as they would on a port of their own. What is not TLS goes to `plain`, which by
default answers 403 without reading the request, so its key is never even parsed.
See docs/decisions/0010-one-port-for-tls.md.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

import orjson

from holoscope.kit.ids import new_id

log = logging.getLogger("holoscope.listener")

TLS_HANDSHAKE = 0x16
FIRST_BYTE_SECONDS = 10.0
HANDSHAKE_SECONDS = 10.0
LINGER_SECONDS = 2.0
ACCEPT_PAUSE_SECONDS = 0.5
ACCEPTS_PER_TURN = 128
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

ProtocolFactory = Callable[[], asyncio.Protocol]
PlainChoice = Callable[[str], ProtocolFactory]  # peer address -> who answers it when it speaks plain HTTP

HTTPS_ONLY = (
    "This server speaks HTTPS only. Repeat the request with https://; if its key was sent over plain HTTP, "
    "treat the key as exposed and replace it."
)


class Refusal(asyncio.Protocol):
    """Answer 403 to whatever comes first, then close; nothing of the request is interpreted."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._timer = asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)  # type: ignore[attr-defined]
        self._answered = False

    def data_received(self, data: bytes) -> None:
        """Answer the first bytes; swallow the rest, since closing on unread bytes would reset the answer."""
        if self._answered or self._transport is None:
            return
        self._answered = True
        self._transport.write(refusal_bytes(HTTPS_ONLY, head_only=data.startswith(b"HEAD ")))
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()


def refusal_bytes(detail: str, *, head_only: bool = False) -> bytes:
    """Render the whole 403 response that ends a connection."""
    body = orjson.dumps({"detail": detail, "status": 403, "code": "https_required"})
    head = (
        "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\n"
        f"x-request-id: {new_id()}\r\ncontent-length: {len(body)}\r\n"
        "cache-control: no-store\r\nconnection: close\r\n\r\n"
    )
    return head.encode("ascii") + (b"" if head_only else body)


class Listener:
    """Accepts on bound sockets until closed. `close` and `wait_closed` are those of `asyncio.Server`."""

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        protocol: ProtocolFactory,
        *,
        tls: ssl.SSLContext | None,
        plain: PlainChoice,
    ) -> None:
        self._sockets = sockets
        self._protocol = protocol
        self._tls = tls
        self._plain = plain
        self._loop = asyncio.get_running_loop()
        self._undecided: dict[socket.socket, asyncio.TimerHandle] = {}
        self._handshakes: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, backlog: int = 2048) -> None:
        """Begin to accept; the sockets are bound already."""
        for listening in self._sockets:
            listening.setblocking(False)
            listening.listen(backlog)
            self._loop.add_reader(listening.fileno(), self._accept, listening)

    def close(self) -> None:
        """Stop accepting and drop connections that have not yet said anything or shaken hands."""
        if self._closed:
            return
        self._closed = True
        for listening in self._sockets:
            self._loop.remove_reader(listening.fileno())
            listening.close()
        for connection in list(self._undecided):
            self._drop(connection)
        for handshake in self._handshakes:
            handshake.cancel()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._handshakes, return_exceptions=True)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            try:
                connection, peer = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    raise
                log.error("no more connections", extra={"fields": {"reason": error.strerror}})  # noqa: TRY400
                self._loop.remove_reader(listening.fileno())
                self._loop.call_later(ACCEPT_PAUSE_SECONDS, self._resume, listening)
                return
            connection.setblocking(False)
            self._decide(connection, str(peer[0]))

    def _resume(self, listening: socket.socket) -> None:
        if not self._closed:
            self._loop.add_reader(listening.fileno(), self._accept, listening)

    def _decide(self, connection: socket.socket, peer: str) -> None:
        try:
            first = connection.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            if connection not in self._undecided:
                self._undecided[connection] = self._loop.call_later(
                    FIRST_BYTE_SECONDS, self._drop, connection
                )
                self._loop.add_reader(connection.fileno(), self._decide, connection, peer)
            return
        except OSError:
            self._drop(connection)
            return
        self._forget(connection)
        if not first:
            connection.close()
        elif first[0] != TLS_HANDSHAKE:
            self._hand_over(connection, self._plain(peer), None)
        elif self._tls is not None:
            self._hand_over(connection, self._protocol, self._tls)
        else:
            connection.close()

    def _hand_over(
        self, connection: socket.socket, protocol: ProtocolFactory, tls: ssl.SSLContext | None
    ) -> None:
        task = self._loop.create_task(self._connect(connection, protocol, tls))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)

    async def _connect(
        self, connection: socket.socket, protocol: ProtocolFactory, tls: ssl.SSLContext | None
    ) -> None:
        timeout = None if tls is None else HANDSHAKE_SECONDS
        try:
            await self._loop.connect_accepted_socket(
                protocol, sock=connection, ssl=tls, ssl_handshake_timeout=timeout
            )
        except OSError as error:  # ssl.SSLError and a handshake past its time are OSErrors too
            log.debug("handshake failed", extra={"fields": {"reason": str(error)}})
            with suppress(OSError):
                connection.close()

    def _forget(self, connection: socket.socket) -> None:
        timer = self._undecided.pop(connection, None)
        if timer is not None:
            timer.cancel()
            self._loop.remove_reader(connection.fileno())

    def _drop(self, connection: socket.socket) -> None:
        self._forget(connection)
        connection.close()


def bind(host: str, port: int) -> list[socket.socket]:
    """Bind `host`; `localhost` means 127.0.0.1 and, where there is IPv6, ::1 on the same port.

    Raises:
        OSError: the address is unknown, foreign, in use, or needs more rights.
    """
    if host != "localhost":
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return [_bound(family, address)]
    attempts = 10 if port == 0 else 1
    for attempt in range(attempts):
        first = _bound(socket.AF_INET, ("127.0.0.1", port))
        try:
            return [first, _bound(socket.AF_INET6, ("::1", first.getsockname()[1]))]
        except OSError as error:
            if error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                return [first]  # a machine without IPv6
            first.close()
            if error.errno != errno.EADDRINUSE or attempt == attempts - 1:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free on both loopback addresses")


def _bound(family: int, address: object) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            is_any = cast("tuple[str, int]", address)[0] == "::"
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if is_any else 1)
        listening.bind(address)  # type: ignore[arg-type]
    except OSError:
        listening.close()
        raise
    return listening
