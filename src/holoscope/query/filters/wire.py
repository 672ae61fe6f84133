"""Wire filter objects become conditions (query digest §3.2, §3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from holoscope.kit.errors import BadRequest, InvalidQuery
from holoscope.modeling.conditions import (
    Anything,
    AttributeMatch,
    BooleanMatch,
    Composite,
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

_DEPTH = 64
_MOST_VALUES = 10_000
_MOST_PATTERNS = 500
_LISTS = ("EQUALS", "STRING_IS", "IS")
_LEGACY_STRING = {"STRING_IS": "EQUALS", "IS": "EQUALS"}
_LEGACY_DATE = {
    "TIME_FOR_DATE_DURATION": "TIME_FOR_INTERVAL_DURATION",
    "WITHIN_RANGE": "BETWEEN",
    "AFTER": "ON_OR_AFTER",
}


def parse_filter(value: object, at: str, depth: int = 0) -> Condition:
    """Read one filter of the wire; `at` names it in errors.

    Raises:
        BadRequest: wrong shape. InvalidQuery: a kind this version does not compute.
    """
    if not isinstance(value, Mapping):
        raise BadRequest(
            f"Bad Request: {at}: a filter is an object with a type, such as "
            '{"type": "string", "kind": "EQUALS", "values": ["x"]}'
        )
    if depth > _DEPTH:
        raise BadRequest(f"Bad Request: {at}: composite filters nest deeper than {_DEPTH} levels")
    if read_bool(value.get("cancel_query_filter"), f"{at}.cancel_query_filter"):
        raise InvalidQuery(f"This server does not compute cancel_query_filter yet: remove it from {at}.")
    kind = str(value.get("type", "")).lower()
    if kind == "composite":
        return _composite(value, at, depth)
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(value, at)
    known = ", ".join(sorted((*_READERS, "composite")))
    raise BadRequest(f"Bad Request: {at}.type: unknown filter type {value.get('type')!r}; one of {known}")


def weigh(value: object) -> int:
    """Tell how much work a filter makes, in compared values; a pattern counts for twenty."""
    if not isinstance(value, Mapping):
        return 1
    parts, values = value.get("filters"), value.get("values")
    total = 1 + (sum(weigh(part) for part in parts) if isinstance(parts, list) else 0)
    if not isinstance(values, list):
        return total
    return total + len(values) * (1 if str(value.get("kind") or "EQUALS").upper() in _LISTS else 20)


def read_bool(value: object, at: str, *, default: bool = False) -> bool:
    """Read a boolean that may arrive as text or null."""
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise BadRequest(f"Bad Request: {at}: expected true or false, received {value!r}")


def _values(value: Mapping[str, Any], at: str) -> list[Any]:
    values = value.get("values")
    if values is None:
        return []
    if not isinstance(values, list):
        raise BadRequest(f"Bad Request: {at}.values: expected an array")
    most = _MOST_VALUES if str(value.get("kind") or "EQUALS").upper() in _LISTS else _MOST_PATTERNS
    if len(values) > most:
        raise BadRequest(f"Bad Request: {at}.values: at most {most} values, received {len(values)}")
    for position, item in enumerate(values):
        if isinstance(item, (Mapping, list)):
            raise BadRequest(f"Bad Request: {at}.values.{position}: expected text or a number")
    return values


def _negative(value: Mapping[str, Any], at: str) -> bool:
    return read_bool(value.get("is_negative"), f"{at}.is_negative")


def _string(value: Mapping[str, Any], at: str) -> Condition:
    word = str(value.get("kind") or "EQUALS").upper()
    try:
        kind = StringKind(_LEGACY_STRING.get(word, word))
    except ValueError:
        raise _unknown_kind(at, value.get("kind"), StringKind) from None
    values = _values(value, at)
    if not values and kind is not StringKind.IS_EMPTY:
        return Anything()
    negative = _negative(value, at)
    folded = read_bool(value.get("case_insensitive"), f"{at}.case_insensitive")
    if any(item is None for item in values):
        if kind is not StringKind.EQUALS:
            raise BadRequest(f"Bad Request: {at}.values: null is only allowed with EQUALS")
        return OneOf(
            tuple(item if item is None else _word(item) for item in values), negative, case_insensitive=folded
        )
    return StringMatch(kind, tuple(_word(item) for item in values), negative, folded)


def _word(item: object) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item)


def _number(value: Mapping[str, Any], at: str) -> Condition:
    try:
        kind = NumberKind(str(value.get("kind") or "EQUALS").upper())
    except ValueError:
        raise _unknown_kind(at, value.get("kind"), NumberKind) from None
    values = _values(value, at)
    if not values:
        return Anything()
    negative = _negative(value, at)
    if kind is NumberKind.EQUALS and any(item is None for item in values):
        return OneOf(tuple(item if item is None else read_number(item, at) for item in values), negative)
    numbers = tuple(read_number(item, f"{at}.values") for item in values)
    if kind is NumberKind.BETWEEN and len(numbers) != 2:
        raise BadRequest(f"Bad Request: {at}.values: BETWEEN takes two values, received {len(numbers)}")
    if kind in (NumberKind.LESS_THAN, NumberKind.GREATER_THAN) and len(numbers) != 1:
        raise BadRequest(f"Bad Request: {at}.values: {kind} takes one value, received {len(numbers)}")
    inclusive = read_bool(value.get("is_inclusive"), f"{at}.is_inclusive")
    return NumberMatch(kind, numbers, negative, inclusive)


def read_number(item: object, at: str) -> Decimal:
    """Read a finite number from a JSON number or a numeral.

    Raises:
        BadRequest: it is not one.
    """
    if isinstance(item, bool) or item is None:
        raise BadRequest(f"Bad Request: {at}: expected a number, received {item!r}")
    try:
        number = Decimal(str(item).strip())
    except InvalidOperation:
        raise BadRequest(f"Bad Request: {at}: expected a number, received {item!r}") from None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise BadRequest(f"Bad Request: {at}: {item!r} is not a usable number")
    return number


def _date(value: Mapping[str, Any], at: str) -> Condition:
    word = str(value.get("kind") or "").upper()
    if word in DatePart.__members__:
        values = _values(value, at) or [value[key] for key in ("left_side",) if value.get(key) is not None]
        if not values:
            return Anything()
        return DatePartMatch(DatePart[word], tuple(str(item) for item in values), _negative(value, at))
    if word == "QUERY_OFFSET":
        raise InvalidQuery(f"This server does not compute QUERY_OFFSET yet: remove {at}.")
    values = [str(item) for item in _values(value, at)]
    left = _side(value, "left_side", at) or (values[0] if values else None)
    right = _side(value, "right_side", at) or (values[1] if len(values) > 1 else None)
    if not word and left is None and right is None:
        return Anything()
    try:
        kind = DateKind(_LEGACY_DATE.get(word, word or "TIME_FOR_UNIT_DURATION"))
    except ValueError:
        raise _unknown_kind(at, value.get("kind"), DateKind) from None
    if kind is DateKind.BEFORE and right is None:
        right, left = left, None
    if left is None and right is None:
        return Anything()
    offset = _side(value, "offset_interval_string", at)
    fiscal = read_bool(value.get("isFiscal"), f"{at}.isFiscal")
    return DateMatch(kind, left, right, _negative(value, at), fiscal, offset)


def _side(value: Mapping[str, Any], key: str, at: str) -> str | None:
    side = value.get(key)
    if side is None or side == "":
        return None
    if isinstance(side, (str, int)) and not isinstance(side, bool):
        return str(side)
    raise BadRequest(f"Bad Request: {at}.{key}: expected a date literal, received {side!r}")


def _boolean(value: Mapping[str, Any], at: str) -> Condition:
    nulls = read_bool(value.get("treat_nulls_as_false"), f"{at}.treat_nulls_as_false")
    negative = value.get("is_negative")
    values = _values(value, at)
    if values:
        wanted = {read_bool(item, f"{at}.values") for item in values}
        if len(wanted) > 1:
            return Anything()
        return BooleanMatch(wanted.pop() != _negative(value, at), nulls)
    if negative is None or negative == "":
        return Anything()
    return BooleanMatch(not _negative(value, at), nulls)


def _null(value: Mapping[str, Any], at: str) -> Condition:
    return IsNull(_negative(value, at))


def _attribute(value: Mapping[str, Any], at: str) -> Condition:
    name = value.get("user_attribute_name")
    if not isinstance(name, str) or not name:
        raise BadRequest(f"Bad Request: {at}.user_attribute_name: Required")
    return AttributeMatch(name, _negative(value, at))


def _query(value: Mapping[str, Any], at: str) -> Condition:
    names = []
    for key in ("field_name", "query_id"):
        name = value.get(key)
        if not isinstance(name, str) or not name:
            raise BadRequest(f"Bad Request: {at}.{key}: Required")
        names.append(name)
    disregard = read_bool(value.get("disregard_limit"), f"{at}.disregard_limit")
    return InQuery(names[0], names[1], _negative(value, at), disregard)


def _composite(value: Mapping[str, Any], at: str, depth: int) -> Condition:
    conjunction = str(value.get("conjunction") or "AND").upper()
    if conjunction not in ("AND", "OR"):
        raise BadRequest(
            f"Bad Request: {at}.conjunction: Invalid enum value. Expected 'AND' | 'OR', "
            f"received '{value.get('conjunction')}'"
        )
    parts = value.get("filters")
    if not isinstance(parts, list):
        raise BadRequest(f"Bad Request: {at}.filters: expected an array")
    read = tuple(parse_filter(part, f"{at}.filters.{n}", depth + 1) for n, part in enumerate(parts))
    return Composite(conjunction, read, _negative(value, at)) if read else Anything()


def _unknown_kind(at: str, kind: object, known: Iterable[str]) -> BadRequest:
    names = " | ".join(f"'{item}'" for item in known)
    return BadRequest(f"Bad Request: {at}.kind: Invalid enum value. Expected {names}, received '{kind}'")


_READERS = {
    "string": _string,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "null": _null,
    "user_attribute": _attribute,
    "query": _query,
    "by_query": _query,
}
