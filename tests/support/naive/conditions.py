"""Filters: wire filters become `modeling.conditions` values here, and conditions are tested on values.

Two rules of NULL (query digest §3.5): a dimension's filter is two-valued (a positive test of NULL fails,
its negation holds), a measure's filter is three-valued (NULL passes neither).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from holoscope.modeling import conditions as c
from support.naive import grains, literals
from support.naive.functions import like
from support.naive.types import Refusal


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def from_wire(body: dict[str, Any]) -> c.Condition:
    """Read one wire filter (query digest §3.2, §3.3)."""
    kind, values = body.get("kind"), body.get("values")
    negative, values = _yes(body.get("is_negative")), list(values or [])
    match body["type"]:
        case "string" | "number" | "query" if kind in (None, "EQUALS") and not values:
            return c.Anything()
        case "string":
            insensitive = _yes(body.get("case_insensitive"))
            return c.StringMatch(
                c.StringKind(kind or "EQUALS"), tuple(map(str, values)), negative, insensitive
            )
        case "number":
            numbers = tuple(Decimal(str(value)) for value in values)
            return c.NumberMatch(
                c.NumberKind(kind or "EQUALS"), numbers, negative, _yes(body.get("is_inclusive"))
            )
        case "boolean":
            if body.get("is_negative") is None:
                return c.BooleanMatch(_yes(values[0])) if values else c.Anything()
            return c.BooleanMatch(not negative, _yes(body.get("treat_nulls_as_false")))
        case "null":
            return c.IsNull(negative)
        case "composite":
            return c.Composite(
                body.get("conjunction", "AND"), tuple(map(from_wire, body["filters"])), negative
            )
        case "user_attribute":
            return c.AttributeMatch(body["user_attribute_name"], negative)
        case "date":
            return _date(body, kind or "", values, negative)
    raise Refusal("bad_request", f"unknown filter type {body['type']}")


def _date(body: dict[str, Any], kind: str, values: list[Any], negative: bool) -> c.Condition:
    if kind in c.DatePart.__members__:
        return c.DatePartMatch(c.DatePart[kind], tuple(map(str, values)), negative)
    left, right = body.get("left_side"), body.get("right_side")
    if values:
        left, right = (None, values[0]) if kind == "BEFORE" else (values[0], values[-1])
    if left is None and right is None:
        return c.Anything()
    return c.DateMatch(c.DateKind(kind), left, right, negative)


@dataclass(frozen=True)
class Setting:
    """What a test needs beside the value: clock on the wall, zone, week start, the asker's attributes."""

    now: datetime
    zone: str
    week_start: int
    attributes: dict[str, tuple[str, ...]]
    three_valued: bool = False
    convert: bool = True


def holds(condition: c.Condition, value: Any, setting: Setting) -> bool:
    return _test(condition, value, setting) is True


def _test(condition: c.Condition, value: Any, at: Setting) -> bool | None:
    match condition:
        case c.Anything():
            return True
        case c.IsNull():
            return (value is None) != condition.negative
        case c.BooleanMatch():
            if value is None:
                return not condition.value and condition.treat_nulls_as_false
            return value is condition.value
        case c.Composite() if not _says_something(condition):
            return True
        case c.Composite():
            parts = [_test(part, value, at) for part in condition.parts if _says_something(part)]
            found = _all(parts) if condition.conjunction.upper() == "AND" else _any(parts)
            return _negate(found, condition.negative)
        case c.OneOf():
            return _negate(_one_of(condition, value, at), condition.negative)
    unknown = None if at.three_valued else False
    positive = unknown if value is None else _positive(condition, value, at)
    return _negate(positive, condition.negative)


def _says_something(condition: c.Condition) -> bool:
    """A placeholder filter is no filter, in a group as elsewhere; so is a group of nothing else."""
    if isinstance(condition, c.Composite):
        return any(map(_says_something, condition.parts))
    return not isinstance(condition, c.Anything)


