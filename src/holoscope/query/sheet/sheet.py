"""A sheet: rows that are grouped, sorted and limited already, and the columns a reader gets of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.modeling.types import ColumnType
from holoscope.query.compiled import ResultField
from holoscope.query.plan.node import Output
from holoscope.sql.quoting import output
from holoscope.sql.trees import copy_of

SHEET = "sheet"
"""The name under which the columns of a sheet's source stand."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column that later steps may read: times as values, not as the text people read.

    `is_measure` is True of what was aggregated or calculated, False of what rows are grouped by.
    """

    name: str
    value: exp.Expr
    type: ColumnType
    is_measure: bool
    label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of `source`, a SELECT, under the name `SHEET`; a step gives another sheet and changes none.

    `columns` are what may be read, by lower-cased result name. `outputs` are the result's columns in their
    order, over columns of the source. `row` is each row's place in the query's order, from 1; it means
    something only when `is_sorted`. `is_data` tells rows of data from rows of totals, None when all are
    data. `pivot_row` and `pivot_column` number the keys of a pivoted result's rows and columns, from 1.
    `skipped_rows` were numbered, and then cut off by the query's offset.
    `fields` describe the columns that steps have added, by name; `problems` are those of calculations that
    show errors.
    """

    source: exp.Query
    columns: Mapping[str, SheetColumn]
    outputs: tuple[Output, ...]
    row: exp.Expr
    is_sorted: bool
    is_data: exp.Expr | None = None
    pivot_row: exp.Expr | None = None
    pivot_column: exp.Expr | None = None
    skipped_rows: int = 0
    fields: Mapping[str, ResultField] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> SheetColumn | None:
        """Give the column of a result name, any letter case."""
        return self.columns.get(name.lower())

    def widened(self, added: Iterable[tuple[str, exp.Expr]]) -> exp.Select:
        """Give a source that has all columns of this one, and more: names and expressions over `SHEET`."""
        select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(SHEET)))
        for name, value in added:
            select = select.select(output(value, name), copy=False)
        return self._from(select)

    def filtered(self, condition: exp.Expr) -> Sheet:
        """Keep the rows that meet a condition over `SHEET`."""
        select = self._from(exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(SHEET))))
        return replace(self, source=select.where(condition, copy=False))

    def arranged(self, names: Iterable[str]) -> Sheet:
        """Put the output columns into the order of `names`; what is not named comes after, as it was."""
        places = {name.lower(): place for place, name in enumerate(names)}
        last = len(places)
        pairs = {item.name.removesuffix("__raw") for item in self.outputs if item.name.endswith("__raw")}

        def place(item: Output) -> int:
            text_of_pair = item.name in pairs
            return last if text_of_pair else places.get(item.name.lower().removesuffix("__raw"), last)

        return replace(self, outputs=tuple(sorted(self.outputs, key=place)))

    def select(self) -> exp.Select:
        """Write the sheet down: its output columns, in the order of its rows."""
        select = exp.select(*(output(copy_of(item.value), item.name) for item in self.outputs))
        select = self._from(select)
        if self.is_sorted or self.is_data is not None or self.pivot_row is not None:
            order = exp.Ordered(this=copy_of(self.row), nulls_first=False)
            select.set("order", exp.Order(expressions=[order]))
        return select

    def _from(self, select: exp.Select) -> exp.Select:
        return select.from_(self.source.copy().subquery(SHEET, copy=False), copy=False)


def sheet_column(name: str) -> exp.Column:
    """Read a column of a sheet's source by its exact name."""
    return exp.Column(
        this=exp.Identifier(this=name, quoted=True), table=exp.Identifier(this=SHEET, quoted=False)
    )


def over_rows(
    rows: exp.Query, added: Iterable[tuple[str, exp.Expr]], *, where: exp.Expr | None = None
) -> exp.Select:
    """Select all columns of some rows, and more: names and expressions over `SHEET`."""
    select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(SHEET)))
    for name, value in added:
        select = select.select(output(value, name), copy=False)
    select = select.from_(rows.subquery(SHEET, copy=False), copy=False)
    return select if where is None else select.where(where, copy=False)
