"""Sorting and cutting a sheet by columns that were laid over it."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.query.generate import ordered
from holoscope.query.plan.node import ROW
from holoscope.query.sheet.sheet import Sheet, sheet_column
from holoscope.query.spec import QuerySpec, is_grand_total
from holoscope.sql.trees import copy_of

_ORDER = "__omni_order"


def sorts_by_added(spec: QuerySpec) -> bool:
    """Tell whether the query sorts by what is laid over it: then its limit comes after that."""
    return any(sort.column_name.lower() in spec.added for sort in spec.sorts)


def resorted(sheet: Sheet, spec: QuerySpec) -> Sheet:
    """Number the rows anew, in the order of the query's sorts; the grand total stays last.

    Raises:
        NoSuchField: a sort names no column of the sheet.
        InvalidQuery: subtotals would have to follow groups that are no longer together.
    """
    if any(not is_grand_total(key) and sheet.find(key) is not None for key in spec.totals):
        names = ", ".join(sort.column_name for sort in spec.sorts)
        raise InvalidQuery(f"Subtotals follow their groups, and cannot be sorted by {names}: remove either.")
    terms: list[exp.Expr] = []
    if sheet.is_data is not None:
        last = exp.Case(
            ifs=[exp.If(this=copy_of(sheet.is_data), true=exp.Literal.number(0))],
            default=exp.Literal.number(1),
        )
        terms.append(exp.Ordered(this=last, nulls_first=False))
    for sort in spec.sorts:
        column = sheet.find(sort.column_name.removesuffix("__raw"))
        if column is None:
            raise NoSuchField(sort.column_name)
        terms.append(ordered(copy_of(column.value), sort))
    terms.append(exp.Ordered(this=copy_of(sheet.row), nulls_first=False))
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=terms))
    name = f"{_ORDER}_{ROW}"
    return replace(sheet, source=sheet.widened([(name, place)]), row=sheet_column(name), is_sorted=True)


def cut(sheet: Sheet, spec: QuerySpec) -> Sheet:
    """Apply the query's limit and offset to the rows of data, which are numbered from 1."""
    bounds: list[exp.Expr] = []
    if spec.offset_rows:
        bounds.append(exp.GT(this=copy_of(sheet.row), expression=exp.Literal.number(spec.offset_rows)))
    if spec.limit_rows is not None:
        last = exp.Literal.number(spec.offset_rows + spec.limit_rows)
        bounds.append(exp.LTE(this=copy_of(sheet.row), expression=last))
    if not bounds:
        return sheet
    within = exp.and_(*bounds, copy=False)
    if sheet.is_data is not None:
        within = exp.or_(within, exp.Not(this=exp.Paren(this=copy_of(sheet.is_data))), copy=False)
    return sheet.filtered(within)
