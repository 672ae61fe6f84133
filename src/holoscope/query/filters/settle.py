"""Conditions settled on the type of their field: no text, no values without a type (query digest §3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

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
    kept = _with_lists(flat, conjunction)
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


def _with_lists(parts: Iterable[Condition], conjunction: str) -> list[Condition]:
    """Make like parts one list, where the first of them stands: any of the wanted, none of the denied."""
    kept: list[Condition] = []
    lists: dict[Condition, tuple[int, list[Any]]] = {}
    for part in parts:
        alike = _without_values(part, conjunction)
        if alike is None:
            kept.append(part)
            continue
        if alike not in lists:
            lists[alike] = (len(kept), [])
            kept.append(part)
        if isinstance(part, StringMatch | NumberMatch):
            lists[alike][1].extend(part.values)
    for alike, (at, values) in lists.items():
        kept[at] = _with_values(alike, values)
    return kept


def _without_values(part: Condition, conjunction: str) -> Condition | None:
    """Give what parts have alike that may be one list; None for one that may not."""
    fits = getattr(part, "negative", False) == (conjunction == "AND")
    match part:
        case StringMatch() if fits and not part.only_percent:
            return replace(part, values=())
        case NumberMatch(NumberKind.EQUALS) if fits:
            return replace(part, values=())
    return None


def _with_values(alike: Condition, values: Sequence[Any]) -> Condition:
    match alike:
        case StringMatch():
            return replace(alike, values=tuple(values))
        case NumberMatch():
            return replace(alike, values=tuple(values))
    return alike


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
