"""`extends` of views, fields and topics, templates, and circles of them."""

from __future__ import annotations

import pytest

from holoscope.modeling.expand import resolve_files
from holoscope.modeling.layers import Layer, lay
from holoscope.modeling.load import load_model
from holoscope.modeling.reader.files import forget_files
from holoscope.modeling.reader.tree import plain
from modeling.test_layers import layered
from support.modeltext import BIKES, bikes, load_texts

BASE = """\
template: true
label: Base
schema: main
description: Common
dimensions:
  id: { primary_key: true, label: Key }
  made_on: { sql: "${base.id} + 1", description: When made }
  secret: { ignore_from_extended: true }
measures:
  count: { aggregate_type: count }
  big: { aggregate_type: count, filters: { base.id: { greater_than: 3 } } }
"""


def test_a_view_inherits_everything_and_its_own_values_win() -> None:
    model, found = load_texts(
        {
            "base.view": BASE,
            "shop.view": "extends: [ base ]\nlabel: Shop\ndimensions:\n"
            "  id: { label: Number }\n  extra: {}\n",
        }
    )
    assert found == []
    assert list(model.views) == ["shop"]
    view = model.views["shop"]
    assert (view.label, view.description, view.schema, view.table_name) == ("Shop", "Common", "main", "shop")
    assert list(view.dimensions) == ["id", "made_on", "extra"]
    assert list(view.measures) == ["count", "big"]
    assert (view.dimensions["id"].label, view.primary_key) == ("Number", ("id",))
    assert not view.template


def test_an_inherited_name_speaks_of_the_view_that_extends_it() -> None:
    model, found = load_texts({"base.view": BASE, "shop.view": "extends: [ base ]\n"})
    assert found == []
    view = model.views["shop"]
    assert view.dimensions["made_on"].sql == "${shop.id} + 1"
    assert list(view.measures["big"].filters) == ["shop.id"]
    model, found = load_texts(
        {"base.view": BASE, "shop.view": "extends: [ base ]\n", "more.view": "extends: [ shop ]\n"}
    )
    assert found == []
    assert model.views["more"].dimensions["made_on"].sql == "${more.id} + 1"


def test_a_view_that_is_no_template_passes_on_its_table() -> None:
    model, found = bikes(long_view="extends: [ trips ]\nlabel: Long\n")
    assert found == []
    assert model.views["long"].table_name == "trips"
    assert model.views["long"].label == "Long"
    assert model.views["trips"].label is None
    model, found = bikes(long_view="extends: [ trips ]\nsql: SELECT * FROM trips WHERE fare > 9\n")
    assert found == []
    assert (model.views["long"].table_name, model.views["long"].sql) == (
        None,
        "SELECT * FROM trips WHERE fare > 9",
    )


def test_several_parents_and_generations() -> None:
    model, found = load_texts(
        {
            "a.view": "template: true\nlabel: A\ndimensions:\n  one: { label: A1 }\n  two: { label: A2 }\n",
            "b.view": "template: true\nextends: [ a ]\ndimensions:\n  two: { description: from B }\n",
            "c.view": "template: true\nlabel: C\nschema: main\n",
            "d.view": "extends: [ b, c ]\n",
        }
    )
    assert found == []
    view = model.views["d"]
    assert (view.label, view.schema) == ("C", "main")
    assert [(item.name, item.label, item.description) for item in view.dimensions.values()] == [
        ("one", "A1", None),
        ("two", "A2", "from B"),
    ]


def test_a_field_may_change_its_kind() -> None:
    model, found = load_texts(
        {
            "a.view": "template: true\ndimensions:\n  x: {}\n",
            "b.view": "extends: [ a ]\nmeasures:\n  x: { aggregate_type: count }\n",
        }
    )
    assert found == []
    assert (list(model.views["b"].dimensions), list(model.views["b"].measures)) == ([], ["x"])


def test_tombstones_and_names_stay_with_the_parent() -> None:
    model, found = bikes(
        old_view="extends: [ trips ]\naliases: [ ancient ]\n",
        new_view="extends: [ old ]\ndimensions:\n  status: { ignored: true }\n",
    )
    assert found == []
    assert model.views["new"].aliases == ()
    assert model.views["new"].dimensions["status"].ignored
    assert not model.views["old"].dimensions["status"].ignored


def test_extending_what_is_not_there() -> None:
    _, found = bikes(
        a_view="extends: [ trip ]\n",
        b_view="extends: [ a ]\n",
        c_view="extends: [ gone ]\n",
        gone_view="schema: main\nignored: true\n",
        d_view="extends: trips\n",
    )
    assert found == [
        "a.view:1:12 unknown_view",
        "b.view:1:12 broken_reference",
        "c.view:1:12 ignored_reference",
        "d.view:1:10 wrong_type",
    ]


