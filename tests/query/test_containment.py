"""Which questions a result contains: pairs that must be accepted, and pairs that must not, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from holoscope.modeling.load import load_model
from holoscope.query.compiled import CompiledQuery
from holoscope.query.reuse.containment import Derivation, How, Refusal, contain, is_provable
from holoscope.sql.dialect import Dialect
from holoscope.warehouses.duckdb.catalog import read_catalog
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.asking import compile_body
from support.ground import Ground, read_folder

WORLD = Path(__file__).parent / "world"
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)

ODD = """
schema: main
dimensions:
  id: { primary_key: true }
  size: {}
  span: {}
  seen: {}
  label: {}
  dice: { sql: random() }
  mood: { sql: "DO NOT PARSE CASE WHEN n > 1 THEN 'Up' ELSE 'down' END", type: string }
measures:
  count: { aggregate_type: count }
"""

DUCKDB = DuckDBDialect()


class Elsewhere(DuckDBDialect):
    """What derives, where the warehouse is of another kind."""

    name = "elsewhere"


@pytest.fixture(scope="module")
def ground() -> Ground:
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    connection.execute("CREATE TYPE size AS ENUM ('small', 'large')")
    connection.execute(
        "CREATE TABLE odd (id INTEGER, size size, span INTERVAL, seen TIMESTAMP_NS, label VARCHAR, n INTEGER)"
    )
    files = read_folder(WORLD / "model")
    files["odd.view"] = ODD
    model, _ = load_model(files, read_catalog(lambda sql: connection.execute(sql).fetchall()))
    return Ground(model, connection)


def compiled(ground: Ground, body: dict[str, Any], **more: Any) -> CompiledQuery:
    asked = {"attributes": more.get("attributes", {}), "now": NOW, "time_zone": more.get("zone", "UTC")}
    return compile_body(ground.model, {"limit": None, **body}, **asked)


def contained(
    ground: Ground,
    wide: dict[str, Any],
    narrow: dict[str, Any],
    *,
    whole: bool = True,
    engine: Dialect = DUCKDB,
    **more: Any,
) -> Derivation | Refusal:
    theirs, ours = compiled(ground, wide, **more).signature, compiled(ground, narrow, **more).signature
    if theirs is None or ours is None:
        return Refusal("no signature")
    if not is_provable(theirs) or not is_provable(ours):
        return Refusal("changes by itself")
    return contain(theirs, ours, is_whole=whole, engine=engine)


def trips(*fields: str, **more: Any) -> dict[str, Any]:
    return {
        "table": "trips",
        "fields": [f"trips.{name}" if "." not in name else name for name in fields],
        **more,
    }


def rides(*fields: str, **more: Any) -> dict[str, Any]:
    return {**trips(*fields, **more), "join_paths_from_topic_name": "rides"}


def odd(*fields: str, **more: Any) -> dict[str, Any]:
    return {"table": "odd", "fields": [f"odd.{name}" for name in fields], **more}


def is_(*values: str) -> dict[str, Any]:
    return {"type": "string", "kind": "EQUALS", "values": list(values)}


def between(left: str, right: str) -> dict[str, Any]:
    return {"type": "date", "kind": "BETWEEN", "left_side": left, "right_side": right}


def above(number: int) -> dict[str, Any]:
    return {"type": "number", "kind": "GREATER_THAN", "values": [str(number)]}


HOUR, DATE, WEEK, MONTH, QUARTER = (
    f"started_at[{grain}]" for grain in ("hour", "date", "week", "month", "quarter")
)
DAYS = trips("status", DATE, "count", "fare_total", "lowest_fare", "average_fare", "first_start")
DONE = {"trips.status": is_("done")}

ACCEPTED = {
    "fewer groups": (DAYS, trips("status", "count"), How.REGROUPED),
    "none at all": (DAYS, trips("count", "fare_total", "lowest_fare"), How.REGROUPED),
    "groups alone": (DAYS, trips("status"), How.REGROUPED),
    "a day's month": (DAYS, trips(MONTH, "fare_total"), How.REGROUPED),
    "a day's week": (DAYS, trips(WEEK, "count"), How.REGROUPED),
    "a day's weekday": (DAYS, trips("started_at[day_of_week_name]", "count"), How.REGROUPED),
    "a month's quarter": (trips(MONTH, "count"), trips(QUARTER, "count"), How.REGROUPED),
    "an hour's day": (trips(HOUR, "count"), trips(DATE, "count"), How.REGROUPED),
    "an instant's month": (trips("started_at", "count"), trips(MONTH, "count"), How.REGROUPED),
    "a date's month": (
        rides("riders.signed_up_on", "count"), rides("riders.signed_up_on[month]", "count"), How.REGROUPED
    ),
    "a filter": (DAYS, {**DAYS, "filters": DONE}, How.CHOSEN),
    "a filter, coarser": (DAYS, trips(MONTH, "count", filters=DONE), How.REGROUPED),
    "a bound on the time of a day": (
        DAYS, trips("status", "count", filters={"trips.started_at": between("2026-01-01", "2026-02-15")}),
        How.REGROUPED,
    ),
    "filters of both": (
        {**DAYS, "filters": {"trips.is_test": {"type": "boolean", "is_negative": True}}},
        trips("status", "count", filters={"trips.is_test": {"type": "boolean", "is_negative": True}, **DONE}),
        How.REGROUPED,
    ),
    "one condition more on a field": (
        {**DAYS, "filters": DONE},
        {**DAYS, "filters": {"trips.status": {"type": "composite", "conjunction": "AND",
                                              "filters": [is_("done"), is_("done", "lost")]}}},
        How.CHOSEN,
    ),
    "another order and limit": (
        DAYS, {**DAYS, "sorts": [{"column_name": "trips.average_fare", "sort_descending": True}], "limit": 3},
        How.CHOSEN,
    ),
    "a filter on a measure": (DAYS, {**DAYS, "filters": {"trips.fare_total": above(3)}}, How.CHOSEN),
    "a filter on a measure that adds up": (
        DAYS, trips("status", filters={"trips.count": above(1)}), How.REGROUPED
    ),
    "a ratio of what is there": (
        trips("status", "fare_total", "count"), trips("fare_per_trip"), How.REGROUPED
    ),
    "a ratio at the same groups": (
        trips("status", "fare_total", "count"), trips("status", "fare_per_trip"), How.REGROUPED
    ),
    "a measure's own filter": (DAYS, trips(DATE, "done_count"), How.REGROUPED),
    "distinct values of a group": (DAYS, trips(DATE, "statuses"), How.REGROUPED),
    "an average at the same groups": (DAYS, trips(DATE, "status", "average_fare"), How.CHOSEN),
    "a least time": (DAYS, trips("status", "first_start"), How.REGROUPED),
    "a join more that changes no rows": (
        rides("riders.country", "status", "count"), rides("status", "count"), How.REGROUPED
    ),
    "a row's own columns": (
        trips("id", "status", "fare", default_group_by=False),
        trips("status", "fare", default_group_by=False, filters=DONE), How.CHOSEN,
    ),
    "a finer question of an hour in its zone": (
        trips(HOUR, "count"), trips(MONTH, "count"), How.REGROUPED
    ),
}  # fmt: skip

YEAR = {"trips.started_at": between("2025", "2026")}
ACCEPTED |= {
    "a window within a window": (
        {**DAYS, "filters": YEAR},
        trips("count", filters={"trips.started_at": between("2025-03", "2025-06")}),
        How.REGROUPED,
    ),
    "fewer values of a list": (
        {**DAYS, "filters": {"trips.status": is_("done", "lost", "void")}},
        trips("count", filters={"trips.status": is_("lost", "done")}), How.REGROUPED,
    ),
    "a higher bound": (
        trips("fare", "count", filters={"trips.fare": above(1)}),
        trips("count", filters={"trips.fare": above(2)}), How.REGROUPED,
    ),
    "values within a bound": (
        trips("fare", "count", filters={"trips.fare": above(1)}),
        trips("count", filters={"trips.fare": {"type": "number", "kind": "EQUALS", "values": ["2", "3"]}}),
        How.REGROUPED,
    ),
    "a value where none may be missing": (
        {**DAYS, "filters": {"trips.status": {"type": "null", "is_negative": True}}},
        trips("count", filters=DONE), How.REGROUPED,
    ),
}  # fmt: skip

DECLINED = {
    "an average": (DAYS, trips("status", "average_fare"), "does not add up"),
    "a median": (trips("status", "median_fare"), trips("median_fare"), "does not add up"),
    "a list": (trips("status", DATE, "status_list"), trips(DATE, "status_list"), "add up"),
    "distinct values of what is no group": (
        trips(DATE, "statuses"), trips(MONTH, "statuses"), "does not add up"
    ),
    "another measure": (DAYS, trips("status", "highest_fare"), "not in the result|not stored"),
    "a group more": (DAYS, trips("is_test", "count"), "not stored"),
    "weeks of months": (trips(MONTH, "count"), trips(WEEK, "count"), "not stored"),
    "months of weeks": (trips(WEEK, "count"), trips(MONTH, "count"), "not stored"),
    "a finer grain": (trips(MONTH, "count"), trips(DATE, "count"), "not stored"),
    "fewer filters": ({**DAYS, "filters": DONE}, DAYS, "filtered by what the question does not"),
    "another filter": (
        {**DAYS, "filters": DONE}, {**DAYS, "filters": {"trips.status": is_("lost")}}, "filtered"
    ),
    "a filter on what is no group": (
        DAYS, {**DAYS, "filters": {"trips.fare": above(1)}}, "not stored"
    ),
    "a bound inside a day": (
        DAYS, trips("count", filters={"trips.started_at": between("2026-01-01 06", "2026-02-15")}),
        "not stored",
    ),
    "groups that a filter on a measure hid": (
        {**DAYS, "filters": {"trips.count": above(1)}}, trips("status", "count"), "not shown"
    ),
    "groups hidden by another bound": (
        {**DAYS, "filters": {"trips.count": above(1)}}, {**DAYS, "filters": {"trips.count": above(2)}},
        "does not ask|not shown",
    ),
    "a window beyond a window": (
        {**DAYS, "filters": YEAR},
        trips("count", filters={"trips.started_at": between("2025-03", "2026-06")}),
        "filtered by what",
    ),
    "a value more": (
        {**DAYS, "filters": {"trips.status": is_("done", "lost")}},
        trips("count", filters={"trips.status": is_("done", "void")}), "filtered by what",
    ),
    "a lower bound": (
        trips("fare", "count", filters={"trips.fare": above(2)}),
        trips("count", filters={"trips.fare": above(1)}), "filtered by what",
    ),
    "the same bound, itself included": (
        trips("fare", "count", filters={"trips.fare": above(2)}),
        trips("count", filters={"trips.fare": {**above(2), "is_inclusive": True}}), "filtered by what",
    ),
    "missing values": (
        {**DAYS, "filters": {"trips.status": {"type": "null", "is_negative": True}}},
        trips("count", filters={"trips.status": {**is_("done"), "is_negative": True}}), "filtered by what",
    ),
    "totals": (DAYS, {**DAYS, "column_totals": {"::total::": {"type": "aggregation"}}}, "no signature"),
    "a join that drops rows": (
        {**rides("riders.country", "status", "count"), "join_paths_from_topic_name": "known_rides"},
        rides("status", "count"), "under other rules|drop or repeat",
    ),
    "a join that repeats rows": (
        {"join_paths_from_topic_name": "fares", "fields": ["fare_lines.kind", "trips.status", "trips.count"]},
        {"join_paths_from_topic_name": "fares", "fields": ["trips.status", "trips.count"]},
        "drop or repeat rows",
    ),
    "rows that joins repeat": (
        rides("riders.country", "status", "riders.count"), rides("riders.country", "riders.count"), "repeat",
    ),
    "rules of another topic": (
        rides("status", "count"), {**rides("status", "count"), "join_paths_from_topic_name": "real_rides"},
        "rules",
    ),
    "rows of groups": (trips("status"), trips("status", default_group_by=False), "another table"),
    "chance": (odd("dice", "count"), odd("count"), "changes by itself"),
    "text that is not parsed": (odd("mood", "count"), odd("count"), "changes by itself"),
    "an enumeration grouped again": (odd("size", "label", "count"), odd("size", "count"), "not certain"),
    "an enumeration sorted": (
        odd("size", "count"), odd("size", "count", sorts=[{"column_name": "odd.size"}]), "not certain"
    ),
    "an interval filtered": (
        odd("span", "count"), odd("span", "count", filters={"odd.span": {"type": "null"}}), "not stored"
    ),
    "finer times than are told": (odd("seen", "label", "count"), odd("seen", "count"), "not certain"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_question_that_is_contained_is_found_to_be(ground: Ground, name: str) -> None:
    wide, narrow, how = ACCEPTED[name]
    found = contained(ground, wide, narrow)
    assert isinstance(found, Derivation), found
    assert found.how is how


@pytest.mark.parametrize("name", DECLINED)
def test_a_question_that_is_not_contained_is_declined(ground: Ground, name: str) -> None:
    wide, narrow, reason = DECLINED[name]
    found = contained(ground, wide, narrow)
    assert isinstance(found, Refusal), found
    assert any(part in found.reason for part in reason.split("|")), found.reason


def test_a_result_that_was_cut_serves_its_first_rows_alone(ground: Ground) -> None:
    sorts = [{"column_name": "trips.started_at[date]"}, {"column_name": "trips.status"}]
    cut = {**DAYS, "limit": 10, "sorts": sorts}
    found = contained(ground, cut, {**cut, "limit": 4, "offset": 6}, whole=False)
    assert isinstance(found, Derivation)
    assert found.how is How.CUT
    for change in (
        {"limit": 11},
        {"limit": 5, "offset": 6},
        {"sorts": sorts[:1]},
        {"filters": DONE},
        {"limit": None},
    ):
        assert isinstance(contained(ground, cut, {**cut, "limit": 4, **change}, whole=False), Refusal), change
    assert isinstance(contained(ground, {**cut, "offset": 1}, cut), Refusal)


def test_another_zone_is_another_question(ground: Ground) -> None:
    theirs = compiled(ground, DAYS).signature
    ours = compiled(ground, trips(MONTH, "count"), zone="America/New_York").signature
    assert theirs is not None
    assert ours is not None
    assert isinstance(contain(theirs, ours, is_whole=True, engine=DUCKDB), Refusal)
    local = contained(ground, DAYS, trips(MONTH, "count"), zone="America/New_York")
    assert isinstance(local, Derivation)


def test_bounds_in_a_zone_are_those_of_its_days_where_its_clock_is_steady(ground: Ground) -> None:
    def asked(left: str, right: str) -> Derivation | Refusal:
        narrow = trips("count", filters={"trips.started_at": between(left, right)})
        return contained(ground, DAYS, narrow, zone="America/New_York")

    assert isinstance(asked("2026-01-10", "2026-02-01"), Derivation)
    assert isinstance(asked("2026-01-10 06", "2026-02-01"), Refusal)
    assert isinstance(asked("2026-01-10", "2026-03-09"), Refusal)  # the clock was set forward on the 8th


def test_what_another_warehouse_says_is_not_worked_out_here(ground: Ground) -> None:
    engine = Elsewhere()
    assert isinstance(contained(ground, DAYS, trips("status", "count"), engine=engine), Derivation)
    by_month = contained(ground, DAYS, trips(MONTH, "count"), engine=engine)
    assert isinstance(by_month, Derivation)
    assert by_month.years == {"trips.started_at[date]__raw"}
    for grain in ("month_num", "day_of_week_name"):
        parts = contained(ground, DAYS, trips(f"started_at[{grain}]", "count"), engine=engine)
        assert isinstance(parts, Refusal), grain
    by_status = trips("status", "count", sorts=[{"column_name": "trips.status"}])
    assert isinstance(contained(ground, DAYS, by_status, engine=engine), Refusal)
    ratio = trips("fare_per_trip")
    assert isinstance(
        contained(ground, trips("status", "fare_total", "count"), ratio, engine=engine), Refusal
    )


@pytest.mark.parametrize("other", [("S",), ("N", "S"), ("ALL",)])
def test_the_rows_of_one_asker_never_serve_another(ground: Ground, other: tuple[str, ...]) -> None:
    topic = {"join_paths_from_topic_name": "regional", "table": "trips"}
    wide = {**topic, "fields": ["start_stations.region", "trips.status", "trips.count"]}
    narrow = {**topic, "fields": ["start_stations.region", "trips.count"]}
    for first, second in ((("N",), other), (other, ("N",))):
        theirs = compiled(ground, wide, attributes={"region": first}).signature
        ours = compiled(ground, narrow, attributes={"region": second}).signature
        same = compiled(ground, narrow, attributes={"region": first}).signature
        assert theirs is not None
        assert ours is not None
        assert same is not None
        assert theirs.relation != ours.relation
        assert isinstance(contain(theirs, ours, is_whole=True, engine=DUCKDB), Refusal)
        assert isinstance(contain(theirs, same, is_whole=True, engine=DUCKDB), Derivation)


def test_texts_that_a_collation_makes_equal_are_not_grouped_again() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE people (name VARCHAR COLLATE NOCASE, city VARCHAR)")
    view = (
        "schema: main\ndimensions:\n  name: {}\n  city: {}\nmeasures:\n  count: { aggregate_type: count }\n"
    )
    model, _ = load_model(
        {"people.view": view, "model": "label: People\n"},
        read_catalog(lambda sql: connection.execute(sql).fetchall()),
    )
    ground = Ground(model, connection)
    names, both = (
        {"table": "people", "fields": [f"people.{name}" for name in fields]}
        for fields in (("name", "count"), ("name", "city", "count"))
    )
    found = contained(ground, both, names)
    assert isinstance(found, Refusal)
    assert "not certain" in found.reason
