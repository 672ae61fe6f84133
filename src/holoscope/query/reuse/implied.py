"""Whether one predicate holds wherever another does: bounds and lists of values of the same expression."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from holoscope.query.reuse.signature import bare

_Value = int | Decimal | datetime | date
_LOWER, _UPPER = (exp.GT, exp.GTE), (exp.LT, exp.LTE)
_NOT_STRICT = (exp.GTE, exp.LTE)
_EXACT_INTEGERS = 2**53


def holds_in(predicate: exp.Expr, others: Iterable[exp.Expr]) -> bool:
    """Tell whether a predicate certainly holds for every row that meets all the others.

    Texts are compared for equality alone: their order is the warehouse's own.
    """
    others = tuple(others)
    if predicate in others:
        return True
    if isinstance(predicate, (*_LOWER, *_UPPER)):
        return any(_is_bounded(other, predicate) for other in others)
    if isinstance(predicate, exp.Not):
        return any(_is_present(other, predicate) for other in others)
    allowed = _listed(predicate)
    if allowed is None:
        return False
    subject, values = allowed
    found = (_listed(other) for other in others)
    return any(item[0] == subject and item[1] <= values for item in found if item is not None)


def _is_present(other: exp.Expr, predicate: exp.Not) -> bool:
    """Tell whether `e IS NOT NULL` follows: a comparison holds for no NULL."""
    test = bare(predicate.this)
    if not isinstance(test, exp.Is) or not isinstance(test.expression, exp.Null):
        return False
    if not isinstance(other, (*_LOWER, *_UPPER, exp.EQ, exp.In)):
        return False
    return bare(other.this) == bare(test.this)


def _listed(tree: exp.Expr) -> tuple[exp.Expr, frozenset[exp.Expr]] | None:
    """Read `e = v` or `e IN (v, ...)` of constants."""
    if isinstance(tree, exp.EQ):
        values = [tree.expression]
    elif isinstance(tree, exp.In) and tree.expressions and not tree.args.get("query"):
        values = tree.expressions
    else:
        return None
    if not all(
        isinstance(value, (exp.Literal, exp.Boolean)) or _constant(value) is not None for value in values
    ):
        return None
    return bare(tree.this), frozenset(values)


def _is_bounded(other: exp.Expr, bound: exp.Binary) -> bool:
    """Tell whether what meets `other` lies within a bound on the same expression."""
    limit = _constant(bound.expression)
    if limit is None or bare(other.this) != bare(bound.this):
        return False
    listed = _listed(other)
    if listed is not None:
        return all(_lies(_constant(value), limit, bound, strictly=False) for value in listed[1])
    if not isinstance(other, _LOWER if isinstance(bound, _LOWER) else _UPPER):
        return False
    strictly = not isinstance(other, _NOT_STRICT)
    return _lies(_constant(other.expression), limit, bound, strictly=strictly)


def _lies(value: _Value | None, limit: _Value, bound: exp.Expr, *, strictly: bool) -> bool:
    """Tell whether values up to `value`, itself included unless `strictly`, lie within a bound.

    A warehouse may round the numbers that are compared. That keeps their order, but two numbers may become
    one: between fractions nothing strict is concluded.
    """
    if value is None or type(value) is not type(limit) or _is_aware(value) != _is_aware(limit):
        return False
    ahead = value >= limit if isinstance(bound, _LOWER) else value <= limit  # type: ignore[operator]
    if isinstance(bound, _NOT_STRICT) or strictly:
        return ahead
    return ahead and value != limit and not isinstance(value, Decimal)


def _is_aware(value: _Value) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _constant(tree: exp.Expr) -> _Value | None:
    """Read a number, whole where it is exact as a float, or a date or time."""
    sign = 1
    if isinstance(tree, exp.Neg):
        sign, tree = -1, tree.this
    if isinstance(tree, exp.Literal):
        return _number(tree, sign)
    if sign < 0 or not isinstance(tree, exp.Cast) or not isinstance(tree.this, exp.Literal):
        return None
    kinds = exp.DataType.Type
    try:
        if tree.to.this is kinds.DATE:
            return date.fromisoformat(tree.this.name)
        if tree.to.this in (kinds.TIMESTAMP, kinds.TIMESTAMPNTZ, kinds.TIMESTAMPTZ):
            return datetime.fromisoformat(tree.this.name)
    except ValueError:
        pass
    return None


def _number(tree: exp.Literal, sign: int) -> int | Decimal | None:
    if tree.is_string:
        return None
    try:
        number = sign * Decimal(tree.name)
    except InvalidOperation:
        return None
    whole = abs(number) < _EXACT_INTEGERS and number == int(number)
    return int(number) if whole else number
