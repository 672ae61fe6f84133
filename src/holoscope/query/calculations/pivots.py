"""Cells of other pivot columns: by their value, their number, or their place beside the cell at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.cells import Cells, subselect
from holoscope.query.calculations.node import Apply, Field, Node, PivotArea
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import NUMBER, Term, both, call, compare, number, plus, when
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator


def require_pivots(t: Translator, what: str) -> tuple[exp.Expr, exp.Expr]:
    """Give the numbers of a pivoted result's rows and columns.

    Raises:
        BadCalculation: the result is not pivoted.
    """
    sheet = t.sheet
    if sheet.pivot_row is None or sheet.pivot_column is None:
        raise BadCalculation(f"{what} reads pivot columns, and the query has none: add query.pivots.")
    return sheet.pivot_row, sheet.pivot_column


def plain_cell(t: Translator, found: Term, node: Field) -> Term:
    """Read a column in the row at hand; a calculation beside the pivot columns must say which of them."""
    if not t.rows.is_across or not t.varies_by_pivot(node.name):
        return found
    raise BadCalculation(
        f"it stands outside the pivot, and {node.name} has a value in each pivot column: say which by "
        "PIVOT(cell, number), PIVOTROW(cell) or a pivot_value_map."
    )


def at_pivot_value(t: Translator, found: Term, node: Field) -> Term:
    """Read the cell of the row's pivot column whose pivots have these values."""
    require_pivots(t, f"{node.name} with a pivot_value_map")
    tests: list[exp.Expr] = []
    terms = [found]
    for name, value in node.pivot:
        pivot = t.column(name)
        if pivot is None:
            raise BadCalculation(f"its pivot_value_map names {name}, which is no pivot of the query.")
        written = t.once(t.as_text(pivot))
        terms.append(written)
        test = compare(exp.EQ, written.tree, t.dialect.text_literal(value))
        if value == "":
            test = exp.Paren(this=exp.or_(test, exp.Is(this=copy_of(written.tree), expression=exp.Null())))
        tests.append(test)
    return _cell_of_row(t, found, both(*tests), *terms)


def _cell_of_row(t: Translator, item: Term, test: exp.Expr, *of: Term) -> Term:
    """Give the value of the cell, among those of one row, that meets a test."""
    row, _ = require_pivots(t, "it")
    is_data = t.sheet.is_data
    window = exp.Window(
        this=call("first_value", when((test, item.tree))),
        partition_by=[*([] if is_data is None else [copy_of(is_data)]), copy_of(row)],
        order=exp.Order(
            expressions=[exp.Ordered(this=when((test, number(0)), otherwise=number(1)), nulls_first=False)]
        ),
    )
    made = t.made(t.rows.in_data(window), item.kind, item, *of, date_only=item.date_only)
    return t.kept(made)


def measured(t: Translator, node: Node) -> Term:
    """Translate what a function of pivots is about, wherever its calculation stands."""
    outside, t.outside_pivot = t.outside_pivot, False
    try:
        return t.term(node)
    finally:
        t.outside_pivot = outside


def pivot_at(t: Translator, node: Node, which: Node) -> Term:
    """`PIVOT(cell, n)`: the row's cell in the n-th pivot column."""
    row, column = require_pivots(t, "PIVOT")
    item, place = measured(t, node), t.once(t.integer(which))
    if place.constant:
        return _cell_of_row(t, item, compare(exp.EQ, column, place.tree), item)
    stage = t.made(exp.Null(), NUMBER, item, place)
    meets = both(
        *_same_class(t),
        compare(exp.EQ, t.rows.other(row), row),
        compare(exp.EQ, t.rows.other(column), place.tree),
    )
    return subselect(t, t.rows.select(t.rows.other(item.tree), meets, stage.stage), stage, kind=item)


def pivot_number(t: Translator) -> Term:
    """`PIVOTINDEX()`: the number of the pivot column, from 1."""
    _, column = require_pivots(t, "PIVOTINDEX")
    if t.rows.is_across:
        raise BadCalculation("PIVOTINDEX numbers pivot columns, and it stands outside the pivot.")
    return Term(copy_of(column), NUMBER)


def pivot_cells(t: Translator, node: Node) -> Cells:
    """Give the cells of a range over pivot columns."""
    row, column = require_pivots(t, "its range")
    other = t.rows.other
    if isinstance(node, Apply):
        if len(node.operands) != 1:
            raise BadCalculation("PIVOTROW needs one cell.")
        item = measured(t, node.operands[0])
        return Cells(item, where=both(*_same_class(t), compare(exp.EQ, other(row), row)))
    if not isinstance(node, PivotArea):
        raise BadCalculation("it needs a range over pivot columns.")
    item = measured(t, node.column)
    if node.rows != (0, 0):
        t.rows.require_order()
    tests = [*_same_class(t), *_between(other(row), row, node.rows)]
    relative = node.relative or not t.rows.is_across
    if relative and t.rows.is_across:
        raise BadCalculation("PIVOTOFFSET counts from a pivot column, and it stands outside the pivot.")
    left, right = node.columns
    ends = (left if left is not None else 0, right if right is not None else 0)
    if relative:
        tests += _between(other(column), column, ends)
    else:
        tests.append(compare(exp.GTE, other(column), number(ends[0])))
        tests.append(compare(exp.LTE, other(column), number(ends[1])))
    return Cells(item, where=both(*tests))


def pivot_cell(t: Translator, node: PivotArea) -> Term:
    """Give the one cell of a range over pivot columns."""
    if node.rows[0] != node.rows[1] or node.columns[0] != node.columns[1]:
        raise BadCalculation("several pivot columns stand where one value is needed: wrap them in SUM, say.")
    cells = pivot_cells(t, node)
    assert cells.where is not None  # noqa: S101  (it has one by construction)
    value = t.rows.other(cells.item.tree)
    select = t.rows.select(value, copy_of(cells.where), cells.item.stage)
    return subselect(t, select, cells.item, kind=cells.item)


def pivot_aggregate(t: Translator, name: str, cells: Cells, kind: Term | None) -> Term:
    """Compute an aggregate over cells of pivot columns."""
    assert cells.where is not None  # noqa: S101  (asked for such cells alone)
    value = exp.Anonymous(this=name, expressions=[t.rows.other(cells.item.tree)])
    select = t.rows.select(value, copy_of(cells.where), cells.item.stage)
    return subselect(t, select, cells.item, kind=kind)


def _same_class(t: Translator) -> list[exp.Expr]:
    is_data = t.sheet.is_data
    return [] if is_data is None else [t.rows.other(is_data)]


def _between(other: exp.Expr, here: exp.Expr, ends: tuple[int, int]) -> list[exp.Expr]:
    if ends[0] == ends[1]:
        return [compare(exp.EQ, other, plus(here, number(ends[0])) if ends[0] else here)]
    return [
        compare(exp.GTE, other, plus(here, number(ends[0]))),
        compare(exp.LTE, other, plus(here, number(ends[1]))),
    ]
