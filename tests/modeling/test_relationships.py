"""Joins: read, checked, and the copies that aliases make."""

import pytest

from holoscope.modeling.joins import Cardinality, JoinType
from support.modeltext import BIKES, JOINS, bikes, load_texts

STATIONS = "schema: main\ndimensions:\n  id: { primary_key: true }\n  name: {}\n"
STATIONS += "  shout: { sql: 'upper(${stations.name})' }\n"
STATIONS += "measures:\n  named: { aggregate_type: count, filters: { name: { not: null } } }\n"
ALIASED = (
    JOINS
    + """\
- join_from_view: trips
  join_to_view: stations
  join_to_view_as: start_stations
  join_to_view_as_label: Start Station
  on_sql: ${trips.id} = ${start_stations.id}
  relationship_type: many_to_one
"""
)


def one(text):
    model, lines = bikes(relationships=text)
    return (model.relationships[0] if model.relationships else None), lines


def test_a_join_with_everything():
    found, lines = one(
        "- { join_from_view: trips, join_to_view: riders, join_type: left_right, "
        "on_sql: '${id} = ${riders.id}', relationship_type: assumed_one_to_one, "
        "where_sql: '${riders.city} = 1', id: x, ignored: false }"
    )
    assert lines == []
    assert (found.left, found.right, found.left_view, found.right_view) == (
        "trips",
        "riders",
        "trips",
        "riders",
    )
    assert (found.cardinality, found.assumed, found.reversible) == (Cardinality.ONE_TO_ONE, True, True)
    assert (found.join_type, found.where_sql, found.id) == (JoinType.LEFT_RIGHT, "${riders.city} = 1", "x")


@pytest.mark.parametrize(
    ("kind", "reversible"),
    [("many_to_one", False), ("one_to_many", False), ("one_to_one", True), ("many_to_many", True)],
)
def test_both_ways(kind, reversible):
    found, _ = one(JOINS.replace("many_to_one", kind))
    assert found.reversible is reversible


def test_a_cross_join_needs_no_condition():
    found, lines = one(
        "- { join_from_view: trips, join_to_view: riders, join_type: cross, relationship_type: many_to_many }"
    )
    assert lines == []
    assert found.on_sql is None


@pytest.mark.parametrize("text", ["", "[]", "# nothing\n"])
def test_no_joins(text):
    assert bikes(relationships=text)[1] == []


