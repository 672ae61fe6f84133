"""One-document answers: csv, json, xlsx (query digest §1.8).

`columns.document_columns` decides which columns a reader sees and how they are headed; each format
module turns them into bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from holoscope.query.compiled import CompiledQuery
from holoscope.runs.exports.columns import Column, document_columns
from holoscope.runs.exports.csv import write_csv
from holoscope.runs.exports.json import write_json
from holoscope.runs.request import ResultType


def _write_xlsx(columns: list[Column]) -> bytes:
    from holoscope.runs.exports.xlsx import write_xlsx  # its library costs a tenth of the start

    return write_xlsx(columns)


_WRITERS: dict[ResultType, tuple[str, Callable[[list[Column]], bytes]]] = {
    ResultType.CSV: ("text/csv", write_csv),
    ResultType.JSON: ("application/json", write_json),
    ResultType.XLSX: ("application/vnd.ms-excel", _write_xlsx),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A finished answer in one piece."""

    body: bytes
    media_type: str
    file_name: str


def write_document(
    table: pa.Table,
    compiled: CompiledQuery,
    kind: ResultType,
    *,
    formatted: bool,
    now: datetime | None = None,
) -> Document:
    """Write a result; `formatted` applies display formats, relative times told from `now`. Blocking."""
    media_type, write = _WRITERS[kind]
    columns = document_columns(table, compiled, formatted=formatted, now=now)
    return Document(write(columns), media_type, f"query.{kind}")
