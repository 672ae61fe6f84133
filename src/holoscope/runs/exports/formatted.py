"""A column of a result as text, each cell in the format that its row chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import pyarrow as pa

from holoscope.modeling.format_texts import mark
from holoscope.modeling.formats import Setting, default_text, formatter, is_known_format
from holoscope.modeling.matching import meets
from holoscope.query.compiled import GREATEST, FormatText, ResultField, Varying
from holoscope.query.generate import GROUPING as _LEVEL

Row = Mapping[str, object]
Write = Callable[[object, Row], str]


def formatted_column(table: pa.Table, field: ResultField, setting: Setting) -> pa.ChunkedArray:
    """Write every cell of a column in its format."""
    values = table.column(field.name)
    if field.varying is not None:
        return pa.chunked_array([pa.array(_varying(table, field.name, field.varying, setting), pa.utf8())])
    # A grain's format names what its text already looks like; text has no other display format.
    write = formatter(None if pa.types.is_string(values.type) else field.format, setting)
    chunks = [pa.array([write(value) for value in chunk.to_pylist()], pa.utf8()) for chunk in values.chunks]
    return pa.chunked_array(chunks, pa.utf8())


def _varying(table: pa.Table, name: str, varying: Varying, setting: Setting) -> list[str]:
    columns = _columns(varying)
    read = {name, *columns, *(f"{column}{GREATEST}" for column in columns), _LEVEL} & set(table.column_names)
    rows: list[dict[str, object]] = table.select(sorted(read)).to_pylist()

    @lru_cache(maxsize=64)
    def writer(text: FormatText | None) -> Write:
        return _writer(text, setting)

    return [writer(_chosen(varying, row))(row[name], row) for row in rows]


def _differs(row: Row, column: str) -> bool:
    """Tell whether the rows behind this one have several values there, or a total has rolled them up."""
    value = row.get(column)
    return row.get(f"{column}{GREATEST}", value) != value or (value is None and bool(row.get(_LEVEL)))


def _columns(varying: Varying) -> set[str]:
    texts = [*(text for _, text in varying.choices), varying.otherwise]
    found = {column for text in texts if text is not None for column in text.columns}
    return found if varying.column is None else {varying.column, *found}


def _chosen(varying: Varying, row: Row) -> FormatText | None:
    if varying.column is not None and not _differs(row, varying.column):
        for condition, text in varying.choices:
            if meets(condition, row.get(varying.column)):
                return text
    return varying.otherwise


def _writer(text: FormatText | None, setting: Setting) -> Write:
    """Make the function of one text: a pattern with marks in it, or words around marks."""
    if text is None:
        return lambda value, _: default_text(value)
    write = formatter(text.text, setting) if is_known_format(text.text) else None
    columns = text.columns

    def apply(value: object, row: Row) -> str:
        if value is None:
            return ""
        written = text.text if write is None else write(value)
        return written.translate(
            {ord(mark(n)): default_text(row.get(name)) for n, name in enumerate(columns)}
        )

    return apply
