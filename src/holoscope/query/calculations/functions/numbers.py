"""Functions of numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.functions.operators import power
from holoscope.query.calculations.functions.registry import calls, function, scalar
from holoscope.query.calculations.node import Node
from holoscope.query.calculations.term import (
    NUMBER,
    Term,
    both,
    call,
    compare,
    divided,
    is_present,
    minus,
    number,
    plus,
    times,
    when,
)
from holoscope.sql.trees import cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

_DIGITS = 12
"""Decimals that rounding looks at: as many as a sum of doubles can be trusted to have."""

for _name in ("ATAN", "COS", "SIN", "TAN", "DEGREES", "RADIANS"):
    calls(_name, "d", NUMBER)
for _name in ("ABS", "SIGN"):
    calls(_name, "n", NUMBER)
calls("PI", "", NUMBER)


@scalar("ACOS", "d", NUMBER)
def _acos(x: exp.Expr) -> exp.Expr:
    return when((compare(exp.LTE, call("abs", x), number(1)), call("acos", x)))


@scalar("ASIN", "d", NUMBER)
def _asin(x: exp.Expr) -> exp.Expr:
    return when((compare(exp.LTE, call("abs", x), number(1)), call("asin", x)))


@scalar("COT", "d", NUMBER)
def _cot(x: exp.Expr) -> exp.Expr:
    return divided(cast(number(1), "double"), call("tan", x))


@scalar("EXP", "d", NUMBER)
def _exp(x: exp.Expr) -> exp.Expr:
    return when(
        (compare(exp.LT, x, number(-700)), cast(number(0), "double")),
        (compare(exp.LTE, x, number(709)), call("exp", x)),
    )


@scalar("LN", "d", NUMBER)
def _ln(x: exp.Expr) -> exp.Expr:
    return when((compare(exp.GT, x, number(0)), call("ln", x)))


@scalar("LOG10", "d", NUMBER)
def _log10(x: exp.Expr) -> exp.Expr:
    return when((compare(exp.GT, x, number(0)), call("log10", x)))


@scalar("LOG", "d?d", NUMBER)
def _log(x: exp.Expr, base: exp.Expr | None) -> exp.Expr:
    if base is None:
        return _log10(x)
    positive = both(compare(exp.GT, x, number(0)), compare(exp.GT, base, number(0)))
    # Of 10 and 2 there are functions that are exact where a quotient of logarithms is not.
    exact = isinstance(base, exp.Cast) and base.this.name == "10"
    return when((positive, call("log10", x) if exact else divided(call("ln", x), call("ln", base))))


@scalar("SQRT", "d", NUMBER)
def _sqrt(x: exp.Expr) -> exp.Expr:
    return when((compare(exp.GTE, x, number(0)), call("sqrt", x)))


@scalar("CEILING", "d?d", NUMBER)
def _ceiling(x: exp.Expr, step: exp.Expr | None) -> exp.Expr:
    return call("ceil", x) if step is None else times(call("ceil", divided(x, step)), step)


@scalar("FLOOR", "d?d", NUMBER)
def _floor(x: exp.Expr, step: exp.Expr | None) -> exp.Expr:
    return call("floor", x) if step is None else times(call("floor", divided(x, step)), step)


for _name in ("INT", "TRUNC"):

    @scalar(_name, "d", NUMBER)
    def _whole(x: exp.Expr) -> exp.Expr:
        return call("floor", x)


@scalar("MOD", "dd", NUMBER)
def _mod(x: exp.Expr, by: exp.Expr) -> exp.Expr:
    """Give the remainder, of the divisor's sign."""
    return minus(x, times(by, call("floor", divided(x, by))))


@function("ROUND", 1, 2)
def _round(t: Translator, nodes: tuple[Node, ...]) -> Term:
    return rounded(t, nodes, lambda size: call("floor", plus(size, number(Decimal("0.5")))))


@function("ROUNDUP", 1, 2)
def _round_up(t: Translator, nodes: tuple[Node, ...]) -> Term:
    return rounded(t, nodes, lambda size: call("ceil", size))


@function("ROUNDDOWN", 1, 2)
def _round_down(t: Translator, nodes: tuple[Node, ...]) -> Term:
    return rounded(t, nodes, lambda size: call("floor", size))


