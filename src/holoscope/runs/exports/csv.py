"""CSV: a heading line of labels, UTF-8, line feeds, quotes only where needed.

NULL is an empty cell, an empty string is `""`. Timestamps are ISO 8601, with a fraction only where
there is one. A NUL, which no reader of text expects, becomes U+FFFD. Formulas: `neutral`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyarrow import csv

from holoscope.runs.exports.columns import Column
from holoscope.runs.exports.formulas import neutral
from holoscope.runs.exports.times import iso_text

_NUL, _REPLACEMENT = b"\0", "\N{REPLACEMENT CHARACTER}".encode()
_HEAD = csv.WriteOptions(include_header=True, quoting_style="needed")
_BODY = csv.WriteOptions(include_header=False, quoting_style="needed")


def write_csv(headings: Iterable[str], parts: Iterable[list[Column]]) -> Iterator[bytes]:
    """Yield the heading line together with the first rows, then the rest as it comes."""
    names = neutral(pa.array(headings, pa.utf8())).to_pylist()
    if not names:
        yield b"\n"
        return
    options = _HEAD
    for columns in parts:
        yield _written([_cells(column) for column in columns], names, options)
        options = _BODY
    if options is _HEAD:
        yield _written([pa.array([], pa.utf8()) for _ in names], names, options)


def _written(cells: list[pa.Array], names: list[str], options: csv.WriteOptions) -> bytes:
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.Table.from_arrays(cells, names=names), sink, options)
    written: bytes = sink.getvalue().to_pybytes()
    return written.replace(_NUL, _REPLACEMENT) if _NUL in written else written


def _cells(column: Column) -> pa.ChunkedArray:
    values = column.values
    if pa.types.is_string(values.type):
        return neutral(values, of_numbers=column.is_written_number)
    if pa.types.is_timestamp(values.type):
        return iso_text(values)
    if pa.types.is_list(values.type):
        return neutral(pa.chunked_array([pa.array(map(_list_text, values.to_pylist()), pa.utf8())]))
    return values


def _list_text(value: list[object] | None) -> str | None:
    return None if value is None else ", ".join("" if item is None else str(item) for item in value)
