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
from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.runs.exports.formatted import formatted_column

_RAW = "__raw"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and its cells; `is_written_number` says that their text was made of numbers."""

    heading: str
    values: pa.ChunkedArray
    is_written_number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Chooses, orders and heads the columns of a result; with `formatted` every cell is text.

    `now` is what relative times are told from. The rows may come in as many tables as one likes: what
    a cell becomes depends on its own row alone.
    """

    fields: tuple[ResultField, ...]
    headings: tuple[str, ...]
    formatted: bool
    setting: Setting

    def columns(self, table: pa.Table) -> list[Column]:
        """Give the columns of some rows."""
        return [
            Column(
                heading,
                formatted_column(table, field, self.setting) if self.formatted else table.column(field.name),
                self.formatted and field.data_type is DataType.NUMBER,
            )
            for field, heading in zip(self.fields, self.headings, strict=True)
        ]


def sheet_of(compiled: CompiledQuery, *, formatted: bool, now: datetime | None = None) -> Sheet:
    """Lay out the document of a query."""
    shown = _shown(compiled.fields)
    setting = Setting(compiled.numeric_locale, now, compiled.time_zone)
    return Sheet(tuple(shown), distinct_headings(_told_apart(shown)), formatted, setting)


def distinct_headings(wanted: Iterable[str]) -> tuple[str, ...]:
    """Number headings that are there already; what no text file can hold becomes `?`."""
    taken: set[str] = set()
    headings: list[str] = []
    for each in wanted:
        heading = each.encode("utf-8", "replace").decode()
        unique, number = heading, 2
        while unique in taken:
            unique, number = f"{heading} ({number})", number + 1
        taken.add(unique)
        headings.append(unique)
    return tuple(headings)


def _shown(fields: Iterable[ResultField]) -> list[ResultField]:
    by_name = {field.name: field for field in fields}
    placed: dict[str, ResultField] = {}
    for name, field in by_name.items():
        partner = by_name.get(name.removesuffix(_RAW)) if name.endswith(_RAW) else None
        placed.setdefault((partner or field).name, partner or field)
    return list(placed.values())


def _told_apart(fields: list[ResultField]) -> list[str]:
    labels = Counter(field.label for field in fields)
    return [
        field.label if labels[field.label] == 1 else f"{title(field.view_name)} {field.label}"
        for field in fields
    ]
