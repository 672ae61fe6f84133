"""Hostile SQL against the server itself, over a socket: by hand, by OmniSQL, and from model files.

Whatever is asked: one ERROR line or a harmless answer, nothing on disk changed, no process started, the
memory of the workers bounded, and the next question answered.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn

from holoscope.http.application import create_app
from holoscope.runs.request import RunLimits
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from support.duckdb_files import ITEMS, write_duckdb
from support.hostile import CANARY, HEAVY, HOSTILE, files, lay_bait
from support.house import House, build_house
from support.pace import until, within
from support.processes import children_of

ENDLESS = "select sum(a.range) from range(10000000) a, range(10000000) b where a.range % 7 <> b.range % 11"
AT_ONCE = 2
MEMORY_MIB = 256
_TYPES = {"QUERY", "PLAN", "FORBIDDEN", "KILL"}
PLANTED = {
    "text": "(select content from read_text('{dir}/canary.txt'))",
    "csv": "(select any_value(a) from read_csv('{dir}/canary.csv'))",
    "file": "(select any_value(a) from '{dir}/canary.parquet')",
    "env": "getenv('HOME')",
    "setting": "current_setting('temp_directory')",
    "paths": "(select any_value(path) from duckdb_databases())",
    "secrets": "(select any_value(name) from duckdb_secrets())",
    "dynamic": "(select any_value(x) from query('select 1 as x'))",
    "stacked": "1); drop table items; --",
    "sleep": "pg_sleep(60)",
    "log": "write_log('x')",
    "catalog": "(select any_value(table_name) from information_schema.tables)",
}


class Live:
    """A house behind a real socket."""

    def __init__(self, folder: Path) -> None:
        lay_bait(folder)
        self.folder = folder
        dimensions = "".join(
            f"  {name}: {{ sql: {orjson.dumps(sql.format(dir=folder)).decode()} }}\n"
            for name, sql in PLANTED.items()
        )
        view = f"schema: main\ntable_name: items\ndimensions:\n  id: {{ primary_key: true }}\n{dimensions}"
        self.house: House = build_house(
            folder,
            files={"main/items.view": view},
            fill=lambda path: write_duckdb(path, ITEMS, "create sequence s"),
            limits=RunLimits(time_limit=timedelta(seconds=1.5)),
            duckdb=DuckDBSettings(memory_mib=MEMORY_MIB, threads=2, concurrency=AT_ONCE, temp_mib=64),
        )
        self._server = uvicorn.Server(
            uvicorn.Config(create_app(self.house.services), port=0, lifespan="off", log_level="critical")
        )
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self.address = self._listening.getsockname()
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],))
        self._thread.start()
        until(lambda: self._server.started)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()
        self.house.close()

    def request(self, query: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        body = orjson.dumps({"query": {"modelId": self.house.model_id, **query}, "cache": "SkipCache"})
        headers = {"Authorization": f"Bearer {self.house.admin_key}", "Content-Type": "application/json"}
        return body, headers

    def ask(self, **query: Any) -> dict[str, Any]:
        """The job's line, or the refusal of the whole request as one."""
        body, headers = self.request(query)
        connection = HTTPConnection(*self.address, timeout=30)
        connection.request("POST", "/api/v1/query/run", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 500, content
        assert CANARY.encode() not in content
        if answer.status != 200:
            return {"status": "ERROR", "error_type": "PLAN", "error_message": orjson.loads(content)["detail"]}
        lines = [orjson.loads(line) for line in content.splitlines()]
        assert lines[-1]["timed_out"] == "false"
        return lines[1]

    def by_hand(self, sql: str, **more: Any) -> dict[str, Any]:
        return self.ask(userEditedSQL=sql, rewriteSql=False, **more)

    @property
    def workers(self) -> list[int]:
        pool = self.house.warehouse.workers
        return [worker.pid for worker in (*pool._idle, *pool._leased)]

    def unharmed(self) -> None:
        line = self.by_hand("select count(*) n from items")
        assert line["status"] == "COMPLETE", line
        assert line["cache_metadata"]["num_rows"] == 1
        for pid in self.workers:
            assert children_of(pid) == set()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    opened = Live(tmp_path_factory.mktemp("hostile"))
    yield opened
    opened.close()


def refused(live: Live, line: dict[str, Any]) -> None:
    assert line["status"] == "ERROR", line
    assert line["error_type"] in _TYPES
    told = line["error_message"]
    if not told.startswith("SQL of a"):  # which repeats the author's own text
        assert str(live.folder) not in told


def disk(live: Live) -> dict[str, int]:
    """What lies there, but for the server's own database, which notes when a key was used."""
    return {name: at for name, at in files(live.folder).items() if not name.startswith("meta.db")}


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) + len(HEAVY) >= 60


@pytest.mark.parametrize("statement", HOSTILE)
def test_by_hand(live: Live, statement: str) -> None:
    before = disk(live)
    if statement.strip():
        refused(live, live.by_hand(statement.format(dir=live.folder)))
    live.unharmed()
    assert disk(live) == before


@pytest.mark.parametrize("statement", HOSTILE[:28])
def test_by_omni_sql(live: Live, statement: str) -> None:
    before = disk(live)
    refused(live, live.ask(userEditedSQL=statement.format(dir=live.folder), rewriteSql=True))
    live.unharmed()
    assert disk(live) == before


@pytest.mark.parametrize("name", PLANTED)
def test_from_a_model_file(live: Live, name: str) -> None:
    before = disk(live)
    refused(live, live.ask(table="items", fields=[f"items.{name}"], limit=10))
    live.unharmed()
    assert disk(live) == before


@pytest.mark.parametrize("statement", HEAVY)
def test_heavy(live: Live, statement: str) -> None:
    before = disk(live)
    peaks: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            for pid in live.workers:
                try:
                    told = Path(f"/proc/{pid}/status").read_text()
                    peaks.append(int(told.split("VmRSS:")[1].split()[0]))
                except (OSError, IndexError):  # it was killed just now
                    continue

    watching = threading.Thread(target=watch)
    watching.start()
    line = live.by_hand(statement)
    done.set()
    watching.join()
    if line["status"] != "COMPLETE":
        refused(live, line)
    assert max(peaks, default=0) < (MEMORY_MIB + 512 + 256) << 10
    live.unharmed()
    assert disk(live) == before


def busy(pid: int) -> float:
    """Seconds of processor time that a process used up to now."""
    spent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(spent[11]) + int(spent[12])) / 100


@pytest.mark.parametrize("marks", [{}, {"resultType": "csv"}])
def test_a_closed_socket_stops_the_statement(live: Live, marks: dict[str, Any]) -> None:
    slots = live.house.warehouse.under_way.slots
    until(lambda: slots._free == AT_ONCE)  # what was asked before may be about to give its turn back
    body, headers = live.request({"userEditedSQL": ENDLESS, "rewriteSql": False})
    body = orjson.dumps({**orjson.loads(body), **marks})

    def seconds() -> float:
        connection = HTTPConnection(*live.address, timeout=30)
        connection.request("POST", "/api/v1/query/run", body, headers)
        until(lambda: slots._free < AT_ONCE)
        time.sleep(0.2)
        closed = time.monotonic()
        connection.close()
        until(lambda: slots._free == AT_ONCE)
        return time.monotonic() - closed

    assert within(lambda: 1.2, seconds), "the hang-up, not the time limit, ended it"

    def used() -> float:
        spent = sum(busy(pid) for pid in live.workers)
        time.sleep(0.3)
        return sum(busy(pid) for pid in live.workers) - spent

    assert within(lambda: 0.1, used)
    live.unharmed()
