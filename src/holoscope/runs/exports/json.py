"""JSON: an array of rows keyed by display label.

Numbers are numbers with every digit they have, decimals included; timestamps are ISO 8601; NULL,
NaN and infinities are null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

from holoscope.runs.exports.columns import Column
from holoscope.runs.exports.times import iso_text

_BETWEEN = b",\n"


def write_json(headings: Iterable[str], parts: Iterable[list[Column]]) -> Iterator[bytes]:
    """Yield an array of objects, one row a line; it is closed only when every row is in it."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    names = tuple(headings)
    opening = b"["
    if names:
        for columns in parts:
            rows = zip(*(_cells(column.values) for column in columns), strict=True)
            lines = _BETWEEN.join([encoder.encode(dict(zip(names, row, strict=True))) for row in rows])
            if lines:
                yield opening + lines
                opening = _BETWEEN
    yield b"[]" if opening == b"[" else b"]"


def _cells(values: pa.ChunkedArray) -> list[object]:
    cells: list[object] = (iso_text(values) if pa.types.is_timestamp(values.type) else values).to_pylist()
    return cells
