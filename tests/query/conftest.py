"""Worlds of several modules: the bike-share world in PostgreSQL, a whole server over the bench data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from support.bench import Bench, open_bench
from support.postgres import PostgresRoom, why_no_server

WORLD = Path(__file__).parent / "world"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresRoom]:
    reason = why_no_server()
    if reason is not None:
        pytest.skip(reason)
    world = duckdb.connect()
    world.execute((WORLD / "tables.sql").read_text("utf-8"))
    room = PostgresRoom.open(world)
    try:
        yield room
    finally:
        room.close()


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    built = open_bench(tmp_path_factory.mktemp("bench"))
    with built.client:
        yield built
    built.truth.close()
    built.house.close()
