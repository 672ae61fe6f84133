"""Acceptance cases of the modelling language: fan-out, inner aggregation, the query's own filter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.load import load_model
from holoscope.modeling.types import Aggregate
from support.asking import compile_body
from support.ground import Ground, open_model
from support.modeltext import measure

TABLES = """
CREATE TABLE riders (id INTEGER, city VARCHAR, country VARCHAR);
INSERT INTO riders VALUES (1, 'Delft', 'NL'), (2, 'Utrecht', 'NL'), (3, 'Gent', 'BE');
CREATE TABLE stations (id INTEGER, name VARCHAR);
INSERT INTO stations VALUES (1, 'Central'), (2, 'Harbour'), (3, 'Park');
CREATE TABLE trips
  (id INTEGER, rider_id INTEGER, start_station_id INTEGER, started_at TIMESTAMP, fare DECIMAL(8, 2));
INSERT INTO trips VALUES
  (1, 1, 1, '2025-03-04 09:00:00', 4), (2, 1, 1, '2026-03-05 09:00:00', 6),
  (3, 1, 2, '2026-03-06 09:00:00', 1), (4, 2, 1, '2026-02-01 09:00:00', 8),
  (5, 2, 3, '2026-03-09 09:00:00', 2), (6, 3, 2, '2026-03-09 10:00:00', 3);
CREATE TABLE invoices (id INTEGER, rider_id INTEGER, amount DECIMAL(8, 2));
INSERT INTO invoices VALUES (1, 1, 10), (2, 1, 20), (3, 2, 30);
"""
KEY = "  id: { primary_key: true }\n"
FILES = {
    "riders.view": f"""
schema: main
dimensions:
{KEY}  city: {{}}
  country: {{}}
  first_ride:
    sql: ${{trips.started_at}}
    level_of_detail: {{ aggregate_type: min, fixed: [ riders.id ] }}
measures:
  count: {{ aggregate_type: count }}
  delft_count: {{ aggregate_type: count, filters: {{ city: {{ is: Delft, cancel_query_filter: true }} }} }}
""",
    "stations.view": """
schema: main
dimensions:
  id: { primary_key: true }
  name: {}
  top: { sql: '${name}', dynamic_top_n: { n: 1, by: trips.count, else: Other } }
""",
    "trips.view": f"""
schema: main
dimensions:
{KEY}  rider_id: {{}}
  start_station_id: {{}}
  started_at: {{}}
  fare: {{}}
measures:
  count: {{ aggregate_type: count }}
  fare_total: {{ sql: '${{fare}}', aggregate_type: sum }}
  rider_average:
    sql: ${{fare}}
    aggregate_type: average
    level_of_detail: {{ aggregate_type: sum, fixed: [ riders.id ] }}
  year_before:
    aggregate_type: count
    filters: {{ started_at: {{ date_offset_from_query: 1 year, cancel_query_filter: true }} }}
  year_before_kept:
    aggregate_type: count
    filters: {{ started_at: {{ date_offset_from_query: 1 year }} }}
""",
    "invoices.view": f"""
schema: main
dimensions:
{KEY}  rider_id: {{}}
measures:
  count: {{ aggregate_type: count }}
""",
    "relationships": """
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: stations
  on_sql: ${trips.start_station_id} = ${stations.id}
  relationship_type: many_to_one
- join_from_view: riders
  join_to_view: invoices
  on_sql: ${riders.id} = ${invoices.rider_id}
  relationship_type: one_to_many
