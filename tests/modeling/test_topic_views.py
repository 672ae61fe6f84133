"""A topic's `views:` block, fields that are broken in a topic, joins that a topic does not list."""

from __future__ import annotations

from holoscope.modeling.load import load_model
from modeling.test_layers import layered
from support.modeltext import BIKES, bikes


def test_a_view_changes_inside_the_topic_alone() -> None:
    model, found = bikes(
        rides_topic="base_view: trips\nviews:\n  trips:\n    label: Rides\n    display_order: 1\n"
        "    dimensions:\n      fare: { hidden: true }\n      double: { sql: '${fare} * 2' }\n"
    )
    assert found == []
    inside, outside = model.topics["rides"].views["trips"], model.views["trips"]
    assert (inside.label, inside.display_order, inside.table_name, inside.schema) == (
        "Rides",
        1,
        "trips",
        "main",
    )
    assert list(inside.dimensions) == [*outside.dimensions, "double"]
    assert inside.dimensions["fare"].hidden
    assert not outside.dimensions["fare"].hidden
    assert inside.primary_key == ("id",)


def test_errors_in_the_block_leave_out_the_field_in_this_topic() -> None:
    model, found = bikes(
        rides_topic="base_view: trips\nviews:\n  trips:\n    dimensions:\n      fare: { sql: '${nope}' }\n"
        "      bad: { sq: x }\n      fine: { sql: '${riders.city}' }\n"
        "    measures:\n      sum: { aggregate_type: sum }\n"
    )
    assert found == [
        "rides.topic:5:21 unknown_field",
        "rides.topic:6:14 unknown_key",
        "rides.topic:9:14 sql_required",
        "trips.view:10:23 broken_reference",
    ]
    view = model.topics["rides"].views["trips"]
    assert list(view.dimensions) == ["id", "rider_id", "status", "started_at", "fine"]
    assert list(view.measures) == ["count"]
    assert "fare_total" in model.views["trips"].measures


def test_paths_lead_into_the_block() -> None:
    _, diagnostics = load_model(
        {**BIKES, "rides.topic": "base_view: trips\nviews:\n  trips:\n"
         "    dimensions:\n      a: { sql: '${b}' }\n"
         "      b: { sql: '${a}' }\n      c: { sq: x }\n      d: { required_access_grants: [ nobody ] }\n"}
    )  # fmt: skip
    assert [item.yaml_path for item in diagnostics] == [
        "rides.topic.views.trips.dimensions.a.sql",
        "rides.topic.views.trips.dimensions.c.sq",
        "rides.topic.views.trips.dimensions.d.required_access_grants.0",
    ]


def test_a_topic_of_two_layers_and_a_changed_view_below() -> None:
    topic = {"rides.topic": "base_view: trips\nviews:\n  trips:\n    label: Rides\n"}
    model, found = layered(
        {**BIKES, **topic},
        {
            "rides.topic": "views:\n  trips:\n    description: Inside\n"
            "    dimensions:\n      x: { sql: '${gone}' }\n"
        },
        {"trips.view": "tags: [ core ]\n"},
    )
    assert found == ["l1/rides.topic:5:18 unknown_field"]
    view = model.topics["rides"].views["trips"]
    assert (view.label, view.description, view.tags) == ("Rides", "Inside", ("core",))


def test_a_view_of_the_topic_alone() -> None:
    model, found = bikes(
        rides_topic="base_view: mine\njoins: {}\nviews:\n  mine: { extends: [ trips ], label: Mine }\n"
        "  more: { schema: main, table_name: trips, dimensions: { id: {} } }\n"
    )
    assert found == []
    assert sorted(model.topics["rides"].views) == ["mine", "more"]
    assert sorted(model.views) == ["riders", "trips"]
    assert model.topics["rides"].views["mine"].table_name == "trips"


