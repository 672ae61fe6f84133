"""Acceptance cases of the modelling language about joins, rollups and composite topics, by number.

Base: trips, riders, stations and invoices of the bike-share company, in DuckDB.
"""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from holoscope.modeling.load import load_model
from support.asking import compile_body
from support.ground import Ground, open_model

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TABLES = """
CREATE TABLE trips (id INTEGER, rider_id INTEGER, start_station_id INTEGER, end_station_id INTEGER,
                    started_at TIMESTAMP, fare DECIMAL(8, 2));
INSERT INTO trips VALUES
  (1, 1, 1, 2, '2026-01-05 10:00:00', 4), (2, 1, 2, 2, '2026-01-05 12:00:00', 6),
  (3, 2, 1, 1, '2026-02-01 09:00:00', 5), (4, NULL, 3, 1, '2026-02-02 09:00:00', 1);
CREATE TABLE riders (id INTEGER, city VARCHAR);
INSERT INTO riders VALUES (1, 'Delft'), (2, 'Gent'), (3, 'Delft');
CREATE TABLE stations (id INTEGER, name VARCHAR);
INSERT INTO stations VALUES (1, 'Central'), (2, 'Harbour'), (3, 'Market');
CREATE TABLE invoices (id INTEGER, rider_id INTEGER, amount DECIMAL(8, 2), issued_on DATE);
INSERT INTO invoices VALUES (1, 1, 10, '2026-01-05'), (2, 2, 7, '2026-03-01');
"""
FILES = {
    "trips.view": """
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  end_station_id: {}
  started_at: {}
  fare: {}
measures:
  count: { aggregate_type: count }
  fare_total: { sql: '${fare}', aggregate_type: sum }
  fare_median: { sql: '${fare}', aggregate_type: median }
""",
    "riders.view": """
schema: main
dimensions:
  id: { primary_key: true }
  city: {}
measures:
  count: { aggregate_type: count }
""",
    "stations.view": """
schema: main
dimensions:
  id: { primary_key: true }
  name: {}
""",
    "invoices.view": """
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  amount: {}
  issued_on: {}
measures:
  amount_total: { sql: '${amount}', aggregate_type: sum }
""",
    "relationships": """
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: stations
  join_to_view_as: start_stations
  on_sql: ${trips.start_station_id} = ${start_stations.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: stations
  join_to_view_as: end_stations
  on_sql: ${trips.end_station_id} = ${end_stations.id}
  relationship_type: many_to_one
""",
}


def ground(files: dict[str, str] | None = None, tables: str = "") -> Ground:
    connection = duckdb.connect()
    connection.execute(TABLES + tables)
    return open_model(connection, {**FILES, **(files or {})})


def ask(world: Ground, **query: object) -> tuple[str, list[tuple[object, ...]]]:
    """The SQL of a query and its rows."""
    sql = compile_body(world.model, query, attributes={}, now=NOW).sql
    return sql, [tuple(row.values()) for row in world.run(sql)[1]]


def test_case_31_two_aliases_of_one_view():
    sql, rows = ask(
        ground(),
        table="trips",
        fields=["start_stations.name", "end_stations.name", "trips.count"],
        sorts=[{"column_name": "start_stations.name"}, {"column_name": "end_stations.name"}],
    )
    assert sql.count("JOIN stations AS") == 2
    assert rows == [
        ("Central", "Central", 1),
        ("Central", "Harbour", 1),
        ("Harbour", "Harbour", 1),
        ("Market", "Central", 1),
    ]


def test_case_31_an_alias_that_is_a_view():
    text = FILES["relationships"].replace("join_to_view_as: end_stations", "join_to_view_as: riders")
    _, found = load_model({**FILES, "relationships": text.replace("end_stations.id", "riders.id")})
    assert 'The alias "riders" duplicates a view name.' in [one.message for one in found]


@pytest.mark.parametrize(("base", "side"), [("trips", "LEFT"), ("riders", "RIGHT")])
def test_case_32_a_left_right_join_walked_backwards(base: str, side: str):
    joins = """
- join_from_view: trips
  join_to_view: riders
  join_type: left_right
  reversible: true
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
"""
    sql, rows = ask(
        ground({"relationships": joins}),
        table=base,
        fields=["riders.city", "trips.count"],
        sorts=[{"column_name": "riders.city"}],
    )
    assert f"{side} JOIN" in sql
    assert rows == [(None, 1), ("Delft", 2), ("Gent", 1)]


def test_case_33_where_sql_of_a_join_that_is_not_used():
    joins = FILES["relationships"].replace(
        "on_sql: ${trips.rider_id} = ${riders.id}\n",
        "on_sql: ${trips.rider_id} = ${riders.id}\n  where_sql: ${riders.city} = 'Delft'\n",
    )
    world = ground({"relationships": joins})
    sql, rows = ask(world, table="trips", fields=["trips.count"])
    assert "JOIN" not in sql
    assert "WHERE" not in sql
    assert rows == [(4,)]
    sql, rows = ask(world, table="trips", fields=["riders.city", "trips.count"])
    assert "WHERE" in sql
    assert rows == [("Delft", 2)]


def test_case_49_a_day_table_answers_by_month():
    fields = "\n    trips.started_at[date]: DAY\n    trips.fare_total: FARES\n    trips.fare_median: MIDDLE\n"
    said = f"schema: main\nmaterialized_query:\n  base_view: trips\n  fields:{fields}"
    days = """
    CREATE TABLE trips_by_day AS SELECT started_at::DATE AS "DAY", SUM(fare) AS "FARES",
      median(fare) AS "MIDDLE" FROM trips GROUP BY 1;
    """
    world = ground({"trips_by_day.view": said}, days)
    month = "trips.started_at[month]"
    sql, rows = ask(world, table="trips", fields=[month, "trips.fare_total"], sorts=[{"column_name": month}])
    assert sql.startswith('-- Query rewritten to use materialized view "trips_by_day".\n-- SELECT')
    assert [row[1:] for row in rows] == [(10, "2026-01"), (6, "2026-02")]
    sql, rows = ask(world, table="trips", fields=[month, "trips.fare_median"], sorts=[{"column_name": month}])
    assert "trips_by_day" not in sql
    assert [row[1:] for row in rows] == [(5, "2026-01"), (3, "2026-02")]


def test_case_54_a_composite_of_two_topics_over_one_shared_date():
    files = {
        "rides.topic": "base_view: trips\njoins: {}\n",
        "bills.topic": "base_view: invoices\njoins: {}\n",
        "money.composite_topic": """
topics: [rides, bills]
shared_dimensions:
  day: { mappings: { rides: { field: trips.started_at }, bills: { field: invoices.issued_on } } }
""",
    }
    day = "@_shared_dimensions_.day[date]"
    sql, rows = ask(
        ground(files),
        join_paths_from_topic_name="money",
        fields=[day, "@rides.trips.fare_total", "@bills.invoices.amount_total"],
        sorts=[{"column_name": day}],
    )
    assert "FULL JOIN" in sql
    assert "IS NOT DISTINCT FROM" in sql
    assert "COALESCE(q0.d0, q1.d0)" in sql
    assert [row[1:] for row in rows] == [
        (10, 10, "2026-01-05"),
        (5, None, "2026-02-01"),
        (1, None, "2026-02-02"),
        (None, 7, "2026-03-01"),
    ]
