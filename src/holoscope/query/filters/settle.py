"""Conditions settled on the type of their field: no text, no values without a type (query digest §3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import (
    Anything,
    BooleanMatch,
    Composite,
    Condition,
    DateKind,
    DateMatch,
    DatePartMatch,
    Expression,
    IsNull,
    Moved,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.modeling.types import DataType
from holoscope.query.filters.expressions import read_expression
from holoscope.query.filters.spoken_literals import tidy_literal

_ONLY_ON: tuple[tuple[type, DataType, str], ...] = (
    (NumberMatch, DataType.NUMBER, "number"),
    (DateMatch, DataType.TIMESTAMP, "date"),
    (DatePartMatch, DataType.TIMESTAMP, "date"),
    (BooleanMatch, DataType.BOOLEAN, "boolean"),
)


def settle(condition: Condition, kind: DataType) -> Condition:
    """Give a condition that keeps the same rows of a field of this type, made of plain parts alone.

    Placeholders within composites are left out, composites of one positive part are that part.

    Raises:
        InvalidQuery: a part cannot be about a field of this type.
    """
    match condition:
        case Expression(text):
            return settle(read_expression(text, "filter", kind), kind)
        case OneOf():
            return _listed(condition, kind)
        case Moved(inner, back, negative):
            return Moved(settle(inner, kind), back, negative)
        case Composite(conjunction, parts, negative):
            return _joined(conjunction, [settle(part, kind) for part in parts], negative)
        case DateMatch() if kind is DataType.TIMESTAMP:
            return replace(condition, left=_tidy(condition.left), right=_tidy(condition.right))
    for sort, wanted, words in _ONLY_ON:
        if isinstance(condition, sort) and kind is not wanted:
            raise InvalidQuery(f"A {words} filter cannot be used on a {kind.lower()} field.")
    return condition


def _tidy(literal: str | None) -> str | None:
    return None if literal is None else tidy_literal(literal)


def _joined(conjunction: str, parts: Sequence[Condition], negative: bool) -> Condition:
    """Join parts: like ones become one list, lists come first, no part is a composite of the same kind."""
    flat: list[Condition] = []
    for part in parts:
        if isinstance(part, Composite) and part.conjunction == conjunction and not part.negative:
            flat += part.parts
        elif not isinstance(part, Anything):
            flat.append(part)
    kept: list[Condition] = []
    for part in flat:
        for at, other in enumerate(kept):
            if (both := _one_list(other, part, conjunction)) is not None:
                kept[at] = both
                break
        else:
            kept.append(part)
    if not kept:
        return Anything()
    if (between := _between(conjunction, kept)) is not None:
        return replace(between, negative=negative)
    kept.sort(key=_place)
    return kept[0] if len(kept) == 1 and not negative else Composite(conjunction, tuple(kept), negative)


def _place(part: Condition) -> tuple[bool, bool]:
    """Order what is wanted before what is denied, and lists of values first."""
    lists = (StringKind.EQUALS, NumberKind.EQUALS)
    is_list = isinstance(part, StringMatch | NumberMatch) and part.kind in lists
    return bool(getattr(part, "negative", False)), not is_list


def _one_list(one: Condition, other: Condition, conjunction: str) -> Condition | None:
    """Make two parts one list: any of the wanted, none of the denied; None when they are none."""
    fits = getattr(one, "negative", False) == (conjunction == "AND")
    match one, other:
        case StringMatch(), StringMatch() if not one.only_percent:
            if fits and replace(one, values=()) == replace(other, values=()):
                return replace(one, values=(*one.values, *other.values))
        case NumberMatch(NumberKind.EQUALS), NumberMatch(NumberKind.EQUALS):
            if fits and one.negative == other.negative:
                return replace(one, values=(*one.values, *other.values))
    return None


def _between(conjunction: str, parts: list[Condition]) -> NumberMatch | None:
    """Recognise the two tests that are written for `between`, both ends included."""
    match parts:
        case [
            NumberMatch(NumberKind.GREATER_THAN, (low,), False, True),
            NumberMatch(NumberKind.LESS_THAN, (high,), False, True),
        ] if conjunction == "AND":
            return NumberMatch(NumberKind.BETWEEN, (low, high), upper_inclusive=True)
    return None


def _listed(condition: OneOf, kind: DataType) -> Condition:
    """Settle values: `not [a, null]` also denies NULL, `not [a]` keeps it."""
    present = tuple(value for value in condition.values if value is not None)
    parts = [_plain(present, condition, kind)] if present else []
    if len(present) < len(condition.values):
        parts.append(IsNull(condition.negative))
    if not parts:
        return Anything()
    return parts[0] if len(parts) == 1 else Composite("AND" if condition.negative else "OR", tuple(parts))


def _plain(values: tuple[object, ...], condition: OneOf, kind: DataType) -> Condition:
    negative = condition.negative
    if kind is DataType.NUMBER:
        return NumberMatch(NumberKind.EQUALS, tuple(_decimal(value) for value in values), negative)
    if kind is DataType.STRING:
        words = tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
        return StringMatch(StringKind.EQUALS, words, negative, condition.case_insensitive)
    if kind is DataType.TIMESTAMP:
        spans = [
            settle(DateMatch(DateKind.TIME_FOR_UNIT_DURATION, str(value), negative=negative), kind)
            for value in values
        ]
        return _joined("AND" if negative else "OR", spans, negative=False)
    parts = tuple(_boolean(value) for value in values)
    return parts[0] if len(parts) == 1 and not negative else Composite("OR", parts, negative)


def _boolean(value: object) -> Condition:
    word = str(value).lower()
    if word not in ("true", "false", "falsey"):
        raise InvalidQuery(f"{value!r} is not true, false or falsey.")
    return BooleanMatch(word == "true", word == "falsey")


def _decimal(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidQuery(f"{value!r} is not a number.")
    return number
