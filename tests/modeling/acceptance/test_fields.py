"""Acceptance cases of the modelling language that are about fields, topics' rules and access, by number."""

from datetime import datetime
from hashlib import md5

import pytest

from holoscope.kit.errors import Forbidden
from holoscope.modeling.formats import format_value
from support.bikeshare import compile_in, rows, world


def trips(extra: str = "", measures: str = "") -> str:
    """The trips view with more dimensions and measures."""
    return f"""\
schema: main
dimensions:
  id: {{ primary_key: true }}
  rider_id: {{}}
  start_station_id: {{}}
  started_at: {{}}
  fare: {{}}
  status: {{}}
  is_test: {{}}
{extra}measures:
  count: {{ aggregate_type: count }}
  fare_total: {{ sql: '${{fare}}', aggregate_type: sum }}
{measures}"""


def ask(*fields: str, table: str = "trips", **more: object) -> dict[str, object]:
    return {"table": table, "fields": list(fields), **more}


def in_topic(*fields: str, topic: str = "rides", **more: object) -> dict[str, object]:
    return {"join_paths_from_topic_name": topic, "fields": list(fields), **more}


def test_case_06_a_month_is_a_time_and_a_text():
    sorts = [{"column_name": "trips.started_at[month]"}]
    ground = world()
    body = ask("trips.started_at[month]", "trips.count", sorts=sorts)
    assert compile_in(ground, body).columns == (
        "trips.started_at[month]__raw",
        "trips.count",
        "trips.started_at[month]",
    )
    assert rows(ground, body) == [
        (datetime(2026, month, 1), count, f"2026-{month:02d}")
        for month, count in ((1, 1), (2, 1), (3, 2), (4, 1))
    ]


def test_case_07_an_hour_of_a_date_is_missing():
    compiled = compile_in(world(), ask("riders.signed_up_on[hour_of_day]", "riders.count", table="riders"))
    assert compiled.missing_fields == ("riders.signed_up_on[hour_of_day]",)
    assert compiled.columns == ("riders.count",)


def test_case_08_weeks_from_sunday():
    ground = world(model="week_start_day: Sunday\n")
    only = {"trips.id": {"type": "number", "kind": "EQUALS", "values": [1]}}
    assert rows(ground, ask("trips.started_at[week]", filters=only)) == [(datetime(2026, 3, 1),)]


def test_case_09_fiscal_years():
    only = {"trips.id": {"type": "number", "kind": "EQUALS", "values": [3]}}
    body = ask("trips.started_at[fiscal_year]", "trips.count", filters=only)
    assert rows(world(model="fiscal_month_offset: 11\n"), body) == [(datetime(2026, 2, 1), 1, "FY2027")]
    assert compile_in(world(), body).missing_fields == ("trips.started_at[fiscal_year]",)


def test_case_10_the_date_in_new_york():
    ground = world(trips_view=trips("  fixed: { sql: '${started_at}', convert_tz: false }\n"))
    only = {"trips.id": {"type": "number", "kind": "EQUALS", "values": [2]}}
    body = ask("trips.started_at[date]", "trips.fixed[date]", filters=only)
    found = rows(ground, body, time_zone="America/New_York")
    assert found == [(datetime(2025, 12, 31), datetime(2026, 1, 1), "2025-12-31", "2026-01-01")]


def test_case_14_not_keeps_rows_without_a_value():
    ground = world(trips_view=trips(measures=_counted("status: { not: [ lost, void ] }")))
    assert rows(ground, ask("trips.counted")) == [(3,)]


@pytest.mark.parametrize(("word", "count"), [("falsey", 4), ("false", 3)])
def test_case_15_falsey_is_false_or_nothing(word, count):
    ground = world(trips_view=trips(measures=_counted(f"is_test: {{ is: {word} }}")))
    assert rows(ground, ask("trips.counted")) == [(count,)]


def test_case_16_or_on_one_field():
    condition = "status: { or: [ { is: done }, { starts_with: pend } ] }"
    ground = world(trips_view=trips(measures=_counted(condition)))
    assert rows(ground, ask("trips.counted")) == [(2,)]


def test_case_17_seven_complete_days():
    """The window is [03-03 00:00, 03-10 00:00): trip 5 began a second before its end."""
    condition = "started_at: { time_for_duration: [ 7 complete days ago, 7 days ] }"
    ground = world(trips_view=trips(measures=_counted(condition)))
    assert rows(ground, ask("trips.counted")) == [(2,)]
    sql = compile_in(ground, ask("trips.counted")).sql
    assert "2026-03-03 00:00:00" in sql
    assert "2026-03-10 00:00:00" in sql


def test_case_18_a_quarter_as_a_literal():
    ground = world(trips_view=trips(measures=_counted("started_at: { is: 2026 Q2 }")))
    assert rows(ground, ask("trips.counted")) == [(1,)]
    sql = compile_in(ground, ask("trips.counted")).sql
    assert "2026-04-01 00:00:00" in sql
    assert "2026-07-01 00:00:00" in sql


def test_case_21_bins_are_ordered_by_number():
    ground = world(
        riders_view="""\
schema: main
dimensions:
  id: { primary_key: true }
  age: {}
  band: { sql: '${age}', bin_boundaries: [ 18, 30 ] }
measures:
  count: { aggregate_type: count }
"""
    )
    sorts = [{"column_name": "riders.band"}]
    found = rows(ground, ask("riders.band", "riders.count", table="riders", sorts=sorts))
    assert found == [(None, 1), ("< 18", 1), (">= 18 and < 30", 1), ("30 and above", 1)]


