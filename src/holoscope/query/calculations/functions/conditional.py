"""SUMIF and its kin: aggregates over the cells that meet criteria, the same value in each row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.areas import aggregate, cells_of
from holoscope.query.calculations.cells import Cells, subselect
from holoscope.query.calculations.functions.operators import comparison
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import Apply, Constant, Field, Node, whole
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    BOOLEAN,
    NUMBER,
    STRING,
    TIME,
    Term,
    both,
    call,
    compare,
    either,
    is_null,
    number,
    text,
    when,
)
from holoscope.query.calculations.translate_texts import numeral, plain_text
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]
_OPERATOR = re.compile(r"(<>|>=|<=|>|<|=)?(.*)", re.DOTALL)
_KINDS: dict[str, type[exp.Binary]] = {
    "": exp.EQ,
    "=": exp.EQ,
    "<>": exp.NEQ,
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """What the cells of a range must meet. `terms` are what it reads.

    `varies` tells that it compares with a value of the row at hand, so that each row has other cells.
    `test` makes the condition, of a function that reads a tree in the row of the cell.
    """

    range: Cells
    terms: tuple[Term, ...]
    varies: bool
    test: Callable[[Callable[[exp.Expr], exp.Expr]], exp.Expr]


def column_cells(t: Translator, node: Node) -> Cells:
    """Give the cells of a range of one column; a lone column is meant whole."""
    cells = cells_of(t, whole(node) if isinstance(node, Field) else node)
    if len(cells) != 1:
        raise BadCalculation("a range with a condition is one column.")
    item = cells[0]
    return Cells(t.once(item.item), item.first, item.last, item.where)


def criterion(t: Translator, range_: Node, wanted: Node) -> Criterion:
    """Read a criterion: a value, a text such as `>100` or `a*`, or a condition about each row."""
    cells = column_cells(t, range_)
    if isinstance(wanted, Constant):
        item = cells.item
        condition = _constant_test(t, item, wanted)
        return Criterion(cells, (item, condition), False, lambda read: read(condition.tree))
    operator, value_node = _split(wanted)
    value = t.term(value_node)
    is_condition = value.kind is BOOLEAN and not isinstance(value_node, Field) and not operator
    if is_condition and cells.item.kind is not BOOLEAN:
        condition = value
        return Criterion(cells, (cells.item, condition), False, lambda read: read(condition.tree))
    value = t.once(_alike(t, value, cells.item))
    kind = _KINDS[operator]
    folded = cells.item.kind is STRING

    def test(read: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
        cell, other = read(cells.item.tree), copy_of(value.tree)
        if folded:
            cell, other = call("lower", cell), call("lower", other)
        made = compare(kind, cell, other)
        return either(made, is_null(read(cells.item.tree))) if kind is exp.NEQ else made

    return Criterion(cells, (cells.item, value), True, test)


def _split(node: Node) -> tuple[str, Node]:
    """Take the operator off `">"&B1`."""
    if isinstance(node, Apply) and node.function == "CONCAT" and len(node.operands) == 2:
        first, second = node.operands
        if isinstance(first, Constant) and first.value in _KINDS and first.value:
            return str(first.value), second
    return "", node


def _alike(t: Translator, value: Term, cell: Term) -> Term:
    if value.kind is cell.kind or value.kind not in (NUMBER, STRING, TIME, BOOLEAN):
        return t.as_time(value) if value.kind is TIME else value
    return t.of_kind(value, cell.kind)


def _constant_test(t: Translator, cell: Term, wanted: Constant) -> Term:
    value = wanted.value
    if value is None:
        return t.made(is_null(cell.tree), BOOLEAN, cell)
    if not isinstance(value, str):
        if cell.kind is STRING:
            value = plain_text(value) if isinstance(value, Decimal) else str(value).upper()
            return comparison(t, exp.EQ, _folded(cell), t.constant(value.lower()))
        return comparison(t, exp.EQ, cell, t.constant(value))
    found = _OPERATOR.fullmatch(value)
    assert found is not None  # noqa: S101  (it matches every text)
    operator, written = found[1] or "", found[2]
    kind = _KINDS[operator]
    if written == "" and kind in (exp.EQ, exp.NEQ):
        return comparison(t, kind, cell, t.constant(""))
    if cell.kind is STRING:
        return _text_test(t, cell, kind, written)
    if cell.kind is TIME:
        tested = comparison(t, kind, cell, t.moment(written))
    else:
        known = numeral(written) if cell.kind is not BOOLEAN else None
        truth = written.strip().upper()
        if cell.kind is BOOLEAN and truth in ("TRUE", "FALSE"):
            tested = comparison(t, kind, cell, t.constant(truth == "TRUE"))
        elif known is None:  # no number is that text
            return t.made(exp.Boolean(this=kind is exp.NEQ), BOOLEAN, cell)
        else:
            tested = comparison(t, kind, cell, t.constant(known))
    return _with_blanks(t, tested, cell) if kind is exp.NEQ else tested


def _with_blanks(t: Translator, tested: Term, cell: Term) -> Term:
    """A blank cell is unlike any value."""
    return t.made(either(tested.tree, is_null(cell.tree)), BOOLEAN, tested, cell)


def _folded(cell: Term) -> Term:
    return cell.over(call("lower", cell.tree), STRING)


def _text_test(t: Translator, cell: Term, kind: type[exp.Binary], written: str) -> Term:
    folded, wanted = _folded(cell), written.lower()
    if kind in (exp.EQ, exp.NEQ) and re.search(r"[*?~]", wanted):
        like: exp.Expr = exp.Escape(
            this=exp.Like(this=copy_of(folded.tree), expression=text(_pattern(wanted))), expression=text("!")
        )
        tested = t.made(exp.Paren(this=like), BOOLEAN, cell)
        if kind is exp.NEQ:
            tested = t.made(exp.Not(this=tested.tree), BOOLEAN, cell)
    else:
        tested = t.made(compare(kind, folded.tree, t.dialect.text_literal(wanted)), BOOLEAN, cell)
    return _with_blanks(t, tested, cell) if kind is exp.NEQ else tested


def _pattern(wanted: str) -> str:
    """Turn `*`, `?` and `~` of a criterion into a pattern of LIKE, escaped by `!`."""
    pieces = re.findall(r"~[*?~]|.", wanted, re.DOTALL)
    words = {"*": "%", "?": "_", "%": "!%", "_": "!_", "!": "!!"}
    return "".join(piece[1:] if len(piece) == 2 else words.get(piece, piece) for piece in pieces)


# -- the aggregates ------------------------------------------------------------------------------


def _conditional(t: Translator, word: str, values: Cells | None, criteria: list[Criterion]) -> Term:
    """Compute an aggregate over the values whose cells meet every criterion; `count` has no values."""
    shapes = {(item.range.first, item.range.last) for item in criteria}
    if values is not None:
        shapes.add((values.first, values.last))
    if len(shapes) != 1 or any(item.range.where for item in criteria):
        raise BadCalculation("its ranges must lie in the same rows.")
    item = None if values is None else _number_or_time(t, values.item, word)
    if not any(one.varies for one in criteria):
        tests = [one.test(copy_of) for one in criteria]
        counted = number(1) if item is None else item.tree
        terms = [term for one in criteria for term in one.terms] + ([] if item is None else [item])
        operand = t.made(when((both(*tests), counted)), NUMBER if item is None else item.kind, *terms)
        first, last = next(iter(shapes))
        return aggregate(
            t, word, Cells(operand, first, last), kind=operand if word in ("min", "max") else None
        )
    return _conditional_by_row(t, word, item, criteria)


def _conditional_by_row(t: Translator, word: str, item: Term | None, criteria: list[Criterion]) -> Term:
    first, last = criteria[0].range.first, criteria[0].range.last
    where, place = t.rows.between(first, last)
    terms = [place, *(term for one in criteria for term in one.terms)] + ([] if item is None else [item])
    latest = t.made(exp.Null(), NUMBER, *terms)
    tests = [one.test(t.rows.other) for one in criteria]
    value = call(word, number(1) if item is None else t.rows.other(item.tree))
    select = t.rows.select(value, both(where, *tests), latest.stage)
    return subselect(t, select, latest, kind=item if word in ("min", "max") else None)


def _number_or_time(t: Translator, item: Term, word: str) -> Term:
    if word in ("min", "max") and item.kind is TIME:
        return item
    if item.kind is STRING:
        raise BadCalculation("it adds up or compares numbers, and its range holds text.")
    return t.as_double(item) if word == "avg" else t.as_number(item)


def _or_zero(t: Translator, item: Term) -> Term:
    filled: exp.Expr = exp.Coalesce(this=copy_of(item.tree), expressions=[number(0)])
    return t.made(t.rows.in_data(filled), NUMBER, item)


def _single(name: str, word: str) -> None:
    @function(name, 2, 3, ranges=True)
    def _of(t: Translator, nodes: Nodes) -> Term:
        values = column_cells(t, nodes[2] if len(nodes) > 2 else nodes[0])
        found = _conditional(t, word, values, [criterion(t, nodes[0], nodes[1])])
        return _or_zero(t, found) if word == "sum" else found


_single("SUMIF", "sum")
_single("AVERAGEIF", "avg")


@function("COUNTIF", 2, ranges=True)
def _count_if(t: Translator, nodes: Nodes) -> Term:
    return _or_zero(t, _conditional(t, "count", None, [criterion(t, nodes[0], nodes[1])]))


def _criteria(t: Translator, nodes: Nodes) -> list[Criterion]:
    if len(nodes) % 2:
        raise BadCalculation("its criteria come in pairs: a range, and what its cells must meet.")
    return [criterion(t, nodes[n], nodes[n + 1]) for n in range(0, len(nodes), 2)]


@function("COUNTIFS", 2, None, ranges=True)
def _count_ifs(t: Translator, nodes: Nodes) -> Term:
    return _or_zero(t, _conditional(t, "count", None, _criteria(t, nodes)))


def _several(name: str, word: str) -> None:
    @function(name, 3, None, ranges=True)
    def _of(t: Translator, nodes: Nodes) -> Term:
        found = _conditional(t, word, column_cells(t, nodes[0]), _criteria(t, nodes[1:]))
        return _or_zero(t, found) if word == "sum" else found


for _name, _word in {"SUMIFS": "sum", "AVERAGEIFS": "avg", "MINIFS": "min", "MAXIFS": "max"}.items():
    _several(_name, _word)
