"""The bike-share world a second time, in PostgreSQL, where there is a server to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

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