""",
    "rides.topic": "base_view: trips\njoins: { riders: { invoices: {} }, stations: {} }\n",
}


@pytest.fixture(scope="module")
def bikes() -> Ground:
    return _open(FILES)


def _open(files: dict[str, str]) -> Ground:
    connection = duckdb.connect()
    connection.execute(TABLES)
    return open_model(connection, files)


def ask(ground: Ground, *fields: str, **more: Any) -> list[tuple[Any, ...]]:
    body = {"join_paths_from_topic_name": "rides", "fields": list(fields), "limit": None, **more}
    compiled = compile_body(ground.model, body, attributes={}, now=datetime(2026, 3, 10, 15, tzinfo=UTC))
    return sorted(ground.connection.execute(compiled.sql).fetchall(), key=repr)


def test_case_11_a_sum_is_the_same_beside_a_join_that_repeats_its_rows(bikes):
    assert ask(bikes, "trips.fare_total") == [(24,)]
    assert ask(bikes, "trips.fare_total", "invoices.count") == [(24, 3)]


def test_case_11_without_a_key_the_question_is_refused():
    keyless = _open({**FILES, "trips.view": FILES["trips.view"].replace(KEY, "  id: {}\n")})
    assert ask(keyless, "trips.fare_total") == [(24,)]
    with pytest.raises(HoloscopeError) as caught:
        ask(keyless, "trips.fare_total", "invoices.count")
    assert caught.value.error_type == "PLAN_PK_REQUIRED_DUE_TO_JOIN_FANOUT"
    assert "Join fans out data without primary key" in caught.value.detail


def test_case_12_a_count_of_another_view_counts_its_rows(bikes):
    assert ask(bikes, "riders.count") == [(3,)]


@pytest.mark.parametrize("word", ["sum_distinct_on", "sum_distinct", "SUM_DISTINCT_ON"])
def test_case_13_both_spellings_of_a_distinct_aggregate_are_read(word):
    found, lines = measure(f"{{ aggregate_type: {word}, sql: '${{y}}', custom_primary_key_sql: '${{y}}' }}")
    assert lines == []
    assert found.aggregate is Aggregate.SUM_DISTINCT_ON
    assert (found.aggregate.value, found.aggregate.wire_name) == ("sum_distinct_on", "SUM_DISTINCT")
    assert found.custom_primary_key_sql == "${y}"


def test_case_19_a_measure_cancels_the_filter_on_its_own_field(bikes):
    utrecht = {"riders.city": {"type": "string", "kind": "EQUALS", "values": ["Utrecht"]}}
    assert ask(bikes, "riders.count", "riders.delft_count", "trips.count", filters=utrecht) == [(1, 1, 2)]


def test_case_20_the_query_s_month_a_year_before(bikes):
    month = {
        "trips.started_at": {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "this month"}
    }
    assert ask(bikes, "trips.count", "trips.year_before", filters=month) == [(4, 1)]
    assert ask(bikes, "trips.count", "trips.year_before_kept", filters=month) == [(4, 0)]


def test_case_20_an_offset_alone_is_warned_of():
    found = [one for one in load_model(FILES)[1] if one.code == "offset_without_cancel"]
    assert [(one.severity, one.position.file) for one in found] == [("warning", "trips.view")]
    assert "year_before_kept" in found[0].message


def test_case_22_one_station_and_the_others(bikes):
    assert ask(bikes, "stations.top", "trips.count") == [("Central", 3), ("Other", 3)]


def test_case_23_cohorts_by_the_month_of_the_first_ride_reconcile(bikes):
    rows = ask(bikes, "riders.first_ride[month]", "trips.count", "riders.count")
    assert [row[3] for row in rows] == ["2025-03", "2026-02", "2026-03"]
    assert [row[1:3] for row in rows] == [(3, 1), (2, 1), (1, 1)]
    assert sum(row[1] for row in rows) == ask(bikes, "trips.count")[0][0]


def test_case_24_an_average_of_sums(bikes):
    assert ask(bikes, "riders.country", "trips.rider_average") == [("BE", 3), ("NL", 10.5)]
    assert ask(bikes, "trips.rider_average") == [(8,)]


def test_a_ranking_by_a_measure_that_reads_it_is_a_circle():
    stations = """
schema: main
dimensions:
  id: { primary_key: true }
  top: { sql: '${id}', dynamic_top_n: { n: 1, by: count_top } }
  grain: { sql: '${id}', level_of_detail: { aggregate_type: max, fixed: [ grain ] } }
measures:
  count_top: { aggregate_type: count, filters: { top: { is: '1' } } }
  count: { aggregate_type: count }
"""
    model, found = load_model({"stations.view": stations})
    assert {one.code for one in found} == {"reference_cycle"}
    assert set(model.views["stations"].dimensions) == {"id"}
    assert set(model.views["stations"].measures) == {"count"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dynamic_top_n: { n: 1, by: id }", "ranked_by_dimension"),
        ("dynamic_top_n: { n: 1, by: nothing }", "unknown_field"),
        ("level_of_detail: { aggregate_type: max, fixed: [ stations.count ] }", "bad_level_of_detail"),
        ("level_of_detail: { aggregate_type: max, fixed: [ stations.nam ] }", "unknown_field"),
        ("level_of_detail: { aggregate_type: max, fixed: [ 'id[fortnight]' ] }", "unknown_timeframe"),
        ("level_of_detail: { aggregate_type: max, always_exclude: [ stations.* ] }", "bad_level_of_detail"),
    ],
)
def test_what_a_ranking_or_a_grain_cannot_be(text, code):
    stations = f"""
schema: main
dimensions:
  id: {{ primary_key: true }}
  name: {{ sql: '${{id}}', {text} }}
measures:
  count: {{ aggregate_type: count }}
"""
    model, found = load_model({"stations.view": stations})
    assert [one.code for one in found] == [code]
    assert (found[0].position.file, found[0].position.line) == ("stations.view", 5)
    assert set(model.views["stations"].dimensions) == {"id"}
