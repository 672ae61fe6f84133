"""Layers over layers: who wins, what is known by which name, and where its errors are told."""

from __future__ import annotations

from functools import reduce
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holoscope.modeling.layers import FileKind, Layer, lay, merge_of
from holoscope.modeling.load import load_model
from holoscope.modeling.merge import same, says_nothing
from holoscope.modeling.model import Model
from holoscope.modeling.reader.tree import Node, plain, read_tree
from modeling.test_merge import VIEWS
from support.modeltext import BIKES

_NAMES = st.sampled_from(["trips", "riders"])
_JOINS = st.lists(
    st.fixed_dictionaries(
        {"join_from_view": _NAMES, "join_to_view": _NAMES},
        optional={
            "join_to_view_as": st.sampled_from(["riders", "starts"]),
            "id": st.sampled_from(["1", "2"]),
            "ignored": st.booleans(),
            "on_sql": st.sampled_from(["a", "b"]),
        },
    ),
    max_size=4,
)
_NAMED = st.dictionaries(st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 2)), max_size=2)
_TOPICS = st.fixed_dictionaries(
    {},
    optional={
        "label": st.one_of(st.none(), st.sampled_from("xy")),
        "joins": _NAMED,
        "default_filters": _NAMED,
        "views": st.dictionaries(_NAMES, VIEWS, max_size=2),
        "ignored": st.booleans(),
    },
)
_MODELS = st.fixed_dictionaries(
    {}, optional={"constants": _NAMED, "label": st.sampled_from("xy"), "default_timeframes": st.just(["raw"])}
)
CONTENTS = {
    FileKind.VIEW: VIEWS,
    FileKind.TOPIC: _TOPICS,
    FileKind.MODEL: _MODELS,
    FileKind.RELATIONSHIPS: _JOINS,
}


def tree(value: Any) -> Node:
    node, problems = read_tree("x", yaml.safe_dump(value))
    assert node is not None
    assert not problems
    return node


def layered(*layers: dict[str, str]) -> tuple[Model, list[str]]:
    """Lay files named `l0`, `l1`, ... over each other; findings as `layer/file:line:column code`."""
    model, diagnostics = load_model(
        [
            Layer(f"l{number}", {name: dedent(text) for name, text in files.items()})
            for number, files in enumerate(layers)
        ]
    )
    return model, [
        f"{item.position.layer}/{item.position.file}:{item.position.line}:{item.position.column} {item.code}"
        for item in diagnostics
    ]


@pytest.mark.parametrize("kind", CONTENTS)
@given(data=st.data())
def test_laying_is_associative_and_an_empty_layer_changes_nothing(
    kind: FileKind, data: st.DataObject
) -> None:
    low, middle, high = (tree(data.draw(CONTENTS[kind])) for _ in range(3))
    over = merge_of(kind)
    assert same(over(over(low, middle), high), over(low, over(middle, high)))
    empty = tree([] if kind is FileKind.RELATIONSHIPS else {})
    assert says_nothing(low) or same(over(low, empty), low)
    assert says_nothing(low) or same(over(empty, low), low)


@given(layers=st.lists(st.dictionaries(_NAMES.map("{}.view".format), VIEWS, max_size=2), max_size=4))
def test_layers_without_files_change_nothing(layers: list[dict[str, Any]]) -> None:
    texts = [Layer("x", {file: yaml.safe_dump(value) for file, value in files.items()}) for files in layers]
    padded = [item for layer in texts for item in (Layer("empty", {}), layer)]
    plainly, again = lay(texts), lay([*padded, Layer("empty", {})])
    assert list(plainly.files) == list(again.files)
    for key, file in plainly.files.items():
        one, other = file.read()[0], again.files[key].read()[0]
        assert (one is None and other is None) or (one and other and same(one, other))


@given(labels=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4))
def test_the_later_layer_wins(labels: list[str]) -> None:
    model, found = layered({"trips.view": "schema: main"}, *({"trips.view": f"label: {x}"} for x in labels))
    assert found == []
    assert model.views["trips"].label == labels[-1]
    assert model.views["trips"].schema == "main"


