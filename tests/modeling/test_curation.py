"""Which views exist and are offered, virtual schemas, and routes to extension models."""

from __future__ import annotations

import pytest

from holoscope.modeling.model import ExtensionRoute
from holoscope.modeling.routing import route_extension
from support.modeltext import BIKES, load_texts

FILES = {
    "raw/trips.view": "# Reference this view as raw__trips\nschema: raw\ndimensions: { id: {} }\n",
    "raw/tmp_x.view": "# Reference this view as raw__tmp_x\nschema: raw\ndimensions: { id: {} }\n",
    "mart/trips.view": "# Reference this view as mart__trips\nschema: mart\ndimensions: { id: {} }\n",
    "own.view": "sql: SELECT 1 AS id\ndimensions: { id: {} }\n",
}


def shown(settings: str) -> dict[str, bool]:
    model, found = load_texts({**FILES, "model": settings})
    assert found == []
    return {name: not view.hidden for name, view in model.views.items()}


@pytest.mark.parametrize(
    ("settings", "views"),
    [
        ("included_views: [ raw.* ]", {"raw__trips", "raw__tmp_x"}),
        ("included_views: [ raw__trips, own ]", {"raw__trips", "own"}),
        ("included_views: [ mart.trips, RAW__TMP_X ]", {"mart__trips", "raw__tmp_x"}),
        ("included_views: []", set()),
        ("ignored_views: [ '*tmp*' ]", {"raw__trips", "mart__trips", "own"}),
        ("ignored_views: [ '*.trips' ]", {"raw__tmp_x", "own"}),
    ],
)
def test_which_views_exist(settings: str, views: set[str]) -> None:
    assert shown(settings).keys() == views


@pytest.mark.parametrize(
    ("settings", "hidden"),
    [
        ("included_schemas: [ mart ]", {"raw__trips", "raw__tmp_x"}),
        ("ignored_schemas: [ ra*, other ]", {"raw__trips", "raw__tmp_x"}),
        ("ignored_schemas: []", set()),
    ],
)
def test_which_schemas_are_offered(settings: str, hidden: set[str]) -> None:
    assert {name for name, is_shown in shown(settings).items() if not is_shown} == hidden


def test_a_view_that_is_not_included_cannot_be_named() -> None:
    _, found = load_texts({**BIKES, "model": "ignored_views: [ riders ]\n"})
    assert [line.partition(" ")[2] for line in found] == ["view_not_included"]


def test_virtual_views() -> None:
    model, found = load_texts(
        {
            **FILES,
            "mine.view": "schema: ours\ntable_name: trips\ndimensions: { id: {} }\n",
            "ours__tmp_x.view": "schema: mart\ndimensions: { id: {} }\n",
            "model": "dynamic_schemas: { ours: { from_schema: RAW, user_attribute: tenant } }\n",
        }
    )
    assert found == []
    virtual = {name: view.schema for name, view in model.views.items() if view.dynamic_schema == "ours"}
    assert virtual == {"ours__trips": "raw", "mine": "RAW"}
    assert model.views["ours__trips"].schema_label == "ours"
    assert model.views["ours__tmp_x"].schema == "mart"
    assert model.views["ours__trips"].dimensions["id"].qualified_name == "ours__trips.id"


ROUTES = """\
dynamic_shared_extensions:
  - user_attribute: team
    mappings:
      ext_sales: { values_for_model: [ sales, presales ] }
      ext_ops: { values_for_model: [ ops ] }
  - map_pattern: ext_{{ omni_attributes.lang }}
"""


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"team": ("ops",)}, "ext_ops"),
        ({"team": ("ops", "presales")}, "ext_sales"),
        ({"team": ("hr",), "lang": ("nl",)}, "ext_nl"),
        ({"lang": ("nl", "fr")}, None),
        ({"lang": ("",)}, None),
        ({}, None),
    ],
)
def test_routes_to_extensions(attributes: dict[str, tuple[str, ...]], name: str | None) -> None:
    model, found = load_texts({"model": ROUTES})
    assert found == []
    assert route_extension(model.extension_routes, attributes) == name


def test_typed_routes() -> None:
    model, _ = load_texts({"model": ROUTES})
    assert model.extension_routes[1] == ExtensionRoute(map_pattern="ext_{{ omni_attributes.lang }}")
