"""What a document shows of a result: labelled columns, without helper columns.

A grain with a display format is two columns in Arrow; a document shows one, the formatted text, at
the place of the raw one. Two columns never share a heading: clashing labels get their view's title
in front, and numbers if that does not tell them apart either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from holoscope.kit.text import title
from holoscope.modeling.formats import Setting
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.runs.exports.formatted import formatted_column

_RAW = "__raw"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and its cells."""

    heading: str
    values: pa.ChunkedArray


def document_columns(
    table: pa.Table, compiled: CompiledQuery, *, formatted: bool, now: datetime | None = None
) -> list[Column]:
    """Choose, order and head the columns of `table`; with `formatted` every cell is text.

    `now` is what relative times are told from.
    """
    shown = _shown(compiled.fields)
    setting = Setting(compiled.numeric_locale, now, compiled.time_zone)
    columns = []
    for field, heading in zip(shown, _headings(shown), strict=True):
        values = table.column(field.name)
        columns.append(Column(heading, formatted_column(table, field, setting) if formatted else values))
    return columns


def _shown(fields: Iterable[ResultField]) -> list[ResultField]:
    by_name = {field.name: field for field in fields}
    placed: dict[str, ResultField] = {}
    for name, field in by_name.items():
        partner = by_name.get(name.removesuffix(_RAW)) if name.endswith(_RAW) else None
        placed.setdefault((partner or field).name, partner or field)
    return list(placed.values())


def _headings(fields: list[ResultField]) -> list[str]:
    labels = Counter(field.label for field in fields)
    wanted = [
        field.label if labels[field.label] == 1 else f"{title(field.view_name)} {field.label}"
        for field in fields
    ]
    taken: set[str] = set()
    headings = []
    for heading in wanted:
        unique, number = heading, 2
        while unique in taken:
            unique, number = f"{heading} ({number})", number + 1
        taken.add(unique)
        headings.append(unique)
    return headings
