"""Random questions with rollup tables and without: the answers are the same, cell by cell.

The tables are made from the base tables by SQL written by hand, NULLs, times and orphaned keys included.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from holoscope.kit.errors import HoloscopeError
from support.asking import compile_body
from support.ground import Ground, open_model, read_folder
from support.inquiries import any_filter
from support.vocabulary import Dim

WORLD = Path(__file__).parents[1] / "query" / "world"
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TABLES = """
CREATE TABLE by_day AS SELECT date_trunc('day', started_at)::DATE AS day, status, rider_id, COUNT(*) AS n,
  SUM(fare) AS fares, MIN(fare) AS low, MAX(fare) AS high, COUNT(*) FILTER (WHERE status = 'done') AS done,
  AVG(fare) AS mean, COUNT(DISTINCT status) AS kinds FROM trips GROUP BY ALL;
CREATE TABLE by_month AS SELECT date_trunc('month', started_at) AS month, COUNT(*) AS n, SUM(fare) AS fares
  FROM trips GROUP BY ALL;
CREATE TABLE by_week AS SELECT date_trunc('week', started_at) AS week, COUNT(*) AS n FROM trips GROUP BY ALL;
CREATE TABLE by_hour AS SELECT date_trunc('hour', started_at) AS hour, is_test, COUNT(*) AS n,
  MAX(fare) AS high FROM trips GROUP BY ALL;
CREATE TABLE by_country AS SELECT country, date_trunc('day', signed_up_on)::DATE AS day, COUNT(*) AS n,
  SUM(fare) AS fares FROM trips LEFT JOIN riders ON trips.rider_id = riders.id GROUP BY ALL;
CREATE TABLE by_known AS SELECT name, COUNT(*) AS n, SUM(fare) AS fares
  FROM trips JOIN riders ON trips.rider_id = riders.id GROUP BY ALL;
CREATE TABLE only_done AS SELECT rider_id, COUNT(*) AS n, SUM(fare) AS fares FROM trips WHERE status = 'done'
  GROUP BY ALL;
CREATE TABLE by_moment AS SELECT started_at, status, SUM(fare) AS fares, COUNT(*) AS n
  FROM trips GROUP BY ALL;
