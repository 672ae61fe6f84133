"""What is written reads back as it was, and writing it again changes nothing."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from hypothesis import assume, given, settings
from tests.support.yaml_texts import commented_texts, trees

from holoscope.modeling.comments import read_comments
from holoscope.modeling.merge import same
from holoscope.modeling.reader.tree import Items, Node, PureLoader, Table, plain, read_tree
from holoscope.modeling.writer import canonical_text, write_tree

KINDS = ("trips.view", "rides.topic", "model", "relationships", "x.composite_topic")


def without_desc(node: Node, *, sorts: bool = False) -> Node:
    """Leave `desc: false` out of sorts, as writing does."""
    if isinstance(node, Items):
        return Items(
            [without_desc(_sort(item) if sorts else item) for item in node.values], node.mark, node.end
        )
    if isinstance(node, Table):
        entries = {
            key: (mark, without_desc(value, sorts=key == "sorts"))
            for key, (mark, value) in node.entries.items()
        }
        return Table(entries, node.mark, node.end)
    return node


def _sort(item: Node) -> Node:
    if not isinstance(item, Table) or len(item.entries) < 2:
        return item
    kept = {
        key: entry
        for key, entry in item.entries.items()
        if key != "desc" or getattr(entry[1], "value", None) is not False
    }
    return Table(kept, item.mark, item.end)


@given(trees)
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back(tree: Node) -> None:
    for kind in KINDS[:2]:
        text = write_tree(kind, tree)
        for loader in (None, PureLoader):
            back, problems = read_tree(kind, text, loader)
            assert not problems, (text, problems)
            assert back is not None
            assert same(back, without_desc(tree)), text
        assert canonical_text(kind, text)[0] == text


@given(trees)
@settings(max_examples=150, deadline=None)
def test_readers_of_the_older_yaml_read_the_same(tree: Node) -> None:
    text = write_tree("x.composite_topic", tree)
    assert _loose(yaml.safe_load(text)) == _loose(plain(without_desc(tree))), text


def _loose(value: object) -> object:
    """Keys `y` and `n` and the like aside, both read Python's plain values."""
    if isinstance(value, dict):
        return {str(key): _loose(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_loose(inner) for inner in value]
    return (type(value).__name__, value)


@given(commented_texts())
@settings(max_examples=250, deadline=None)
def test_no_comment_is_lost_or_doubled(text: str) -> None:
    tree, problems = read_tree("trips.view", text)
    assume(not problems)
    for kind in KINDS:
        written, _ = canonical_text(kind, text)
        assert written is not None
        assert _comments(written) == _comments(text), written
        back, problems = read_tree(kind, written)
        assert not problems, (problems, written)
        assert (tree is None and back is None) or same(back, without_desc(tree)), written  # type: ignore[arg-type]
        assert canonical_text(kind, written)[0] == written


def _comments(text: str) -> Counter[str]:
    found = read_comments(text)
    return Counter(
        [
            *(line for line in found.head if line),
            *(line for lines in found.above.values() for line in lines),
            *found.beside.values(),
            *(line for lines in found.below.values() for line in lines),
        ]
    )


@given(commented_texts())
@settings(max_examples=200, deadline=None)
def test_every_comment_of_a_text_is_found(text: str) -> None:
    tree, problems = read_tree("x", text)
    assume(not problems)
    inside = str(None if tree is None else plain(tree)).count("# c")
    assert sum(_comments(text).values()) + inside == text.count("# c")


def written(text: str, file: str = "trips.view") -> str:
    found, problems = canonical_text(file, text)
    assert problems == ()
    assert found is not None
    return found


def test_a_view_has_its_order_and_its_reference_first() -> None:
    text = """
measures: {count: {aggregate_type: count}}
# the table
table_name: TRIPS
schema: "PUBLIC"

filters: {when: {type: timestamp}}
custom_compound_primary_key_sql: [a, b]
hidden: true
label: 'All trips'
# rows
dimensions:
  id: {primary_key: true}
"""
    assert (
        written("# Reference this view as trips\n" + text)
        == """\
# Reference this view as trips
label: All trips
hidden: true
schema: PUBLIC
# the table
table_name: TRIPS
custom_compound_primary_key_sql: [ a, b ]

# rows
dimensions:
  id:
    primary_key: true

measures:
  count:
    aggregate_type: count

filters:
  when:
    type: timestamp
"""
    )


def test_comments_stay_with_their_key() -> None:
    text = """\
# Reference this view as trips

# License

# about schema
schema: "PUBLIC"   # where
measures:
  # the count
  count: {aggregate_type: count}   # all rows
  # end of measures
dimensions: # rows
  fare: {}
query:
  sorts:
    - field: a.b # first
      # why
      desc: false # down
  sql: |  # header
     SELECT
       1
  fields: [a, # one
     b]  # two
# last
"""
    assert (
        written(text)
        == """\
# Reference this view as trips
# License

# about schema
schema: PUBLIC # where

query:
  sorts:
    # why
    # down
    - field: a.b # first
  sql: | # header
    SELECT
      1
  fields: # two
    - a # one
    - b

dimensions: # rows
  fare: {}

measures:
  # the count
  count: # all rows
    aggregate_type: count
  # end of measures
# last
"""
    )


def test_only_the_line_that_names_the_view_comes_first() -> None:
    text = "# Reference this view as a\ntable_name: T\n# Reference this view as b\nlabel: X\n"
    assert written(text) == (
        "# Reference this view as a\nlabel: X\ntable_name: T\n# Reference this view as b\n"
    )
    unnamed = "table_name: T\n# Reference this view as b\nlabel: X\n"
    assert written(unnamed) == "label: X\ntable_name: T\n# Reference this view as b\n"


def test_feature_switches_of_the_model_file_stay() -> None:
    text = "# !enable_feature(x)\n# !disable_feature(y)\n\nlabel: M\nweek_start_day: Sunday\n"
    assert written(text, "model") == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a: yes\n", "a: 'yes'\n"),
        ("a: 12:30\n", "a: '12:30'\n"),
        ("a: '12'\n", "a: '12'\n"),
        ("a: 017\n", "a: 17\n"),
        ("a: 1e3\n", "a: 1000.0\n"),
        ("a: 1.50\n", "a: 1.50\n"),
        ("a: .5\n", "a: .5\n"),
        ("a: 1.5e30\n", "a: 1.5e+30\n"),
        ("a: True\n", "a: true\n"),
        ("a:\n", "a: null\n"),
        ('a: "plain words"\n', "a: plain words\n"),
        ("a: '\"ID\"'\n", "a: '\"ID\"'\n"),
        ("a: ${riders.age}\n", "a: ${riders.age}\n"),
        ("a: ${x} - ${y}\n", "a: '${x} - ${y}'\n"),
        ("a: '${x} = ''k'''\n", "a: \"${x} = 'k'\"\n"),
        ("a: [all_views.*, -riders.*, tag:x]\n", "a: [ all_views.*, -riders.*, tag:x ]\n"),
        ('a: "one\\r\\ntwo"\n', 'a: "one\\r\\ntwo"\n'),
        ('a: "one\\n\\ttwo \\n"\n', "a: |\n  one\n  \ttwo \n"),
        ("a: &x {b: 1}\nc: *x\n", "a:\n  b: 1\n\nc:\n  b: 1\n"),
    ],
)
def test_how_values_are_written(value: str, expected: str) -> None:
    assert written(value, "x.composite_topic") == expected


def test_bad_text_gives_its_reasons() -> None:
    found, problems = canonical_text("trips.view", "a: [\n")
    assert found is None
    assert problems
