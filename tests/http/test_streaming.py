"""On the wire, message by message: what leaves when, and what a hang-up stops."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from http.client import HTTPConnection, IncompleteRead
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.requests import ClientDisconnect

from holoscope.http.application import create_app
from holoscope.http.streaming import Lines, Pieces, unless_hung_up
from support.house import House
from support.pace import SOON, comes

RUN = "/api/v1/query/run"


class Wire:
    """One request, driven by hand: `hang_up` when you like, `sent` is what left so far."""

    def __init__(self, body: bytes = b"") -> None:
        self.sent: list[dict[str, Any]] = []
        self._body: bytes | None = body
        self._gone = asyncio.Event()
        self.something = asyncio.Event()

    def hang_up(self) -> None:
        self._gone.set()

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body" and message.get("body"):
            self.something.set()

    @property
    def text(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def scope(house: House, path: str = RUN) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "https",
        "http_version": "1.1",
        "server": ("testserver", 443),
        "client": ("127.0.0.1", 1),
        "headers": [(b"authorization", f"Bearer {house.admin_key}".encode())],
    }


def free_turns(house: House) -> int:
    return house.warehouse.under_way.slots._free


def slow_query(house: House, **envelope: Any) -> bytes:
    query = {"modelId": house.model_id, "table": "slow", "fields": ["slow.n"]}
    return orjson.dumps({"query": query, **envelope})


@pytest.mark.parametrize("envelope", [{}, {"resultType": "csv"}])
@pytest.mark.parametrize("accept", [b"*/*", b"application/json"])
def test_a_hang_up_stops_the_statement(house: House, envelope: dict[str, Any], accept: bytes) -> None:
    async def scenario() -> None:
        idle = free_turns(house)
        app = create_app(house.services)
        wire = Wire(slow_query(house, **envelope))
        asked = scope(house)
        asked["headers"].append((b"accept", accept))
        work = asyncio.ensure_future(app(asked, wire.receive, wire.send))
        if not envelope and accept == b"*/*":
            await asyncio.wait_for(wire.something.wait(), SOON)
            (header,) = wire.text.splitlines()
            assert orjson.loads(header).keys() == {"jobs_submitted"}, "the header leaves before the result"
        await comes(lambda: free_turns(house) == idle - 1)  # one statement is under way
        if envelope or accept != b"*/*":
            assert wire.sent == []
        assert not work.done()
        wire.hang_up()
        await asyncio.wait_for(work, SOON)
        await comes(lambda: free_turns(house) == idle, SOON)

    asyncio.run(scenario())


async def of(parts: list[bytes | Exception]) -> AsyncGenerator[bytes, None]:
    for part in parts:
        if isinstance(part, Exception):
            raise part
        yield part


def sent_by(parts: list[bytes | Exception], first: bytes = b"") -> Wire:
    async def scenario() -> Wire:
        wire = Wire()
        wire._body = None
        await Lines(of(parts), first=first)({}, wire.receive, wire.send)
        return wire

    return asyncio.run(scenario())


def test_small_parts_leave_together_and_large_ones_at_once() -> None:
    large = b"x" * 70_000
    wire = sent_by([b"a", b"b", large, b"c", b"d"], first=b"header\n")
    bodies = [message["body"] for message in wire.sent[1:]]
    assert bodies == [b"header\n", b"ab", large, b"cd"]
    assert [message.get("more_body", False) for message in wire.sent[1:]] == [True, True, True, False]
    assert wire.sent[0]["headers"] == [(b"content-type", b"text/ndjson")]


def test_a_stream_that_breaks_says_so_without_a_footer() -> None:
    wire = sent_by([b'{"job_id":', RuntimeError("the inside")], first=b"{}\n")
    assert wire.text.endswith(b'\n{"message":"The stream ended before its result.","reason":"INTERNAL"}')
    assert b"the inside" not in wire.text
    assert not wire.text.endswith(b"\n")


def test_what_is_awaited_has_ended_when_the_hang_up_is_told() -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("cleaned up")

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def scenario() -> None:
        with pytest.raises(ClientDisconnect):
            await unless_hung_up(work(), gone)
        assert seen == ["cleaned up"]

    run_scenario(scenario)


def run_scenario(scenario: Callable[[], Awaitable[None]]) -> None:
    async def wrapped() -> None:
        await scenario()

    asyncio.run(wrapped())


@pytest.mark.slow
def test_a_slow_query_is_handed_to_wait(house: House) -> None:
    with house.client() as client:
        answer = client.post(RUN, content=slow_query(house)).content.splitlines()
        (job_id,) = orjson.loads(answer[0])["jobs_submitted"]
        assert orjson.loads(answer[-1]) == {"remaining_job_ids": [job_id], "timed_out": "true"}
        house.services.runs.cancel(job_id, house.organization_id)
        line, footer = client.get(f"/api/v1/query/wait?jobIds={job_id}").content.splitlines()
        assert orjson.loads(line)["error_type"] == "KILL"
        assert orjson.loads(footer)["timed_out"] == "false"


async def _three(closed: list[str], *, breaks: bool = False) -> AsyncGenerator[bytes, None]:
    try:
        yield b"two,"
        if breaks:
            raise ValueError("inside")
        yield b"three"
    finally:
        closed.append("closed")


def _document(version: str = "1.1", *, breaks: bool = False) -> Wire:
    closed: list[str] = []
    wire = Wire()

    async def main() -> None:
        response = Pieces(b"text/csv", b"one,", _three(closed, breaks=breaks))
        await response({"type": "http", "http_version": version}, wire.receive, wire.send)

    asyncio.run(main())
    assert closed == ["closed"]
    return wire


def test_a_document_leaves_in_pieces() -> None:
    wire = _document()
    assert [message.get("body") for message in wire.sent] == [None, b"one,", b"two,", b"three", b""]
    assert dict(wire.sent[0]["headers"]) == {b"content-type": b"text/csv"}
    assert not wire.sent[-1].get("more_body", False)


def test_a_document_that_breaks_is_never_ended() -> None:
    wire = _document(breaks=True)
    assert wire.text == b"one,two,"
    assert all(message.get("more_body") for message in wire.sent[1:])


def test_a_caller_of_http_1_0_gets_a_length_or_nothing() -> None:
    wire = _document("1.0")
    assert dict(wire.sent[0]["headers"])[b"content-length"] == b"13"
    assert wire.text == b"one,two,three"
    with pytest.raises(ValueError, match="inside"):
        _document("1.0", breaks=True)


@pytest.mark.parametrize("breaks", [False, True])
def test_over_a_real_connection_a_broken_document_is_incomplete(breaks: bool) -> None:
    closed: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Pieces(b"text/csv", b"one,", _three(closed, breaks=breaks))(scope, receive, send)

    config = uvicorn.Config(app, port=0, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            connection = HTTPConnection("127.0.0.1", listening.getsockname()[1], timeout=20)
            for _ in range(200):
                try:
                    connection.connect()
                    break
                except OSError:
                    time.sleep(0.05)
            connection.request("GET", "/")
            answer = connection.getresponse()
            if breaks:
                with pytest.raises(IncompleteRead):
                    answer.read()
            else:
                assert answer.read() == b"one,two,three"
            connection.close()
        finally:
            server.should_exit = True
            thread.join()