BAD = {
    "relationships: []": "1:1 wrong_type",
    "trips": "1:1 wrong_type",
    "- trips": "1:3 wrong_type",
    "- {}": "1:3 missing_key",
    JOINS.replace("join_to_view: riders", "join_to_view: [riders]"): "2:17 wrong_type",
    JOINS.replace("join_to_view: riders", "join_to_view: raiders"): "2:17 unknown_view",
    JOINS.replace("  on_sql: ${trips.rider_id} = ${riders.id}\n", ""): "1:3 missing_key",
    JOINS.replace("on_sql:", "on_slq:"): "3:3 unknown_key",
    JOINS + "  join_via: x\n": "5:3 unknown_key",
    JOINS + "  join_from_field: x\n": "5:3 unknown_key",
    JOINS + "  join_to_field: x\n": "5:3 unknown_key",
    JOINS + "  join_type: outer\n": "5:14 unknown_word",
    JOINS.replace("many_to_one", "many_to_few"): "4:22 unknown_word",
    JOINS.replace("${riders.id}", "${riders.di}"): "3:31 unknown_field",
    JOINS.replace("${riders.id}", "${riders.count}"): "3:31 dimension_uses_measure",
    JOINS.replace("${riders.id}", "${riders.id[mnth]}"): "3:31 unknown_timeframe",
    JOINS.replace("${riders.id}", "${riders.}"): "3:31 bad_reference",
    JOINS.replace("${riders.id}", "{{ rider.in_query }}"): "3:31 unknown_view",
    JOINS + "  where_sql: ${riders.nope} = 1\n": "5:14 unknown_field",
    JOINS + "  join_to_view_as: trips\n": "5:20 alias_is_view",
    JOINS + "  join_to_view_as: a b\n": "5:3 bad_name",
    JOINS + "  reversible: sometimes\n": "5:15 wrong_type",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_join_is_left_out(text):
    found, lines = one(text)
    assert f"relationships:{BAD[text]}" in lines
    assert all(line.startswith("relationships:") for line in lines)
    assert found is None


def test_a_switched_off_join_is_no_join():
    found, lines = one(JOINS + "  ignored: true\n")
    assert lines == []
    assert found is None


def test_labels_of_both_sides():
    found, lines = one(JOINS + "  join_from_view_as_label: Ride\n  join_to_view_as_label: Person\n")
    assert lines == []
    assert (found.left_label, found.right_label) == ("Ride", "Person")


def test_the_alias_of_the_left_side_is_labelled_too():
    text = JOINS + "  join_from_view_as: rides\n  join_from_view_as_label: Ride\n"
    model, lines = load_texts({**BIKES, "relationships": text})
    assert lines == []
    assert (model.views["rides"].alias_of, model.views["rides"].label) == ("trips", "Ride")


@pytest.mark.parametrize(
    ("word", "kind"),
    [("always_inner", "inner"), ("always_right", "always_right"), ("always_full", "full_outer")],
)
def test_other_words_for_join_types(word, kind):
    found, lines = one(JOINS + f"  join_type: {word}\n")
    assert lines == []
    assert found.join_type == kind


def test_a_second_join_between_two_views_is_reported():
    model, lines = load_texts({**BIKES, "relationships": JOINS + JOINS})
    assert lines == ["relationships:6:3 duplicate_join"]
    assert len(model.relationships) == 2


def test_a_view_joined_to_itself_needs_an_alias():
    text = JOINS.replace("join_to_view: riders", "join_to_view: trips").replace("${riders.id}", "${trips.id}")
    model, lines = load_texts({**BIKES, "relationships": text})
    assert lines == ["relationships:2:3 self_join_without_alias"]
    assert model.relationships == ()


def test_an_alias_makes_a_copy_of_the_view():
    model, lines = load_texts({**BIKES, "stations.view": STATIONS, "relationships": ALIASED})
    assert lines == []
    copy = model.views["start_stations"]
    assert (copy.name, copy.alias_of, copy.label) == ("start_stations", "stations", "Start Station")
    assert (copy.table_name, copy.primary_key) == ("stations", ("id",))
    assert copy.dimensions["name"].qualified_name == "start_stations.name"
    assert copy.dimensions["shout"].sql == "upper(${stations.name})"
    assert list(copy.measures["named"].filters) == ["start_stations.name"]
    assert list(model.views["stations"].measures["named"].filters) == ["stations.name"]
    join = model.relationships[1]
    assert (join.left, join.right, join.left_view, join.right_view) == (
        "trips",
        "start_stations",
        "trips",
        "stations",
    )


def test_an_alias_may_be_joined_from_and_copied_again():
    text = (
        ALIASED
        + """\
- join_from_view: start_stations
  join_to_view: riders
  join_to_view_as: keepers
  on_sql: ${stations.id} = ${keepers.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: start_stations
  join_to_view_as: again
  on_sql: ${trips.id} = ${again.id}
  relationship_type: many_to_one
"""
    )
    model, lines = load_texts({**BIKES, "stations.view": STATIONS, "relationships": text})
    assert lines == []
    assert (model.views["keepers"].alias_of, model.views["again"].alias_of) == ("riders", "stations")
    assert model.relationships[2].left_view == "stations"


def test_one_alias_for_two_views():
    text = ALIASED + ALIASED[len(JOINS) :].replace("join_to_view: stations", "join_to_view: riders")
    _, lines = load_texts({**BIKES, "stations.view": STATIONS, "relationships": text})
    assert lines == ["relationships:13:20 alias_clash"]


def test_a_join_to_a_view_that_is_left_out():
    model, lines = bikes(riders_view="schmea: x")
    assert lines == ["relationships:2:17 broken_reference", "riders.view:1:1 unknown_key"]
    assert model.relationships == ()


def test_old_view_names_are_replaced():
    model, lines = load_texts(
        {
            **BIKES,
            "riders.view": BIKES["riders.view"] + "aliases: [people]\n",
            "relationships": JOINS.replace("join_to_view: riders", "join_to_view: people"),
        }
    )
    assert lines == []
    assert model.relationships[0].right == "riders"
