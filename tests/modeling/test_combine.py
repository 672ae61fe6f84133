"""Texts between layers: laying a delta over its parents gives back what was written."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from holoscope.modeling import merge
from holoscope.modeling.combine import combined_text, delta_text, with_comments_of
from holoscope.modeling.edits import REMOVED, edited_text, node_of
from holoscope.modeling.layers import SHAPES, Layer, kind_of
from holoscope.modeling.reader.tree import Node, plain, read_tree
from holoscope.modeling.writer import write_tree

VIEW = "PUBLIC/trips.view"
_PROPERTIES = st.dictionaries(
    st.sampled_from(["sql", "label", "hidden", "tags", "format"]),
    st.one_of(
        st.sampled_from(["x", "${a} + ${b}", "", None, True]), st.lists(st.sampled_from("ab"), max_size=2)
    ),
    max_size=3,
)
_FIELDS = st.dictionaries(st.sampled_from("abcd"), st.one_of(_PROPERTIES, st.none()), max_size=3)
_VIEWS = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["A", "B", None]),
        "tags": st.lists(st.sampled_from("xyz"), max_size=3),
        "dimensions": _FIELDS,
        "measures": _FIELDS,
        "query": st.dictionaries(st.sampled_from("pq"), st.integers(0, 3), max_size=2),
    },
)
_MODELS = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["A", "B"]),
        "constants": st.dictionaries(st.sampled_from("kl"), st.fixed_dictionaries({"value": st.just("v")})),
        "included_schemas": st.lists(st.sampled_from("xy"), max_size=2),
    },
)
_JOINS = st.lists(
    st.fixed_dictionaries(
        {"join_from_view": st.sampled_from("ab"), "join_to_view": st.sampled_from("cd")},
        optional={"join_to_view_as": st.sampled_from("ef"), "on_sql": st.sampled_from(["x = y", "y = z"])},
    ),
    max_size=4,
)


def _commented(text: str, marks: list[int], prefix: str) -> str:
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        mark = marks[number % len(marks)] if marks else 0
        indent = len(line) - len(line.lstrip(" "))
        if mark == 1 and line:
            lines.append(" " * indent + f"# {prefix}{number}")
        lines.append(f"{line} # {prefix}{number}" if mark == 2 and line else line)
    return "\n".join(lines) + "\n"


def _alive(value: Any) -> Any:
    """Leave out what is ignored."""
    if isinstance(value, dict):
        return {
            key: _alive(inner)
            for key, inner in value.items()
            if not (isinstance(inner, dict) and inner.get("ignored") is True)
        }
    return value


def _values(file: str, text: str | None) -> Any:
    tree: Node | None = read_tree(file, text or "")[0]
    if tree is None:
        return {}
    shape = SHAPES[kind_of(file)]  # type: ignore[index]
    found = _alive(plain(merge.settle(tree, shape)))
    return {key: value for key, value in found.items() if value != {}} if isinstance(found, dict) else found


@given(st.lists(_VIEWS, min_size=1, max_size=2), _VIEWS, st.lists(st.integers(0, 2), max_size=7))
@settings(max_examples=120, deadline=None)
def test_a_delta_over_its_parents_says_what_was_written(
    below: list[dict[str, Any]], view: dict[str, Any], marks: list[int]
) -> None:
    for file, trees, whole in ((VIEW, below, view),):
        _back_again(file, trees, whole, marks)


@given(st.lists(_MODELS, min_size=1, max_size=2), _MODELS, st.lists(st.integers(0, 2), max_size=7))
@settings(max_examples=50, deadline=None)
def test_the_same_for_the_model_file(
    below: list[dict[str, Any]], model: dict[str, Any], marks: list[int]
) -> None:
    _back_again("model", below, model, marks)


def _back_again(file: str, below: list[Any], whole: Any, marks: list[int]) -> None:
    parents = [
        Layer(f"layer{number}", {file: _commented(write_tree(file, node_of(tree)), marks, f"p{number}")})
        for number, tree in enumerate(below)
    ]
    text = _commented(write_tree(file, node_of(whole)), marks[::-1], "w")
    delta, problems = delta_text(text, parents, file)
    assert problems == ()
    assert delta is not None
    layers = [*parents, Layer("top", {file: delta})] if delta else parents
    combined, problems = combined_text(layers, file)
    assert problems == ()
    assert combined is not None
    if whole and _values(file, text):
        assert _values(file, combined) == _values(file, text), (text, delta, combined)
        for number, line in enumerate(text.splitlines()):
            if "# w" in line:
                comment = line[line.index("# w") :]
                assert combined.count(f"{comment}\n") == 1, (comment, number, text, delta, combined)
    # What is stored for the combined text is stable.
    again, _ = delta_text(combined, layers, file)
    assert again == "", (combined, again)


@given(_JOINS, _JOINS)
@settings(max_examples=80, deadline=None)
def test_joins_are_told_apart_by_views_and_aliases(below: list[Any], joins: list[Any]) -> None:
    file = "relationships"
    parents = [Layer("shared", {file: write_tree(file, node_of(below))})]
    delta, _ = delta_text(write_tree(file, node_of(joins)), parents, file)
    combined, _ = combined_text([*parents, Layer("branch", {file: delta or ""})], file)
    found = [item for item in plain(read_tree(file, combined or "[]")[0]) if not item.get("ignored")]  # type: ignore[arg-type]
    key = lambda item: sorted(item.items())  # noqa: E731
    assert sorted(found, key=key) == sorted(joins, key=key)


SCHEMA = "schema: PUBLIC\ntable_name: TRIPS\ndimensions:\n  id: {}\n  fare: {format: USD}\n"


def test_an_extension_holds_only_what_it_says() -> None:
    whole, _ = combined_text([Layer("schema", {VIEW: SCHEMA})], VIEW)
    assert whole is not None
    assert whole.startswith("# Reference this view as trips\nschema: PUBLIC\n")
    changed, _ = edited_text(VIEW, whole, ("dimensions", "fare", "hidden"), True)
    assert changed is not None
    delta, _ = delta_text(changed, [Layer("schema", {VIEW: SCHEMA})], VIEW)
    assert delta == "dimensions:\n  fare:\n    hidden: true\n"


def test_what_is_left_out_is_taken_away() -> None:
    parents = [Layer("schema", {VIEW: SCHEMA})]
    delta, _ = delta_text("schema: PUBLIC\ntable_name: TRIPS\ndimensions:\n  fare: {}\n", parents, VIEW)
    assert delta == "dimensions:\n  fare:\n    format: null\n\n  id:\n    ignored: true\n"
    assert delta_text("", parents, VIEW)[0] == "ignored: true\n"


def test_what_a_topic_says_about_a_view_is_taken_back() -> None:
    parent = (
        "base_view: trips\nviews:\n  trips:\n    dimensions:\n      id: {hidden: true}\n      x: {sql: a}\n"
    )
    delta, _ = delta_text("base_view: trips\n", [Layer("shared", {"rides.topic": parent})], "rides.topic")
    assert delta is not None
    assert plain(read_tree("x", delta)[0]) == {  # type: ignore[arg-type]
        "views": {"trips": {"dimensions": {"id": {"hidden": None}, "x": {"ignored": True}}}}
    }


def test_a_comment_on_something_inherited_is_kept_without_a_value() -> None:
    parents = [Layer("schema", {VIEW: SCHEMA})]
    text = SCHEMA.replace("  fare:", "  # what was paid\n  fare:")
    delta, _ = delta_text(text, parents, VIEW)
    assert delta == "dimensions:\n  # what was paid\n  fare: {}\n"
    combined, _ = combined_text([*parents, Layer("shared", {VIEW: delta})], VIEW)
    assert combined is not None
    assert "  # what was paid\n  fare:\n    format: USD\n" in combined


def test_a_file_without_parents_is_its_own_delta() -> None:
    assert delta_text("label:   x\n", [Layer("schema", {})], "rides.topic")[0] == "label: x\n"
    assert combined_text([Layer("schema", {})], "rides.topic") == (None, ())


def test_comments_that_a_text_omits_can_be_kept() -> None:
    old = "# !enable_feature(x)\n\n# what\nlabel: Bikes # shown\nweek_start_day: Sunday # why\n# end\n"
    kept = with_comments_of(old, "model", "label: Trips\n# end\n")
    assert kept == "# !enable_feature(x)\n# why\n\n# what\nlabel: Trips # shown\n# end\n"
    assert with_comments_of(old, "model", kept) == kept
    assert with_comments_of(old, "model", "a: [") == "a: ["


def test_bad_text_gives_its_reasons() -> None:
    assert delta_text("a: [", [], VIEW)[1]
    assert combined_text([Layer("shared", {VIEW: "a: ["})], VIEW)[1]
    assert edited_text(VIEW, "a: [", ("a",), 1)[1]


def test_an_edit_keeps_all_comments_but_those_of_what_it_removes() -> None:
    text = """\
# head

label: Trips # shown
dimensions:
  # the fare
  fare:
    # in euro
    format: EUR # always
  # the id
  id: {}
tags: [a, # first
  b]
"""
    changed, _ = edited_text("trips.view", text, ("dimensions", "fare", "format"), "USD")
    assert changed is not None
    assert "    # in euro\n    format: USD # always\n" in changed
    removed, _ = edited_text("trips.view", text, ("dimensions", "fare"), REMOVED)
    assert removed is not None
    assert "euro" not in removed
    assert "# the fare" not in removed
    assert "  # the id\n  id: {}\n" in removed
    listed, _ = edited_text("trips.view", text, ("tags",), ["c"])
    assert listed is not None
    assert "# first\ntags: [ c ]\n" in listed
    added, _ = edited_text("trips.view", text, ("measures", "count", "aggregate_type"), "count")
    assert added is not None
    assert added.endswith("measures:\n  count:\n    aggregate_type: count\n")
    assert edited_text("trips.view", text, ("no", "such"), REMOVED)[0] is not None
