"""Whether a value of a result meets a condition; for formats that depend on a value (modeling digest §10)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from holoscope.modeling.conditions import (
    Anything,
    BooleanMatch,
    Composite,
    Condition,
    IsNull,
    NumberKind,
    NumberMatch,
    OneOf,
    Scalar,
    StringKind,
    StringMatch,
)


def meets(condition: Condition, value: object) -> bool:
    """Tell whether `value` meets a condition about text, numbers or booleans; others it never meets."""
    match condition:
        case Anything():
            return True
        case IsNull(negative):
            return (value is None) is not negative
        case Composite(conjunction, parts, negative):
            join = any if conjunction == "OR" else all
            return join(meets(part, value) for part in parts) is not negative
        case OneOf(values, negative):
            found = any(_same(wanted, value, fold=condition.case_insensitive) for wanted in values)
            return found is not negative
        case StringMatch(_, _, negative):
            return value is None if negative and value is None else _text(condition, value) is not negative
        case NumberMatch(_, _, negative):
            return value is None if negative and value is None else _number(condition, value) is not negative
        case BooleanMatch(wanted, nulls):
            return value is wanted or (nulls and value is None and not wanted)
    return False


def _same(wanted: Scalar, value: object, *, fold: bool) -> bool:
    if wanted is None or value is None:
        return wanted is value
    if str(wanted).lower() == "falsey":
        return value is False
    if isinstance(value, bool) or isinstance(wanted, bool):
        return str(wanted).lower() == str(value).lower()
    one, other = _decimal(wanted), _decimal(value)
    if one is not None and other is not None and not isinstance(value, str):
        return one == other
    texts = (str(wanted), str(value))
    return texts[0].lower() == texts[1].lower() if fold else texts[0] == texts[1]


def _text(condition: StringMatch, value: object) -> bool:
    if value is None:
        return False
    text, words = str(value), condition.values
    if condition.case_insensitive:
        text, words = text.lower(), tuple(word.lower() for word in words)
    match condition.kind:
        case StringKind.EQUALS:
            return text in words
        case StringKind.CONTAINS:
            return any(word in text for word in words)
        case StringKind.STARTS_WITH:
            return text.startswith(words)
        case StringKind.ENDS_WITH:
            return text.endswith(words)
        case StringKind.IS_EMPTY:
            return not text
    return False


def _number(condition: NumberMatch, value: object) -> bool:
    number, bounds = _decimal(value), condition.values
    if number is None:
        return False
    match condition.kind:
        case NumberKind.EQUALS:
            return number in bounds
        case NumberKind.GREATER_THAN:
            return number > bounds[0] or (condition.inclusive and number == bounds[0])
        case NumberKind.LESS_THAN:
            return number < bounds[0] or (condition.inclusive and number == bounds[0])
    low, high = bounds
    return low <= number < high or (condition.upper_inclusive and number == high)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
