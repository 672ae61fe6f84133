"""Acceptance cases of the modelling language that are about templates and query views."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from holoscope.kit.errors import HoloscopeError
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.asking import compile_body
from support.ground import Ground, open_model

TABLES = """
CREATE TABLE riders (id INTEGER, city VARCHAR);
INSERT INTO riders VALUES (1, 'Delft'), (2, 'Gent'), (3, NULL);
CREATE TABLE trips (id INTEGER, rider_id INTEGER, started_at TIMESTAMP, ended_at TIMESTAMP, fare DOUBLE);
INSERT INTO trips VALUES
  (1, 1, '2026-01-05', '2026-02-01', 4), (2, 1, '2026-01-20', '2026-01-20', 6), (3, 2, '2026-02-10', NULL, 5);
"""
TRIPS = """
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  started_at: {}
  ended_at: {}
  fare: {}
  day:
    sql: |
      CASE {{ filters.trips.basis.value }} WHEN 'started' THEN ${started_at} WHEN 'ended' THEN ${ended_at} END
  quoted: { sql: "'{{ filters.trips.basis.value }}'" }
measures:
  count: { aggregate_type: count }
  fare_total: { sql: '${fare}', aggregate_type: sum }
filters:
  basis: { type: string, default_filter: { is: started }, filter_single_select_only: true }
"""
RIDERS = """
schema: main
dimensions: { id: { primary_key: true }, city: {} }
measures: { count: { aggregate_type: count } }
"""
JOINS = """
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id} AND {{ riders.in_query }}
  relationship_type: many_to_one
"""
FILES = {
    "trips.view": TRIPS,
    "riders.view": RIDERS,
    "relationships": JOINS,
    "rides.topic": "base_view: trips\njoins: { riders: {} }",
}


def world(**files: str) -> Ground:
    connection = duckdb.connect()
    connection.execute(TABLES)
    named = {name.replace("_view", ".view").replace("_topic", ".topic"): text for name, text in files.items()}
    return open_model(connection, FILES | named)


def ask(ground: Ground, **body: object) -> list[tuple[object, ...]]:
    body = {"join_paths_from_topic_name": "rides"} | body
    sql = compile_body(ground.model, body, attributes={}, now=datetime(2026, 3, 10, tzinfo=UTC)).sql
    return [tuple(row.values()) for row in ground.run(sql)[1]]


def test_case_43_a_value_is_a_quoted_literal():
    ground = world()
    basis = {"trips.basis": {"type": "string", "kind": "EQUALS", "values": ["ended"]}}
    months = ask(ground, fields=["trips.day[month]", "trips.count"], filters=basis)
    assert sorted((row[2], row[1]) for row in months if row[2]) == [("2026-01", 1), ("2026-02", 1)]
    with pytest.raises(HoloscopeError, match="inside quotes"):
        ask(ground, fields=["trips.quoted"])


@pytest.mark.parametrize(
    "text",
    ["x' OR '1'='1", "\\' OR 1=1 --", "/* */ ended", "}}", "${trips.id}", "@{c}", "a;b", "{{ x }}", "'"],
)
def test_a_value_stays_a_value(text):
    ground = world()
    basis = {"trips.basis": {"type": "string", "kind": "EQUALS", "values": [text]}}
    assert ask(ground, fields=["trips.day", "trips.count"], filters=basis) == [(None, 3)]


def test_case_44_a_join_guard_is_false_when_nothing_of_the_view_is_asked():
    guard = "dimensions:\n  guard: { sql: '{{ riders.in_query }}' }\n"
    ground = world(trips_view=TRIPS.replace("dimensions:\n", guard))
    assert ask(ground, fields=["trips.guard"]) == [(False,)]
    rows = ask(ground, fields=["trips.guard", "riders.city", "trips.fare_total"])
    assert sorted(rows) == [(True, "Delft", 10.0), (True, "Gent", 5.0)]
    city = {"riders.city": {"type": "string", "kind": "EQUALS", "values": ["Gent"]}}
    assert ask(ground, fields=["trips.guard", "trips.count"], filters=city) == [(True, 1)]


LIFETIME = """
query:
  fields: { trips.rider_id: rider_id, trips.fare_total: lifetime_fare }
  base_view: trips
  filters: { trips.started_at: { bind: rider_lifetime.window } }
dimensions:
  rider_id: { primary_key: true }
measures:
  fare_sum: { sql: '${lifetime_fare}', aggregate_type: sum }
filters:
  window: { type: timestamp }
"""
LIFETIME_JOINS = """
- join_from_view: riders
  join_to_view: rider_lifetime
  on_sql: ${riders.id} = ${rider_lifetime.rider_id}
  relationship_type: one_to_one
"""


def lifetimes() -> Ground:
    return world(
        rider_lifetime_view=LIFETIME,
        relationships=LIFETIME_JOINS,
        rides_topic="base_view: riders\njoins: { rider_lifetime: {} }",
    )


def test_case_47_an_inner_measure_is_a_dimension_and_adds_up():
    rows = ask(
        lifetimes(), fields=["rider_lifetime.lifetime_fare", "riders.count", "rider_lifetime.fare_sum"]
    )
    assert sorted(rows, key=repr) == [(10.0, 1, 10.0), (5.0, 1, 5.0), (None, 1, 0.0)]
    assert ask(lifetimes(), fields=["rider_lifetime.count"]) == [(2,)]


def test_case_48_a_bound_filter_stands_inside():
    window = {"type": "date", "kind": "ON_OR_AFTER", "left_side": "2026-01-10"}
    body = {
        "join_paths_from_topic_name": "rides",
        "fields": ["riders.city", "rider_lifetime.lifetime_fare"],
        "filters": {"rider_lifetime.window": window},
    }
    ground = lifetimes()
    sql = compile_body(ground.model, body, attributes={}, now=datetime(2026, 3, 10, tzinfo=UTC)).sql
    inner = sql[sql.index("(") : sql.rindex(")")]
    assert "trips.started_at >= CAST('2026-01-10 00:00:00' AS TIMESTAMP)" in inner
    rows = [tuple(row.values()) for row in ground.run(sql)[1]]
    assert sorted(rows, key=repr) == [("Delft", 6.0), ("Gent", 5.0), (None, None)]


def test_a_number_attribute_is_a_number_and_any_other_is_text():
    trips = TRIPS.replace(
        "dimensions:\n", "dimensions:\n  dear: { sql: '${fare} > {{ omni_attributes.limit }}' }\n"
    )
    ground = world(trips_view=trips)
    spec = parse_query({"table": "trips", "fields": ["trips.dear"]})

    def text(numbers: frozenset[str]) -> str:
        scope = Scope({"limit": ("4.5",)}, frozenset(Permission), numbers)
        return compile_query(
            spec, ground.model, scope, DuckDBDialect(), now=datetime(2026, 3, 10, tzinfo=UTC)
        ).sql

    assert "trips.fare > 4.5" in text(frozenset({"limit"}))
    assert "trips.fare > '4.5'" in text(frozenset())
