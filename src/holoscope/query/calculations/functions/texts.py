"""Functions of text. Places count from 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.functions.registry import calls, function, scalar
from holoscope.query.calculations.node import Constant, Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    BOOLEAN,
    NUMBER,
    STRING,
    Term,
    both,
    call,
    compare,
    minus,
    number,
    plus,
    text,
    when,
)
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator


def _if_not_negative(count: exp.Expr, value: exp.Expr) -> exp.Expr:
    return when((compare(exp.GTE, count, number(0)), value))


for _name in ("LEFT", "RIGHT"):

    @scalar(_name, "s?i", STRING)
    def _end(value: exp.Expr, count: exp.Expr | None, word: str = _name.lower()) -> exp.Expr:
        if count is None:
            return call(word, value, number(1))
        return _if_not_negative(count, call(word, value, count))


@scalar("MID", "si?i", STRING)
def _mid(value: exp.Expr, start: exp.Expr, count: exp.Expr | None) -> exp.Expr:
    fits = compare(exp.GTE, start, number(1))
    if count is None:
        return when((fits, call("substr", value, start)))
    return when((both(fits, compare(exp.GTE, count, number(0))), call("substr", value, start, count)))


@scalar("LEN", "s", NUMBER)
def _len(value: exp.Expr) -> exp.Expr:
    return call("length", value)


for _name in ("LOWER", "UPPER"):
    calls(_name, "s", STRING)


@scalar("EXACT", "ss", BOOLEAN)
def _exact(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return compare(exp.EQ, left, right)


@scalar("REPLACE", "siis", STRING)
def _replace(value: exp.Expr, start: exp.Expr, count: exp.Expr, new: exp.Expr) -> exp.Expr:
    fits = both(compare(exp.GTE, start, number(1)), compare(exp.GTE, count, number(0)))
    before = call("left", value, minus(start, number(1)))
    after = call("substr", value, plus(start, count))
    joined = exp.DPipe(this=exp.DPipe(this=before, expression=copy_of(new)), expression=after)
    return when((fits, joined))


@scalar("SUBSTITUTE", "sss", STRING)
def _substitute(value: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    return when((compare(exp.EQ, old, text("")), value), otherwise=call("replace", value, old, new))


@scalar("FIND", "ss", NUMBER)
def _find(needle: exp.Expr, value: exp.Expr) -> exp.Expr:
    return _place(call("strpos", value, needle))


@scalar("SEARCH", "ss?i", NUMBER)
def _search(needle: exp.Expr, value: exp.Expr, start: exp.Expr | None) -> exp.Expr:
    needle, value = call("lower", needle), call("lower", value)
    if start is None:
        return _place(call("strpos", value, needle))
    found = call("strpos", call("substr", value, start), needle)
    within = both(compare(exp.GTE, start, number(1)), compare(exp.GT, found, number(0)))
    return when((within, minus(plus(found, start), number(1))))


def _place(found: exp.Expr) -> exp.Expr:
    return exp.Nullif(this=found, expression=number(0))


@scalar("CHAR", "i", STRING)
def _char(code: exp.Expr) -> exp.Expr:
    known = both(compare(exp.GTE, code, number(1)), compare(exp.LTE, code, number(0x10FFFF)))
    half = both(compare(exp.GTE, code, number(0xD800)), compare(exp.LTE, code, number(0xDFFF)))
    return when((both(known, exp.Not(this=half)), call("chr", code)))


@scalar("CLEAN", "s", STRING)
def _clean(value: exp.Expr) -> exp.Expr:
    """Leave out what cannot be printed: the characters 1 to 31."""
    return call("regexp_replace", value, text("[\\x01-\\x1F]"), text(""), text("g"))


@function("T", 1)
def _text_or_nothing(t: Translator, nodes: tuple[Node, ...]) -> Term:
    """Give text as it is, and empty text for all else."""
    item = t.term(nodes[0])
    return item if item.kind is STRING else t.constant("")


@function("TRIM", 1, 3)
def _trim(t: Translator, nodes: tuple[Node, ...]) -> Term:
    """Take spaces off both ends; SQL's tree also says which end, and which characters."""
    side, characters, value = "BOTH", t.constant(" "), nodes[-1]
    if len(nodes) == 3:
        if not isinstance(nodes[0], Constant) or str(nodes[0].value).upper() not in (
            "BOTH",
            "LEADING",
            "TRAILING",
        ):
            raise BadCalculation("TRIM takes BOTH, LEADING or TRAILING, the characters and the text.")
        side, characters = str(nodes[0].value).upper(), t.text(nodes[1])
    elif len(nodes) == 2:
        characters, value = t.text(nodes[1]), nodes[0]
    item = t.text(value)
    word = {"BOTH": "btrim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
    trimmed = t.dialect.function(word, item.tree, characters.tree)
    return t.made(trimmed, STRING, item, characters)
