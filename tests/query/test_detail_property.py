"""Random queries over inner aggregations, rankings and cancelled filters, every cell as plain loops say.

`DETAIL_EXAMPLES` sets how many queries are tried (240 unless set); any other value also draws fresh ones.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.merge import VIEW, merge
from holoscope.modeling.reader.tree import plain as as_plain
from holoscope.modeling.reader.tree import read_tree
from support.answers import INDICATOR, same_row
from support.asking import compile_body
from support.detail import (
    BASE,
    JOINS,
    Detail,
    Library,
    Measured,
    Question,
    Ranking,
    answer,
    cell,
    without_match,
)
from support.ground import Ground, open_ground, read_folder

WORLD = Path(__file__).parent / "world"
EXAMPLES = int(os.environ.get("DETAIL_EXAMPLES", "240"))
CALM = settings(
    max_examples=max(1, EXAMPLES // len(JOINS)),
    derandomize="DETAIL_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
FIELDS = {
    "trips.view": """
dimensions:
  station_riders:
    sql: ${rider_id}
    level_of_detail: { aggregate_type: count_distinct, fixed: [ trips.start_station_id ] }
  station_median:
    sql: ${fare}
    level_of_detail: { aggregate_type: median, fixed: [ start_station_id ] }
  station_p90:
    sql: ${fare}
    level_of_detail: { aggregate_type: percentile, percentile: 90, fixed: [ start_station_id ] }
  station_age:
    sql: ${riders.age}
    level_of_detail:
      { aggregate_type: sum_distinct_on, custom_primary_key_sql: '${riders.id}', fixed: [ start_station_id ] }
  month_fare:
    sql: ${fare}
    level_of_detail: { aggregate_type: sum, fixed: [ 'trips.started_at[month]' ] }
  pair_fare:
    sql: ${fare}
    level_of_detail: { aggregate_type: max, fixed: [ status, riders.country ] }
  here_fare: { sql: 'omni_dimensionalize(sum(${fare}))' }
  here_latest:
    sql: ${started_at}
    level_of_detail: { aggregate_type: max, always_include: [] }
  is_latest: { sql: '${started_at} = ${here_latest}' }
  but_status:
    sql: ${fare}
    level_of_detail: { aggregate_type: average, always_exclude: [ trips.status, trips.started_at ] }
  top_station:
    sql: ${start_station_id}
    dynamic_top_n: { n: 2, by: trips.fare_total, else: Other }
  few_status:
    sql: ${status}
    dynamic_top_n: { n: 3, by: trips.count, desc: false }
measures:
  average_rider_spend:
    sql: ${fare}
    aggregate_type: average
    level_of_detail: { aggregate_type: sum, fixed: [ riders.id ] }
  spend_here:
    sql: ${fare}
    aggregate_type: average
    level_of_detail: { aggregate_type: sum, always_include: [ riders.id ] }
  done_spend:
    sql: ${fare}
    aggregate_type: max
    filters: { status: { is: done } }
    level_of_detail: { aggregate_type: sum, fixed: [ riders.id ] }
  fare_beside:
    sql: ${fare}
    aggregate_type: max
    level_of_detail: { aggregate_type: sum, always_exclude: [ trips.status ] }
  weighted: { sql: '${fare} * ${station_riders}', aggregate_type: sum }
  rider_and_station: { sql: '${riders.age} * ${station_riders}', aggregate_type: sum }
  latest_fare: { sql: '${fare}', aggregate_type: sum, filters: { is_latest: { is: true } } }
  station_fare:
    sql: ${fare}
    aggregate_type: sum_distinct_on
    custom_primary_key_sql: ${start_station_id}
  riders_of_stations: { sql: '${station_riders}', aggregate_type: sum }
  big_spender_trips:
    aggregate_type: count
    filters: { riders.lifetime_fare: { greater_than_or_equal_to: 10 } }
  count_any_city: { aggregate_type: count, filters: { riders.city: { cancel_query_filter: true } } }
  done_any_status:
    sql: ${fare}
    aggregate_type: sum
    filters: { status: { is: done, cancel_query_filter: true } }
  spend_any_status:
    sql: ${fare}
    aggregate_type: average
    filters: { status: { cancel_query_filter: true } }
    level_of_detail: { aggregate_type: sum, fixed: [ riders.id ] }
""",
    "riders.view": """
