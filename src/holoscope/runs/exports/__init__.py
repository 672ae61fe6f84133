"""One-document answers: csv, json, xlsx (query digest §1.8), written while the result arrives.

`columns.sheet_of` decides which columns a reader sees and how they are headed; each format module
turns headings and rows into pieces of bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from holoscope.kit.errors import HoloscopeError
from holoscope.query.compiled import CompiledQuery
from holoscope.runs.exports.columns import Column, sheet_of
from holoscope.runs.exports.csv import write_csv
from holoscope.runs.exports.json import write_json
from holoscope.runs.exports.wide import widen
from holoscope.runs.request import ResultType

_PART_ROWS = 16_384
MEDIA_TYPES = {
    ResultType.CSV: "text/csv",
    ResultType.JSON: "application/json",
    ResultType.XLSX: "application/vnd.ms-excel",
}


class Export:
    """Writes the result of one query as one document; for one use.

    `formatted` applies display formats, relative times told from `now`. `is_cut` is settled by the
    time the first piece is there: the document has fewer rows than the result. A pivoted result is read
    whole before its first piece, since its last row may bring another column; above `wide_bytes` it fails.
    """

    def __init__(
        self,
        compiled: CompiledQuery,
        kind: ResultType,
        *,
        formatted: bool,
        now: datetime | None = None,
        wide_bytes: int = 512 * 1024 * 1024,
    ) -> None:
        self.kind = kind
        self.media_type = MEDIA_TYPES[kind]
        self.is_cut = False
        self._sheet = sheet_of(compiled, formatted=formatted, now=now)
        self._pivot = compiled.pivot
        self._wide_bytes = wide_bytes

    def pieces(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
        """Yield the document in pieces of some megabytes at most; blocking.

        Raises:
            TooWide: a pivoted result is larger than can be turned.
            BadRequest: the form cannot hold so many columns.
        """
        if self._pivot is None:
            return self._write(self._sheet.headings, self._parts(schema, batches))
        columns = widen(self._whole(schema, batches), self._sheet, self._pivot)
        return self._write([column.heading for column in columns], _sliced(columns))

    def _whole(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.Table:
        kept: list[pa.RecordBatch] = []
        size = 0
        for batch in batches:
            size += batch.nbytes
            if size > self._wide_bytes:
                raise TooWide
            kept.append(batch)
        return pa.Table.from_batches(kept, schema)

    def _parts(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[list[Column]]:
        for batch in batches:
            for start in range(0, batch.num_rows, _PART_ROWS):
                rows = pa.Table.from_batches([batch.slice(start, _PART_ROWS)], schema)
                yield self._sheet.columns(rows)

    def _write(self, headings: Iterable[str], parts: Iterable[list[Column]]) -> Iterator[bytes]:
        if self.kind is ResultType.CSV:
            return write_csv(headings, parts)
        if self.kind is ResultType.JSON:
            return write_json(headings, parts)
        from holoscope.runs.exports.xlsx import write_xlsx  # its library costs a tenth of the start

        return write_xlsx(headings, parts, self._cut)

    def _cut(self) -> None:
        self.is_cut = True


def _sliced(columns: list[Column]) -> Iterator[list[Column]]:
    rows = len(columns[0].values) if columns else 0
    for start in range(0, rows, _PART_ROWS):
        yield [replace(column, values=column.values.slice(start, _PART_ROWS)) for column in columns]


class TooWide(HoloscopeError):
    """A pivoted result is too large to become a wide document."""

    code = "too_wide"
    status = 400
    error_type = "QUERY"

    def __init__(self) -> None:
        super().__init__(
            "The pivoted result is too large for one document: set a limit, add filters, or ask for it "
            "without resultType."
        )


def write_document(table: pa.Table, compiled: CompiledQuery, kind: ResultType, *, formatted: bool) -> bytes:
    """Write a whole result at once. Blocking."""
    return b"".join(Export(compiled, kind, formatted=formatted).pieces(table.schema, table.to_batches()))
