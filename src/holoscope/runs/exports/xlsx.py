"""Excel workbook: one sheet, a heading row, at most 50,000 rows (query digest §1.9).

A longer result is cut there, and the workbook says so on a second sheet. Text is written as text,
marked so that editing a cell does not make a formula of it. Numbers Excel cannot hold exactly (more
than 15 digits, infinities) and instants it cannot show are written as text too; text longer than a
cell may be ends in an ellipsis. Rows wait in files, not in memory.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from holoscope.kit.errors import BadRequest
from holoscope.runs.exports.columns import Column
from holoscope.runs.exports.formulas import STARTS

LIMIT_ROWS = 50_000
_LIMIT_COLUMNS = 16_384
_LIMIT_UNITS = 32_767  # UTF-16, as Excel counts
_EXACT_DIGITS = 15
_LIMIT_WHOLE = 10**15
_FIRST_YEAR = 1901
_PIECE_BYTES = 256 * 1024
_CUT = (
    f"The result has more rows than these {LIMIT_ROWS:,}, the most a workbook holds. Ask for CSV to get all."
)


def write_xlsx(
    headings: Iterable[str], parts: Iterable[list[Column]], on_cut: Callable[[], None] = lambda: None
) -> Iterator[bytes]:
    """Write a workbook, then yield it; `on_cut` is called if rows beyond the limit were left out.

    Raises:
        BadRequest: there are more columns than a sheet can have.
    """
    names = tuple(headings)
    if len(names) > _LIMIT_COLUMNS:
        raise BadRequest(
            f"An Excel sheet has at most {_LIMIT_COLUMNS:,} columns and this result {len(names):,}. "
            "Ask for fewer fields or a smaller column_limit, or for CSV."
        )
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, options) as book:
            cells = _Cells(book)
            for position, name in enumerate(names):
                cells.text(0, position, name)
            if cells.rows(parts):
                on_cut()
                book.add_worksheet("Notes").write_string(0, 0, _CUT)
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece


class _Cells:
    """The first sheet and the formats of its cells."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._sheet: Worksheet = book.add_worksheet("Results")
        self._day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self._time: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._quoted: Format = book.add_format({"quote_prefix": True})

    def rows(self, parts: Iterable[list[Column]]) -> bool:
        """Write rows below the headings; True when there were more than a sheet holds."""
        number = 0
        for columns in parts:
            for row in zip(*(column.values.to_pylist() for column in columns), strict=True):
                if number == LIMIT_ROWS:
                    return True
                number += 1
                for position, value in enumerate(row):
                    if value is not None:
                        self._write(number, position, value)
        return False

    def text(self, row: int, column: int, text: str) -> None:
        self._sheet.write_string(row, column, _fitting(text), self._quoted if text[:1] in STARTS else None)

    def _write(self, row: int, column: int, value: object) -> None:
        if isinstance(value, str):
            self.text(row, column, value)
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value)
        elif isinstance(value, (int, float, Decimal)) and _is_exact(value):
            self._sheet.write_number(row, column, value)
        elif isinstance(value, datetime) and value.year >= _FIRST_YEAR:
            plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            self._sheet.write_datetime(row, column, plain, self._time)
        elif isinstance(value, date) and value.year >= _FIRST_YEAR:
            self._sheet.write_datetime(row, column, value, self._day)
        else:
            self.text(row, column, str(value))


def _fitting(text: str) -> str:
    """Cut a text to what a cell holds."""
    if len(text) * 2 <= _LIMIT_UNITS:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= _LIMIT_UNITS * 2:
        return text
    return units[: (_LIMIT_UNITS - 1) * 2].decode("utf-16-le", "ignore") + "\N{HORIZONTAL ELLIPSIS}"


def _is_exact(value: float | Decimal) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS
    if isinstance(value, int):
        return -_LIMIT_WHOLE < value < _LIMIT_WHOLE
    return math.isfinite(value)
