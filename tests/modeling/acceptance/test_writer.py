"""Acceptance cases of the modelling language about validation (digest §21)."""

from __future__ import annotations

from holoscope.modeling.check import check_model
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from support.checking import BIKES, found, mended, only


def test_case_13_a_distinct_sum_without_its_key() -> None:
    view = BIKES["trips.view"] + "  paid: { aggregate_type: sum_distinct_on, sql: '${fare}' }\n"
    (item,) = [item for item in check_model({**BIKES, "trips.view": view}) if item.severity is Severity.ERROR]
    assert "custom_primary_key_sql" in item.message


def test_case_25_keys_beside_a_level_of_detail() -> None:
    view = BIKES["trips.view"].replace(
        "  fare: {}\n", "  fare: { aggregate_type: min, level_of_detail: { fixed: [trips.id] } }\n"
    )
    said = [item.message for item in check_model({**BIKES, "trips.view": view})]
    assert 'Invalid property name "aggregate_type".' in said


def test_case_29_a_relationship_of_a_topic_outside_its_joins() -> None:
    topic = """\
base_view: trips
joins: {}
relationships:
  - join_from_view: trips
    join_to_view: stations
    on_sql: ${trips.start_station_id} = ${stations.id}
    relationship_type: many_to_one
"""
    item = only({"rides.topic": topic}, Code.JOIN_NOT_LISTED)
    assert item.severity is Severity.WARNING
    assert '"stations"' in item.message
    after = mended({"rides.topic": topic}, item)
    assert "joins:\n  stations: {}\n" in after["rides.topic"]
    assert found(after, Code.JOIN_NOT_LISTED) == []


def test_case_35_having_on_a_dimension() -> None:
    topic = "base_view: trips\nalways_having_filters:\n  trips.fare: { is: 1 }\n"
    assert only({"rides.topic": topic}, Code.HAVING_ON_DIMENSION).severity is Severity.ERROR


def test_case_42_a_default_access_filter_that_resolves_to_nothing() -> None:
    files = {
        "model": "default_topic_access_filters:\n  - { field: rider_id, user_attribute: rider }\n",
        "stands.topic": "base_view: stations\n",
    }
    item = only(files, Code.UNKNOWN_FIELD)
    assert item.message == (
        'No such access filter field "rider_id" (resolved to "stations.rider_id" in topic "stands") '
        "specified in default_topic_access_filters"
    )
    assert (
        found({**files, "stands.topic": "base_view: stations\naccess_filters: []\n"}, Code.UNKNOWN_FIELD)
        == []
    )
