"""Formats in documents: custom ones, ones chosen by a value, and ones that read other fields."""

from __future__ import annotations

import pyarrow as pa
import pytest

from holoscope.runs.exports.columns import sheet_of
from support.bikeshare import NOW, compile_in, world

MODEL = """\
access_grants:
  finance: { user_attribute: team, allowed_values: [ finance ] }
custom_formats:
  money: '"EUR" #,##0.00'
  by_status:
    depends_on: { field: trips.status }
    conditions:
      - { condition: { is: [ done, pending ] }, value: money }
      - { condition: { is: null }, value: percent_0 }
    else: number_1
"""
TRIPS = """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  started_at: { format: relative }
  started_on: { sql: '${started_at}', format: '%d.%m.%Y' }
  status: {}
  hidden_status: { sql: '${status}', required_access_grants: [ finance ] }
  fare: { format: '{{status}} 0.00' }
  story: { sql: '${status}', format: '{{riders.city}}: {{trips.fare}} for {{status}}' }
  secretly: { sql: '${fare}', format: '{{hidden_status}} 0.00' }
measures:
  count: { aggregate_type: count }
  total: { sql: '${fare}', aggregate_type: sum, format: by_status }
  plain_total: { sql: '${fare}', aggregate_type: sum, format: MONEY }
  told: { sql: '${fare}', aggregate_type: sum, format: '0.0 "of" {{trips.count}}' }
  by_city:
    sql: ${fare}
    aggregate_type: sum
    format:
      depends_on: { field: riders.city }
      conditions:
        - { condition: { equals: Delft }, value: number_3 }
      else: number_0
  by_team:
    sql: ${fare}
    aggregate_type: sum
    format:
      depends_on: { user_attribute: team }
      conditions: [ { condition: { is: finance }, value: usdcurrency_2 } ]
      else: number_0
  by_filter:
    sql: ${fare}
    aggregate_type: sum
    format:
      depends_on: { filter: trips.status }
      conditions: [ { condition: { is: done }, value: gbpcurrency_1 } ]
      else: number_0
  odd: { sql: '${fare}', aggregate_type: sum, format: no such format }
"""


@pytest.fixture(scope="module")
def ground():
    return world(model=MODEL, trips_view=TRIPS)


def texts(ground, *fields, sorts=(), **more):
    asker = more.pop("asker", {})
    body = {
        "join_paths_from_topic_name": "rides",
        "fields": list(fields),
        "sorts": [{"column_name": name} for name in sorts],
        **more,
    }
    compiled = compile_in(ground, body, **asker)
    table: pa.Table = ground.connection.sql(compiled.sql).to_arrow_table()
    assert [field.name for field in compiled.fields] == list(fields)
    columns = sheet_of(compiled, formatted=True, now=NOW).columns(table)
    return [list(row) for row in zip(*(column.values.to_pylist() for column in columns), strict=True)]


def only(*ids):
    return {"trips.id": {"type": "number", "kind": "EQUALS", "values": list(ids)}}


def test_a_template_reads_the_row(ground):
    found = texts(ground, "trips.id", "trips.fare", sorts=["trips.id"])
    assert found == [
        ["1", "done 4.00"],
        ["2", "pending 6.00"],
        ["3", "lost 5.00"],
        ["4", " 3.00"],
        ["5", "void 7.00"],
    ]


def test_words_around_fields_of_other_views(ground):
    found = texts(ground, "trips.id", "trips.story", filters=only(1, 4), sorts=["trips.id"])
    assert found == [["1", "Delft: 4.00 for done"], ["4", ""]]


def test_a_selected_field_is_read_from_its_own_column(ground):
    found = texts(ground, "trips.status", "trips.total", sorts=["trips.status"])
    assert found == [
        ["", "300%"],
        ["done", "EUR 4.00"],
        ["lost", "5.0"],
        ["pending", "EUR 6.00"],
        ["void", "7.0"],
    ]


def test_in_a_group_of_several_values_there_is_none(ground):
    assert texts(ground, "trips.total") == [["25.0"]]
    assert texts(ground, "trips.total", filters=only(1)) == [["EUR 4.00"]]


def test_a_format_adds_no_group_and_no_row(ground):
    found = texts(ground, "riders.country", "trips.by_city", sorts=["riders.country"])
    assert found == [["BE", "10"], ["NL", "15"]]
    assert texts(ground, "trips.by_city", filters=only(1, 2)) == [["10.000"]]


def test_a_measure_in_a_template(ground):
    assert texts(ground, "trips.told") == [["25.0 of 5"]]


def test_custom_names_in_any_letter_case(ground):
    assert texts(ground, "trips.plain_total") == [["EUR 25.00"]]


def test_an_attribute_chooses(ground):
    assert texts(ground, "trips.by_team") == [["25"]]
    assert texts(ground, "trips.by_team", asker={"team": ("finance",)}) == [["$25.00"]]


def test_a_filter_chooses(ground):
    condition = {"type": "string", "kind": "EQUALS", "values": ["done"]}
    assert texts(ground, "trips.by_filter") == [["25"]]
    assert texts(ground, "trips.by_filter", filters={"trips.status": condition}) == [["£4.0"]]


def test_a_field_one_may_not_see_is_not_read(ground):
    assert texts(ground, "trips.secretly", filters=only(1)) == [["4.00"]]
    assert texts(ground, "trips.secretly", filters=only(1), asker={"team": ("finance",)}) == [["done 4.00"]]


def test_times_from_now_and_by_pattern(ground):
    found = texts(ground, "trips.started_at", "trips.started_on", filters=only(1))
    assert found == [["6 days ago", "04.03.2026"]]


def test_an_unknown_format_changes_nothing(ground):
    assert texts(ground, "trips.odd") == [["25.00"]]


def test_totals_are_formatted_too(ground):
    found = texts(
        ground,
        "trips.status",
        "trips.total",
        filters=only(1, 3),
        sorts=["trips.status"],
        column_totals={"::total::": {}},
    )
    assert found == [["done", "EUR 4.00"], ["lost", "5.0"], ["", "9.0"]]


def test_rows_without_groups(ground):
    found = texts(ground, "trips.fare", filters=only(1, 3), sorts=["trips.id"], default_group_by=False)
    assert found == [["done 4.00"], ["lost 5.00"]]


def test_what_the_wire_says_of_a_format(ground):
    fields = ["trips.total", "trips.by_team", "trips.plain_total", "trips.count", "trips.fare", "trips.odd"]
    compiled = compile_in(ground, {"join_paths_from_topic_name": "rides", "fields": fields})
    said = {field.name: field.format for field in compiled.fields}
    assert said == {
        "trips.total": "NUMBER_1",
        "trips.by_team": "NUMBER_0",
        "trips.plain_total": '"EUR" #,##0.00',
        "trips.count": "NUMBER_0",
        "trips.fare": "{{status}} 0.00",
        "trips.odd": None,
    }


def test_numbers_as_in_france():
    ground = world(
        model=MODEL + "default_numeric_locale: fr_FR\n",
        trips_view=TRIPS.replace("format: MONEY", "format: number_2"),
    )
    assert texts(ground, "trips.plain_total", filters=only(1)) == [["4,00"]]
