"""What one connection may cost: heads, trailers and bodies that are too large or never come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from holoscope.cli import bounded_http
from holoscope.cli.bounded_http import MAX_HEAD_BYTES, BoundedHttp

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"


class Asked:
    """An application that reads what it is sent, and remembers it."""

    def __init__(self) -> None:
        self.headers: list[list[tuple[bytes, bytes]]] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            if not message["more_body"]:
                break
        self.headers.append(list(scope["headers"]))
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.6)
    monkeypatch.setattr(bounded_http, "BODY_WINDOW_SECONDS", 0.6)


def talk(say: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]], app: Any = None) -> Any:
    """Serve `app` on loopback for as long as one conversation takes."""

    async def whole() -> Any:
        loop = asyncio.get_running_loop()
        config = uvicorn.Config(app or Asked(), http=BoundedHttp, ws="none", lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        server = await loop.create_server(
            lambda: BoundedHttp(config=config, server_state=state, app_state={}, _loop=loop), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        try:
            return await asyncio.wait_for(say(reader, writer), 60)
        finally:
            writer.close()
            for connection in list(state.connections):
                connection.transport.abort()
            server.close()

    return asyncio.run(whole())


async def answer(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


def test_ordinary_requests_one_after_the_other() -> None:
    app = Asked()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in (GET, POST + b"x" * 100_000, GET):
            writer.write(request)
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.7)

    talk(say, app)
    assert [len(body) for body in app.bodies] == [0, 100_000, 0]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("where", ["header", "name", "many", "path"])
def test_a_large_head(where: str, at_once: bool) -> None:
    app = Asked()
    big = b"a" * (MAX_HEAD_BYTES + 1)
    head = {
        "header": b"GET /a HTTP/1.1\r\nX-A: " + big,
        "name": b"GET /a HTTP/1.1\r\n" + big + b": a",
        "many": b"GET /a HTTP/1.1\r\n" + b"A: b\r\n" * (MAX_HEAD_BYTES // 6 + 1) + b"A: b",
        "path": b"GET /" + big + b" HTTP/1.1\r\nHost: x",
    }[where] + b"\r\n\r\n"

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for start in range(0, len(head), len(head) if at_once else 8192):
            writer.write(head[start : start + (len(head) if at_once else 8192)])
            await writer.drain()
        return await reader.read()

    assert talk(say, app).startswith(b"HTTP/1.1 431 ")
    assert app.headers == []


@pytest.mark.parametrize("first", [b"", b"GET /a HTT", b"GET /a HTTP/1.1\r\nHost: x\r\n"])
@pytest.mark.parametrize("before", [b"", GET])
def test_a_head_that_does_not_come(first: bytes, before: bytes) -> None:
    if before and not first:
        pytest.skip("an idle connection may stay")

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
        if before:
            writer.write(before)
            await answer(reader)
        started = time.monotonic()
        writer.write(first)
        assert await reader.read() == b""
        return time.monotonic() - started

    assert talk(say) >= 0.5


def test_a_head_that_comes_drop_by_drop() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET)
        await answer(reader)
        for byte in b"GET /a HTTP/1.1\r\nX-A: " + b"a" * 10_000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
            if reader.at_eof():
                return
        pytest.fail("it may go on")

    talk(say)


def test_a_body_that_comes_too_slowly() -> None:
    app = Asked()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(POST)
        for _ in range(1_000):
            writer.write(b"x")
            await asyncio.sleep(0.02)
            if reader.at_eof():
                return
        pytest.fail("it may go on")

    talk(say, app)
    assert app.bodies == []


def test_a_body_that_takes_its_time_and_comes() -> None:
    app = Asked()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(POST)
        for _ in range(20):
            writer.write(b"x" * 5_000)
            await asyncio.sleep(0.1)
        return await answer(reader)

    assert talk(say, app).startswith(b"HTTP/1.1 200")
    assert len(app.bodies[0]) == 100_000


def test_trailers_are_dropped() -> None:
    app = Asked()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n")
        writer.write(b"Authorization: Bearer x\r\nX-Forwarded-Proto: https\r\n\r\n")
        return await answer(reader)

    assert talk(say, app).startswith(b"HTTP/1.1 200")
    assert app.bodies == [b"hi"]
    assert [name for name, _ in app.headers[0]] == [b"host", b"transfer-encoding"]
