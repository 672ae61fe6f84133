"""YAML to a tree with positions, by libyaml and by PyYAML alone; hostile files stop early."""

import time
from decimal import Decimal

import pytest

from holoscope.modeling.reader import tree
from holoscope.modeling.reader.tree import MAX_BYTES, PureLoader, Table, plain, read_tree

LOADERS = [tree.Loader, PureLoader]


@pytest.fixture(params=LOADERS, ids=["fast", "pure"])
def read(request):
    def reader(text):
        node, found = read_tree("f.view", text, request.param)
        return node, [f"{item.position.line}:{item.position.column} {item.code}" for item in found]

    return reader


def test_the_fast_loader_is_used():
    assert tree.Loader is not PureLoader


def test_values_and_positions(read):
    node, found = read("a: 1\nb:\n  - 'x y'\n  - {c: yes}\n")
    assert found == []
    assert plain(node) == {"a": 1, "b": ["x y", {"c": "yes"}]}
    assert isinstance(node, Table)
    mark, items = node.entries["b"]
    assert (mark.line, mark.column) == (1, 0)
    inner = items.values[1].entries["c"]
    assert (inner[0].line, inner[0].column, inner[1].mark.column) == (3, 5, 8)


def test_quoted_text_is_text(read):
    node, _ = read("a: '1'\nb: \"true\"\nc: |\n  12\nd: !!str 12")
    assert plain(node) == {"a": "1", "b": "true", "c": "12\n", "d": "12"}


def test_unicode_columns_count_characters(read):
    node, _ = read("größe: {ärger: ü, 日本: x}")
    _, inner = node.entries["größe"]
    assert inner.entries["日本"][0].column == 18


def test_a_byte_order_mark_is_skipped(read):
    assert plain(read("\ufeffa: 1")[0]) == {"a": 1}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\n\n"])
def test_nothing(read, text):
    node, found = read(text)
    assert found == []
    assert node is None or node.value is None


def test_aliases_expand(read):
    assert plain(read("a: &x {k: [1]}\nb: *x")[0]) == {"a": {"k": [1]}, "b": {"k": [1]}}


def test_every_duplicate_key_is_reported_once(read):
    _, found = read("a: 1\nb: &x {c: 1, c: 2}\na: 3\nd: *x\n")
    assert found == ["2:14 duplicate_key", "3:1 duplicate_key"]


def test_keys_that_differ_only_as_values_are_different_words(read):
    assert plain(read("1: a\n'01': b\non: c\n~: d")[0]) == {"1": "a", "01": "b", "on": "c", "~": "d"}


BAD = {
    "tab": ("a:\n\t- b", "2:1 bad_yaml"),
    "unclosed": ("a: [1, 2", "1:9 bad_yaml"),
    "two documents": ("a: 1\n---\nb: 2", "2:1 bad_yaml"),
    "control character": ("a: 'x\x00'", "1:6 bad_yaml"),
    "surrogate": ("a: 1\nb: \ud800", "2:4 bad_yaml"),
    "python tag": ("a: !!python/name:os.system x", "1:4 bad_yaml"),
    "own tag on a map": ("a: !thing {b: 1}", "1:4 bad_yaml"),
    "key is a list": ("? [a]\n: b", "1:3 bad_yaml"),
    "alias of nothing": ("a: *b", "1:4 bad_yaml"),
    "alias inside itself": ("a: &x [1, *x]", "1:4 bad_yaml"),
    "a number of 200 digits": ("a: " + "9" * 200, "1:4 bad_yaml"),
    "text after a value": ("a: 'b' c", "1:8 bad_yaml"),
    "deep flow": ("[" * 100_000, "1:64 too_large"),
    "deep block": ("- " * 100_000, "1:127 too_large"),
    "too many bytes": ("a: " + "x" * MAX_BYTES, "1:1 too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text(read, name):
    text, expected = BAD[name]
    node, found = read(text)
    assert node is None
    assert found == [expected]


def test_a_tab_is_named(read):
    _, found = read_tree("f", "a:\n\t- b")
    assert "spaces, not tabs" in found[0].message


def test_laughs_are_stopped_quickly(read):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    started = time.process_time()
    node, found = read("\n".join(lines))
    assert node is None
    assert found[0].endswith("too_large")
    assert time.process_time() - started < 2


def test_depth_by_aliases_is_stopped(read):
    lines = ["a0: &a0 [[[[[[[[[[x]]]]]]]]]]"]
    lines += [f"a{i}: &a{i} [[[[[[[[[[*a{i - 1}]]]]]]]]]]" for i in range(1, 30)]
    assert read("\n".join(lines))[1][0].endswith("too_large")


def test_as_json_data():
    node, _ = read_tree("f", "a: 1.5\nb: .inf\nc: ~\nd: 12:30")
    assert plain(node) == {"a": 1.5, "b": ".inf", "c": None, "d": "12:30"}
    assert node.entries["a"][1].value == Decimal("1.5")