def _negate(value: bool | None, negative: bool) -> bool | None:
    return value if value is None or not negative else not value


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _any(parts: list[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False


def _one_of(condition: c.OneOf, value: Any, at: Setting) -> bool | None:
    """YAML `is`: None in the list matches NULL; text on a time is a period."""
    if value is None:
        return True if {None, "falsey"} & set(condition.values) else None if at.three_valued else False
    if value is False and "falsey" in condition.values:
        return True
    for wanted in condition.values:
        if wanted is None:
            continue
        if grains.is_time(value):
            span = literals.resolve(str(wanted), at.now, at.week_start)
            if _within(value, span.start, span.end, at):
                return True
        elif isinstance(value, str):
            left, right = value, str(wanted)
            if left == right or (condition.case_insensitive and left.lower() == right.lower()):
                return True
        elif isinstance(value, bool):
            if value is wanted or str(value).lower() == str(wanted).lower():
                return True
        elif Decimal(str(value)) == Decimal(str(wanted)):
            return True
    return False


def _positive(condition: c.Condition, value: Any, at: Setting) -> bool:
    match condition:
        case c.StringMatch():
            return _string(condition, str(value))
        case c.NumberMatch():
            return _number(condition, value if isinstance(value, float) else Decimal(str(value)))
        case c.DateMatch():
            return _window(condition, value, at)
        case c.DatePartMatch():
            return _part(condition, value, at)
        case c.AttributeMatch():
            if condition.attribute not in at.attributes:
                raise Refusal("forbidden", f"attribute {condition.attribute} is not set")
            return str(value) in at.attributes[condition.attribute]
    raise AssertionError(condition)


def _string(condition: c.StringMatch, text: str) -> bool:
    values = condition.values
    if condition.case_insensitive:
        text, values = text.lower(), tuple(value.lower() for value in values)
    match condition.kind:
        case c.StringKind.EQUALS:
            return text in values
        case c.StringKind.CONTAINS:
            return any(value in text for value in values)
        case c.StringKind.STARTS_WITH:
            return any(text.startswith(value) for value in values)
        case c.StringKind.ENDS_WITH:
            return any(text.endswith(value) for value in values)
        case c.StringKind.IS_EMPTY:
            return text == ""
    return any(like(text, value) for value in values)


def _number(condition: c.NumberMatch, value: Any) -> bool:
    values = [float(one) if isinstance(value, float) else one for one in condition.values]
    match condition.kind:
        case c.NumberKind.EQUALS:
            return value in values
        case c.NumberKind.LESS_THAN:
            return value <= values[0] if condition.inclusive else value < values[0]
        case c.NumberKind.GREATER_THAN:
            return value >= values[0] if condition.inclusive else value > values[0]
    return values[0] <= value and (value < values[1] or (condition.upper_inclusive and value == values[1]))


def _within(value: Any, start: datetime | None, end: datetime | None, at: Setting) -> bool:
    """Half-open window. Wall-clock bounds go to the stored clock; dates and unconverted fields stay."""
    moves = isinstance(value, datetime) and (at.convert or value.tzinfo is not None)
    time = grains.local(value, "UTC")
    assert time is not None
    start, end = (grains.stored(one, at.zone) if one and moves else one for one in (start, end))
    return (start is None or time >= start) and (end is None or time < end)


def _window(condition: c.DateMatch, value: Any, at: Setting) -> bool:
    def moment(text: str | None) -> literals.Moment | None:
        return None if text is None else literals.resolve(text, at.now, at.week_start)

    match condition.kind:
        case c.DateKind.ON_OR_AFTER:
            left = moment(condition.left)
            return _within(value, left and left.start, None, at)
        case c.DateKind.BEFORE:
            right = moment(condition.right if condition.right is not None else condition.left)
            return _within(value, None, right and right.start, at)
        case c.DateKind.BETWEEN:
            left, right = moment(condition.left), moment(condition.right)
            return _within(value, left and left.start, right and right.start, at)
    left = moment(condition.left)
    assert left is not None
    if condition.kind is c.DateKind.TIME_FOR_UNIT_DURATION:
        return _within(value, left.start, left.end, at)
    count, unit = literals.duration(condition.right or "")
    return _within(value, left.start, literals.shift(left.start, count, unit), at)


def _part(condition: c.DatePartMatch, value: Any, at: Setting) -> bool:
    time = grains.local(value, at.zone, convert=at.convert)
    grain = condition.part.value
    named = {"day_of_week": "day_of_week_name", "month_of_year": "month_name"}.get(grain)
    numbered = {"day_of_week": "day_of_week_num", "month_of_year": "month_num"}.get(grain, grain)
    for wanted in condition.values:
        if re.fullmatch(r"-?\d+", wanted):
            if grains.apply(numbered, time, at.week_start) == int(wanted):
                return True
        elif named and str(grains.apply(named, time, at.week_start)).lower() == wanted.lower():
            return True
    return False
