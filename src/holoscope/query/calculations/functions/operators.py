"""Operators: arithmetic, comparison, concatenation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import Node, TypeWord
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    BLANK,
    BOOLEAN,
    NUMBER,
    STRING,
    TIME,
    Term,
    both,
    call,
    compare,
    divided,
    either,
    is_null,
    is_present,
    minus,
    number,
    plus,
    text,
    times,
    when,
)
from holoscope.sql.trees import cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]


@function("PLUS", 2)
def _plus(t: Translator, nodes: Nodes) -> Term:
    left, right = (t.term(node) for node in nodes)
    if TIME in (left.kind, right.kind):
        moment, days = (left, right) if left.kind is TIME else (right, left)
        return _moved(t, moment, days, 1)
    left, right = t.as_number(left), t.as_number(right)
    return t.made(plus(left.tree, right.tree), NUMBER, left, right)


@function("MINUS", 2)
def _minus(t: Translator, nodes: Nodes) -> Term:
    left, right = (t.term(node) for node in nodes)
    if left.kind is TIME and right.kind is TIME:
        start, end = t.as_time(right), t.as_time(left)
        return t.made(t.dialect.seconds_between(start.tree, end.tree, per=86_400), NUMBER, start, end)
    if left.kind is TIME:
        return _moved(t, left, right, -1)
    left, right = t.as_number(left), t.as_number(right)
    return t.made(minus(left.tree, right.tree), NUMBER, left, right)


def _moved(t: Translator, moment: Term, days: Term, sign: int) -> Term:
    """Move a time by days, as a spreadsheet does, which counts time in days."""
    moment, days = t.as_time(moment), t.as_double(days)
    whole = isinstance(days.value, object) and days.constant and str(days.value).lstrip("-").isdecimal()
    count = days.tree if sign > 0 else exp.Neg(this=exp.Paren(this=days.tree))
    made = t.dialect.function("add_days", moment.tree, count)
    return t.made(made, TIME, moment, days, date_only=moment.date_only and whole)


@function("MULTIPLY", 2)
def _multiply(t: Translator, nodes: Nodes) -> Term:
    left, right = (t.double(node) for node in nodes)
    return t.made(times(left.tree, right.tree), NUMBER, left, right)


@function("DIVIDE", 2)
def _divide(t: Translator, nodes: Nodes) -> Term:
    left, right = (t.double(node) for node in nodes)
    return t.made(divided(left.tree, right.tree), NUMBER, left, right)


@function("PERCENT", 1)
def _percent(t: Translator, nodes: Nodes) -> Term:
    value = t.double(nodes[0])
    return t.made(divided(value.tree, number(100)), NUMBER, value)


@function("UNARY_MINUS", 1)
def _negative(t: Translator, nodes: Nodes) -> Term:
    value = t.number(nodes[0])
    if value.constant and isinstance(value.value, Decimal):
        return t.constant(-value.value)
    return t.made(exp.Neg(this=exp.Paren(this=copy_of(value.tree))), NUMBER, value)


@function("UNARY_PLUS", 1)
def _positive(t: Translator, nodes: Nodes) -> Term:
    return t.number(nodes[0])


@function("POWER", 2)
def _power(t: Translator, nodes: Nodes) -> Term:
    base, exponent = (t.once(t.double(node)) for node in nodes)
    return t.made(power(base.tree, exponent.tree), NUMBER, base, exponent)


def power(base: exp.Expr, exponent: exp.Expr) -> exp.Expr:
    """Raise to a power; NULL where a cell would show an error, or the number would be too large."""
    zero = number(0)
    size = times(exponent, call("ln", call("abs", base)))
    broken = both(compare(exp.LT, base, zero), compare(exp.NEQ, exponent, call("floor", exponent)))
    return when(
        (is_null(base), exp.Null()),
        (is_null(exponent), exp.Null()),
        (both(compare(exp.EQ, base, zero), compare(exp.GT, exponent, zero)), cast(zero, "double")),
        (both(compare(exp.EQ, base, zero), compare(exp.EQ, exponent, zero)), cast(number(1), "double")),
        (compare(exp.EQ, base, zero), exp.Null()),
        (broken, exp.Null()),
        (compare(exp.GT, size, number(709)), exp.Null()),
        (compare(exp.LT, size, number(-700)), cast(zero, "double")),
        otherwise=call("power", base, exponent),
    )


@function("CONCAT", 1, None)
def _concat(t: Translator, nodes: Nodes) -> Term:
    """Join texts; blank is empty text (`&` and CONCAT)."""
    items = [t.text(node) for node in nodes]
    parts = [
        copy_of(item.tree)
        if item.constant and not item.is_blank
        else exp.Coalesce(this=copy_of(item.tree), expressions=[text("")])
        for item in items
    ]
    tree = parts[0]
    for part in parts[1:]:
        tree = exp.DPipe(this=tree, expression=part)
    return t.made(exp.Paren(this=tree), STRING, *items)


def comparison(t: Translator, kind: type[exp.Binary], left: Term, right: Term) -> Term:
    """Compare two values of one kind; a text compares with a number, or a time, that it writes out.

    Being equal to empty text means being blank.
    """
    if kind in (exp.EQ, exp.NEQ) and "" in (left.value, right.value) and left.value != right.value:
        other = t.once(right if left.value == "" else left)
        blank = is_null(other.tree)
        if other.kind is STRING:
            blank = either(blank, compare(exp.EQ, other.tree, text("")))
        return t.made(blank if kind is exp.EQ else exp.Not(this=blank), BOOLEAN, other)
    left, right = _comparable(t, left, right), _comparable(t, right, left)
    if left.kind is not right.kind and BLANK not in (left.kind, right.kind):
        raise BadCalculation(
            f"it compares {left.words} with {right.words}: convert one by VALUE, TEXT or DATE."
        )
    return t.made(compare(kind, left.tree, right.tree), BOOLEAN, left, right)


def _comparable(t: Translator, item: Term, other: Term) -> Term:
    """Read a text that is written out as what it is compared with; true and false count as 1 and 0."""
    if item.kind is other.kind:
        return t.as_time(item) if item.kind is TIME else item
    if item.kind is STRING and item.constant and other.kind is NUMBER:
        return t.as_number(item)
    if item.kind is TIME or (item.kind is STRING and item.constant and other.kind is TIME):
        return t.as_time(item)
    if item.kind is BOOLEAN and other.kind is NUMBER:
        return t.as_number(item)
    if item.kind is STRING and item.constant and other.kind is BOOLEAN:
        word = str(item.value).strip().upper()
        return t.constant(word == "TRUE") if word in ("TRUE", "FALSE") else item
    return item


for _name, _kind in {
    "EQUALS": exp.EQ,
    "NOT_EQUALS": exp.NEQ,
    "GREATER_THAN": exp.GT,
    "GREATER_THAN_OR_EQUAL": exp.GTE,
    "LESS_THAN": exp.LT,
    "LESS_THAN_OR_EQUAL": exp.LTE,
}.items():

    @function(_name, 2)
    def _compare(t: Translator, nodes: Nodes, kind: type[exp.Binary] = _kind) -> Term:
        return comparison(t, kind, t.term(nodes[0]), t.term(nodes[1]))


@function("BETWEEN", 3)
def _between(t: Translator, nodes: Nodes) -> Term:
    value = t.once(t.term(nodes[0]))
    low = comparison(t, exp.GTE, value, t.term(nodes[1]))
    high = comparison(t, exp.LTE, value, t.term(nodes[2]))
    return t.made(both(low.tree, high.tree), BOOLEAN, low, high)


@function("IN", 2, None)
def _in(t: Translator, nodes: Nodes) -> Term:
    value = t.once(t.term(nodes[0]))
    tests = [comparison(t, exp.EQ, value, t.term(node)) for node in nodes[1:]]
    return t.made(either(*(item.tree for item in tests)), BOOLEAN, *tests)


@function("LIKE", 2)
def _like(t: Translator, nodes: Nodes) -> Term:
    value, pattern = t.text(nodes[0]), t.text(nodes[1])
    return t.made(compare(exp.Like, value.tree, pattern.tree), BOOLEAN, value, pattern)


@function("COALESCE", 1, None)
def _coalesce(t: Translator, nodes: Nodes) -> Term:
    return first_present(t, [t.term(node) for node in nodes])


def first_present(t: Translator, items: list[Term]) -> Term:
    """Give the first value that is not blank."""
    found, kind = t.alike(items)
    tree = exp.Coalesce(this=copy_of(found[0].tree), expressions=[copy_of(item.tree) for item in found[1:]])
    dates = all(item.date_only or item.is_blank for item in found)
    return t.made(tree, kind, *found, date_only=kind is DataType.TIMESTAMP and dates)


@function("NULLIF", 2)
def _null_if(t: Translator, nodes: Nodes) -> Term:
    value = t.once(t.term(nodes[0]))
    same = comparison(t, exp.EQ, value, t.term(nodes[1]))
    kept = exp.Case(ifs=[exp.If(this=copy_of(same.tree), true=exp.Null())], default=copy_of(value.tree))
    return t.made(kept, value.kind, value, same, date_only=value.date_only)


_NUMBERS = ("int", "dec", "num", "double", "float", "real", "tiny", "small", "big")


@function("CAST", 2)
def _cast(t: Translator, nodes: Nodes) -> Term:

    if not isinstance(nodes[1], TypeWord):
        raise BadCalculation("CAST needs a type as its second operand.")
    word = nodes[1].word
    value = t.term(nodes[0])
    if word.startswith(("char", "varchar", "text", "string")):
        return t.as_text(value)
    if word.startswith("bool"):
        return t.as_truth(value)
    if word.startswith("date") and not word.startswith("datetime"):
        moment = t.as_time(value)
        return t.made(t.dialect.truncate(moment.tree, "date"), TIME, moment, date_only=True)
    if word.startswith(("timestamp", "datetime")):
        return t.as_time(value)
    if word.startswith(_NUMBERS):
        found = t.as_number(value)
        if "int" in word:
            found = t.once(found)
            # Towards zero, as SQL casts of whole numbers read best.
            tree = times(call("sign", found.tree), call("floor", call("abs", found.tree)))
            return t.made(tree, NUMBER, found)
        return t.as_double(found)
    raise BadCalculation(
        f"there is no CAST to {word[:40]!r}: use a number, text, date, timestamp or boolean."
    )


@function("ISPRESENT", 1)
def _present(t: Translator, nodes: Nodes) -> Term:
    value = t.term(nodes[0])
    return t.made(is_present(value.tree), BOOLEAN, value)