def test_a_template_cannot_be_used_and_is_not_checked() -> None:
    model, found = bikes(
        base_view="template: true\ndimensions:\n  x: { sql: '${nowhere}' }\n"
        "measures:\n  m: { aggregate_type: sum }\n",
        trips_view="schema: main\ndimensions:\n  id: { sql: '${base.x}' }\n",
    )
    assert [line for line in found if line.startswith(("base", "trips"))] == [
        "trips.view:3:15 template_reference"
    ]
    assert "base" not in model.views


def test_an_error_of_a_parent_is_told_once_and_leaves_out_the_field_of_every_heir() -> None:
    model, found = load_texts(
        {
            "base.view": "template: true\nschema: main\ndimensions:\n  x: { labl: X }\n  y: {}\n",
            "one.view": "extends: [ base ]\n",
            "two.view": "extends: [ base ]\ndimensions:\n  y: { sql: '${zz}' }\n",
        }
    )
    assert found == ["base.view:4:8 unknown_key", "two.view:3:14 unknown_field"]
    assert list(model.views["one"].dimensions) == ["y"]
    assert list(model.views["two"].dimensions) == []


def test_findings_about_inherited_text_point_into_the_parent() -> None:
    _, found = load_texts(
        {
            "base.view": "template: true\nschema: main\ndimensions:\n  x:\n    sql: 1 + ${own}\n",
            "one.view": "extends: [ base ]\ndimensions:\n  own: {}\n",
            "two.view": "extends: [ base ]\n",
        }
    )
    assert found == ["base.view:5:14 unknown_field"]


def test_a_circle_of_views_is_told_once_with_all_names() -> None:
    model, diagnostics = load_model(
        {
            "a.view": "extends: [ b ]\nschema: main\n",
            "b.view": "extends: [ c ]\nschema: main\n",
            "c.view": "extends: [ a ]\nschema: main\n",
            "d.view": "extends: [ a ]\nschema: main\n",
            "e.view": "extends: [ e ]\nschema: main\n",
        }
    )
    assert [(str(item.position.file), item.message) for item in diagnostics] == [
        ("a.view", "Views extend each other in a circle: a, b, c."),
        ("d.view", 'The view "a" is left out of the model because of its own errors.'),
        ("e.view", 'The view "e" extends itself.'),
    ]
    assert not model.views


FIELDS = """\
template: true
schema: main
dimensions:
  money: { label: Money, format: usdcurrency_2, description: In dollars }
  twice: { sql: '2 * ${amount}', extends: [ money ], description: Double }
measures:
  total: { aggregate_type: sum, format: usdcurrency_2 }
"""


def test_a_field_inherits_from_fields() -> None:
    model, found = load_texts(
        {
            "base.view": FIELDS,
            "shop.view": "schema: main\ndimensions:\n  amount: { extends: [ base.money ], label: Amount }\n"
            "  both: { extends: [ base.twice, amount ] }\n  same: { extends: [ amount ] }\n"
            "measures:\n  amounts: { extends: [ base.total ], sql: '${amount}' }\n",
        }
    )
    assert found == []
    view = model.views["shop"]
    amount, both, same = (view.dimensions[name] for name in ("amount", "both", "same"))
    assert (amount.label, amount.format, amount.description, amount.sql) == (
        "Amount",
        "USDCURRENCY_2",
        "In dollars",
        None,
    )
    assert (both.label, both.description, both.sql) == ("Amount", "In dollars", "${amount}")
    assert (same.sql, same.label) == ("${amount}", "Amount")
    assert (view.measures["amounts"].format, view.measures["amounts"].aggregate) == ("USDCURRENCY_2", "sum")


def test_a_field_that_extends_nothing_that_is_there() -> None:
    model, found = load_texts(
        {
            "base.view": FIELDS,
            "shop.view": "schema: main\ndimensions:\n  a: { extends: [ base.nope ] }\n"
            "  b: { extends: [ base.total ] }\n  c: { extends: [ bse.money ] }\n  d: { extends: [ a ] }\n"
            "  e: { extends: base.money }\n  f: {}\n",
        }
    )
    assert found == [
        "shop.view:3:19 unknown_field",
        "shop.view:4:19 unknown_field",
        "shop.view:5:19 unknown_view",
        "shop.view:6:19 broken_reference",
        "shop.view:7:17 wrong_type",
    ]
    assert list(model.views["shop"].dimensions) == ["f"]