dimensions:
  first_ride:
    sql: ${trips.started_at}
    level_of_detail: { aggregate_type: min, fixed: [ riders.id ] }
  lifetime_fare:
    sql: ${trips.fare}
    level_of_detail: { aggregate_type: sum, fixed: [ id ] }
  everyones_fare:
    sql: ${trips.fare}
    level_of_detail: { aggregate_type: sum, fixed: [ riders.id ], cancel_query_filters: true }
  city_rides:
    sql: ${trips.id}
    level_of_detail: { aggregate_type: count, fixed: [ riders.city ] }
  country_age:
    sql: ${age}
    level_of_detail: { aggregate_type: average, fixed: [ country ] }
  all_rides:
    sql: ${trips.id}
    level_of_detail: { aggregate_type: count, fixed: [] }
  spender: { sql: "CASE WHEN ${lifetime_fare} >= 10 THEN 'big' ELSE 'small' END" }
  rank_city:
    sql: ${city}
    dynamic_top_n: { n: 2, by: riders.age_sum, else: Other }
measures:
  lifetime_total: { sql: '${lifetime_fare}', aggregate_type: sum }
  lifetime_average: { sql: '${lifetime_fare}', aggregate_type: average }
  city_total: { sql: '${city_rides}', aggregate_type: sum }
  everyones_total: { sql: '${everyones_fare}', aggregate_type: sum }
  age_by_station: { sql: '${age} * ${trips.station_riders}', aggregate_type: sum }
  all_rides_sum: { sql: '${all_rides}', aggregate_type: sum }
  age_any_city: { sql: '${age}', aggregate_type: sum, filters: { city: { cancel_query_filter: true } } }
