"""Validation finds what loading leaves in: one test for each rule, and its fix where it has one."""

from __future__ import annotations

import pytest

from holoscope.modeling.check import check_model
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.types import Catalog, ColumnType, DataType
from support.checking import BIKES, found, mended, only
from support.shop import SHOP_MODEL_FOLDER


def test_the_world_is_clean() -> None:
    assert check_model(BIKES) == ()


def test_the_shop_has_no_errors() -> None:
    from holoscope.modelstore.folder import load_folder

    errors = [item for item in check_model(load_folder(SHOP_MODEL_FOLDER)) if item.severity is Severity.ERROR]
    assert [str(item) for item in errors] == []


def test_two_ways_of_one_length() -> None:
    relationships = (
        BIKES["relationships"]
        + """\
- join_from_view: trips
  join_to_view: stations
  on_sql: ${trips.start_station_id} = ${stations.id}
  relationship_type: many_to_one
- join_from_view: riders
  join_to_view: regions
  on_sql: ${riders.id} = ${regions.id}
  relationship_type: many_to_one
- join_from_view: stations
  join_to_view: regions
  on_sql: ${stations.region_id} = ${regions.id}
  relationship_type: many_to_one
"""
    )
    files = {
        "relationships": relationships,
        "regions.view": "schema: main\ndimensions: {id: {primary_key: true}}\n",
    }
    item = only(files, Code.AMBIGUOUS_JOIN_PATH)
    assert "through riders and through stations" in item.message
    listed = {**files, "rides.topic": "base_view: trips\njoins:\n  stations:\n    regions: {}\n"}
    assert found(listed, Code.AMBIGUOUS_JOIN_PATH) == []


def test_a_joined_view_without_a_key() -> None:
    riders = "schema: main\ndimensions:\n  id: {}\nmeasures:\n  count: { aggregate_type: count }\n"
    item = only({"riders.view": riders}, Code.JOINED_VIEW_WITHOUT_KEY)
    assert (item.position.file, item.severity) == ("relationships", Severity.WARNING)
    distinct = riders.replace("aggregate_type: count", "aggregate_type: max, sql: '${id}'")
    assert found({"riders.view": distinct}, Code.JOINED_VIEW_WITHOUT_KEY) == []


def test_an_uploaded_file_in_a_join() -> None:
    item = only(
        {"riders.view": "uploaded_table_name: riders.csv::0b8a\ndimensions: {id: {}}\n"}, Code.UPLOAD_JOIN
    )
    assert (
        item.message == 'View "riders" references an uploaded table. Uploaded tables cannot be used in joins.'
    )


def test_unknown_user_attributes() -> None:
    files = {
        "model": "access_grants:\n  team: { user_attribute: taem, allowed_values: [a] }\n",
        "rides.topic": "base_view: trips\naccess_filters: [{ field: riders.city, user_attribute: city }]\n",
        "riders.view": BIKES["riders.view"] + "  own: { sql: \"{{omni_attributes.region}} = 'x'\" }\n",
    }
    items = found(files, Code.UNKNOWN_ATTRIBUTE, attributes=["team", "omni_user_email"])
    assert [(item.position.file, item.message) for item in items] == [
        ("model", 'No such user attribute "taem".'),
        ("riders.view", 'No such user attribute "region".'),
        ("rides.topic", 'No such user attribute "city".'),
    ]
    assert "team" in mended(files, items[0])["model"].split("user_attribute")[1]
    assert found(files, Code.UNKNOWN_ATTRIBUTE) == []
    assert found(files, Code.UNKNOWN_ATTRIBUTE, attributes=["taem", "city", "region"]) == []


def test_a_view_without_schema() -> None:
    files = {"trips.view": BIKES["trips.view"].removeprefix("schema: main\n")}
    item = only(files, Code.SCHEMA_MISSING)
    assert (item.severity, item.auto_fix) == (Severity.WARNING, None)
    columns = {"id": ColumnType(DataType.NUMBER)}
    known = Catalog({"main.trips": columns, "main.riders": columns, "main.stations": columns})
    assert found(files, Code.SCHEMA_MISSING, known) == []
    elsewhere = Catalog({"ops.trips": columns})
    item = only(files, Code.SCHEMA_MISSING, elsewhere)
    assert "schema: ops\n" in mended(files, item)["trips.view"]


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("SELECT ${trips.fare} FROM ${trips}", False),
        ("SELECT ${trips.fare} FROM ${trips} AS trips", False),
        ("SELECT ${trips.fare} FROM ${trips} WHERE 1 = 1", False),
        ("SELECT ${trips.fare} FROM ${trips} t", True),
        ("SELECT ${trips.fare} FROM ${trips} AS t", True),
        ("SELECT ${trips.fare} FROM main.trips", False),
        ("WITH trips AS (SELECT 1) SELECT ${trips.fare} FROM trips", False),
        ("SELECT ${trips.fare} FROM ${riders}", True),
        ("SELECT fare FROM ${trips} t", False),
    ],
)
def test_the_alias_in_the_sql_of_a_view(sql: str, wrong: bool) -> None:
    files = {"cheap.view": f"schema: main\nsql: {sql}\ndimensions: {{fare: {{}}}}\n"}
    assert bool(found(files, Code.WRONG_SQL_ALIAS)) is wrong


def test_a_missing_base_view_offers_to_delete_the_topic() -> None:
    files = {"lost.topic": "base_view: nothing_like_it\n"}
    item = only(files, Code.MISSING_BASE_VIEW)
    assert item.message == 'No view "nothing_like_it". Set base_view to a valid, existing view.'
    assert item.auto_fix is not None
    assert item.auto_fix.short == 'Delete topic "lost"'
    assert "lost.topic" not in mended(files, item)


def test_a_misspelt_key_can_be_renamed() -> None:
    files = {"riders.view": BIKES["riders.view"].replace("city: {}", "city: { lable: City } # where")}
    item = only(files, Code.UNKNOWN_KEY)
    assert "  city: # where\n    label: City\n" in mended(files, item)["riders.view"]


def test_a_suggested_name_can_be_set() -> None:
    files = {
        "rides.topic": "base_view: trips\naccess_filters:\n  - { field: riders.ctiy, user_attribute: x }\n"
    }
    item = only(files, Code.UNKNOWN_FIELD)
    assert item.message + " " + (item.fix or "") == 'No such field "riders.ctiy". Did you mean riders.city?'
    assert "field: riders.city\n" in mended(files, item)["rides.topic"]


def test_the_table_word_of_another_language() -> None:
    files = {"riders.view": BIKES["riders.view"] + "  x: { sql: '${TABLE}.x' }\n"}
    assert only(files, Code.TABLE_REFERENCE).message.startswith('Column "__omni_scoped" not found')
