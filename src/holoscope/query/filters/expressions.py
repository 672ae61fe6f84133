r"""Expression strings: filters as people type them (`>30`, `-done`, `last 90 days`) (query digest §3.6).

Alternatives are parted by commas, `\,` is a comma itself. What is wanted is any of the
alternatives, what is denied is none of them: `a,b,-c` is `(a or b) and not c`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

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
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.modeling.types import DataType
from holoscope.query.filters.literals import UNITS

_COMMA = re.compile(r"(?<!\\)(?:\\\\)*,")
_MOST_PIECES = 10_000
_LONGEST = 200
_ANY = ("", "any", "any value", "any time")
_NULL = re.compile(r"(?:is\s+)?(not\s+)?null", re.IGNORECASE)
_NOT = re.compile(r"not\s+(?=\S)", re.IGNORECASE)
_TEXTS = {
    "contains": StringKind.CONTAINS,
    "starts with": StringKind.STARTS_WITH,
    "ends with": StringKind.ENDS_WITH,
}
_TEXT = re.compile(r"(contains|starts\s+with|ends\s+with)\s+(.+)", re.IGNORECASE | re.DOTALL)
_PERCENT = re.compile(r"(?<!\\)%")
_EMPTY = re.compile(r"(?:is\s+)?(not\s+)?empty", re.IGNORECASE)
_COMPARE = re.compile(r"(>=|<=|!=|<>|>|<|=)\s*(.+)")
_BETWEEN = re.compile(r"between\s+(\S+)\s+and\s+(\S+)", re.IGNORECASE)
_TO = re.compile(r"(\S+)\s+to\s+(\S+)", re.IGNORECASE)
_COMPARISONS = {
    ">": (NumberKind.GREATER_THAN, False),
    ">=": (NumberKind.GREATER_THAN, True),
    "<": (NumberKind.LESS_THAN, False),
    "<=": (NumberKind.LESS_THAN, True),
}
_UNIT = rf"(?:{'|'.join(UNITS)})s?"
_LAST = re.compile(rf"last\s+(\d+)\s+(complete\s+)?({_UNIT})", re.IGNORECASE)
_FOR = re.compile(r"(.+?)\s+for\s+(.+)", re.IGNORECASE)
_RANGE = re.compile(r"(?:between\s+(.+?)\s+and|(.+?)\s+to)\s+(.+)", re.IGNORECASE)
_BEFORE = re.compile(r"before\s+(.+)", re.IGNORECASE)
_AFTER = re.compile(r"(?:on\s+or\s+)?after\s+(.+)", re.IGNORECASE)
_EXAMPLES = {
    DataType.NUMBER: "42, >100, between 10 and 100, 10 to 20, not 5, null",
    DataType.TIMESTAMP: "last 90 days, this quarter, 2026-03, before 2026-01-01, 9 days ago for 5 days",
    DataType.BOOLEAN: "true, false, falsey, null",
}


def read_expression(text: str, name: str, kind: DataType) -> Condition:
    """Read the text by the type of the field, which `name` names in errors.

    Raises:
        InvalidQuery: it is not of the language, or the type has none.
    """
    if " ".join(text.lower().split()) in _ANY:
        return Anything()
    if kind in (DataType.ARRAY, DataType.INTERVAL, DataType.JSON):
        raise InvalidQuery(
            f'Filter on "{name}": a {kind.lower()} field is not filtered by text; write '
            '{"type": "null"} or filter another field.'
        )
    read = _READERS.get(kind, _text)
    wanted: list[Condition] = []
    denied: list[Condition] = []
    pieces = alternatives(text)
    if len(pieces) > _MOST_PIECES:
        raise InvalidQuery(f'Filter on "{name}": more than {_MOST_PIECES} alternatives; narrow them.')
    for _, piece in pieces:
        try:
            condition, negative = read(piece if read is _text else _short(piece))
        except (ValueError, InvalidOperation):
            raise InvalidQuery(
                f"Filter on \"{name}\": '{piece[:_LONGEST]}' cannot be read as a "
                f"{_WORDS.get(kind, 'text')} filter{hint(kind)}"
            ) from None
        (denied if negative else wanted).append(condition)
    return _joined(_merged(wanted), _merged(denied))


def hint(kind: DataType) -> str:
    """Give examples of filters on fields of a type, to end a sentence with."""
    return f"; write it like one of these: {_EXAMPLES.get(kind, 'California, contains x')}."


def alternatives(text: str) -> list[tuple[int, str]]:
    """Part a text at its commas; give where each alternative begins, and the alternative."""
    pieces, start = [], 0
    for match in _COMMA.finditer(text):
        pieces.append((start, text[start : match.end() - 1]))
        start = match.end()
    pieces.append((start, text[start:]))
    return [(at + len(piece) - len(piece.lstrip()), piece.strip()) for at, piece in pieces if piece.strip()]


def _short(piece: str) -> str:
    if len(piece) > _LONGEST:
        raise ValueError(piece)
    return " ".join(piece.split())


def _merged(conditions: list[Condition]) -> list[Condition]:
    """Make one list of values of many plain ones."""
    words = [one for one in conditions if isinstance(one, StringMatch) and one.kind is StringKind.EQUALS]
    numbers = [one for one in conditions if isinstance(one, NumberMatch) and one.kind is NumberKind.EQUALS]
    plain = {id(one) for one in (*words, *numbers)}
    rest = [one for one in conditions if id(one) not in plain]
    merged: list[Condition] = []
    if words:
        values = tuple(value for one in words for value in one.values)
        merged.append(StringMatch(StringKind.EQUALS, values, words[0].negative))
    if numbers:
        found = tuple(value for one in numbers for value in one.values)
        merged.append(NumberMatch(NumberKind.EQUALS, found, numbers[0].negative))
    return merged + rest


def _joined(wanted: list[Condition], denied: list[Condition]) -> Condition:
    parts = denied
    if wanted:
        parts = [wanted[0] if len(wanted) == 1 else Composite("OR", tuple(wanted)), *denied]
    if not parts:
        return Anything()
    return parts[0] if len(parts) == 1 else Composite("AND", tuple(parts))


def _negation(piece: str, *, dash: bool) -> tuple[str, bool]:
    match = _NOT.match(piece)
    if match:
        return piece[match.end() :], True
    if dash and piece.startswith("-") and len(piece) > 1:
        return piece[1:].lstrip(), True
    return piece, False


Read = tuple[Condition, bool]


def _null(piece: str) -> Read | None:
    match = _NULL.fullmatch(piece)
    return None if match is None else (IsNull(bool(match[1])), bool(match[1]))


def _text(piece: str) -> Read:
    if (null := _null(piece)) is not None:
        return null
    rest, negative = _negation(piece, dash=True)
    if (null := _null(rest)) is not None:
        return IsNull(negative), negative
    if match := _EMPTY.fullmatch(rest):
        negative = negative != bool(match[1])
        return StringMatch(StringKind.IS_EMPTY, (), negative), negative
    if match := _TEXT.fullmatch(rest):
        kind = _TEXTS[" ".join(match[1].lower().split())]
        return StringMatch(kind, (_unescaped(match[2]),), negative), negative
    if _PERCENT.search(rest):
        return _pattern(rest, negative), negative
    return StringMatch(StringKind.EQUALS, (_unescaped(rest),), negative), negative


def _pattern(text: str, negative: bool) -> Condition:
    """Read `A%`, `%z`, `%x%` and patterns with `%` inside; an escaped one is the sign itself."""
    inner = text.strip("%")
    plain = not _PERCENT.search(inner) and not text.endswith("\\%")
    kind = {(False, True): StringKind.STARTS_WITH, (True, False): StringKind.ENDS_WITH}.get(
        (text.startswith("%"), text.endswith("%")), StringKind.CONTAINS
    )
    if plain and inner:
        return StringMatch(kind, (_unescaped(inner),), negative)
    if "\\%" in text:
        raise ValueError(text)
    return StringMatch(StringKind.SQL_LIKE, (_unescaped(text),), negative, only_percent=True)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([,%\-\\])", r"\1", text)


def _number(piece: str) -> Read:
    if (null := _null(piece)) is not None:
        return null
    rest, negative = _negation(piece, dash=False)
    if match := _COMPARE.fullmatch(rest):
        sign, value = match[1], _decimal(match[2])
        if sign in ("!=", "<>", "="):
            negative = negative != (sign != "=")
            return NumberMatch(NumberKind.EQUALS, (value,), negative), negative
        kind, inclusive = _COMPARISONS[sign]
        return NumberMatch(kind, (value,), negative, inclusive), negative
    if match := _BETWEEN.fullmatch(rest) or _TO.fullmatch(rest):
        bounds = (_decimal(match[1]), _decimal(match[2]))
        return NumberMatch(NumberKind.BETWEEN, bounds, negative, upper_inclusive=True), negative
    return NumberMatch(NumberKind.EQUALS, (_decimal(rest),), negative), negative


def _decimal(text: str) -> Decimal:
    number = Decimal(text.strip())
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise ValueError(text)
    return number


def _date(piece: str) -> Read:
    if (null := _null(piece)) is not None:
        return null
    rest, negative = _negation(piece, dash=False)
    return _window(rest, negative), negative


def _window(text: str, negative: bool) -> Condition:
    if match := _LAST.fullmatch(text):
        length = f"{match[1]} {match[3]}"
        start = f"{match[1]} {'complete ' if match[2] else ''}{match[3]} ago"
        return DateMatch(DateKind.TIME_FOR_INTERVAL_DURATION, start, length, negative)
    if match := _FOR.fullmatch(text):
        return DateMatch(DateKind.TIME_FOR_INTERVAL_DURATION, match[1], match[2], negative)
    if match := _BEFORE.fullmatch(text):
        return DateMatch(DateKind.BEFORE, None, match[1], negative)
    if match := _AFTER.fullmatch(text):
        return DateMatch(DateKind.ON_OR_AFTER, match[1], None, negative)
    if match := _RANGE.fullmatch(text):
        return DateMatch(DateKind.BETWEEN, match[1] or match[2], match[3], negative)
    return DateMatch(DateKind.TIME_FOR_UNIT_DURATION, text, None, negative)


def _boolean(piece: str) -> Read:
    if (null := _null(piece)) is not None:
        return null
    word = piece.lower()
    if word not in ("true", "false", "falsey"):
        raise ValueError(piece)
    return (BooleanMatch(word == "true") if word != "falsey" else OneOf(("falsey",))), False


_READERS: dict[DataType, Callable[[str], Read]] = {
    DataType.STRING: _text,
    DataType.NUMBER: _number,
    DataType.TIMESTAMP: _date,
    DataType.BOOLEAN: _boolean,
}
_WORDS = {DataType.NUMBER: "number", DataType.TIMESTAMP: "date", DataType.BOOLEAN: "boolean"}
