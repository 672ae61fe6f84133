"""Places among rows: the nth value, the rank of one, where it stands, what stands there."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.areas import cells_of, gathered, numbers_in
from holoscope.query.calculations.cells import VALUE, Cells, subselect
from holoscope.query.calculations.functions.operators import comparison
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import END, HERE, Area, Bound, Constant, Node, whole
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    NUMBER,
    STRING,
    Term,
    both,
    call,
    compare,
    is_present,
    minus,
    number,
    plus,
    when,
)
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]
_PLACE = "n"


@function("ROW", 0, 1, ranges=True)
def _row(t: Translator, nodes: Nodes) -> Term:
    """Number the rows in the query's order, from 1; of a cell, the number of its row."""
    t.rows.require_order()
    place = t.rows.place()
    bound = nodes[0].first if nodes and isinstance(nodes[0], Area) else HERE
    if bound.absolute:
        return t.made(t.rows.in_data(number(bound.position or 1)), NUMBER)
    tree = plus(place.tree, number(bound.position)) if bound.position else copy_of(place.tree)
    return t.made(t.rows.in_data(tree), NUMBER, place)


def _nth(name: str, *, largest: bool) -> None:
    @function(name, 2, ranges=True)
    def _of(t: Translator, nodes: Nodes) -> Term:
        cells = numbers_in(t, cells_of(t, nodes[0]))
        if not cells:
            raise BadCalculation(f"{name} needs a range of numbers.")
        which = t.once(t.integer(nodes[1]))
        source, latest = gathered(t, cells)
        value = exp.column(VALUE)
        order = exp.Ordered(this=value.copy(), desc=largest, nulls_first=False)
        in_order = exp.ArrayAgg(this=exp.Order(this=value, expressions=[order]))
        # Where the cells are the same in all rows the list is made once.
        select = exp.select(in_order).from_(source, copy=False).where(is_present(value.copy()), copy=False)
        nth = exp.Bracket(
            this=exp.Paren(this=select.subquery(copy=False)), expressions=[copy_of(which.tree)], offset=1
        )
        found = when((compare(exp.GTE, which.tree, number(1)), nth))
        return t.kept(t.made(t.rows.in_data(found), NUMBER, latest, which))


_nth("LARGE", largest=True)
_nth("SMALL", largest=False)


@function("RANK", 2, 3, ranges=True)
def _rank(t: Translator, nodes: Nodes) -> Term:
    """Rank a number among others: 1 is the largest, or the smallest by a third operand that is not 0."""
    ascending = len(nodes) > 2 and _flag(nodes[2])
    value = t.once(t.number(nodes[0]))
    cells = numbers_in(t, cells_of(t, nodes[1]))
    if not cells:
        raise BadCalculation("RANK needs a range of numbers.")
    if len(cells) == 1 and cells[0].item.tree == value.tree and (cells[0].first, cells[0].last) == (END, END):
        return ranked(t, value, ascending=ascending)
    return _rank_among(t, value, cells, ascending=ascending)


@function("RANK_OF", 1, 2)
def _rank_of(t: Translator, nodes: Nodes) -> Term:
    """Rank the row's value among all rows, the largest first (`OMNI_RANK`)."""
    value = t.once(t.term(nodes[0]))
    if value.kind is not STRING:
        value = t.once(t.as_time(value) if value.kind.name == "TIMESTAMP" else t.as_number(value))
    word = str(nodes[1].value).upper() if len(nodes) > 1 and isinstance(nodes[1], Constant) else "DESC"
    return ranked(t, value, ascending=word in ("ASC", "1"))


def ranked(t: Translator, value: Term, *, ascending: bool) -> Term:
    """Rank a row's value among those of all rows of data; a blank has no rank."""
    if t.rows.is_across:
        return _rank_among(t, value, [Cells(value, END, END)], ascending=ascending)
    order = exp.Order(
        expressions=[exp.Ordered(this=copy_of(value.tree), desc=not ascending, nulls_first=False)]
    )
    window = exp.Window(this=call("rank"), partition_by=t.rows.partition() or None, order=order)
    present = exp.Paren(this=is_present(value.tree))
    return t.kept(t.made(t.rows.in_data(when((present, window))), NUMBER, value))


