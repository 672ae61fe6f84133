"""Totals beside a filter on a calculation: they cover the groups that pass it (docs/decisions/0066)."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.built import Built
from holoscope.query.plan.node import Join, QueryPlan, Rows, Table, key_column
from holoscope.query.sheet.sheet import SHEET, Sheet, sheet_column
from holoscope.query.spec import QuerySpec
from holoscope.sql.markers import keys_meet
from holoscope.sql.quoting import output
from holoscope.sql.trees import copy_of

_PASSING = "kept_groups"


def filters_calculations(spec: QuerySpec) -> bool:
    """Tell whether rows are kept by the value of a calculation."""
    names = {name.lower() for name in spec.calculations}
    return any(item.field.lower() in names for item in spec.filters)


def without_totals(built: Built) -> Built:
    """Give the query whose rows decide which groups pass; a pivoted one is sorted by its totals."""
    if built.plan.pivots is not None:
        return built
    return replace(built, plan=replace(built.plan, totals=(), level_rows={}))


def with_totals_of(built: Built, kept: Sheet, spec: QuerySpec) -> Built:
    """Let the totals of a query be aggregated again over the groups that a sheet still shows.

    Raises:
        InvalidQuery: such totals would not be those of the rows shown, or would change their order.
    """
    plan = built.plan
    _refuse(built, spec)
    join = Join(Table(_PASSING, _keys(plan, kept).subquery(copy=False)), "INNER", _meets(plan))
    rows = replace(plan.rows, joins=(*plan.rows.joins, join))
    levels: dict[tuple[int, ...], Rows] = {total.keeps: rows for total in plan.totals if total.shown}
    return replace(built, plan=replace(plan, level_rows={**plan.level_rows, **levels}))


def _keys(plan: QueryPlan, kept: Sheet) -> exp.Select:
    """Select the keys of the groups that passed."""
    columns = (
        output(sheet_column(_named(plan, number)), key_column(number)) for number in range(len(plan.keys))
    )
    select = exp.select(*columns).from_(kept.source.copy().subquery(SHEET, copy=False), copy=False)
    return select if kept.is_data is None else select.where(copy_of(kept.is_data), copy=False)


def _named(plan: QueryPlan, number: int) -> str:
    """Name the column that holds a key's values."""
    return next(item.name for item in plan.outputs if item.value == exp.column(key_column(number)))


def _meets(plan: QueryPlan) -> exp.Expr:
    meets = [
        keys_meet(copy_of(key), exp.column(key_column(number), _PASSING))
        for number, key in enumerate(plan.keys)
    ]
    return exp.and_(*meets, copy=False) if meets else exp.true()


def _refuse(built: Built, spec: QuerySpec) -> None:
    """Refuse totals that no aggregation over the kept groups gives."""
    what = None
    if spec.summaries:
        what = "taken from the rows (query.custom_summary_types)"
    elif built.beside:
        what = "of compared periods"
    elif built.follows_levels:
        what = "whose level of detail follows the query's grouping"
    if what is not None:
        raise InvalidQuery(
            f"Totals {what} cannot be kept to the rows that pass a filter on a calculation: remove the "
            "totals or that filter."
        )
    if built.plan.pivots is not None and any(key.is_measure for key in built.plan.order):
        raise InvalidQuery(
            "A pivoted result that is sorted by a measure cannot have totals of the rows that pass a filter "
            "on a calculation: they would change its order. Sort by a field, or remove the totals or the "
            "filter."
        )
