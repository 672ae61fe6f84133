"""One wire filter of each type becomes a condition (query digest §3.2, §3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.modeling.conditions import (
    Anything,
    AttributeMatch,
    BooleanMatch,
    Condition,
    DateKind,
    DateMatch,
    DatePart,
    DatePartMatch,
    InQuery,
    IsNull,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.query.filters.wire_values import (
    is_negative,
    read_bool,
    read_length,
    read_number,
    read_side,
    read_values,
    word_of,
)

_LEGACY_STRING = {"STRING_IS": "EQUALS", "IS": "EQUALS"}
_LEGACY_NUMBER = {
    "IS": ("EQUALS", False),
    "NUMBER_IS": ("EQUALS", False),
    "LESS_THAN_OR_EQUAL": ("LESS_THAN", True),
    "LESS_THAN_OR_EQUAL_TO": ("LESS_THAN", True),
    "GREATER_THAN_OR_EQUAL": ("GREATER_THAN", True),
    "GREATER_THAN_OR_EQUAL_TO": ("GREATER_THAN", True),
}
LEGACY_DATE = {
    "TIME_FOR_DATE_DURATION": "TIME_FOR_INTERVAL_DURATION",
    "WITHIN_RANGE": "BETWEEN",
    "AFTER": "ON_OR_AFTER",
}


def _string(value: Mapping[str, Any], at: str) -> Condition:
    word = str(value.get("kind") or "EQUALS").upper()
    try:
        kind = StringKind(_LEGACY_STRING.get(word, word.removeprefix("STRING_")))
    except ValueError:
        raise _unknown_kind(at, value.get("kind"), StringKind) from None
    values = read_values(value, at)
    if not values and kind is not StringKind.IS_EMPTY:
        return Anything()
    negative = is_negative(value, at)
    folded = read_bool(value.get("case_insensitive"), f"{at}.case_insensitive")
    if any(item is None for item in values):
        if kind is not StringKind.EQUALS:
            raise BadRequest(f"Bad Request: {at}.values: null is only allowed with EQUALS")
        words = tuple(item if item is None else word_of(item) for item in values)
        return OneOf(words, negative, case_insensitive=folded)
    return StringMatch(kind, tuple(word_of(item) for item in values), negative, folded)


def _number(value: Mapping[str, Any], at: str) -> Condition:
    word = str(value.get("kind") or "EQUALS").upper()
    if word == "IS_EMPTY":
        return IsNull(is_negative(value, at))
    word, at_end = _LEGACY_NUMBER.get(word, (word.removeprefix("NUMBER_"), False))
    try:
        kind = NumberKind(word)
    except ValueError:
        raise _unknown_kind(at, value.get("kind"), NumberKind) from None
    values = read_values(value, at)
    if not values:
        return Anything()
    negative = is_negative(value, at)
    if kind is NumberKind.EQUALS and any(item is None for item in values):
        return OneOf(tuple(item if item is None else read_number(item, at) for item in values), negative)
    numbers = tuple(read_number(item, f"{at}.values") for item in values)
    if kind is NumberKind.BETWEEN and len(numbers) != 2:
        raise BadRequest(f"Bad Request: {at}.values: BETWEEN takes two values, received {len(numbers)}")
    if kind in (NumberKind.LESS_THAN, NumberKind.GREATER_THAN) and len(numbers) != 1:
        raise BadRequest(f"Bad Request: {at}.values: {kind} takes one value, received {len(numbers)}")
    inclusive = at_end or read_bool(value.get("is_inclusive"), f"{at}.is_inclusive")
    return NumberMatch(kind, numbers, negative, inclusive)


def _date(value: Mapping[str, Any], at: str) -> Condition:
    word = str(value.get("kind") or "").upper()
    if word in DatePart.__members__:
        left = read_side(value, "left_side", at)
        values = read_values(value, at) or ([] if left is None else [left])
        if not values:
            return Anything()
        return DatePartMatch(DatePart[word], tuple(str(item) for item in values), is_negative(value, at))
    values = [str(item) for item in read_values(value, at)]
    left = read_side(value, "left_side", at) or (values[0] if values else None)
    right = read_side(value, "right_side", at) or (values[1] if len(values) > 1 else None)
    if not word and left is None and right is None:
        return Anything()
    try:
        kind = DateKind(LEGACY_DATE.get(word, word or "TIME_FOR_UNIT_DURATION"))
    except ValueError:
        raise _unknown_kind(at, value.get("kind"), DateKind) from None
    if kind is DateKind.BEFORE and right is None:
        right, left = left, None
    if left is None and right is None:
        return Anything()
    offset = read_length(value, "offset_interval_string", at)
    if offset is not None and offset.lstrip("-").startswith("0 "):
        offset = None  # what is sent for no offset
    fiscal = read_bool(value.get("isFiscal"), f"{at}.isFiscal")
    return DateMatch(kind, left, right, is_negative(value, at), fiscal, offset)


def _listed(value: Mapping[str, Any], at: str) -> Condition:
    """Read values without a type: they are read by the type of the field."""
    values = read_values(value, at)
    if not values:
        return Anything()
    folded = read_bool(value.get("case_insensitive"), f"{at}.case_insensitive")
    return OneOf(tuple(values), is_negative(value, at), folded)


def _boolean(value: Mapping[str, Any], at: str) -> Condition:
    nulls = read_bool(value.get("treat_nulls_as_false"), f"{at}.treat_nulls_as_false")
    negative = value.get("is_negative")
    values = read_values(value, at)
    if values:
        wanted = {read_bool(item, f"{at}.values") for item in values}
        if len(wanted) > 1:
            return Anything()
        return BooleanMatch(wanted.pop() != is_negative(value, at), nulls)
    if negative is None or negative == "":
        return Anything()
    return BooleanMatch(not is_negative(value, at), nulls)


def _null(value: Mapping[str, Any], at: str) -> Condition:
    return IsNull(is_negative(value, at))


def _attribute(value: Mapping[str, Any], at: str) -> Condition:
    name = value.get("user_attribute_name")
    if not isinstance(name, str) or not name:
        raise BadRequest(f"Bad Request: {at}.user_attribute_name: Required")
    return AttributeMatch(name, is_negative(value, at))


def _query(value: Mapping[str, Any], at: str) -> Condition:
    names = []
    for key in ("field_name", "query_id"):
        name = value.get(key)
        if not isinstance(name, str) or not name:
            raise BadRequest(f"Bad Request: {at}.{key}: Required")
        names.append(name)
    disregard = read_bool(value.get("disregard_limit"), f"{at}.disregard_limit")
    return InQuery(names[0], names[1], is_negative(value, at), disregard)


def _unknown_kind(at: str, kind: object, known: Iterable[str]) -> BadRequest:
    names = " | ".join(f"'{item}'" for item in known)
    return BadRequest(f"Bad Request: {at}.kind: Invalid enum value. Expected {names}, received '{kind}'")


READERS: Mapping[str, Callable[[Mapping[str, Any], str], Condition]] = {
    "string": _string,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "null": _null,
    "user_attribute": _attribute,
    "query": _query,
    "by_query": _query,
    "values": _listed,
}
