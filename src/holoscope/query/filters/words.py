"""Settled conditions as the rest of an English sentence that begins with the name of the field."""

from __future__ import annotations

import re

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
    StringKind,
    StringMatch,
)
from holoscope.query.filters.node import number_text
from holoscope.query.filters.spoken_literals import say_length
from holoscope.query.filters.spoken_windows import one_of, say_part, say_window

_PLAIN = re.compile(r"[\w$€£](?:[\w .&'/:@$%+-]*[\w.%])?")
_AMBIGUOUS = re.compile(r"\b(or|and|not|more|null|empty|value)\b", re.IGNORECASE)
_JOINED = re.compile(r" (or|and) ")
_TEXTS = {
    StringKind.CONTAINS: ("contains", "does not contain"),
    StringKind.STARTS_WITH: ("starts with", "does not start with"),
    StringKind.ENDS_WITH: ("ends with", "does not end with"),
    StringKind.SQL_LIKE: ("is like", "is not like"),
}
_COMPARED = {
    (NumberKind.GREATER_THAN, False): "greater than",
    (NumberKind.GREATER_THAN, True): "at least",
    (NumberKind.LESS_THAN, False): "less than",
    (NumberKind.LESS_THAN, True): "at most",
}


def words_of(condition: Condition, week_start: int = 0) -> str:
    """Put a settled condition into words, such as `is Ohio or Texas`, `in the last 7 days, today included`.

    What a denial does with missing values depends on whether the field is a measure, and is not said.

    Raises:
        InvalidQuery: a value names no part of the calendar.
    """
    match condition:
        case IsNull(negative):
            return "has a value" if negative else "has no value"
        case BooleanMatch(value, nulls):
            return "is true" if value else "is false or has no value" if nulls else "is false"
        case StringMatch():
            return _string(condition)
        case NumberMatch():
            return _is(_number(condition), condition.negative)
        case DateMatch(negative=negative):
            return _denied(say_window(condition), negative)
        case DatePartMatch(negative=negative):
            return _denied(say_part(condition, week_start), negative)
        case AttributeMatch(name, negative):
            return _is(f'what the user attribute "{name}" of who asks says', negative)
        case InQuery(field, query, negative):
            return _is(f'among the values of "{field}" in the query "{query}"', negative)
        case Moved(inner, back, negative):
            return _denied(f"({words_of(inner, week_start)}) moved back by {say_length(back)}", negative)
        case Composite(conjunction, parts, negative):
            said = [_part(part, conjunction, week_start) for part in parts]
            comma = "," if any(_JOINED.search(words) for words in said) else ""
            joined = f"{comma} {conjunction.lower()} ".join(said)
            return f"not ({joined})" if negative else joined
    return "is anything"


def _part(part: Condition, conjunction: str, week_start: int) -> str:
    words = words_of(part, week_start)
    nested = isinstance(part, Composite) and not part.negative and part.conjunction != conjunction
    return f"({words})" if nested else words


def _denied(words: str, negative: bool) -> str:
    return f"not {words}" if negative else words


def _is(words: str, negative: bool) -> str:
    return f"is not {words}" if negative else f"is {words}"


def _string(condition: StringMatch) -> str:
    negative = condition.negative
    values = one_of([_quoted(value) for value in condition.values])
    folded = ", in any letter case" if condition.case_insensitive else ""
    if condition.kind is StringKind.IS_EMPTY:
        return _is("empty text", negative)
    if condition.kind is StringKind.EQUALS:
        return _is(values, negative) + folded
    return f"{_TEXTS[condition.kind][negative]} {values}{folded}"


def _quoted(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and not _AMBIGUOUS.search(value)
    return value if plain else f'"{value}"'


def _number(condition: NumberMatch) -> str:
    values = [number_text(value) for value in condition.values]
    if condition.kind is NumberKind.EQUALS:
        return one_of(values)
    if condition.kind is NumberKind.BETWEEN:
        if condition.upper_inclusive:
            return f"between {values[0]} and {values[1]}, both included"
        return f"at least {values[0]} and less than {values[1]}"
    return f"{_COMPARED[condition.kind, condition.inclusive]} {values[0]}"
