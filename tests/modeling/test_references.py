"""`${...}`: where they stand, and who goes in circles."""

import time

import pytest

from holoscope.modeling.references import find_cycles, find_references


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("a + b", []),
        ("${a}", [(0, 4, None, "a", None)]),
        ("x ${ v.f } + ${v.t[Month]}", [(2, 10, "v", "f", None), (13, 26, "v", "t", "month")]),
        ("${v.t[ month ]}", [(0, 15, "v", "t", "month")]),
        ("'${größe}'", [(1, 9, None, "größe", None)]),
        ("${}", [(0, 3, None, "", None)]),
        ("${a.b.c}", [(0, 8, None, "", None)]),
        ("${a b}", [(0, 6, None, "", None)]),
        ("${a[}", [(0, 5, None, "", None)]),
        ("${a + ${b}", [(0, 10, None, "", None), (6, 10, None, "b", None)]),
        ("$ {a} {a}", []),
        ("${a}\n${a}", [(0, 4, None, "a", None), (5, 9, None, "a", None)]),
    ],
)
def test_find(sql, found):
    assert [(r.start, r.end, r.view, r.name, r.grain) for r in find_references(sql)] == found


def test_text_is_kept():
    assert [r.text for r in find_references("${ v.f }${x")] == ["${ v.f }", "${x"]


@pytest.mark.parametrize(
    ("edges", "cycles"),
    [
        ({}, []),
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["a"]}, [("a",)]),
        ({"a": ["b"], "b": ["a"]}, [("a", "b")]),
        ({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, [("a", "b", "c")]),
        ({"c": ["d"], "d": ["c"], "a": ["b"], "b": ["a", "c"]}, [("c", "d"), ("a", "b")]),
        ({"a": ["b", "b"], "b": ["unknown"]}, []),
    ],
)
def test_cycles(edges, cycles):
    assert find_cycles(edges) == cycles


def test_a_long_chain_is_no_trouble():
    edges = {str(n): [str(n + 1)] for n in range(50_000)}
    assert find_cycles(edges) == []
    edges["50000"] = ["0"]
    assert len(find_cycles(edges)[0]) == 50_001


def test_many_openings_take_linear_time():
    started = time.perf_counter()
    find_references("${" * 100_000)
    assert time.perf_counter() - started < 5
