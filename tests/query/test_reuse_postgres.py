"""Random pairs of questions to PostgreSQL: what DuckDB derives from its results is what it says itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from holoscope.kit.errors import HoloscopeError
from holoscope.query.reuse.containment import Refusal
from holoscope.runs.reuse.engine import Engine
from holoscope.warehouses.postgres.dialect import PostgresDialect
from support.asking import compile_body
from support.containing import Bench, difference, pairs
from support.ground import open_ground, read_folder
from support.postgres import PostgresRoom
from support.vocabulary import places

WORLD = Path(__file__).parent / "world"
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TOPICS = ["rides", "all_riders", "billing", "fares", "known_rides", "regional", "view trips", "view riders"]
CALM = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_what_is_derived_is_what_postgres_says(postgres: PostgresRoom) -> None:
    world = duckdb.connect()
    world.execute((WORLD / "tables.sql").read_text("utf-8"))
    files = read_folder(WORLD / "model")
    known = places(open_ground(world, files))
    ground = postgres.ground("reuse", "", world, lambda: files)
    bench = Bench(postgres.table, Engine(256))
    derived: list[str] = []

    def about(topic: str) -> None:
        @CALM
        @given(pair=pairs(known[topic]), zone=st.sampled_from(["UTC", "America/New_York"]))
        def check(pair: Any, zone: str) -> None:
            note(pair)
            people = {"attributes": {"region": ("N",)}, "now": NOW, "time_zone": zone}
            try:
                wide, narrow = (
                    compile_body(ground.model, body, dialect=PostgresDialect(), **people) for body in pair
                )
            except HoloscopeError:
                return
            found = bench.derive(wide, narrow)
            if isinstance(found, Refusal):
                return
            derived.append(topic)
            note(f"{wide.sql}\n{narrow.sql}")
            own = bench.ask(narrow.sql)
            assert not difference(found, own, ordered="default_group_by" not in pair[1])

        check()

    for topic in TOPICS:
        about(topic)
    assert len(derived) >= 25