def test_a_mapping_is_one_layer() -> None:
    whole, found = load_model(BIKES)
    again, same_found = load_model([Layer("", BIKES)])
    assert (whole.views, whole.relationships, found) == (again.views, again.relationships, same_found)


def test_sections_merge_down_to_properties() -> None:
    model, found = layered(
        BIKES,
        {"trips.view": "dimensions:\n  fare: { hidden: true }\n  extra: { sql: '${fare} * 2' }\n"},
        {"trips.view": "dimensions:\n  fare: { label: Price, type: null }\n"},
    )
    assert found == []
    view = model.views["trips"]
    assert list(view.dimensions) == ["id", "rider_id", "fare", "status", "started_at", "extra"]
    fare = view.dimensions["fare"]
    assert (fare.hidden, fare.label, fare.type) == (True, "Price", None)
    assert view.primary_key == ("id",)


def test_a_view_is_its_reference_name_whatever_its_path() -> None:
    model, found = layered(
        {"PUBLIC/Trips.view": "# Reference this view as public__trips\nschema: PUBLIC\n"},
        {"work/mine.view": "# Reference this view as public__trips\nlabel: Rides\n"},
        {"any.view": "name: public__trips\ndescription: All rides\n"},
        {"PUBLIC/Trips.view": "tags: [ core ]\n"},
    )
    assert found == []
    assert list(model.views) == ["public__trips"]
    view = model.views["public__trips"]
    assert (view.label, view.description, view.tags) == ("Rides", "All rides", ("core",))
    assert (view.schema, view.table_name) == ("PUBLIC", "Trips")
    assert view.position.file == "PUBLIC/Trips.view"


def test_another_path_with_the_same_stem_is_another_view_when_names_differ() -> None:
    model, _ = layered(
        {"PUBLIC/trips.view": "# Reference this view as public__trips\nschema: PUBLIC\n"},
        {"trips.view": "schema: PUBLIC\n"},
    )
    assert sorted(model.views) == ["public__trips", "trips"]


def test_two_files_of_one_name_in_one_layer() -> None:
    _, found = layered({"a/trips.view": "schema: a", "b/trips.view": "schema: b"})
    assert found == ["l0/b/trips.view:1:1 duplicate_view"]
    _, found = layered(BIKES, {"trips.topic": "base_view: trips", "x/trips.topic": "base_view: riders"})
    assert found == ["l1/x/trips.topic:1:1 duplicate_topic"]


def test_a_path_that_is_taken_by_another_view() -> None:
    model, found = layered(
        {"trips.view": "# Reference this view as a\nschema: main"},
        {"trips.view": "# Reference this view as b\nschema: main"},
    )
    assert found == ["l1/trips.view:1:1 duplicate_file"]
    assert list(model.views) == ["a"]


def test_ignored_views_and_fields() -> None:
    model, found = layered(
        BIKES,
        {"riders.view": "ignored: true", "trips.view": "measures:\n  fare_total: { ignored: true }\n"},
    )
    assert found == [
        "l0/relationships:2:17 ignored_reference",
        "l0/relationships:3:31 ignored_reference",
    ]
    assert model.views["riders"].ignored
    assert model.views["trips"].measures["fare_total"].ignored
    assert model.relationships == ()
    back, found = layered(BIKES, {"riders.view": "ignored: true"}, {"riders.view": "ignored: false"})
    assert found == []
    assert not back.views["riders"].ignored
    assert len(back.relationships) == 1


def test_a_deleted_topic_is_gone_and_may_come_back() -> None:
    topic = {"rides.topic": "base_view: trips\nlabel: Rides\n"}
    gone, found = layered({**BIKES, **topic}, {"rides.topic": "ignored: true"})
    assert found == []
    assert not gone.topics
    back, _ = layered(
        {**BIKES, **topic}, {"other/rides.topic": "ignored: true"}, {"rides.topic": "ignored: false"}
    )
    assert back.topics["rides"].label == "Rides"


