"""Questions to the shop with answers written by hand in DuckDB's SQL.

Each truth holds the query object of the wire (without `modelId`) and SQL that gives the same rows. The SQL
shares nothing with the compiler: where joins would multiply rows it aggregates first and joins afterwards.

Its columns carry the names of the answer. A grain with a display format gives two columns, the truncated
time as `field[grain]__raw` in its place and the text as `field[grain]` after everything else.
"""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from support.questions import ANCHOR, Truth
from support.truths_fields import FIELDS
from support.truths_filters import FILTERS
from support.truths_joins import JOINS

__all__ = ["ANCHOR", "INDICATOR", "TRUTHS", "Truth", "assert_same_rows"]

TRUTHS: dict[str, Truth] = FIELDS | FILTERS | JOINS

INDICATOR = "$omni_column_total_indicator"


def assert_same_rows(answer: pa.Table, truth: pa.Table, *, ordered: bool = True) -> None:
    """Compare an answer with a truth's rows, column by name.

    Helper columns of the answer that the truth does not name are not looked at. Numbers are equal within nine
    digits, whatever their types; NULL and '' are the same mark of a data row in the total indicator.
    """
    missing = [name for name in truth.column_names if name not in answer.column_names]
    assert not missing, f"columns {missing} are missing from {answer.column_names}"
    got, expected = _rows(answer, truth.column_names), _rows(truth, truth.column_names)
    if not ordered:
        got, expected = sorted(got, key=_rank), sorted(expected, key=_rank)
    assert len(got) == len(expected), f"{len(got)} rows instead of {len(expected)}"
    for number, (ours, theirs) in enumerate(zip(got, expected, strict=True)):
        for name, one, other in zip(truth.column_names, ours, theirs, strict=True):
            assert _same(one, other), f"row {number}, {name}: {one!r} instead of {other!r}"


def _rows(table: pa.Table, names: list[str]) -> list[tuple[Any, ...]]:
    columns = [[_plain(value, name) for value in table.column(name).to_pylist()] for name in names]
    return list(zip(*columns, strict=True))


def _plain(value: Any, name: str) -> Any:
    if name == INDICATOR:
        return value or ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, Decimal):
        return float(value)
    return value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return type(one) is type(other) and one == other


def _rank(row: tuple[Any, ...]) -> list[tuple[bool, str]]:
    return [
        (value is not None, f"{value:.6f}" if isinstance(value, int | float) else str(value)) for value in row
    ]
