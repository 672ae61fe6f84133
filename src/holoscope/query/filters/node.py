"""Settled conditions as filters of the wire, as `wire.parse_filter` reads them (query digest §3.2, §3.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from holoscope.modeling.conditions import (
    AttributeMatch,
    BooleanMatch,
    Composite,
    Condition,
    DateMatch,
    DatePartMatch,
    InQuery,
    IsNull,
    Moved,
    NumberKind,
    NumberMatch,
    StringMatch,
)

Written = dict[str, Any]
Node = Written | str
_WILD = re.compile(r"[_\\]")


def node_of(condition: Condition) -> Node | None:
    """Write a settled condition as one filter of a query; None when it keeps everything.

    A pattern whose only wildcard is `%` while it holds others' signs has no object of its own: it stays text.
    """
    match condition:
        case IsNull(negative):
            return {"type": "null", "is_negative": negative}
        case BooleanMatch(value, nulls):
            return {"type": "boolean", "is_negative": not value} | (
                {"treat_nulls_as_false": True} if nulls else {}
            )
        case StringMatch():
            return _string(condition)
        case NumberMatch():
            return _number(condition)
        case DateMatch():
            return _date(condition)
        case DatePartMatch(part, values, negative):
            return {"type": "date", "kind": part.name, "values": list(values), "is_negative": negative}
        case AttributeMatch(name, negative):
            return {"type": "user_attribute", "user_attribute_name": name, "is_negative": negative}
        case InQuery(field, query, negative, disregard):
            named: Written = {"type": "query", "field_name": field, "query_id": str(query)}
            return named | {"is_negative": negative} | ({"disregard_limit": True} if disregard else {})
        case Moved(_, back, negative):
            moved: Written = {"type": "date", "kind": "QUERY_OFFSET", "offset_interval_string": back}
            return moved | {"is_negative": negative}
        case Composite(conjunction, parts, negative):
            filters = [node for part in parts if (node := node_of(part)) is not None]
            whole: Written = {"type": "composite", "conjunction": conjunction, "filters": filters}
            return whole | ({"is_negative": True} if negative else {})
    return None


def number_text(number: Decimal) -> str:
    """Write a number as people do, those beyond 20 digits with an exponent."""
    if number == 0:
        return "0"
    plain = number.normalize()
    return f"{plain:f}" if -20 <= plain.adjusted() <= 20 else str(plain)


def _string(condition: StringMatch) -> Node:
    if condition.only_percent and _WILD.search(condition.values[0]):
        pattern = condition.values[0].replace("\\", "\\\\").replace(",", "\\,")
        return f"not {pattern}" if condition.negative else pattern
    node: Written = {
        "type": "string",
        "kind": condition.kind.value,
        "values": list(condition.values),
        "is_negative": condition.negative,
    }
    return node | ({"case_insensitive": True} if condition.case_insensitive else {})


def _number(condition: NumberMatch) -> Written:
    """Write a test of a number; BETWEEN of the wire has no upper end, so one that has it is two tests."""
    if condition.kind is NumberKind.BETWEEN and condition.upper_inclusive:
        low, high = condition.values
        ends = (
            NumberMatch(NumberKind.GREATER_THAN, (low,), inclusive=True),
            NumberMatch(NumberKind.LESS_THAN, (high,), inclusive=True),
        )
        node: Written = {"type": "composite", "conjunction": "AND", "filters": [_number(end) for end in ends]}
        return node | ({"is_negative": True} if condition.negative else {})
    node = {
        "type": "number",
        "kind": condition.kind.value,
        "values": [number_text(value) for value in condition.values],
        "is_negative": condition.negative,
    }
    return node | ({"is_inclusive": True} if condition.inclusive else {})


def _date(condition: DateMatch) -> Written:
    node: Written = {"type": "date", "kind": condition.kind.value}
    if condition.left is not None:
        node["left_side"] = condition.left
    if condition.right is not None:
        node["right_side"] = condition.right
    node["is_negative"] = condition.negative
    if condition.fiscal:
        node["isFiscal"] = True
    if condition.offset is not None:
        node["offset_interval_string"] = condition.offset
    return node
