"""CSV: a heading line of labels, UTF-8, line feeds, quotes only where needed.

NULL is an empty cell, an empty string is `""`. Timestamps are ISO 8601 without a fraction unless a
value has one. Text that a spreadsheet would run as a formula (it starts with = + - @ TAB or CR)
gets a leading apostrophe; numbers are never touched.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from holoscope.runs.exports.columns import Column

_FORMULA = r"^[=+\-@\t\r]"


def write_csv(columns: list[Column]) -> bytes:
    """Write columns as CSV."""
    if not columns:
        return b"\n"
    cells = [_cells(column.values) for column in columns]
    headings = pc.replace_substring_regex(pa.array([column.heading for column in columns]), _FORMULA, r"'\0")
    sink = pa.BufferOutputStream()
    csv.write_csv(
        pa.Table.from_arrays(cells, names=headings.to_pylist()),
        sink,
        csv.WriteOptions(include_header=True, quoting_style="needed"),
    )
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _cells(values: pa.ChunkedArray) -> pa.ChunkedArray:
    type_ = values.type
    if pa.types.is_string(type_):
        return pc.replace_substring_regex(values, _FORMULA, r"'\0")
    if pa.types.is_timestamp(type_):
        return iso_text(values)
    if pa.types.is_list(type_):
        texts = [_list_text(value) for value in values.to_pylist()]
        return pc.replace_substring_regex(pa.chunked_array([pa.array(texts, pa.utf8())]), _FORMULA, r"'\0")
    return values


def iso_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write timestamps as `2025-07-01T00:00:00`, with `Z` when they carry a zone (always UTC)."""
    zone = "Z" if values.type.tz else ""
    seconds = pc.floor_temporal(values, unit="second")
    is_whole = pc.all(pc.equal(seconds, values)).as_py() is not False
    exact = values.cast(pa.timestamp("s", values.type.tz)) if is_whole else values
    return pc.strftime(exact, format=f"%Y-%m-%dT%H:%M:%S{zone}", locale="C")


def _list_text(value: list[object] | None) -> str | None:
    return None if value is None else ", ".join("" if item is None else str(item) for item in value)
