"""Settled conditions as text: what `expressions.read_expression` reads, written (query digest §3.6)."""

from __future__ import annotations

import re

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import (
    Anything,
    BooleanMatch,
    Composite,
    Condition,
    DateKind,
    DateMatch,
    IsNull,
    NumberKind,
    NumberMatch,
    StringKind,
    StringMatch,
)
from holoscope.modeling.types import DataType
from holoscope.query.filters.expressions import read_expression
from holoscope.query.filters.node import node_of, number_text
from holoscope.query.filters.settle import settle

_SIGNS = {
    (NumberKind.GREATER_THAN, False): ">",
    (NumberKind.GREATER_THAN, True): ">=",
    (NumberKind.LESS_THAN, False): "<",
    (NumberKind.LESS_THAN, True): "<=",
}
_BEGIN = {
    StringKind.CONTAINS: "contains ",
    StringKind.STARTS_WITH: "starts with ",
    StringKind.ENDS_WITH: "ends with ",
}
_LENGTH = re.compile(r"(\d+) ([a-z]+?)s?")
_BACK = re.compile(r"(\d+) (complete )?([a-z]+?)s? ago")


class _Untold(Exception):
    """The language of texts has no words for it."""


def text_of(condition: Condition, kind: DataType) -> str | None:
    """Write a settled condition as text; None when no text means the same.

    What is written is read again and compared, so that a value that looks like a word of the language
    (`null`, ` x `) is not mistaken for it.
    """
    try:
        text = ", ".join(_pieces(condition))
        again = settle(read_expression(text, "filter", kind), kind)
    except (_Untold, InvalidQuery):
        return None
    return text if node_of(again) == node_of(condition) else None


def _pieces(condition: Condition) -> list[str]:
    match condition:
        case Anything():
            return []
        case IsNull(negative):
            return ["not null" if negative else "null"]
        case BooleanMatch(value, nulls):
            return ["true" if value else "falsey" if nulls else "false"]
        case StringMatch(case_insensitive=False):
            return [
                _denied(_string(condition, value), condition.negative) for value in condition.values or ("",)
            ]
        case NumberMatch():
            return [_denied(text, condition.negative) for text in _numbers(condition)]
        case DateMatch(fiscal=False, offset=None):
            return [_denied(_window(condition), condition.negative)]
        case Composite(_, parts, False):
            return [piece for part in parts for piece in _pieces(part)]
    raise _Untold


def _denied(text: str, negative: bool) -> str:
    return f"not {text}" if negative else text


def _string(condition: StringMatch, value: str) -> str:
    if condition.kind is StringKind.IS_EMPTY:
        return "empty"
    if condition.kind is StringKind.SQL_LIKE:
        return value.replace("\\", "\\\\").replace(",", "\\,")
    escaped = re.sub(r"([,%\\])", r"\\\1", value)
    return _BEGIN.get(condition.kind, "") + (f"\\{escaped}" if escaped.startswith("-") else escaped)


def _numbers(condition: NumberMatch) -> list[str]:
    values = [number_text(value) for value in condition.values]
    if condition.kind is NumberKind.EQUALS:
        return values
    if condition.kind is NumberKind.BETWEEN:
        return [f"between {values[0]} and {values[1]}"]
    return [f"{_SIGNS[condition.kind, condition.inclusive]}{values[0]}"]


def _window(condition: DateMatch) -> str:
    left, right = condition.left, condition.right
    match condition.kind:
        case DateKind.TIME_FOR_UNIT_DURATION if left is not None:
            return left
        case DateKind.TIME_FOR_INTERVAL_DURATION if left is not None and right is not None:
            back, length = _BACK.fullmatch(left), _LENGTH.fullmatch(right)
            if back and length and (back[1], back[3]) == (length[1], length[2]):
                unit = length[2] if length[1] == "1" else f"{length[2]}s"
                return f"last {length[1]} {'complete ' if back[2] else ''}{unit}"
            return f"{left} for {right}"
        case DateKind.BETWEEN if left is not None and right is not None:
            return f"{left} to {right}"
        case DateKind.BEFORE if right is not None:
            return f"before {right}"
        case DateKind.ON_OR_AFTER if left is not None:
            return f"on or after {left}"
    raise _Untold