"""
COUNTS = "trips.count: n"
SUMS = "trips.count: n, trips.fare_total: fares"
ROLLUPS = {
    "by_day": (
        "trips.started_at[date]: day, trips.status: status, trips.rider_id: rider_id, "
        "trips.lowest_fare: low, trips.highest_fare: high, trips.done_count: done, "
        f"trips.average_fare: mean, trips.statuses: kinds, {SUMS}"
    ),
    "by_month": f"trips.started_at[month]: month, {SUMS}",
    "by_week": f"trips.started_at[week]: week, {COUNTS}",
    "by_hour": f"trips.started_at[hour]: hour, trips.is_test: is_test, trips.highest_fare: high, {COUNTS}",
    "by_country": f"riders.country: country, riders.signed_up_on[date]: day, {SUMS}",
    "by_known": f"riders.name: name, {SUMS}",
    "only_done": f"trips.rider_id: rider_id, {SUMS}",
    "by_moment": f"trips.started_at: started_at, trips.status: status, {SUMS}",
}
MORE = {
    "by_country": "  topic: rides\n",
    "by_known": "  topic: known_rides\n",
    "only_done": "  filters: { trips.status: { is: done } }\n",
}
DIMS = [
    Dim("trips.status", "string", ("done", "lost", "pending", "void", "")),
    Dim("trips.rider_id", "number", (1, 2, 3, 9)),
    Dim("trips.started_at", "time", ()),
    Dim("trips.is_test", "boolean", ()),
    Dim("riders.country", "string", ("NL", "BE")),
    Dim("riders.signed_up_on", "date", ()),
]
FIELDS = [
    "trips.status", "trips.rider_id", "trips.is_test", "riders.country", "riders.name", "riders.place",
    "trips.started_at", "trips.distance_km", *(f"trips.started_at[{grain}]" for grain in (
        "hour", "date", "week", "month", "quarter", "year", "month_num", "hour_of_day")),
    *(f"riders.signed_up_on[{grain}]" for grain in ("date", "week", "month", "year")),
]  # fmt: skip
MEASURES = [
    "trips.count", "trips.fare_total", "trips.lowest_fare", "trips.highest_fare", "trips.done_count",
    "trips.not_done_count", "trips.lost_or_void_fare", "trips.fare_per_trip", "trips.done_share",
    "trips.dutch_fare", "trips.real_count", "trips.average_fare", "trips.statuses", "trips.first_start",
    "riders.count", "trips.march_fare",
]  # fmt: skip
TOPICS = ["", "rides", "known_rides", "busy", "sunday", "real_rides", "matched", "regional", "fares"]
SERVED = MEASURES[:10]
AIMS = {  # questions near to one table: what may be grouped by, measured, and asked from
    "by_week": (["trips.started_at[week]"], ["trips.count"], ["", "rides"]),
    "by_hour": (
        ["trips.is_test", "trips.started_at[date]", "trips.started_at[week]"],
        ["trips.highest_fare"],
        [""],
    ),
    "by_country": (
        ["riders.country", "riders.signed_up_on[month]", "riders.signed_up_on"],
        SERVED[:2],
        ["rides"],
    ),
    "by_known": (["riders.name", "riders.name", "riders.country"], SERVED[:2], ["known_rides", "rides"]),
}
FEATURE = "\n# !enable_feature(allow_non_inner_join_mv_optimization)\n"


def _ground(*, rollups: bool) -> Ground:
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8") + TABLES)
    files = read_folder(WORLD / "model")
    files["model"] += FEATURE
    if rollups:
        for name, fields in ROLLUPS.items():
            pairs = "".join(f"    {pair}\n" for pair in fields.split(", "))
            said = f"  base_view: trips\n  fields:\n{pairs}{MORE.get(name, '')}"
            files[f"{name}.view"] = f"schema: main\nmaterialized_query:\n{said}"
    return open_model(connection, files)


@pytest.fixture(scope="module")
def with_rollups() -> Ground:
    return _ground(rollups=True)


@pytest.fixture(scope="module")
def without() -> Ground:
    return _ground(rollups=False)


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A query body and a zone; most of it within reach of some rollup table."""
    aim = draw(st.sampled_from([None, None, *AIMS]))
    groups, measures, topics = (
        AIMS[aim] if aim else (FIELDS, draw(st.sampled_from([SERVED, MEASURES])), TOPICS)
    )
    fields = draw(st.lists(st.sampled_from(groups), max_size=2, unique=True))
    fields += draw(st.lists(st.sampled_from(measures), min_size=0 if fields else 1, max_size=3, unique=True))
    dims = draw(st.lists(st.sampled_from(DIMS), max_size=1 if aim else 2, unique=True))
    body: dict[str, Any] = {
        "table": "trips",
        "join_paths_from_topic_name": draw(st.sampled_from(topics)),
        "fields": fields,
        "filters": {dim.name: draw(any_filter(dim, 1)) for dim in dims},
        "limit": None,
    }
    if draw(st.integers(0, 4)) == 0:
        body["filters"]["trips.status"] = {"type": "string", "kind": "EQUALS", "values": ["done"]}
    if draw(st.booleans()):
        body["column_totals"] = {"::total::": {"type": "aggregation"}}
    return body, draw(st.sampled_from(["UTC", "UTC", "America/New_York"]))


CALM = settings(
    max_examples=600, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def test_a_rollup_changes_no_answer(with_rollups: Ground, without: Ground) -> None:
    used: Counter[str] = Counter()

    @CALM
    @given(question=questions())
    def check(question: tuple[dict[str, Any], str]) -> None:
        body, zone = question
        note(body)
        sql, rows = _answer(with_rollups, body, zone)
        _, wanted = _answer(without, body, zone)
        note(sql)
        assert rows == wanted
        first = sql.partition("\n")[0]
        used[first.split('"')[1] if first.startswith("-- Query rewritten") else ""] += 1

    check()
    assert set(used) == {"", *ROLLUPS}, used
    assert sum(count for name, count in used.items() if name) >= 150, used


def _answer(ground: Ground, body: dict[str, Any], zone: str) -> tuple[str, object]:
    try:
        people = {"region": ("N",), "country": ("NL",)}
        compiled = compile_body(ground.model, body, attributes=people, now=NOW, time_zone=zone)
    except HoloscopeError as error:
        return "", (error.code, error.detail)
    _, rows = ground.run(compiled.sql)
    cells = [[_plain(row[name]) for name in compiled.columns] for row in rows]
    return compiled.sql, (compiled.columns, sorted(cells, key=repr))


def _plain(value: object) -> object:
    if value is None or isinstance(value, (bool, str, datetime)):
        return value
    return round(float(value), 9) if hasattr(value, "__float__") else value
