"""A pivoted result, which is long, as a document shows it: one row per row key, one column per cell.

Headings read from the outside in: `Complete / Revenue`, `2024 / Complete / Revenue`. The keys of the rows
come first, then for each column of the pivot its values, what totals a row (`Total / Revenue`), and at
last what stands once in a row. A pivot's value is headed as it is displayed, a missing one by `∅`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.query.compiled import PivotShape, ResultField
from holoscope.runs.exports.columns import Column, Sheet, distinct_headings
from holoscope.runs.exports.formatted import formatted_column

_BETWEEN = " / "
_NOTHING = "\N{EMPTY SET}"
_TOTAL = "Total"


def widen(table: pa.Table, sheet: Sheet, shape: PivotShape) -> list[Column]:
    """Give the columns of a whole long result in the wide form, under headings of their own."""
    long = {field.name: column for field, column in zip(sheet.fields, sheet.columns(table), strict=True)}
    rows = _Numbers(table.column(shape.row_number))
    columns = _Numbers(table.column(shape.column_number))
    wide: list[tuple[str, Column, pa.Array]] = []
    first = rows.first_places()
    wide += [(long[name].heading, long[name], first) for name in shape.rows if name in long]
    heads = _heads(table, sheet, shape, columns.first_places().to_pylist())
    for number, head in enumerate(heads):
        places = columns.places_of(number)
        cells = places.take(pc.index_in(rows.all(), value_set=rows.index.take(places)))
        for name in shape.values:
            if name in long:
                wide.append((_BETWEEN.join((*head, long[name].heading)), long[name], cells))
    wide += [(long[name].heading, long[name], first) for name in shape.once if name in long]
    headings = distinct_headings(heading for heading, _, _ in wide)
    return [
        Column(heading, column.values.take(places), column.is_written_number)
        for heading, (_, column, places) in zip(headings, wide, strict=True)
    ]


class _Numbers:
    """A column of numbers that order rows or columns: `index` is each cell's place among them, from 0."""

    def __init__(self, numbers: pa.ChunkedArray) -> None:
        known = numbers.combine_chunks()
        distinct = pc.unique(known)
        self._distinct = distinct.take(pc.array_sort_indices(distinct))
        self.index: pa.Array = pc.index_in(known, value_set=self._distinct)

    def all(self) -> pa.Array:
        return pa.array(range(len(self._distinct)), pa.int32())

    def first_places(self) -> pa.Array:
        """Give for each number the first cell that has it."""
        return pc.index_in(self.all(), value_set=self.index)

    def places_of(self, number: int) -> pa.Array:
        """Give the cells that have the number at a place."""
        return pc.indices_nonzero(pc.equal(self.index, pa.scalar(number, pa.int32()))).cast(pa.int32())


def _heads(
    table: pa.Table, sheet: Sheet, shape: PivotShape, cells: Sequence[int]
) -> Iterable[tuple[str, ...]]:
    """Head each column of the pivot; `cells` are one cell of each."""
    named = {field.name: field for field in sheet.fields}
    some = table.take(pa.array(cells, pa.int32()))
    keys = [_labels(some, sheet, named[name], shape.labels.get(name, {})) for name in shape.pivots]
    totals = some.column(shape.row_total).to_pylist() if shape.row_total else [None] * len(cells)
    for key, total in zip(zip(*keys, strict=True), totals, strict=True):
        kept = [label for label in key if label is not None]
        yield (*kept, _TOTAL) if total else tuple(_NOTHING if label is None else label for label in key)


def _labels(some: pa.Table, sheet: Sheet, field: ResultField, given: Mapping[str, str]) -> list[str | None]:
    values = some.column(field.name)
    texts = formatted_column(some, field, sheet.setting).to_pylist()
    return [
        given.get(text, text) if value.is_valid else None for value, text in zip(values, texts, strict=True)
    ]
