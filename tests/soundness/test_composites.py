"""A composite topic against its members asked one by one, their answers joined by hand in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from support.asking import compile_body
from support.ground import Ground, open_model, read_folder

WORLD = Path(__file__).parents[1] / "query" / "world"
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
COMPOSITE = """
topics: [rides, bills, busy, regional]
shared_views: [riders]
shared_dimensions:
  day:
    mappings:
      rides: { field: trips.started_at }
      busy: { field: trips.started_at }
      regional: { field: trips.started_at }
      bills: { field: invoices.issued_on }
"""
MEASURES = {
    "rides": ["trips.count", "trips.fare_total", "trips.median_fare", "trips.fare_per_trip", "riders.count"],
    "bills": ["invoices.count", "invoices.amount_total", "invoices.average_amount", "riders.age_sum"],
    "busy": ["trips.count", "trips.distance"],
    "regional": ["trips.count", "trips.lowest_fare"],
}
GRAINS = ["date", "week", "month", "quarter", "year", "month_num", "day_of_week_name"]
DIMENSIONS = {f"@_shared_dimensions_.day[{grain}]": f"DAY[{grain}]" for grain in GRAINS} | {
    f"@_shared_views_.riders.{name}": f"riders.{name}" for name in ("name", "country", "band", "is_member")
}
DAYS = {"bills": "invoices.issued_on"}
FILTERS: dict[str, dict[str, Any]] = {
    "@_shared_views_.riders.country": {
        "type": "string",
        "kind": "EQUALS",
        "values": ["NL"],
        "is_negative": True,
    },
    "@_shared_dimensions_.day": {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026"},
}


@pytest.fixture(scope="module")
def world() -> Ground:
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    files = read_folder(WORLD / "model")
    files["bills.topic"] = "base_view: invoices\njoins:\n  riders: {}\n"
    files["all.composite_topic"] = COMPOSITE
    return open_model(connection, files)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[str], dict[str, list[str]], list[str]]:
    topics = draw(st.lists(st.sampled_from(sorted(MEASURES)), min_size=1, max_size=4, unique=True))
    measures = {
        topic: draw(st.lists(st.sampled_from(MEASURES[topic]), min_size=1, max_size=2, unique=True))
        for topic in topics
    }
    dimensions = draw(st.lists(st.sampled_from(sorted(DIMENSIONS)), max_size=3, unique=True))
    return dimensions, measures, draw(st.lists(st.sampled_from(sorted(FILTERS)), unique=True))


@settings(
    max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(question=questions())
def test_the_joined_answer_is_the_answers_joined(
    question: tuple[list[str], dict[str, list[str]], list[str]], world: Ground
) -> None:
    dimensions, measures, filters = question
    names = [f"@{topic}.{name}" for topic, asked in measures.items() for name in asked]
    body = {
        "fields": [*dimensions, *names],
        "filters": {name: FILTERS[name] for name in filters},
        "limit": None,
    }
    found = _rows(world, "all", body, [*dimensions, *names], len(dimensions))
    wanted: dict[tuple[object, ...], dict[str, object]] = {}
    for topic, asked in measures.items():
        inside = [_inside(topic, DIMENSIONS[name]) for name in dimensions]
        own = {_inside(topic, _member(name)): FILTERS[name] for name in filters}
        alone = {"fields": [*inside, *asked], "filters": own, "limit": None}
        for key, values in _rows(world, topic, alone, [*inside, *asked], len(dimensions)).items():
            wanted.setdefault(key, {}).update(
                {f"@{topic}.{name}": value for name, value in zip(asked, values, strict=True)}
            )
    note(wanted)
    assert found == {key: tuple(row.get(name) for name in names) for key, row in wanted.items()}


def _member(name: str) -> str:
    return "DAY" if name.endswith(".day") else name.removeprefix("@_shared_views_.")


def _inside(topic: str, name: str) -> str:
    return name.replace("DAY", DAYS.get(topic, "trips.started_at"))


def _rows(
    world: Ground, topic: str, body: dict[str, Any], names: list[str], keys: int
) -> dict[tuple[object, ...], tuple[object, ...]]:
    body = {**body, "join_paths_from_topic_name": topic}
    compiled = compile_body(world.model, body, attributes={"region": ("N",)}, now=NOW)
    note(compiled.sql)
    _, rows = world.run(compiled.sql)
    found = {}
    for row in rows:
        values = [_plain(row.get(f"{name}__raw", row.get(name))) for name in names]
        assert tuple(values[:keys]) not in found
        found[tuple(values[:keys])] = tuple(values[keys:])
    return found


def _plain(value: object) -> object:
    if value is None or isinstance(value, (bool, str, datetime)):
        return value
    return round(float(value), 9)  # type: ignore[arg-type]
