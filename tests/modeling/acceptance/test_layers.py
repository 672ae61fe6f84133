"""Acceptance cases of the modelling language about composition: layers, topics, constants (digest §21)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.layers import Layer, lay
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modeling.reader.tree import plain
from holoscope.modeling.types import Catalog, ColumnType, DataType
from holoscope.query.catalogue import ListedTopic, find_topic
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.modeltext import load_texts

NUMBER = ColumnType(DataType.NUMBER)
EVERYTHING = Scope({}, frozenset(Permission))
VIEWS = {
    "trips.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  rider_id: {}\n  start_id: {}\n"
    "  end_id: {}\n  fare: {}\nmeasures:\n  count: { aggregate_type: count }\n",
    "riders.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  city: {}\n  country: {}\n",
    "stations.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  name: {}\n",
    "relationships": """\
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: stations
  join_to_view_as: start_stations
  on_sql: ${trips.start_id} = ${start_stations.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: stations
  join_to_view_as: end_stations
  on_sql: ${trips.end_id} = ${end_stations.id}
  relationship_type: many_to_one
""",
}


def world(**files: str) -> tuple[Model, list[str]]:
    named = {name.replace("_view", ".view").replace("_topic", ".topic"): text for name, text in files.items()}
    return load_texts({**VIEWS, **named})


def listed(model: Model, topic: str) -> ListedTopic:
    found = find_topic(model, topic, EVERYTHING, DuckDBDialect())
    assert found is not None
    return found


def names(model: Model, topic: str) -> set[str]:
    return {
        item.field.qualified_name
        for view in listed(model, topic).views
        for item in (*view.dimensions, *view.measures)
    }


def sql_of(model: Model, body: dict[str, object], scope: Scope = EVERYTHING) -> str:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    return compile_query(parse_query(body), model, scope, DuckDBDialect(), now=now).sql


def test_case_02_a_delta_keeps_the_type_of_the_column():
    layers = [
        Layer("schema", {"main/trips.view": "schema: main\ndimensions:\n  id: {}\n  fare: {}\n"}),
        Layer("shared", {"main/trips.view": "dimensions:\n  fare: { hidden: true }\n"}),
        Layer("extension", {"main/trips.view": "dimensions: {fare: {label: Price}}\n"}),
    ]
    catalog = Catalog({"main.trips": {"id": NUMBER, "fare": NUMBER}})
    model, found = load_model(layers, catalog)
    assert found == ()
    topicless = listed(
        load_model([*layers, Layer("", {"trips.topic": "base_view: trips"})], catalog)[0], "trips"
    )
    fare = topicless.views[0].dimensions[1]
    assert (fare.field.name, fare.type.data_type, fare.field.hidden) == ("fare", DataType.NUMBER, True)
    assert model.views["trips"].dimensions["fare"].label == "Price"
    combined = lay(layers[:2]).files["main/trips.view"].read()[0]
    assert combined is not None
    assert plain(combined) == {"schema": "main", "dimensions": {"id": {}, "fare": {"hidden": True}}}


def test_case_26_one_cycle_with_both_names():
    _, diagnostics = load_model(
        {"t.view": "schema: main\ndimensions:\n  a: { sql: '${b}' }\n  b: { sql: '${a}' }\n"}
    )
    assert [(item.code, item.message) for item in diagnostics] == [
        ("reference_cycle", "Fields refer to each other in a circle: t.a, t.b.")
    ]


@pytest.mark.parametrize(
    "selectors",
    [
        "[ all_views.*, -riders.*, riders.city ]",
        "[ riders.city, -riders.*, all_views.* ]",
        "[ -riders.*, riders.city, all_views.* ]",
    ],
)
def test_case_28_selectors_in_any_order(selectors: str):
    model, found = world(rides_topic=f"base_view: trips\njoins: {{ riders: {{}} }}\nfields: {selectors}\n")
    assert found == []
    chosen = names(model, "rides")
    assert {name for name in chosen if name.startswith("riders.")} == {"riders.city"}
    assert {"trips.id", "trips.fare", "trips.count"} <= chosen


def test_case_30_an_empty_map_of_joins_is_the_base_view_alone():
    model, found = world(rides_topic="base_view: trips\njoins: {}\n")
    assert found == []
    assert [view.view.name for view in listed(model, "rides").views] == ["trips"]


def test_case_31_two_aliases_of_one_view():
    model, found = world(rides_topic="base_view: trips\njoins: { start_stations: {}, end_stations: {} }\n")
    assert found == []
    sql = sql_of(
        model,
        {
            "join_paths_from_topic_name": "rides",
            "fields": ["start_stations.name", "end_stations.name", "trips.count"],
        },
    )
    assert sql.count("JOIN") == 2
    clash = VIEWS["relationships"].replace("join_to_view_as: end_stations", "join_to_view_as: riders")
    _, diagnostics = load_model({**VIEWS, "relationships": clash})
    assert ("alias_is_view", 'The alias "riders" duplicates a view name.') in [
        (item.code, item.message) for item in diagnostics
    ]


def test_case_41_an_empty_list_opens_a_topic():
    model, found = world(
        model="access_grants: { staff: { user_attribute: team, allowed_values: [ a ] } }\n"
        "default_topic_required_access_grants: [ staff ]\n",
        open_topic="base_view: trips\nrequired_access_grants: []\n",
        closed_topic="base_view: trips\n",
    )
    assert found == []
    assert sql_of(model, {"join_paths_from_topic_name": "open", "fields": ["trips.count"]})
    with pytest.raises(HoloscopeError, match='No such topic "closed"'):
        sql_of(model, {"join_paths_from_topic_name": "closed", "fields": ["trips.count"]})


def test_case_45_constants():
    _, found = world(trips_view="schema: main\ndimensions:\n  id: {}\n  x: { sql: '@{missing}' }\n")
    assert "trips.view:4:13 unknown_constant" in found
    model, found = world(
        model="constants: { price: { value: '${trips.fare}' } }\n",
        more_view="extends: [ trips ]\ndimensions:\n  doubled: { sql: '@{price} * 2' }\n",
        trips_view=VIEWS["trips.view"].replace("  fare: {}", "  fare: {}\n  dear: { sql: '@{price} > 5' }"),
    )
    assert found == []
    assert "trips.fare > 5" in sql_of(model, {"table": "trips", "fields": ["trips.dear"]}).replace('"', "")


def test_case_46_old_names_of_a_view():
    model, found = world(trips_view="aliases: [ old_trips ]\n" + VIEWS["trips.view"])
    assert found == []
    assert "trips.fare" in sql_of(model, {"table": "old_trips", "fields": ["old_trips.fare"]}).replace(
        '"', ""
    )