def _rank_among(t: Translator, value: Term, cells: list[Cells], *, ascending: bool) -> Term:
    source, latest = gathered(t, cells)
    other = exp.column(VALUE)
    before = when((compare(exp.LT if ascending else exp.GT, other, value.tree), number(1)))
    same = when((compare(exp.EQ, other, value.tree), number(1)))
    is_there = compare(exp.GT, call("count", same), number(0))
    rank = when((is_there, plus(call("count", before), number(1))))
    return subselect(t, exp.select(rank).from_(source, copy=False), latest, value)


def _flag(node: Node) -> bool:
    if not isinstance(node, Constant) or isinstance(node.value, str):
        raise BadCalculation("the direction of RANK is 0 or 1, written out.")
    return bool(node.value)


@function("MATCH", 2, 3, ranges=True)
def _match(t: Translator, nodes: Nodes) -> Term:
    """Give the place of the first cell that equals a value, from 1; blank if there is none."""
    if len(nodes) > 2 and nodes[2] != Constant(Decimal(0)):
        raise BadCalculation("MATCH looks for equal cells alone: leave its third operand out, or write 0.")
    wanted = t.once(t.term(nodes[0]))
    cells = [Cells(t.once(item.item), item.first, item.last, item.where) for item in cells_of(t, nodes[1])]
    if all(item.is_one for item in cells):
        tests = [comparison(t, exp.EQ, item.item, wanted) for item in cells]
        cases = [(test.tree, number(place)) for place, test in enumerate(tests, start=1)]
        return t.made(when(*cases), NUMBER, *tests)
    if len(cells) != 1 or cells[0].where is not None:
        raise BadCalculation("MATCH looks into one column, or one row.")
    area = cells[0]
    t.rows.require_order()
    where, place = t.rows.between(area.first, area.last)
    cell = area.item.over(t.rows.other(area.item.tree), area.item.kind)
    same = comparison(t, exp.EQ, cell, wanted)
    latest = t.made(exp.Null(), NUMBER, place, area.item, wanted)
    found = call("min", t.rows.other(place.tree))
    select = t.rows.select(minus(found, _before(t, area.first)), both(where, same.tree), latest.stage)
    return subselect(t, select, latest)


def _before(t: Translator, first: Bound) -> exp.Expr:
    """Give the number of the row before a range begins."""
    if first.position is None:
        return number(0)
    if first.absolute:
        return number(first.position - 1)
    return plus(t.rows.place().tree, number(first.position - 1))


@function("INDEX", 2, 3, ranges=True)
def _index(t: Translator, nodes: Nodes) -> Term:
    """Give the cell of a range in its nth row, and nth column; blank outside it."""
    area = nodes[0] if isinstance(nodes[0], Area) else whole(nodes[0])
    if area.is_row and len(area.columns) > 1:
        return _index_of_row(t, area, nodes[1] if len(nodes) == 2 else nodes[2])
    column = 1
    if len(nodes) > 2 and nodes[2] != Constant(None):
        written = nodes[2].value if isinstance(nodes[2], Constant) else None
        if not isinstance(written, Decimal) or not 1 <= written <= len(area.columns) or written % 1:
            raise BadCalculation(
                f"INDEX needs the number of a column, 1 to {len(area.columns)}, written out."
            )
        column = int(written)
    elif len(area.columns) > 1:
        raise BadCalculation("INDEX of several columns needs the number of the column too.")
    item = t.once(t.term(area.columns[column - 1]))
    return row_at(t, item, area, t.once(t.integer(nodes[1])))


def row_at(t: Translator, item: Term, area: Area, which: Term) -> Term:
    """Give a column's value in the nth row of a range."""
    t.rows.require_order()
    where, place = t.rows.between(area.first, area.last)
    wanted = plus(which.tree, _before(t, area.first))
    latest = t.made(exp.Null(), NUMBER, item, which, place)
    is_it = compare(exp.EQ, t.rows.other(place.tree), wanted)
    select = t.rows.select(t.rows.other(item.tree), both(where, is_it), latest.stage)
    return subselect(t, select, latest, kind=item)


def _index_of_row(t: Translator, area: Area, which: Node) -> Term:
    place = t.once(t.integer(which))
    values, kind = t.alike([t.term(item) for item in area.columns])
    cases = [
        (compare(exp.EQ, place.tree, number(position)), item.tree)
        for position, item in enumerate(values, start=1)
    ]
    return t.made(when(*cases), kind, place, *values)
