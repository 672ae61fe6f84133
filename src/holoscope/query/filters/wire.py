"""Wire filter objects become conditions (query digest §3.2, §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.modeling.conditions import (
    Anything,
    Composite,
    Condition,
    DateKind,
    DatePart,
    Expression,
    Moved,
    NumberKind,
    StringKind,
)
from holoscope.query.filters.wire_kinds import LEGACY_DATE, READERS
from holoscope.query.filters.wire_values import (
    LISTS,
    is_negative,
    read_bool,
    read_length,
    read_values,
    word_of,
)

_DEPTH = 64
_LONGEST_TEXT = 100_000
_QUERY_OFFSET = "QUERY_OFFSET"


def parse_filter(value: object, at: str, depth: int = 0) -> Condition:
    """Read one filter of the wire; `at` names it in errors.

    Raises:
        BadRequest: wrong shape; the sentence names it.
    """
    if isinstance(value, (str, int, float)):
        return _expression(value, at)
    if not isinstance(value, Mapping):
        raise BadRequest(
            f"Bad Request: {at}: a filter is an object with a type, such as "
            '{"type": "string", "kind": "EQUALS", "values": ["x"]}, or a text such as ">30"'
        )
    if depth > _DEPTH:
        raise BadRequest(f"Bad Request: {at}: composite filters nest deeper than {_DEPTH} levels")
    kind = str(value.get("type") or _guessed_type(value)).lower()
    if kind == "composite":
        return _composite(value, at, depth)
    if _is_offset(value):
        raise BadRequest(
            f"Bad Request: {at}: QUERY_OFFSET moves the other conditions on the field: put it into a "
            'composite beside them, such as {"type": "composite", "conjunction": "OR", "filters": [...]}'
        )
    reader = READERS.get(kind)
    if reader is not None:
        return reader(value, at)
    known = ", ".join(sorted({*READERS, "composite"} - {"values"}))
    raise BadRequest(f"Bad Request: {at}.type: unknown filter type {value.get('type')!r}; one of {known}")


def _expression(value: str | float, at: str) -> Condition:
    text = word_of(value)
    if len(text) > _LONGEST_TEXT:
        raise BadRequest(f"Bad Request: {at}: longer than {_LONGEST_TEXT} characters")
    return Expression(text) if text.strip() else Anything()


def _guessed_type(value: Mapping[str, Any]) -> str:
    """Tell the type of a filter that does not say it, by its kind and keys; values alone fit any field."""
    kind = str(value.get("kind") or "").upper()
    if isinstance(value.get("filters"), list):
        return "composite"
    if kind in DatePart.__members__ or _is_offset(value) or value.keys() & {"left_side", "right_side"}:
        return "date"
    if kind in LEGACY_DATE or (kind in DateKind.__members__ and kind != "BETWEEN"):
        return "date"
    if kind in NumberKind.__members__ and kind != "EQUALS":
        return "number"
    if kind in StringKind.__members__ and kind != "EQUALS":
        return "string"
    return "values" if isinstance(value.get("values"), list) else ""


def _is_offset(value: object) -> bool:
    return isinstance(value, Mapping) and str(value.get("kind") or "").upper() == _QUERY_OFFSET


def weigh(value: object) -> int:
    """Tell how much work a filter makes, in compared values; a pattern counts for twenty."""
    if isinstance(value, str):
        return 1 + 20 * value.count(",")
    if not isinstance(value, Mapping):
        return 1
    parts, values = value.get("filters"), value.get("values")
    total = 1 + (sum(weigh(part) for part in parts) if isinstance(parts, list) else 0)
    if not isinstance(values, list):
        return total
    return total + len(values) * (1 if str(value.get("kind") or "EQUALS").upper() in LISTS else 20)


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
    read = _parts(conjunction, parts, at, depth)
    return Composite(conjunction, read, is_negative(value, at)) if read else Anything()


def _parts(conjunction: str, parts: list[Any], at: str, depth: int) -> tuple[Condition, ...]:
    """Read what a composite joins.

    A QUERY_OFFSET is all that stands beside it, moved back. Beside a part that says `cancel_query_filter`
    only such parts hold (docs/decisions/0052).
    """
    places = [f"{at}.filters.{number}" for number in range(len(parts))]
    plain = [
        (parse_filter(part, place, depth + 1), _cancels(part, place))
        for part, place in zip(parts, places, strict=True)
        if not _is_offset(part)
    ]
    others = tuple(condition for condition, _ in plain if not isinstance(condition, Anything))
    read = list(plain)
    for part, place in zip(parts, places, strict=True):
        if not _is_offset(part):
            continue
        back = _back(part, place)
        if not others:
            raise BadRequest(f"Bad Request: {place}: QUERY_OFFSET has no conditions beside it to move")
        inner = others[0] if len(others) == 1 else Composite(conjunction, others)
        read.append((Moved(inner, back, is_negative(part, place)), _cancels(part, place)))
    cancelling = any(cancels for _, cancels in read)
    return tuple(condition for condition, cancels in read if cancels or not cancelling)


def _cancels(part: object, at: str) -> bool:
    return isinstance(part, Mapping) and read_bool(
        part.get("cancel_query_filter"), f"{at}.cancel_query_filter"
    )


def _back(part: Mapping[str, Any], at: str) -> str:
    """Read how far a QUERY_OFFSET goes back, from whichever key says it."""
    for key in ("offset_interval_string", "right_side", "left_side"):
        length = read_length(part, key, at)
        if length is not None:
            return length.removeprefix("-")
    values = read_values(part, at)
    length = read_length({"values": str(values[0])}, "values", at) if values else None
    if length is None:
        raise BadRequest(f"Bad Request: {at}.offset_interval_string: Required, such as '1 year'")
    return length.removeprefix("-")