def rounded(t: Translator, nodes: tuple[Node, ...], to_whole: object) -> Term:
    """Round a number's size to digits by a function from a size to a whole number; the sign stays.

    Digits are those of the decimal number that is written, so that 2.675 to two digits is 2.68.
    """
    assert callable(to_whole)  # noqa: S101  (given in this file)
    value = t.number(nodes[0])
    digits = t.integer(nodes[1]) if len(nodes) > 1 else t.constant(Decimal(0))
    if digits.constant and isinstance(digits.value, Decimal):
        places = int(digits.value)
        if places >= _DIGITS:
            return t.as_double(value)
        scaled, scale = _scaled(t, value, places)
        scaled = t.once(scaled)
        size = call("abs", scaled.tree)
        whole = times(call("sign", scaled.tree), cast(to_whole(size), "double"))
        return t.made(_unscaled(whole, scale, places), NUMBER, scaled)
    value, digits = t.once(t.as_double(value)), t.once(digits)
    factor = cast(power(cast(number(10), "double"), digits.tree), "double")
    size = call("abs", times(value.tree, factor))
    tree = divided(times(call("sign", value.tree), to_whole(size)), factor)
    return t.made(tree, NUMBER, value, digits)


def _scaled(t: Translator, value: Term, places: int) -> tuple[Term, Decimal]:
    """Move the decimal point `places` to the right, exactly."""
    if places < -15:
        return t.as_double(value).over(
            times(cast(copy_of(value.tree), "double"), number(0)), NUMBER
        ), Decimal(1)
    scale = Decimal(10) ** abs(places)
    exact = t.dialect.function("exact", value.tree)
    if places < 0:
        return value.over(divided(cast(exact, "double"), number(scale)), NUMBER), scale
    return value.over(times(exact, number(scale)), NUMBER), scale


def _unscaled(whole: exp.Expr, scale: Decimal, places: int) -> exp.Expr:
    if scale == 1:
        return whole
    return times(whole, number(scale)) if places < 0 else divided(whole, number(scale))


@function("RAND", 0)
def _rand(t: Translator, nodes: tuple[Node, ...]) -> Term:
    """Give a number of [0, 1), another in each row and each time.

    Answers are kept by their text, so the text holds the instant.
    """
    now = t.dialect.time_literal(t.clock.now("RAND"), date_only=False, has_zone=False)
    return t.kept(Term(when((is_present(now), call("random"))), NUMBER))


@scalar("VALUE", "n", NUMBER)
def _value(x: exp.Expr) -> exp.Expr:
    return copy_of(x)


def _bits(name: str, word: str) -> None:
    @scalar(name, "dd", NUMBER)
    def _of_bits(left: exp.Expr, right: exp.Expr) -> exp.Expr:
        # Bits of whole numbers from 0 to 2^48, as spreadsheets have them.
        ends = [
            both(compare(exp.GTE, item, number(0)), compare(exp.LT, item, number(2**48)))
            for item in (left, right)
        ]
        kind = {"and": exp.BitwiseAnd, "or": exp.BitwiseOr}.get(word)
        whole = [cast(call("floor", item), "bigint") for item in (left, right)]
        joined: exp.Expr
        if kind is not None:
            joined = exp.Paren(this=kind(this=whole[0], expression=whole[1]))
        else:  # what is in one of the two, but not in both
            either = exp.Paren(this=exp.BitwiseOr(this=whole[0], expression=whole[1]))
            common = exp.Paren(this=exp.BitwiseAnd(this=whole[0].copy(), expression=whole[1].copy()))
            joined = minus(either, common)
        return when((both(*ends), joined))


for _name, _word in {"BITAND": "and", "BITOR": "or", "BITXOR": "xor"}.items():
    _bits(_name, _word)


@scalar("BITRSHIFT", "di", NUMBER)
def _shift_right(x: exp.Expr, by: exp.Expr) -> exp.Expr:
    return _shifted(x, call("floor", divided(x, power(cast(number(2), "double"), cast(by, "double")))))


@scalar("BITLSHIFT", "di", NUMBER)
def _shift_left(x: exp.Expr, by: exp.Expr) -> exp.Expr:
    return _shifted(x, times(call("floor", x), power(cast(number(2), "double"), cast(by, "double"))))


def _shifted(x: exp.Expr, moved: exp.Expr) -> exp.Expr:
    fits = both(compare(exp.GTE, x, number(0)), compare(exp.LT, x, number(2**48)))
    return when((both(fits, compare(exp.LT, moved, number(2**48))), moved))
