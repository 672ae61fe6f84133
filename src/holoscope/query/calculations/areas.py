"""Ranges: one cell of them, and all their cells for an aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.calculations.cells import VALUE, Cells, subselect
from holoscope.query.calculations.node import END, Apply, Area, Bound, Node, PivotArea
from holoscope.query.calculations.pivots import pivot_aggregate, pivot_cells
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import NUMBER, Term, both, compare, number, when
from holoscope.sql.quoting import output
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

TAKE_RANGES: set[str] = set()
"""Functions that read ranges as ranges; all others take the cell of the row at hand from a whole column."""


_LONGEST_LIST = 1_000
"""Rows of a moving range that a list is made of in every row."""
_A_LIST = Term(exp.Null(), DataType.ARRAY)


def cell(t: Translator, area: Area) -> Term:
    """Give the one value that a range stands for outside an aggregate.

    A whole column stands for its cell in the row at hand; a range from a fixed row for its first cell.
    """
    if len(area.columns) != 1:
        raise BadCalculation(
            "a range of several columns stands where one value is needed: wrap it in SUM, say."
        )
    item = t.term(area.columns[0])
    if area.is_whole or area.is_row:
        return item
    if not area.first.absolute and area.first != area.last:
        raise BadCalculation("a range of several rows stands where one value is needed: wrap it in SUM, say.")
    return t.rows.cell(item, area.first)


def cells_of(t: Translator, node: Node) -> list[Cells]:
    """Give the cells that an operand of an aggregate holds, one entry a column."""
    if isinstance(node, Area):
        return [Cells(t.term(item), node.first, node.last) for item in node.columns]
    if isinstance(node, PivotArea) or (isinstance(node, Apply) and node.function == "PIVOTROW"):
        return [pivot_cells(t, node)]
    if is_array(node):
        return [Cells(t.term(node), END, END)]
    return [Cells(t.term(node))]


def is_array(node: Node) -> bool:
    """Tell whether an expression is about every row of a column: `(A:A="x")*B:B`."""
    if isinstance(node, Area):
        return node.is_whole
    return isinstance(node, Apply) and node.function not in TAKE_RANGES and any(map(is_array, node.operands))


def numbers_in(t: Translator, cells: Sequence[Cells]) -> list[Cells]:
    """Leave out what holds no numbers: aggregates of numbers pass over text in ranges."""
    found: list[Cells] = []
    for item in cells:
        kind = item.item.kind
        if kind in (NUMBER, DataType.UNKNOWN):
            found.append(item)
        elif item.is_one:
            found.append(Cells(t.as_number(item.item)))
    return found


def aggregate(t: Translator, name: str, cells: Cells, *others: Term, kind: Term | None = None) -> Term:
    """Compute an aggregate that warehouses know as a window function over cells; NULL over none.

    `others` are more operands, such as the second series of a correlation, in the same rows.
    """
    first, last = cells.first, cells.last
    if cells.where is not None:
        return pivot_aggregate(t, name, cells, kind)
    items = [t.rows.counted(item) for item in (cells.item, *others)]
    ends = window_ends(cells)
    if ends is not None:
        return t.rows.over(_function(name, *items), *items, kind=kind, first=ends[0], last=ends[1])
    return _from_fixed_row(t, name, items, (first, last), kind)


def window_ends(cells: Cells) -> tuple[Bound, Bound] | None:
    """Give the bounds of one window that has just these rows, None where it takes more than a window."""
    first, last = cells.first, cells.last
    if not (first.absolute or last.absolute):
        return first, last
    if (first.absolute, first.position, last.absolute) == (True, 1, False) and (last.position or 0) >= 0:
        return END, last
    return None


def _from_fixed_row(
    t: Translator, name: str, items: list[Term], ends: tuple[Bound, Bound], kind: Term | None
) -> Term:
    """Compute over rows between bounds of which one at least is a fixed row."""
    first, last = ends
    place = t.rows.place()
    t.rows.require_order()

    def kept(*tests: exp.Expr) -> list[Term]:
        return [
            Term(
                when((both(*tests), item.tree)),
                item.kind,
                max(item.stage, place.stage),
                date_only=item.date_only,
            )
            for item in items
        ]

    def beyond(bound: Bound, kind: type[exp.Binary]) -> exp.Expr:
        return compare(kind, place.tree, number(bound.position or 0))

    fixed = [bound for bound in ends if bound.absolute]
    if len(fixed) == 2 or END in ends:
        tests = [beyond(first, exp.GTE)] if first.absolute else []
        tests += [beyond(last, exp.LTE)] if last.absolute else []
        within = kept(*tests)
        loose = [END if bound.absolute else bound for bound in ends]
        return t.rows.over(_function(name, *within), *within, kind=kind, first=loose[0], last=loose[1])
    # One end is fixed and the other moves: it may lie on either side.
    anchor, moving = (first, last) if first.absolute else (last, first)
    below, above = kept(beyond(anchor, exp.GTE)), kept(beyond(anchor, exp.LTE))
    down = t.rows.over(_function(name, *below), *below, kind=kind, first=END, last=moving)
    up = t.rows.over(_function(name, *above), *above, kind=kind, first=moving, last=END)
    here = exp.Add(this=copy_of(place.tree), expression=number(moving.position or 0))
    is_down = compare(exp.GTE, here, number(anchor.position or 0))
    made = t.made(
        when((is_down, down.tree), otherwise=up.tree), down.kind, down, up, place, date_only=down.date_only
    )
    return t.kept(made)


def _function(name: str, *items: Term) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[copy_of(item.tree) for item in items])


def gathered(t: Translator, cells: Sequence[Cells]) -> tuple[exp.Subquery, Term]:
    """Give a sub-select of all values of some cells, as column `v`, and a term of the stage it stands in.

    It reads the row at hand: use it inside a value of that row.
    """
    lists = [_listed(t, item) for item in cells]
    latest = _latest(t, cells, lists)
    parts: list[exp.Query] = []
    for item, of_row in zip(cells, lists, strict=True):
        value = copy_of(item.item.tree)
        if of_row is not None:
            parts.append(_unnested(of_row))
            continue
        if item.is_one:
            parts.append(exp.select(output(value, VALUE)))
            continue
        where, _ = (item.where, None) if item.where is not None else t.rows.between(item.first, item.last)
        assert where is not None  # noqa: S101  (one of both)
        parts.append(t.rows.select(output(t.rows.other(value), VALUE), copy_of(where), latest.stage))
    query: exp.Query = parts[0]
    for part in parts[1:]:
        query = exp.Union(this=query, expression=part, distinct=False)
    return query.subquery("cells", copy=False), latest


def _listed(t: Translator, cells: Cells) -> Term | None:
    """Give the list of what stands in a few rows around the row at hand, None where cells are no such rows.

    A window makes it in one pass; a sub-select would look for these rows among all, once for each row.
    """
    first, last = cells.first, cells.last
    if cells.where is not None or cells.is_one or first.absolute or last.absolute:
        return None
    if first.position is None or last.position is None or last.position - first.position >= _LONGEST_LIST:
        return None
    item = t.rows.counted(cells.item)
    return t.rows.over(_function("array_agg", item), item, kind=_A_LIST, first=first, last=last)


def _unnested(of_row: Term) -> exp.Select:
    alias = exp.TableAlias(this=exp.to_identifier("listed"), columns=[exp.to_identifier(VALUE)])
    return exp.select(exp.column(VALUE)).from_(exp.Unnest(expressions=[copy_of(of_row.tree)], alias=alias))


def _latest(t: Translator, cells: Sequence[Cells], lists: Sequence[Term | None]) -> Term:
    """Give a term of the first stage that has all that these cells read."""
    found = [item.item for item in cells]
    for item, of_row in zip(cells, lists, strict=True):
        if of_row is not None:
            found.append(of_row)
        elif item.where is not None:
            found.append(t.rows.place())
        elif not item.is_one:
            found.append(t.rows.between(item.first, item.last)[1])
    return t.made(exp.Null(), NUMBER, *found)


def over_gathered(t: Translator, cells: Sequence[Cells], value: exp.Expr, kind: Term | None = None) -> Term:
    """Compute `value`, an aggregate over column `v`, of all values of some cells."""
    source, latest = gathered(t, cells)
    present = exp.Not(this=exp.Paren(this=exp.Is(this=exp.column(VALUE), expression=exp.Null())))
    select = exp.select(value).from_(source, copy=False).where(present, copy=False)
    return subselect(t, select, latest, kind=kind)