def test_joins_are_replaced_one_by_one() -> None:
    second = """\
    - join_from_view: trips
      join_to_view: riders
      join_to_view_as: payers
      on_sql: ${trips.rider_id} = ${payers.id}
      relationship_type: many_to_one
    - join_from_view: trips
      join_to_view: riders
      on_sql: ${trips.id} = ${riders.id}
      relationship_type: one_to_one
    """
    model, found = layered(BIKES, {"relationships": second})
    assert found == []
    assert [(item.left, item.right, item.cardinality.value) for item in model.relationships] == [
        ("trips", "riders", "one_to_one"),
        ("trips", "payers", "many_to_one"),
    ]
    gone = "- { join_from_view: trips, join_to_view: riders, ignored: true }"
    model, found = layered(BIKES, {"relationships": second}, {"relationships": gone})
    assert found == []
    assert [item.right for item in model.relationships] == ["payers"]


def test_a_wrapped_list_of_joins_is_told_in_its_layer() -> None:
    _, found = layered(BIKES, {"relationships": "relationships: []"})
    assert found == ["l1/relationships:1:1 wrong_type"]


def test_findings_point_into_the_text_of_the_layer() -> None:
    base = {"main/trips.view": "# Reference this view as trips\nschema: main\ndimensions:\n  id: {}\n"}
    delta = """\
    dimensions:
      id: { sql: '${nope}' }
      odd: { sq: x }
    measures:
      total:
        sql: ${id} + ${gone}
        aggregate_type: sum
    """
    _, found = layered(base, {"mine/trips.view": delta})
    assert found == [
        "l1/mine/trips.view:2:15 unknown_field",
        "l1/mine/trips.view:3:10 unknown_key",
        "l1/mine/trips.view:6:18 unknown_field",
    ]


def test_one_unreadable_piece_spoils_the_file() -> None:
    rules = "access_grants: { staff: { user_attribute: team, allowed_values: [ a ] } }\n"
    model, found = layered(
        {**BIKES, "rides.topic": "base_view: trips\n"},
        {"rides.topic": "required_access_grants: [ staff ]\n  oops", "model": rules},
    )
    assert [line.partition(" ")[2] for line in found] == ["bad_yaml"]
    assert not model.topics
    model, found = layered(BIKES, {"trips.view": "[ a ]"})
    assert found == ["l0/relationships:1:19 broken_reference", "l1/trips.view:1:1 wrong_type"]
    assert list(model.views) == ["riders"]


def test_model_files_merge_by_name() -> None:
    model, found = layered(
        {
            "model": "label: A\ncache_policies:\n"
            "  fast: { max_cache_age: 1 hour }\n  slow: { max_cache_age: 1 day }\n"
        },
        {"model": "cache_policies:\n  fast: { max_cache_age: 2 hours }\ndefault_cache_policy: fast\n"},
    )
    assert found == []
    assert {name: policy.max_cache_age_seconds for name, policy in model.cache_policies.items()} == {
        "fast": 7200,
        "slow": 86400,
    }
    assert (model.label, model.default_cache_policy) == ("A", "fast")


def test_what_a_writer_sees() -> None:
    laid = lay(
        [
            Layer("schema", {"main/trips.view": "# Reference this view as trips\nschema: main\n"}),
            Layer(
                "shared", {"trips.view": "label: Rides\nschema: null\n", "rides.topic": "base_view: trips"}
            ),
        ]
    )
    assert {key: (file.kind, file.name, file.layers) for key, file in laid.files.items()} == {
        "main/trips.view": (FileKind.VIEW, "trips", ("schema", "shared")),
        "rides.topic": (FileKind.TOPIC, "rides", ("shared",)),
    }
    node, problems = laid.files["main/trips.view"].read()
    assert problems == ()
    assert node is not None
    assert plain(node) == {"label": "Rides"}


def test_reduce_over_many_layers_keeps_the_order_of_the_database() -> None:
    over = merge_of(FileKind.VIEW)
    trees = [tree({"dimensions": {name: {}}}) for name in "cab"] + [
        tree({"dimensions": {"c": {"label": "C"}}})
    ]
    assert plain(reduce(over, trees)) == {"dimensions": {"c": {"label": "C"}, "a": {}, "b": {}}}
