"""Aggregates over cells, ranges and columns; blank cells and text do not count."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.calculations.areas import aggregate, cells_of, numbers_in
from holoscope.query.calculations.cells import Cells
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    NUMBER,
    STRING,
    TIME,
    Term,
    call,
    divided,
    is_present,
    number,
    plus,
    times,
    when,
)
from holoscope.sql.trees import cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]


def all_cells(t: Translator, nodes: Nodes) -> list[Cells]:
    """Give the cells of several operands."""
    return [cells for node in nodes for cells in cells_of(t, node)]


def total(t: Translator, cells: Sequence[Cells]) -> Term:
    """Add numbers up; over none the sum is 0."""
    return _added(t, [_summed(t, item) for item in numbers_in(t, cells)])


def count(t: Translator, cells: Sequence[Cells]) -> Term:
    """Count what is not blank."""
    parts: list[Term] = []
    for item in cells:
        if item.is_one:
            present = when((is_present(item.item.tree), number(1)), otherwise=number(0))
            parts.append(t.made(present, NUMBER, item.item))
        else:
            parts.append(_or_zero(t, aggregate(t, "count", item)))
    return _added(t, parts)


def _summed(t: Translator, item: Cells) -> Term:
    if not item.is_one:
        return _or_zero(t, aggregate(t, "sum", item))
    return t.made(exp.Coalesce(this=copy_of(item.item.tree), expressions=[number(0)]), NUMBER, item.item)


def _or_zero(t: Translator, item: Term) -> Term:
    """Give 0 where there is nothing to add up or count, but in rows of totals, where it is blank."""
    filled: exp.Expr = exp.Coalesce(this=copy_of(item.tree), expressions=[number(0)])
    return t.made(t.rows.in_data(filled), NUMBER, item)


def _added(t: Translator, parts: list[Term]) -> Term:
    if not parts:
        return t.constant(Decimal(0))
    tree = parts[0].tree
    for item in parts[1:]:
        tree = plus(tree, item.tree)
    return t.made(tree, NUMBER, *parts)


@function("SUM", 1, None, ranges=True)
def _sum(t: Translator, nodes: Nodes) -> Term:
    return total(t, all_cells(t, nodes))


def _numbers_and_times(cells: Sequence[Cells]) -> list[Cells]:
    return [item for item in cells if item.item.kind in (NUMBER, TIME, DataType.UNKNOWN)]


@function("COUNT", 1, None, ranges=True)
def _count(t: Translator, nodes: Nodes) -> Term:
    return count(t, _numbers_and_times(all_cells(t, nodes)))


@function("COUNTA", 1, None, ranges=True)
def _count_all(t: Translator, nodes: Nodes) -> Term:
    return count(t, all_cells(t, nodes))


@function("COUNTBLANK", 1, ranges=True)
def _count_blank(t: Translator, nodes: Nodes) -> Term:
    cells = cells_of(t, nodes[0])
    blank = [
        Cells(
            t.made(when((_is_blank(item.item), number(1))), NUMBER, item.item),
            item.first,
            item.last,
            item.where,
        )
        for item in cells
    ]
    return count(t, blank)


def _is_blank(item: Term) -> exp.Expr:
    null: exp.Expr = exp.Paren(this=exp.Is(this=copy_of(item.tree), expression=exp.Null()))
    if item.kind is not STRING:
        return null
    empty = exp.EQ(this=copy_of(item.tree), expression=exp.Literal.string(""))
    return exp.Paren(this=exp.or_(null, empty, copy=False))


@function("AVERAGE", 1, None, ranges=True)
def _average(t: Translator, nodes: Nodes) -> Term:
    cells = numbers_in(t, all_cells(t, nodes))
    doubles = [Cells(t.as_double(item.item), item.first, item.last, item.where) for item in cells]
    if len(doubles) == 1 and not doubles[0].is_one:
        return aggregate(t, "avg", doubles[0])
    if len(doubles) == 1:
        return doubles[0].item
    items = [total(t, doubles), count(t, doubles)]
    return t.made(divided(cast(copy_of(items[0].tree), "double"), items[1].tree), NUMBER, *items)


def _extreme(name: str, word: str, choose: str) -> None:
    @function(name, 1, None, ranges=True)
    def _of(t: Translator, nodes: Nodes) -> Term:
        cells = all_cells(t, nodes)
        if any(item.item.kind is STRING and not item.item.constant for item in cells):
            raise BadCalculation(f"{name} compares numbers or times, and has text.")
        kinds = {item.item.kind for item in cells} - {DataType.UNKNOWN}
        if len(kinds) > 1:
            cells = [Cells(t.as_number(item.item), item.first, item.last, item.where) for item in cells]
        found = [item.item if item.is_one else aggregate(t, word, item, kind=item.item) for item in cells]
        first = found[0]
        if len(found) == 1:
            return first
        tree = call(choose, *(item.tree for item in found))
        return t.made(tree, first.kind, *found, date_only=all(item.date_only for item in found))


_extreme("MIN", "min", "least")
_extreme("MAX", "max", "greatest")


@function("SUMPRODUCT", 1, None, ranges=True)
def _sum_of_products(t: Translator, nodes: Nodes) -> Term:
    """Add up the products of cells that stand in the same places of ranges of one shape."""
    columns = [cells_of(t, node) for node in nodes]
    if len({len(column) for column in columns}) != 1:
        raise BadCalculation("SUMPRODUCT needs ranges of as many columns.")
    products: list[Cells] = []
    for row in zip(*columns, strict=True):
        if len({(item.first, item.last) for item in row}) != 1 or any(item.where for item in row):
            raise BadCalculation("SUMPRODUCT needs ranges over the same rows.")
        doubles = [t.as_double(item.item) for item in row]
        tree = doubles[0].tree
        for item in doubles[1:]:
            tree = times(tree, item.tree)
        products.append(Cells(t.made(tree, NUMBER, *doubles), row[0].first, row[0].last))
    return total(t, products)
