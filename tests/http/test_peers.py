"""Answers of several processes as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import orjson
import pytest

from holoscope.http.peers import Peers, together
from holoscope.kit.ids import is_uuid
from holoscope.kit.place import Place
from holoscope.runs import lines


async def said(*parts: bytes, pause: float = 0.0) -> AsyncGenerator[bytes, None]:
    for part in parts:
        await asyncio.sleep(pause)
        yield part


def told(*sources: AsyncGenerator[bytes, None]) -> list[dict[str, object]]:
    async def read() -> bytes:
        return b"".join([part async for part in together(sources)])

    return [orjson.loads(line) for line in asyncio.run(read()).splitlines()]


def test_lines_stay_whole_and_one_footer_tells_what_remains() -> None:
    first = said(b'{"job":', b'"a"}\n', lines.footer(["x"]), pause=0.01)
    second = said(b'{"job":"b"', b"}\n{", b'"job":"c"}\n' + lines.footer(["y"])[:9], lines.footer(["y"])[9:])
    *jobs, footer = told(first, second)
    assert sorted(job["job"] for job in jobs) == ["a", "b", "c"]
    assert sorted(footer["remaining_job_ids"]) == ["x", "y"]
    assert footer["timed_out"] == "true"


def test_many_slow_sources() -> None:
    def source(name: int) -> AsyncGenerator[bytes, None]:
        text = lines.dumps({"job": name, "text": "x" * 1000}) + b"\n" + lines.footer()
        return said(*(text[at : at + 7] for at in range(0, len(text), 7)), pause=0.0001)

    *jobs, footer = told(*(source(name) for name in range(5)))
    assert sorted(job["job"] for job in jobs) == [0, 1, 2, 3, 4]
    assert footer == {"remaining_job_ids": [], "timed_out": "false"}


def test_what_broke_has_no_footer() -> None:
    answer = told(said(b'{"job":"a"}\n'), said(b'{"job":"b"}\n', lines.footer()))
    assert sorted(line["job"] for line in answer) == ["a", "b"]


@pytest.mark.parametrize("index", [0, 1, 7, 63])
def test_a_job_id_names_its_process(tmp_path, index: int) -> None:
    there = Place(tmp_path, index, 64)
    job_id = there.new_job_id()
    assert is_uuid(job_id)
    assert Place(tmp_path, 5, 64).owner_of(job_id) == index


def test_strange_ids_are_ones_own(tmp_path) -> None:
    peers = Peers(Place(tmp_path, 1, 2))
    assert peers.split(["", "zz", "1-é", "ff", "00"]) == (["", "zz", "1-é", "ff"], {0: ["00"]})


def test_jobs_of_a_process_that_is_gone_are_unknown(tmp_path) -> None:
    async def ask() -> list[bytes]:
        peers = Peers(Place(tmp_path, 0, 2))
        try:
            return [part async for part in peers.wait(1, ["a"], {})]
        finally:
            await peers.close()

    line, footer = asyncio.run(ask())
    assert orjson.loads(line)["error_message"] == "Unable to find job"
    assert footer == lines.footer()
