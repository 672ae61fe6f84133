"""Trees over trees: what a layer does to the one below."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from holoscope.modeling.merge import VIEW, merge, same, settle, subtract
from holoscope.modeling.reader.tree import Node, plain, read_tree

_ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["x", "", "1"]),
    st.lists(st.integers(0, 2)), st.dictionaries(st.sampled_from("ab"), st.integers(0, 2)),
)  # fmt: skip
_FIELDS = st.dictionaries(st.sampled_from(["label", "format", "hidden"]), _ATOMS, max_size=3)
_SECTION = st.dictionaries(st.sampled_from(["fare", "id"]), st.one_of(st.none(), _FIELDS), max_size=2)
VIEWS = st.fixed_dictionaries(
    {},
    optional={
        "schema": _ATOMS,
        "label": _ATOMS,
        "dimensions": _SECTION,
        "measures": st.one_of(st.none(), _SECTION),
    },
)


def tree(value: Any) -> Node:
    node, problems = read_tree("x.view", yaml.safe_dump(value))
    assert node is not None
    assert not problems
    return node


def test_properties_are_replaced_and_unset_ones_inherited() -> None:
    below = tree({"dimensions": {"fare": {"label": "Fare", "tags": ["a"]}, "id": {}}, "schema": "main"})
    above = tree({"dimensions": {"fare": {"hidden": True, "tags": ["b"]}, "new": None}})
    assert plain(merge(below, above, VIEW)) == {
        "dimensions": {"fare": {"label": "Fare", "tags": ["b"], "hidden": True}, "id": {}, "new": None},
        "schema": "main",
    }


def test_a_property_is_replaced_whole() -> None:
    below = tree({"measures": {"done": {"filters": {"status": {"is": "done"}, "fare": {"is": 1}}}}})
    above = tree({"measures": {"done": {"filters": {"status": {"is": None}}}}})
    assert plain(merge(below, above, VIEW)) == plain(above)


def test_saying_nothing_keeps_the_field_below() -> None:
    below = tree({"dimensions": {"fare": {"label": "Fare"}}})
    for nothing in (None, {}):
        assert plain(merge(below, tree({"dimensions": {"fare": nothing}}), VIEW)) == plain(below)


def test_null_takes_a_property_away() -> None:
    below, above = tree({"label": "Trips", "schema": "main"}), tree({"label": None})
    assert plain(settle(merge(below, above, VIEW), VIEW)) == {"schema": "main"}


def test_a_field_left_out_of_the_whole_is_ignored() -> None:
    below, whole = (
        tree({"dimensions": {"fare": {}, "id": {"label": "Id"}}}),
        tree({"dimensions": {"fare": {}}}),
    )
    rest = subtract(whole, below, VIEW)
    assert rest is not None
    assert plain(rest) == {"dimensions": {"id": {"ignored": True}}}


@given(VIEWS, VIEWS, VIEWS)
def test_merging_is_associative(one: Any, two: Any, three: Any) -> None:
    a, b, c = tree(one), tree(two), tree(three)
    left, right = merge(merge(a, b, VIEW), c, VIEW), merge(a, merge(b, c, VIEW), VIEW)
    assert same(settle(left, VIEW), settle(right, VIEW))


@given(VIEWS)
def test_the_empty_layer_changes_nothing(one: Any) -> None:
    assert same(merge(tree(one), tree({}), VIEW), tree(one))
    assert same(settle(merge(tree({}), tree(one), VIEW), VIEW), settle(tree(one), VIEW))


@given(VIEWS, VIEWS)
def test_a_difference_merged_again_gives_the_whole(one: Any, two: Any) -> None:
    below = tree(one)
    whole = merge(below, tree(two), VIEW)
    rest = subtract(whole, below, VIEW)
    again = whole if rest is None else merge(below, rest, VIEW)
    assert same(settle(again, VIEW), settle(whole, VIEW))
