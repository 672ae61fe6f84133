"""Relations that hold whatever the rows are: over bins, groups, durations, fiscal years and masks."""

from __future__ import annotations

from collections import Counter

import pytest

from support.bikeshare import rows, world

MODEL = """\
fiscal_month_offset: 11
access_grants:
  team: { user_attribute: team, allowed_values: [ x ] }
"""
TRIPS = """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  started_at: {}
  ended_at: {}
  fare: {}
  status: {}
  fare_band: { sql: '${fare}', bin_boundaries: [ 3.5, 5, 6 ] }
  outcome:
    sql: ${status}
    groups:
      - { filter: { is: [ lost, void ] }, name: bad }
      - { filter: { is: done }, name: good }
  named_outcome:
    sql: ${status}
    groups:
      - { filter: { not: done }, name: other }
    else: good
  ride: { duration: { sql_start: '${started_at}', sql_end: '${ended_at}' } }
  back: { duration: { sql_start: '${ended_at}', sql_end: '${started_at}' } }
  secret: { sql: '${status}', mask_unless_access_grants: [ team ] }
measures:
  count: { aggregate_type: count }
  total: { sql: '${fare}', aggregate_type: sum }
"""
GROUPINGS = [
    "trips.fare_band",
    "trips.outcome",
    "trips.named_outcome",
    "trips.ride[months]",
    "trips.ride[minutes]",
    "trips.started_at[fiscal_year]",
    "trips.started_at[fiscal_quarter]",
    "trips.started_at[day_of_quarter]",
    "trips.secret",
]
FILTERS = [
    ("trips.fare_band", {"type": "string", "kind": "EQUALS", "values": [">= 5 and < 6"]}),
    ("trips.outcome", {"type": "string", "kind": "STARTS_WITH", "values": ["b"]}),
    ("trips.ride[minutes]", {"type": "number", "kind": "GREATER_THAN", "values": ["10"]}),
    ("trips.started_at", {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "FY2027"}),
    (
        "trips.started_at",
        {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "this fiscal quarter"},
    ),
    ("trips.secret", {"type": "string", "kind": "EQUALS", "values": ["done"]}),
]


@pytest.fixture(scope="module")
def ground():
    return world(model=MODEL, trips_view=TRIPS)


def ask(ground, *fields, zone="UTC", **more):
    body = {"join_paths_from_topic_name": "rides", "fields": list(fields), **more}
    return rows(ground, body, time_zone=zone)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("name", GROUPINGS)
def test_groups_add_up_to_everything(ground, name, zone):
    ((count, total),) = ask(ground, "trips.count", "trips.total")
    found = ask(ground, "trips.count", "trips.total", name, zone=zone)
    assert sum(row[0] for row in found) == count
    assert sum(row[1] for row in found) == total


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize(("name", "condition"), FILTERS)
def test_a_filter_and_its_denial_are_everything(ground, name, condition, zone):
    def count(wanted):
        return ask(ground, "trips.count", zone=zone, filters={name: wanted})[0][0]

    ((everything,),) = ask(ground, "trips.count")
    assert count(condition) + count({**condition, "is_negative": True}) == everything


@pytest.mark.parametrize("unit", ["seconds", "hours", "days", "weeks", "months", "quarters", "years"])
def test_the_way_back_is_as_long(ground, unit):
    for there, back in ask(ground, f"trips.ride[{unit}]", f"trips.back[{unit}]", default_group_by=False):
        assert (there is None) == (back is None)
        assert there is None or there == -back


def test_a_mask_changes_no_group(ground):
    body = {"join_paths_from_topic_name": "rides", "fields": ["trips.count", "trips.total", "trips.secret"]}
    masked = rows(ground, body)
    shown = rows(ground, body, team=("x",))
    assert Counter(row[:2] for row in masked) == Counter(row[:2] for row in shown)


def test_totals_of_bins_are_the_total(ground):
    totals = {"::total::": {"type": "aggregation"}}
    found = ask(ground, "trips.fare_band", "trips.count", column_totals=totals)
    assert sum(count for _, count in found) == 2 * 5
