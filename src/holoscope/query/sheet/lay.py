"""From a plan to the sheet over it, and through the steps that a query asks for."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.kit.text import title
from holoscope.query.built import Built
from holoscope.query.calculations.step import calculated
from holoscope.query.generate import GROUPING, INDICATOR, TOTAL_SORT, generate
from holoscope.query.plan.node import ROW, Output
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure
from holoscope.query.sheet.order import cut, resorted, sorts_by_added
from holoscope.query.sheet.passing import filters_calculations, with_totals_of, without_totals
from holoscope.query.sheet.pivot import pivot_sheet, renumbered
from holoscope.query.sheet.sheet import Sheet, SheetColumn, sheet_column
from holoscope.query.sheet.transpose import transposed
from holoscope.query.spec import QuerySpec


def lay_sheet(built: Built, spec: QuerySpec) -> Sheet:
    """Give the sheet of a query: what its plan yields, and what the query lays over that.

    Raises:
        InvalidQuery: a step cannot be taken.
    """
    if built.plan.pivots is not None:
        _refuse_beside_pivots(spec)
    if filters_calculations(spec) and any(total.shown for total in built.plan.totals):
        decided = without_totals(built)
        kept = calculated(first_sheet(decided, spec), spec, built.resolver, decided, prefix="__kept")
        built = with_totals_of(built, kept, spec)
    sheet = calculated(first_sheet(built, spec).arranged(spec.fields), spec, built.resolver, built)
    if filters_calculations(spec) and built.plan.pivots is not None:
        sheet = renumbered(sheet)
    sheet = transposed(sheet, spec)
    return cut(resorted(sheet, spec), spec) if sorts_by_added(spec) else sheet


def first_sheet(built: Built, spec: QuerySpec) -> Sheet:
    """Give the plan's own rows, numbered in their order; all of them if a later step decides which stay."""
    if built.plan.pivots is not None or (spec.summaries and built.plan.totals):
        names = [item.name for item in built.plan.outputs]
        columns = {item.name.lower(): _column(item, spec, names) for item in built.columns}
        every = replace(spec, limit_rows=None, offset_rows=0) if sorts_by_added(spec) else spec
        return pivot_sheet(built, every, columns)
    plan = replace(built.plan, numbered=True)
    if sorts_by_added(spec):
        plan = replace(plan, limit_rows=None, offset_rows=0)
    names = [item.name for item in plan.outputs]
    if plan.totals:
        names += [GROUPING, INDICATOR, TOTAL_SORT]
    is_data = None
    if plan.totals:
        is_data = exp.EQ(this=sheet_column(GROUPING), expression=exp.Literal.number(0))
    return Sheet(
        source=generate(plan),
        columns={item.name.lower(): _column(item, spec, names) for item in built.columns},
        outputs=tuple(Output(name, sheet_column(name)) for name in names),
        row=sheet_column(ROW),
        is_sorted=bool(plan.order),
        is_data=is_data,
        skipped_rows=0 if plan.totals else plan.offset_rows,
    )


def _refuse_beside_pivots(spec: QuerySpec) -> None:
    """Refuse what would number the cells of a pivoted result as if they were its rows.

    Raises:
        InvalidQuery: the query sorts by what is laid over its result, or turns measures into rows.
    """
    if sorts_by_added(spec):
        raise InvalidQuery(
            "This server does not sort a pivoted result by calculations yet: sort it by a field, or remove "
            "query.pivots."
        )
    if spec.transposed != ():
        raise InvalidQuery(
            "This server does not turn measures of a pivoted result into rows yet: remove "
            "query.transposed_measures or query.pivots."
        )


def _column(item: ResolvedDimension | ResolvedMeasure, spec: QuerySpec, names: list[str]) -> SheetColumn:
    raw = f"{item.name}__raw"
    measured = isinstance(item, ResolvedMeasure)
    return SheetColumn(
        name=item.name,
        value=sheet_column(raw if raw in names else item.name),
        type=item.type if isinstance(item, ResolvedMeasure) else item.value.type,
        is_measure=measured,
        label=spec.labels.get(item.name) or item.field.label or title(item.field.name),
    )