def test_a_block_that_names_nothing_leaves_the_topic_out() -> None:
    for block, code in (
        ("nope: { label: x }", "unknown_view"),
        ("base: { label: x }", "template_reference"),
        ("bad: { label: x }", "broken_reference"),
        ("new: { extends: [ nope ] }", "unknown_view"),
        ("new: { sql: 'SELECT * FROM ${nope}' }", "unknown_view"),
    ):
        model, found = bikes(
            rides_topic=f"base_view: trips\nviews:\n  {block}\n",
            base_view="template: true\n",
            bad_view="schma: x\n",
        )
        assert [line.partition(" ")[2] for line in found if line.startswith("rides")] == [code]
        assert not model.topics


def test_fields_may_extend_others_inside_a_topic() -> None:
    model, found = bikes(
        rides_topic="base_view: trips\nviews:\n  trips:\n"
        "    dimensions:\n      price: { extends: [ fare ], label: Price }\n"
        "      city: { extends: [ riders.city ], sql: '${riders.city}' }\n"
        "      odd: { extends: [ riders.nope ] }\n"
    )
    assert found == ["rides.topic:7:25 unknown_field"]
    view = model.topics["rides"].views["trips"]
    assert (view.dimensions["price"].sql, view.dimensions["price"].label) == ("${fare}", "Price")


BROKEN = (
    "trips.view",
    BIKES["trips.view"].replace("  status: {}", "  status: {}\n  city: { sql: '${riders.city}' }"),
)


def test_case_27_a_field_that_is_broken_in_one_topic() -> None:
    _, diagnostics = load_model(
        {
            **BIKES,
            BROKEN[0]: BROKEN[1],
            "alone.topic": "base_view: trips\njoins: {}\n",
            "both.topic": "base_view: trips\n",
        }
    )
    assert [(item.code, item.severity, item.yaml_path) for item in diagnostics] == [
        ("field_broken_in_topic", "error", "trips.view.dimensions.city")
    ]
    assert diagnostics[0].message.startswith('Field "trips.city" is broken in the context of topic "alone"')


def test_breaking_spreads_to_what_needs_the_field_and_into_copies() -> None:
    text = BROKEN[1] + "  from_city: { sql: '${city}', aggregate_type: count_distinct }\n"
    joins = """\
- join_from_view: riders
  join_to_view: trips
  join_to_view_as: rides
  on_sql: ${riders.id} = ${rides.rider_id}
  relationship_type: one_to_one
"""
    model, _ = bikes(
        trips_view=text, relationships=joins, a_topic="base_view: riders\njoins: { rides: {} }\n",
        b_topic="base_view: rides\njoins: {}\n", c_topic="base_view: trips\n",
    )  # fmt: skip
    assert model.topics["a"].broken_fields == {}
    assert model.topics["b"].broken_fields == {"rides.city": ("riders",), "rides.from_city": ("riders",)}
    assert model.topics["c"].broken_fields == {"trips.city": ("riders",), "trips.from_city": ("riders",)}


def test_a_topic_may_mend_a_field_for_itself() -> None:
    model, found = bikes(
        trips_view=BROKEN[1],
        a_topic="base_view: trips\njoins: {}\nviews: { trips: { dimensions: { city: { sql: \"'x'\" } } } }\n",
    )
    assert found == []
    assert model.topics["a"].broken_fields == {}
    model, found = bikes(
        a_topic="base_view: trips\njoins: {}\n"
        "views: { trips: { dimensions: { town: { sql: '${riders.city}' } } } }\n"
    )
    assert found == ["a.topic:3:33 field_broken_in_topic"]


def test_case_29_a_join_that_the_topic_does_not_list() -> None:
    join = "  - { join_from_view: trips, join_to_view: riders, join_to_view_as: payers, "
    on = "on_sql: '${trips.rider_id} = ${payers.id}', relationship_type: many_to_one }\n"
    model, diagnostics = load_model(
        {**BIKES, "rides.topic": f"base_view: trips\njoins: {{ riders: {{}} }}\nrelationships:\n{join}{on}"}
    )
    assert [(item.code, item.severity, item.yaml_path) for item in diagnostics] == [
        ("join_not_listed", "warning", "rides.topic.relationships.0.join_to_view")
    ]
    assert "rides" in model.topics
