"""`@{name}`: where it stands, what it brings along, and what is wrong with it."""

from __future__ import annotations

from modeling.test_layers import layered
from support.modeltext import BIKES, load_texts, messages

CONSTANTS = """\
constants:
  ops: { value: ops_prod }
  rate: { value: 1.5 }
  priced: { value: '${trips.fare}' }
  empty: { value: '' }
"""


def with_constants(**files: str):
    named = {name.replace("_view", ".view").replace("_topic", ".topic"): text for name, text in files.items()}
    return load_texts({**BIKES, "model": CONSTANTS, **named})


def test_constants_stand_in_any_string() -> None:
    model, found = with_constants(
        trips_view="schema: '@{ops}'\nlabel: '[@{ ops }@{empty}]'\ntags: [ 'x_@{ops}' ]\n"
        "dimensions:\n  id: {}\n  rider_id: {}\n  fare: {}\n  price: { sql: '@{priced} * @{rate}' }\n"
        "measures:\n  some: { aggregate_type: count, filters: { id: { is: '@{ops}' } } }\n",
        rides_topic="base_view: trips\nalways_where_sql: '@{priced} > 0'\n",
    )
    assert found == []
    view = model.views["trips"]
    assert (view.schema, view.label, view.tags) == ("ops_prod", "[ops_prod]", ("x_ops_prod",))
    assert view.dimensions["price"].sql == "${trips.fare} * 1.5"
    assert view.measures["some"].filters["trips.id"].values == ("ops_prod",)
    assert model.topics["rides"].always_where_sql == "${trips.fare} > 0"
    assert model.constants == {"ops": "ops_prod", "rate": "1.5", "priced": "${trips.fare}", "empty": ""}


def test_references_a_constant_brings_along_are_checked() -> None:
    _, found = with_constants(
        trips_view="schema: main\ndimensions:\n  id: {}\n  price: { sql: '1 + @{priced}' }\n"
    )
    assert [line for line in found if line.startswith("trips")] == ["trips.view:4:17 unknown_field"]


def test_an_unknown_constant_leaves_out_the_smallest_thing_that_needs_it() -> None:
    model, found = with_constants(
        trips_view="schema: main\nlabel: '@{opz}'\ndimensions:\n  id: { label: '@{nope}' }\n  rider_id: {}\n"
        "  fare: { sql: '@{missing}' }\n"
        "measures:\n  m: { aggregate_type: count, filters: { id: { is: '@{}' } } }\n",
        rides_topic="base_view: trips\nalways_where_filters: { trips.id: { is: '@{missing}' } }\n",
        plain_topic="base_view: trips\nlabel: '@{missing}'\n",
    )
    assert found == [
        "plain.topic:2:8 unknown_constant",
        "rides.topic:2:41 unknown_constant",
        "trips.view:2:8 unknown_constant",
        "trips.view:4:16 unknown_constant",
        "trips.view:6:16 unknown_constant",
        "trips.view:8:52 bad_constant",
    ]
    assert list(model.views["trips"].dimensions) == ["id", "rider_id"]
    assert list(model.views["trips"].measures) == []
    assert list(model.topics) == ["plain"]


def test_the_nearest_constant_is_named() -> None:
    said = messages({**BIKES, "model": CONSTANTS, "x.view": "schema: main\nlabel: '@{rat}'\n"})
    assert said == ['No such constant "rat". Did you mean @{rate}?']


def test_constants_that_are_malformed() -> None:
    model, found = load_texts(
        {
            "model": "constants:\n  a: text\n  b: { value: [x] }\n  c: { value: '@{d}' }\n"
            "  d: { value: x, more: y }\n"
            "  e f: { value: x }\n  g: {}\n  ok: { value: fine }\nlabel: 'x @{ok}'\n"
        }
    )
    assert found == [
        "model:2:6 wrong_type",
        "model:3:3 bad_constant",
        "model:4:8 bad_constant",
        "model:5:18 unknown_key",
        "model:6:3 bad_name",
        "model:7:3 bad_constant",
    ]
    assert (model.label, model.constants["ok"]) == ("x fine", "fine")


def test_text_of_a_field_for_machines_stays_as_it_is() -> None:
    model, found = with_constants(
        trips_view="schema: main\nai_context: 'in @{ops}'\n"
        "dimensions:\n  id: { ai_context: 'like @{this}' }\n  rider_id: {}\n"
    )
    assert found == []
    assert model.views["trips"].ai_context == "in ops_prod"
    assert model.views["trips"].dimensions["id"].ai_context == "like @{this}"


def test_a_higher_layer_gives_constants_another_value() -> None:
    files = {**BIKES, "model": CONSTANTS, "trips.view": BIKES["trips.view"].replace("main", "'@{ops}'")}
    for value, schema in (("ops_test", "ops_test"), ("ops_prod", "ops_prod")):
        model, found = layered(files, {"model": f"constants:\n  ops: {{ value: {value} }}\n"})
        assert found == []
        assert model.views["trips"].schema == schema


def test_inherited_text_is_filled_in_too() -> None:
    model, found = with_constants(
        base_view="template: true\nschema: '@{ops}'\ndimensions:\n  x: { sql: '@{rate} * 2' }\n",
        shop_view="extends: [ base ]\n",
    )
    assert found == []
    assert model.views["shop"].schema == "ops_prod"
    assert model.views["shop"].dimensions["x"].sql == "1.5 * 2"