def test_case_32_a_left_join_walked_backwards():
    topic = """\
base_view: riders
joins:
  trips: {}
relationships:
  - join_from_view: trips
    join_to_view: riders
    join_type: left_right
    on_sql: ${trips.rider_id} = ${riders.id}
    relationship_type: many_to_one
    reversible: true
"""
    ground = world(back_topic=topic)
    compiled = compile_in(ground, in_topic("riders.city", "trips.count", topic="back"))
    assert "RIGHT JOIN" in compiled.sql


def test_case_33_the_where_of_an_unused_join():
    joins = """\
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
  where_sql: ${riders.country} = 'NL'
"""
    ground = world(relationships=joins, rides_topic="base_view: trips\njoins: { riders: {} }\n")
    assert rows(ground, in_topic("trips.count")) == [(5,)]
    assert "riders" not in compile_in(ground, in_topic("trips.count")).sql
    assert rows(ground, in_topic("riders.country", "trips.count")) == [("NL", 3)]


def test_case_34_always_where_joins_what_it_needs():
    ground = world(rides_topic="+always_where_sql: ${riders.country} = 'NL'\n")
    assert rows(ground, in_topic("trips.status", "trips.count")) == [("done", 1), ("lost", 1), ("pending", 1)]


RULE = (
    "+access_filters:\n  - { field: regions.code, user_attribute: region, values_for_unfiltered: [ ALL ] }\n"
)


def test_case_36_row_rules_join_and_filter():
    ground = world(rides_topic=RULE)
    compiled = compile_in(ground, in_topic("trips.count"), region=("N", "S"))
    assert "IN ('N', 'S')" in compiled.sql
    assert rows(ground, in_topic("trips.count"), region=("N", "S")) == [(4,)]
    assert rows(ground, in_topic("trips.count"), region=("N",)) == [(2,)]
    wild = RULE.replace("values_for_unfiltered: [ ALL ]", "enable_sql_like_wildcards: true")
    compiled = compile_in(world(rides_topic=wild), in_topic("trips.count"), region=("N%",))
    assert "LIKE 'N%'" in compiled.sql


def test_case_37_an_attribute_that_is_not_set():
    ground = world(rides_topic=RULE)
    with pytest.raises(Forbidden):
        compile_in(ground, in_topic("trips.count"))
    assert rows(ground, in_topic("trips.count"), region=("ALL",)) == [(5,)]
    assert "WHERE" not in compile_in(ground, in_topic("trips.count"), region=("ALL",)).sql


GRANTS = """\
access_grants:
  a: { user_attribute: team, allowed_values: [ a ] }
  b: { user_attribute: team, allowed_values: [ b ] }
  c: { user_attribute: team, allowed_values: [ c ], access_boostable: true }
"""


@pytest.mark.parametrize(("team", "sees"), [(("b",), False), (("a",), True), (("b", "c"), True), ((), False)])
def test_case_38_or_and_and(team, sees):
    view = trips("  secret: { sql: '${status}', required_access_grants: [ a|b&c ] }\n")
    compiled = compile_in(
        world(trips_view=view, model=GRANTS),
        ask("trips.secret", "trips.count"),
        **({"team": team} if team else {}),
    )
    assert compiled.missing_fields == (() if sees else ("trips.secret",))


def test_case_39_a_field_over_a_restricted_one():
    extra = (
        "  secret: { sql: '${status}', required_access_grants: [ a ] }\n  open: { sql: 'UPPER(${secret})' }\n"
    )
    ground = world(trips_view=trips(extra), model=GRANTS)
    only = {"trips.id": {"type": "number", "kind": "EQUALS", "values": [1]}}
    assert rows(ground, ask("trips.open", filters=only)) == [("DONE",)]


def test_case_40_a_mask_is_a_digest():
    view = trips(
        "  secret: { sql: '${status}', mask_unless_access_grants: [ a ] }\n",
        "  secrets: { sql: '${secret}', aggregate_type: count_distinct }\n",
    )
    ground = world(trips_view=view, model=GRANTS)
    only = {"trips.id": {"type": "number", "kind": "EQUALS", "values": [1]}}
    digest = md5(b"done").hexdigest()
    assert rows(ground, ask("trips.secret", filters=only)) == [(digest,)]
    assert rows(ground, ask("trips.secret", filters=only), team=("a",)) == [("done",)]
    assert rows(ground, ask("trips.secrets")) == rows(ground, ask("trips.secrets"), team=("a",)) == [(4,)]


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (-5, "usdaccounting_2", "$(5.00)"),
        (1234567, "big_2", "1.23M"),
        (0.2441, "percent_1", "24.4%"),
        (1234, "id", "1234"),
    ],
)
def test_case_55_formats(value, format, text):
    assert format_value(value, format) == text


def _counted(condition: str) -> str:
    return f"  counted: {{ aggregate_type: count, filters: {{ {condition} }} }}\n"


def test_a_field_ordered_by_another():
    """`order_by_field` sorts, is part of no result, and adds no group."""
    extra = "  state: { sql: '${status}', order_by_field: trips.state_rank }\n"
    extra += "  state_rank: { sql: \"CASE WHEN ${status} = 'void' THEN 1 ELSE 2 END\", hidden: true }\n"
    ground = world(trips_view=trips(extra))
    body = ask("trips.state", sorts=[{"column_name": "trips.state"}, {"column_name": "trips.status"}])
    assert [row[0] for row in rows(ground, body)] == ["void", None, "done", "lost", "pending"]