""",
}
LIBRARY = Library(
    details={
        "trips.station_riders": Detail(
            "count_distinct", "trips.rider_id", "fixed", ("trips.start_station_id",)
        ),
        "trips.station_median": Detail("50", "trips.fare", "fixed", ("trips.start_station_id",)),
        "trips.station_p90": Detail("90", "trips.fare", "fixed", ("trips.start_station_id",)),
        "trips.station_age": Detail(
            "sum", "riders.age", "fixed", ("trips.start_station_id",), key="riders.id"
        ),
        "trips.month_fare": Detail("sum", "trips.fare", "fixed", ("trips.started_at[month]",)),
        "trips.pair_fare": Detail("max", "trips.fare", "fixed", ("trips.status", "riders.country")),
        "trips.here_fare": Detail("plain sum", "trips.fare", "always_include"),
        "trips.here_latest": Detail("max", "trips.started_at", "always_include"),
        "trips.but_status": Detail(
            "average", "trips.fare", "always_exclude", ("trips.status", "trips.started_at")
        ),
        "riders.first_ride": Detail("min", "trips.started_at", "fixed", ("riders.id",)),
        "riders.lifetime_fare": Detail("sum", "trips.fare", "fixed", ("riders.id",)),
        "riders.everyones_fare": Detail("sum", "trips.fare", "fixed", ("riders.id",), cancels=True),
        "riders.city_rides": Detail("count", "trips.id", "fixed", ("riders.city",)),
        "riders.country_age": Detail("average", "riders.age", "fixed", ("riders.country",)),
        "riders.all_rides": Detail("count", "trips.id", "fixed"),
        "*here": Detail("sum", "trips.fare", "always_include", ("riders.id",)),
        "*beside": Detail("sum", "trips.fare", "always_exclude", ("trips.status",)),
        "*done": Detail(
            "sum", "trips.fare", "fixed", ("riders.id",), only=lambda j: cell(j, "trips.status") == "done"
        ),
    },
    rankings={
        "trips.top_station": Ranking("trips.start_station_id", "trips.fare_total", 2, "Other"),
        "trips.top_station[1]": Ranking("trips.start_station_id", "trips.fare_total", 1, "Other"),
        "trips.few_status": Ranking("trips.status", "trips.count", 3, None, descending=False),
        "riders.rank_city": Ranking("riders.city", "riders.age_sum", 2, "Other"),
    },
    computed={
        "trips.is_latest": (
            ("trips.here_latest",),
            lambda j, c: _equal(cell(j, "trips.started_at"), c.value(j, "trips.here_latest")),
        ),
        "riders.spender": (
            ("riders.lifetime_fare",),
            lambda j, c: "big" if c.value(j, "riders.lifetime_fare") >= 10 else "small",
        ),
    },
    measures={
        "trips.count": Measured("count", lambda j, c: 1, ("trips",)),
        "trips.fare_total": Measured("sum", lambda j, c: cell(j, "trips.fare"), ("trips",)),
        "trips.average_fare": Measured("average", lambda j, c: cell(j, "trips.fare"), ("trips",)),
        "invoices.amount_total": Measured("sum", lambda j, c: cell(j, "invoices.amount"), ("invoices",)),
        "riders.count": Measured("count", lambda j, c: 1, ("riders",)),
        "riders.age_sum": Measured("sum", lambda j, c: cell(j, "riders.age"), ("riders",)),
        "trips.average_rider_spend": Measured(
            "average", lambda j, c: c.value(j, "riders.lifetime_fare"), grain=("riders.id",)
        ),
        "trips.spend_here": Measured("average", lambda j, c: c.value(j, "*here"), grain=("riders.id",)),
        "trips.done_spend": Measured(
            "max",
            lambda j, c: c.value(j, "*done"),
            grain=("riders.id",),
            only=lambda j, c: cell(j, "trips.status") == "done",
        ),
        "trips.fare_beside": Measured("max", lambda j, c: c.value(j, "*beside")),
        "trips.weighted": Measured(
            "sum", lambda j, c: _times(cell(j, "trips.fare"), c.value(j, "trips.station_riders")), ("trips",)
        ),
        "trips.rider_and_station": Measured(
            "sum",
            lambda j, c: _times(cell(j, "riders.age"), c.value(j, "trips.station_riders")),
            ("trips", "riders"),
            ("trips.start_station_id",),
        ),
        "trips.latest_fare": Measured(
            "sum",
            lambda j, c: cell(j, "trips.fare"),
            ("trips",),
            only=lambda j, c: c.value(j, "trips.is_latest") is True,
        ),
        "trips.station_fare": Measured(
            "sum", lambda j, c: cell(j, "trips.fare"), grain=("trips.start_station_id",), keyed=True
        ),
        "trips.riders_of_stations": Measured(
            "sum", lambda j, c: c.value(j, "trips.station_riders"), grain=("trips.start_station_id",)
        ),
        "trips.big_spender_trips": Measured(
            "count", lambda j, c: 1, ("trips",), only=lambda j, c: c.value(j, "riders.lifetime_fare") >= 10
        ),
        "trips.count_any_city": Measured(
            "count", lambda j, c: 1, ("trips",), cancels=frozenset({"riders.city"})
        ),
        "trips.done_any_status": Measured(
            "sum",
            lambda j, c: cell(j, "trips.fare"),
            ("trips",),
            only=lambda j, c: cell(j, "trips.status") == "done",
            cancels=frozenset({"trips.status"}),
        ),
        "trips.spend_any_status": Measured(
            "average",
            lambda j, c: c.value(j, "riders.lifetime_fare"),
            grain=("riders.id",),
            cancels=frozenset({"trips.status"}),
        ),
        "riders.lifetime_total": Measured(
            "sum", lambda j, c: c.value(j, "riders.lifetime_fare"), grain=("riders.id",)
        ),
        "riders.lifetime_average": Measured(
            "average", lambda j, c: c.value(j, "riders.lifetime_fare"), grain=("riders.id",)
        ),
        "riders.city_total": Measured(
            "sum", lambda j, c: c.value(j, "riders.city_rides"), grain=("riders.city",)
        ),
        "riders.everyones_total": Measured(
            "sum", lambda j, c: c.value(j, "riders.everyones_fare"), grain=("riders.id",)
        ),
        "riders.age_by_station": Measured(
            "sum",
            lambda j, c: _times(cell(j, "riders.age"), c.value(j, "trips.station_riders")),
            ("riders",),
            ("trips.start_station_id",),
        ),
        "riders.all_rides_sum": Measured("sum", lambda j, c: c.value(j, "riders.all_rides")),
        "riders.age_any_city": Measured(
            "sum", lambda j, c: cell(j, "riders.age"), ("riders",), cancels=frozenset({"riders.city"})
        ),
    },
)
PLAIN = [
    "riders.id", "riders.city", "riders.country", "riders.is_member", "trips.status", "trips.is_test",
    "trips.start_station_id", "trips.started_at[month]",
]  # fmt: skip
WITH_INVOICES = ("all_riders", "billing")
INNER = [name for name in (*LIBRARY.details, *LIBRARY.rankings, *LIBRARY.computed) if "*" not in name]


def _equal(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else one == other


def _times(one: Any, other: Any) -> Any:
    return None if one is None or other is None else one * other


def _texts(*values: str) -> tuple[dict[str, Any], Any]:
    return {"type": "string", "kind": "EQUALS", "values": list(values)}, lambda v: v in values


def _not(*values: str) -> tuple[dict[str, Any], Any]:
    body = {"type": "string", "kind": "EQUALS", "values": list(values), "is_negative": True}
    return body, lambda v: v not in values


def _above(limit: int) -> tuple[dict[str, Any], Any]:
    body = {"type": "number", "kind": "GREATER_THAN", "values": [str(limit)]}
    return body, lambda v: v is not None and v > limit


FILTERS: dict[str, list[tuple[dict[str, Any], Any]]] = {
    "riders.city": [_texts("Delft", "Utrecht"), _texts("Gent"), _not("Delft"), _texts("nowhere")],
    "trips.status": [_texts("done"), _texts("pending", "lost"), _not("done")],
    "trips.fare": [_above(3), _above(100)],
    "riders.lifetime_fare": [_above(4), _above(50)],
    "trips.station_riders": [_above(1)],
    "trips.here_fare": [_above(6)],
    "riders.spender": [_texts("big")],
    "trips.top_station": [_texts("Other"), _texts("2")],
    "riders.city_rides": [_above(2)],
}


@pytest.fixture(scope="module")
def ground() -> Ground:
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    files = read_folder(WORLD / "model")
    for file, text in FIELDS.items():
        lower, upper = read_tree(file, files[file])[0], read_tree(file, text)[0]
        assert lower is not None
        assert upper is not None
        merged = yaml.safe_dump(as_plain(merge(lower, upper, VIEW)), sort_keys=False)
        files[file] = f"{files[file].partition(chr(10))[0]}\n{merged}"
    return open_ground(connection, files)


@st.composite
def questions(draw: st.DrawFn, topic: str) -> tuple[dict[str, Any], Question]:
    dimensions = draw(st.lists(st.sampled_from(PLAIN) | st.sampled_from(INNER), max_size=3, unique=True))
    known = [name for name in sorted(LIBRARY.measures) if "invoices" not in name or topic in WITH_INVOICES]
    measures = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    names = draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=2, unique=True))
    chosen = {name: draw(st.sampled_from(FILTERS[name])) for name in names}
    totals: list[int] = []
    if dimensions and draw(st.booleans()):
        totals = sorted(draw(st.sets(st.integers(0, len(dimensions) - 1), min_size=1)))
    body = {
        "join_paths_from_topic_name": topic,
        "fields": [*dimensions, *measures],
        "filters": {name: wire for name, (wire, _) in chosen.items()},
        "limit": None,
        "column_totals": {
            (dimensions[keep - 1] if keep else "::total::"): {"type": "aggregation"} for keep in totals
        },
    }
    tests = {name: test for name, (_, test) in chosen.items()}
    question = Question(topic, dimensions, measures, tests, totals)
    if draw(st.integers(0, 3)) == 0:
        question.having = draw(st.sampled_from(known))
        body["filters"][question.having], question.passes = _above(draw(st.sampled_from([0, 1, 5, 20])))
    return body, question


@pytest.mark.parametrize("topic", sorted(BASE))
def test_every_cell_is_what_plain_loops_say(topic: str, ground: Ground) -> None:
    @CALM
    @given(questions(topic))
    def check(asked: tuple[dict[str, Any], Question]) -> None:
        body, question = asked
        now = datetime(2026, 3, 10, 15, tzinfo=UTC)
        try:
            compiled = compile_body(ground.model, body, attributes={"region": ("N",)}, now=now)
        except InvalidQuery as refusal:
            if question.totals and question.having and "remove the totals" in refusal.detail:
                return
            raise
        note(compiled.sql)
        _, rows = ground.run(compiled.sql)
        found = [(_kept(row, question), *_cells(row, question)) for row in rows]
        wanted = answer(question, LIBRARY, ground.tables)
        assert len(found) == len(wanted), (wanted, found)
        assert without_match(wanted, found, same_row) is None, (wanted, found)

    check()


def _kept(row: dict[str, Any], question: Question) -> int:
    indicator = row.get(INDICATOR) or ""
    if indicator == "column_total":
        return 0
    if not indicator:
        return len(question.dimensions)
    return question.dimensions.index(indicator.removeprefix("column_subtotal::")) + 1


def _cells(row: dict[str, Any], question: Question) -> list[Any]:
    names = [*question.dimensions, *question.measures]
    return [row[f"{name}__raw"] if f"{name}__raw" in row else row[name] for name in names]
