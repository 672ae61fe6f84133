"""Functions of conditions, and those that choose among values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.functions.operators import comparison, first_present
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    BOOLEAN,
    NUMBER,
    STRING,
    TIME,
    Term,
    both,
    either,
    is_null,
    is_present,
)
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]


@function("AND", 1, None)
def _and(t: Translator, nodes: Nodes) -> Term:
    items = [t.truth(node) for node in nodes]
    return t.made(both(*(item.tree for item in items)), BOOLEAN, *items)


@function("OR", 1, None)
def _or(t: Translator, nodes: Nodes) -> Term:
    items = [t.truth(node) for node in nodes]
    return t.made(either(*(item.tree for item in items)), BOOLEAN, *items)


@function("NOT", 1)
def _not(t: Translator, nodes: Nodes) -> Term:
    item = t.truth(nodes[0])
    return t.made(exp.Not(this=exp.Paren(this=copy_of(item.tree))), BOOLEAN, item)


@function("IF", 2, 3)
def _if(t: Translator, nodes: Nodes) -> Term:
    """Without a third operand a condition that does not hold gives false, as a cell shows it."""
    otherwise = t.term(nodes[2]) if len(nodes) > 2 else t.constant(value=False)
    if len(nodes) == 2:
        yes = t.term(nodes[1])
        otherwise = otherwise if yes.kind is BOOLEAN else t.constant(None)
        return chosen(t, [(t.truth(nodes[0]), yes)], otherwise)
    return chosen(t, [(t.truth(nodes[0]), t.term(nodes[1]))], otherwise)


@function("IFS", 2, None)
def _ifs(t: Translator, nodes: Nodes) -> Term:
    return _first_that_holds(t, nodes)


@function("CASE", 2, None)
def _case(t: Translator, nodes: Nodes) -> Term:
    return _first_that_holds(t, nodes)


def _first_that_holds(t: Translator, nodes: Nodes) -> Term:
    """Take conditions and values by turns; a last one that is left over is the default."""
    pairs = len(nodes) // 2
    cases = [(t.truth(nodes[2 * n]), t.term(nodes[2 * n + 1])) for n in range(pairs)]
    otherwise = t.term(nodes[-1]) if len(nodes) % 2 else t.constant(None)
    return chosen(t, cases, otherwise)


@function("SWITCH", 3, None)
def _switch(t: Translator, nodes: Nodes) -> Term:
    subject = t.once(t.term(nodes[0]))
    rest = nodes[1:]
    cases = [
        (comparison(t, exp.EQ, subject, t.term(rest[2 * n])), t.term(rest[2 * n + 1]))
        for n in range(len(rest) // 2)
    ]
    otherwise = t.term(rest[-1]) if len(rest) % 2 else t.constant(None)
    return chosen(t, cases, otherwise)


def chosen(t: Translator, cases: list[tuple[Term, Term]], otherwise: Term) -> Term:
    """Give the value of the first condition that holds."""
    values, kind = t.alike([*(value for _, value in cases), otherwise])
    ifs = [
        exp.If(this=copy_of(test.tree), true=copy_of(value.tree))
        for (test, _), value in zip(cases, values, strict=False)
    ]
    default = None if values[-1].is_blank else copy_of(values[-1].tree)
    tree = exp.Case(ifs=ifs, default=default)
    dates = all(item.date_only or item.is_blank for item in values)
    return t.made(tree, kind, *(test for test, _ in cases), *values, date_only=kind is TIME and dates)


for _name in ("IFERROR", "IFNA"):

    @function(_name, 1, 2)
    def _if_error(t: Translator, nodes: Nodes) -> Term:
        """What is an error in a cell is blank here."""
        value = t.term(nodes[0])
        return value if len(nodes) == 1 else first_present(t, [value, t.term(nodes[1])])


@function("ISBLANK", 1)
def _is_blank(t: Translator, nodes: Nodes) -> Term:
    item = t.term(nodes[0])
    return t.made(is_null(item.tree), BOOLEAN, item)


def _is_of(name: str, kinds: tuple[object, ...]) -> None:
    @function(name, 1)
    def _is(t: Translator, nodes: Nodes) -> Term:
        item = t.term(nodes[0])
        if item.kind not in kinds:
            return t.constant(value=False)
        return t.made(is_present(item.tree), BOOLEAN, item)


_is_of("ISNUMBER", (NUMBER,))
_is_of("ISTEXT", (STRING,))


@function("TRUE", 0)
def _true(t: Translator, nodes: Nodes) -> Term:
    return t.constant(value=True)


@function("FALSE", 0)
def _false(t: Translator, nodes: Nodes) -> Term:
    return t.constant(value=False)


@function("NA", 0)
def _na(t: Translator, nodes: Nodes) -> Term:
    return t.constant(None)


@function("XOR", 1, None)
def _xor(t: Translator, nodes: Nodes) -> Term:
    if len(nodes) > 2:
        raise BadCalculation("XOR takes two conditions here.")
    items = [t.truth(node) for node in nodes]
    if len(items) == 1:
        return items[0]
    tree = exp.Paren(
        this=exp.NEQ(
            this=exp.Paren(this=copy_of(items[0].tree)), expression=exp.Paren(this=copy_of(items[1].tree))
        )
    )
    return t.made(tree, BOOLEAN, *items)
