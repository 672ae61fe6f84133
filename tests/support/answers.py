"""Compare a result with an expected answer, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from support.naive.measures import Listed
from support.naive.types import Answer

INDICATOR = "$omni_column_total_indicator"
ROW_INDICATOR = "$omni_row_total_indicator"
ROW, COLUMN = "$omni_pivot_row_num", "$omni_pivot_col_num"


def plain(value: Any) -> Any:
    """One Python type per kind of value: times naive in UTC, dates as midnights, whole floats kept floats."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return value


def same(expected: Any, got: Any) -> bool:
    """Floats within 1e-9 relative, everything else exact."""
    expected, got = plain(expected), plain(got)
    if expected is None or got is None:
        return expected is None and got is None
    if isinstance(expected, Listed):
        return isinstance(got, str) and {part.strip() for part in got.split(",")} == set(expected)
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, time):
        return str(got)[:8] == expected.isoformat()[:8]
    if isinstance(expected, float):
        return isinstance(got, (int, float, Decimal)) and math.isclose(
            expected, float(got), rel_tol=1e-9, abs_tol=1e-12
        )
    if isinstance(expected, (int, Decimal)):
        return isinstance(got, (int, float, Decimal)) and expected == got
    return bool(expected == got)


def same_row(expected: Sequence[Any], got: Sequence[Any]) -> bool:
    return len(expected) == len(got) and all(map(same, expected, got))


def row_class(indicator: str | None) -> str:
    """Bring the spellings of the indicator column to `data`, `total`, `subtotal:<field>`."""
    if not indicator:
        return "data"
    if indicator in ("column_total", "::total::"):
        return "total"
    return "subtotal:" + indicator.removeprefix("column_subtotal::")


def class_of(row: Mapping[str, Any]) -> str:
    """The class of a row of a result; `>` after it says that the cell totals a row of a pivoted result."""
    return row_class(row.get(INDICATOR)) + (">" if row.get(ROW_INDICATOR) else "")


def place_of(row: Mapping[str, Any]) -> str | None:
    """Where a cell of a pivoted result stands: the numbers of its row and its column."""
    return f"{row[ROW]}/{row[COLUMN]}" if ROW in row else None


def visible(names: Sequence[str]) -> list[str]:
    """The columns that are not reserved helpers."""
    reserved = ("$omni_", "__omni_")
    return [name for name in names if not name.startswith(reserved) and "__omni_s" not in name]


def difference(expected: Answer, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> str | None:
    """Tell the first difference in words, None when the result is the expected one."""
    if visible(names) != expected.columns:
        return f"columns: expected {expected.columns}, got {visible(names)}"
    classes = [row_class(row.get(INDICATOR)) for row in rows]
    cells = [tuple(row[name] for name in expected.columns) for row in rows]
    if "total" in classes and classes.index("total") != len(classes) - 1:
        return "the grand total is not the last row"
    for kind in dict.fromkeys([*expected.classes, *classes]):
        wanted = [row for row, one in zip(expected.rows, expected.classes, strict=True) if one == kind]
        found = [row for row, one in zip(cells, classes, strict=True) if one == kind]
        if len(wanted) != len(found):
            return f"{kind}: expected {len(wanted)} rows, got {len(found)}: {_few(wanted)} / {_few(found)}"
        keys = expected.sort_keys if kind == "data" else [()] * len(wanted)
        said = _ties(kind, wanted, found, keys)
        if said:
            return said
    return None


def _ties(kind: str, wanted: list[Any], found: list[Any], keys: Sequence[Any]) -> str | None:
    """Rows in order; those with equal sort keys in any order among themselves."""
    start = 0
    while start < len(wanted):
        end = start + 1
        while end < len(wanted) and keys[end] == keys[start]:
            end += 1
        left = list(found[start:end])
        for row in wanted[start:end]:
            match = next((index for index, one in enumerate(left) if same_row(row, one)), None)
            if match is None:
                return f"{kind} rows {start}..{end}: expected {row}, got {_few(left)}"
            left.pop(match)
        start = end
    return None


def _few(rows: Sequence[Any]) -> str:
    return "; ".join(map(str, rows[:5])) + (" ..." if len(rows) > 5 else "")
