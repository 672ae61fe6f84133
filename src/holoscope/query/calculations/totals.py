"""Totals that calculations read: of a column, of a pivoted row, of everything (query digest §2.4).

They are computed again at the coarser grain, over all rows that pass the filters, whatever the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.node import Total as Wanted
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.stages import Stages
from holoscope.query.calculations.term import Term
from holoscope.query.generate import INDICATOR, generate
from holoscope.query.plan.node import COLUMN_TOTAL, QueryPlan, Total, key_column
from holoscope.query.sheet.sheet import Sheet, sheet_column
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.built import Built

_NAME = "totals"


@dataclass(slots=True)
class Totals:
    """The totals of one query; each grain that is asked for is a common table of `stages`."""

    built: Built | None
    sheet: Sheet
    stages: Stages
    _known: dict[tuple[int, ...], str] = field(default_factory=dict)

    def find(self, wanted: Wanted) -> Term:
        """Give the total of a measure that belongs to the row at hand.

        Raises:
            BadCalculation: it is no measure of the query, or has no totals.
        """
        column = self.sheet.find(wanted.field)
        if column is None:
            raise BadCalculation(f"field referenced by calculation must be included: {wanted.field}")
        if not column.is_measure:
            raise BadCalculation(f"{wanted.field} is no measure, and has no total.")
        if self.built is None:
            raise BadCalculation("SQL that is written by hand has no totals to read.")
        plan = self.built.plan
        keeps = _keeps(plan, wanted.kind)
        value = Term(copy_of(column.value), column.type.data_type, date_only=column.type.date_only)
        if len(keeps) == len(plan.keys):
            return value
        if self.built.follows_levels:
            raise BadCalculation(
                f"the level of detail of {wanted.field} follows the query's grouping: ask its total by "
                "query.column_totals."
            )
        if self.built.beside:
            raise BadCalculation("totals of several periods cannot be read: ask them by query.column_totals.")
        table = self._table(plan, keeps)
        select = exp.select(exp.column(copy_of(column.value).this.copy(), _NAME))
        source = exp.Table(this=exp.to_identifier(table), alias=exp.TableAlias(this=exp.to_identifier(_NAME)))
        select = select.from_(source, copy=False)
        for number in keeps:
            name = _output(plan, number)
            same = exp.NullSafeEQ(
                this=exp.column(exp.Identifier(this=name, quoted=True), _NAME), expression=sheet_column(name)
            )
            select = select.where(same, copy=False)
        return self.stages.keep(value.over(select.subquery(copy=False), value.kind))

    def _table(self, plan: QueryPlan, keeps: tuple[int, ...]) -> str:
        name = self._known.get(keeps)
        if name is None:
            name = self._known[keeps] = f"{self.stages.prefix}_totals_{len(self._known)}"
            plan = replace(
                plan,
                totals=(Total(keeps, COLUMN_TOTAL),),
                order=(),
                total_order=(None,) * len(plan.keys),
                limit_rows=None,
                offset_rows=0,
                fills=(),
                pivots=None,
            )
            is_total = exp.EQ(
                this=exp.column(exp.Identifier(this=INDICATOR, quoted=True), _NAME),
                expression=exp.Literal.string(COLUMN_TOTAL),
            )
            rows = generate(plan)
            rows.set("order", None)
            star = exp.Column(this=exp.Star(), table=exp.to_identifier(_NAME))
            select = exp.select(star).from_(rows.subquery(_NAME, copy=False), copy=False)
            self.stages.add_table(name, select.where(is_total, copy=False))
        return name


def _keeps(plan: QueryPlan, kind: str) -> tuple[int, ...]:
    """Give the positions of the keys at which a total is computed."""
    pivots = plan.pivots or ()
    everything = range(len(plan.keys))
    if kind == "row_total":
        return tuple(number for number in everything if number not in pivots)
    return tuple(number for number in everything if number in pivots and kind == "column_total")


def _output(plan: QueryPlan, number: int) -> str:
    """Name the column that holds a key's values."""
    for item in plan.outputs:
        if isinstance(item.value, exp.Column) and item.value.name == key_column(number):
            return item.name
    raise LookupError(number)
