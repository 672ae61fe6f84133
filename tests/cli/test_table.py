"""Rows drawn for people."""

from datetime import datetime
from decimal import Decimal

import pyarrow as pa

from holoscope.cli.table import render_records, render_table


def test_numbers_are_flush_right_and_null_is_visible() -> None:
    table = pa.table(
        {"state": ["Ohio", None, ""], "n": [1, 22_000, None], "sum": [Decimal("1.50"), None, Decimal("3.00")]}
    )
    assert render_table(table) == (
        "state |      n |  sum\n"
        "------+--------+-----\n"
        "Ohio  |      1 | 1.50\n"
        "∅     | 22,000 |    ∅\n"
        "      |      ∅ | 3.00\n"
        "(3 rows)"
    )


def test_a_total_is_told_from_a_null() -> None:
    table = pa.table({"state": ["Ohio", None, None], "n": [1, 2, 3]})
    lines = render_table(table, rolled_up={"state": frozenset({2})}).splitlines()
    assert lines[2:5] == ["Ohio  | 1", "∅     | 2", "Σ     | 3"]


def test_one_row_and_a_cut() -> None:
    assert render_table(pa.table({"n": [1]})).endswith("(1 row)")
    cut = render_table(pa.table({"n": list(range(2000))}), most_rows=2)
    assert cut.endswith("(2,000 rows, first 2 shown)")
    assert len(cut.splitlines()) == 5


def test_wide_and_hostile_texts_keep_the_columns() -> None:
    table = pa.table(
        {"t": ["日本", "a\x1b[31mb\n", "x" * 100], "d": [datetime(2026, 1, 1), datetime(2026, 1, 1, 5), None]}
    )
    lines = render_table(table).splitlines()
    assert lines[2].startswith("日本" + " " * 56 + " | 2026-01-01")
    assert "\x1b" not in lines[3]
    assert "a·[31mb·" in lines[3]
    assert lines[4].startswith("x" * 59 + "… | ∅")


def test_no_rows() -> None:
    assert render_table(pa.table({"n": pa.array([], pa.int64())})).endswith("(0 rows)")


def test_records() -> None:
    assert render_records(["id", "on"], [["a", True]]) == "id | on\n---+-----\na  | True"
