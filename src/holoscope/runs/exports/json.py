"""JSON: an array of rows keyed by display label.

Numbers are numbers with every digit they have, decimals included; timestamps are ISO 8601; NULL,
NaN and infinities are null.
"""

from __future__ import annotations

import msgspec
import pyarrow as pa

from holoscope.runs.exports.columns import Column
from holoscope.runs.exports.csv import iso_text

_BATCH_ROWS = 8192


def write_json(columns: list[Column]) -> bytes:
    """Write columns as an array of objects, one row a line."""
    if not columns:
        return b"[]"
    encoder = msgspec.json.Encoder(decimal_format="number")
    names = [column.heading for column in columns]
    cells = [
        iso_text(column.values) if pa.types.is_timestamp(column.values.type) else column.values
        for column in columns
    ]
    parts: list[bytes] = []
    for batch in pa.Table.from_arrays(cells, names=names).to_batches(_BATCH_ROWS):
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        parts.extend(encoder.encode(dict(zip(names, row, strict=True))) for row in rows)
    return b"[" + b",\n".join(parts) + b"]"
