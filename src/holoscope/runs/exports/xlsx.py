"""Excel workbook: one sheet, a heading row, at most 50,000 rows (query digest §1.9).

Text is written as text, so nothing is run as a formula and nothing is altered. Numbers Excel cannot
hold exactly (more than 15 digits, infinities) and instants it cannot show are written as text too.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from holoscope.runs.exports.columns import Column

LIMIT_ROWS = 50_000
_LIMIT_TEXT = 32_767
_EXACT_DIGITS = 15
_LIMIT_WHOLE = 10**15
_FIRST_YEAR = 1901
_BATCH_ROWS = 2048


def write_xlsx(columns: list[Column]) -> bytes:
    """Write columns as a workbook; rows beyond the limit are left out."""
    file = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Results")
        for position, column in enumerate(columns):
            sheet.write_string(0, position, column.heading[:_LIMIT_TEXT])
        if columns:
            day, time = (
                book.add_format({"num_format": text}) for text in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")
            )
            _write_rows(sheet, columns, day, time)
    return file.getvalue()


def _write_rows(sheet: Worksheet, columns: list[Column], day: Format, time: Format) -> None:
    names = [str(position) for position in range(len(columns))]
    table = pa.Table.from_arrays([column.values for column in columns], names=names).slice(0, LIMIT_ROWS)
    number = 0
    for batch in table.to_batches(_BATCH_ROWS):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            for position, value in enumerate(row):
                if value is not None:
                    _write_cell(sheet, number, position, value, (day, time))


def _write_cell(
    sheet: Worksheet, row: int, column: int, value: object, formats: tuple[Format, Format]
) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)) and _is_exact(value):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime) and value.year >= _FIRST_YEAR:
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, column, plain, formats[1])
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        sheet.write_datetime(row, column, value, formats[0])
    else:
        sheet.write_string(row, column, str(value)[:_LIMIT_TEXT])


def _is_exact(value: float | Decimal) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS
    if isinstance(value, int):
        return -_LIMIT_WHOLE < value < _LIMIT_WHOLE
    return math.isfinite(value)