@pytest.mark.parametrize("order", [("a", "b", "c"), ("z", "b", "a")])
def test_a_circle_of_fields_is_told_once_with_all_names(order: tuple[str, str, str]) -> None:
    forget_files()
    one, two, three = order
    _, diagnostics = load_model(
        {
            f"{one}.view": f"schema: main\ndimensions:\n  x: {{ extends: [ {two}.x ] }}\n",
            f"{two}.view": f"schema: main\ndimensions:\n  x: {{ extends: [ {three}.x ] }}\n",
            f"{three}.view": f"schema: main\ndimensions:\n  x: {{ extends: [ {one}.x ] }}\n  y: {{}}\n",
            "zz.view": f"schema: main\ndimensions:\n  x: {{ extends: [ {three}.x ] }}\n",
        }
    )
    first = min(order)
    assert [item.position.file for item in diagnostics] == [f"{first}.view", "zz.view"]
    assert all(f"{name}.x" in diagnostics[0].message for name in order)
    assert diagnostics[1].code == "broken_reference"


def test_topics_inherit_maps_joins_and_lists() -> None:
    model, found = bikes(
        base_topic="template: true\nbase_view: trips\nlabel: Base\njoins: { riders: {} }\ntags: [ a ]\n"
        "default_filters:\n  trips.status: { is: done }\n  trips.fare: { greater_than: 1 }\n"
        "sample_queries: { One: { prompt: p } }\nrequired_access_grants: []\n",
        mine_topic="extends: [ base ]\nlabel: Mine\ntags: [ b ]\n"
        "default_filters:\n  trips.status: { is: lost }\n"
        "sample_queries: { Two: { prompt: q } }\n",
    )
    assert found == []
    assert list(model.topics) == ["mine"]
    topic = model.topics["mine"]
    assert (topic.base_view, topic.label, topic.tags) == ("trips", "Mine", ("b",))
    assert topic.joins is not None
    assert [node.view for node in topic.joins] == ["riders"]
    assert topic.default_filters_source["trips.status"] == {"is": "lost"}
    assert list(topic.default_filters) == ["trips.status", "trips.fare"]
    assert list(topic.sample_queries) == ["One", "Two"]


def test_a_topic_that_is_no_template_passes_on_its_base_view() -> None:
    model, found = bikes(trips_topic="label: Rides\n", other_topic="extends: [ trips ]\n")
    assert found == []
    assert model.topics["other"].base_view == "trips"


def test_a_circle_of_topics() -> None:
    model, found = bikes(
        a_topic="extends: [ b ]\nbase_view: trips", b_topic="extends: [ a ]\n", c_topic="extends: [ d ]\n"
    )
    assert found == ["a.topic:1:1 extends_cycle", "c.topic:1:12 unknown_topic"]
    assert not model.topics


def test_a_child_follows_its_parent_through_changes_and_layers() -> None:
    child = {"child.view": "extends: [ trips ]\n"}
    assert load_texts({**BIKES, **child})[0].views["child"].label is None
    model, found = layered({**BIKES, **child}, {"trips.view": "label: Rides\n"})
    assert found == []
    assert model.views["child"].label == "Rides"
    model, found = layered({**BIKES, **child}, {"trips.view": "dimensions:\n  fare: { sql: '${gone}' }\n"})
    assert found == ["l1/trips.view:2:17 unknown_field", "l0/trips.view:10:23 broken_reference"]


def test_fully_resolved_files_say_what_runs() -> None:
    trees, found = resolve_files(
        lay(
            [
                Layer("", {
                    "base.view": BASE,
                    "shop.view": "extends: [ base ]\nlabel: '@{x}'\n"
                    "dimensions:\n  made_on: { description: null }\n"
                    "  more: { extends: [ id ] }\n",
                    "t.topic": "extends: [ u ]\nbase_view: shop\n",
                })
            ]
        )
    )  # fmt: skip
    assert [item.code for item in found] == ["unknown_topic"]
    assert trees["t.topic"] is None
    shop = trees["shop.view"]
    assert shop is not None
    assert plain(shop) == {
        "label": "@{x}",
        "schema": "main",
        "description": "Common",
        "dimensions": {
            "id": {"primary_key": True, "label": "Key"},
            "made_on": {"sql": "${shop.id} + 1"},
            "more": {"label": "Key", "sql": "${id}"},
        },
        "measures": {
            "count": {"aggregate_type": "count"},
            "big": {"aggregate_type": "count", "filters": {"shop.id": {"greater_than": 3}}},
        },
    }
