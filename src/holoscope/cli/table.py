"""Rows as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from numbers import Number
from types import MappingProxyType
from unicodedata import combining, east_asian_width

import pyarrow as pa

WIDEST = 60
NOTHING: Mapping[str, frozenset[int]] = MappingProxyType({})


def render_table(
    table: pa.Table, *, most_rows: int = 100, rolled_up: Mapping[str, frozenset[int]] = NOTHING
) -> str:
    """Draw the first `most_rows` rows; numbers are flush right, NULL is `∅`.

    `rolled_up` names by column the rows in which it was totalled over: there its cell is `Σ`.
    """
    heads = table.column_names
    shown = table.slice(0, most_rows)
    columns = [column.to_pylist() for column in shown.columns]
    totals = [rolled_up.get(head, frozenset()) for head in heads]
    cells = [
        ["Σ" if row in total else _cell(value) for row, value in enumerate(column)]
        for column, total in zip(columns, totals, strict=True)
    ]
    widths = [max([_width(head), *map(_width, column)]) for head, column in zip(heads, cells, strict=True)]
    right = [_is_numeric(column) for column in columns]
    lines = [_line(heads, widths, right), "-+-".join("-" * width for width in widths)]
    lines += [_line(row, widths, right) for row in zip(*cells, strict=True)]
    count = f"{table.num_rows:,} row{'' if table.num_rows == 1 else 's'}"
    more = f", first {most_rows:,} shown" if table.num_rows > most_rows else ""
    return "\n".join([*(line.rstrip() for line in lines), f"({count}{more})"])


def render_records(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Draw records of our own, texts flush left, without a count."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(_width(text) for text in column) for column in zip(heads, *cells, strict=True)]
    left = [False] * len(heads)
    lines = [_line(heads, widths, left), "-+-".join("-" * width for width in widths)]
    lines += [_line(row, widths, left) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


def _line(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for text, width, is_right in zip(texts, widths, right, strict=True):
        space = " " * (width - _width(text))
        padded.append(space + text if is_right else text + space)
    return " | ".join(padded)


def _is_numeric(values: Sequence[object]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(value, Number) for value in present)


def _cell(value: object) -> str:
    if value is None:
        return "∅"
    if isinstance(value, float):
        text = f"{value:,.6g}" if abs(value) >= 1e15 else f"{value:,.4f}".rstrip("0").rstrip(".")
    elif isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        text = value.strftime("%Y-%m-%d") if midnight else value.isoformat(sep=" ")
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = f"{value:,}"
    else:
        text = "".join(char if char.isprintable() else "·" for char in str(value))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _width(text: str) -> int:
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
