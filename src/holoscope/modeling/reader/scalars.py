"""Plain scalars by the core schema of YAML 1.2: `yes` stays text, `017` is 17, `1e3` a number.

Numbers with a fraction or an exponent become `Decimal`, so that nothing is rounded on reading.
"""

from __future__ import annotations

import re
from decimal import Decimal

Plain = str | int | float | Decimal | bool | None

_WORDS: dict[str, Plain] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".inf": float("inf"),
    ".Inf": float("inf"),
    ".INF": float("inf"),
    "+.inf": float("inf"),
    "+.Inf": float("inf"),
    "+.INF": float("inf"),
    "-.inf": float("-inf"),
    "-.Inf": float("-inf"),
    "-.INF": float("-inf"),
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)\Z")
_FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_FIRST = frozenset("0123456789+-.~nNtTfF")
_LONGEST_NUMBER = 100
_LARGEST_EXPONENT = 400


def plain_value(text: str) -> Plain:
    """Return what an unquoted scalar means.

    Raises:
        ValueError: a number with more than 100 characters or beyond 10^400.
    """
    if text and text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        _check_length(text)
        return int(text)
    if _BASED.match(text):
        _check_length(text)
        return int(text[2:], 8 if text[1] == "o" else 16)
    if _FRACTION.match(text):
        return _fraction(text)
    return text


def tagged_value(tag: str, text: str) -> Plain:
    """Return what a scalar with an explicit core tag such as `!!str` means.

    Raises:
        ValueError: the tag is not one of the core schema, or the text does not fit it.
    """
    word = tag.removeprefix("tag:yaml.org,2002:")
    if word == "str":
        return text
    value = plain_value(text)
    kinds: dict[str, tuple[type, ...]] = {"null": (type(None),), "bool": (bool,), "int": (int,)}
    kinds["float"] = (float, Decimal, int)
    if word not in kinds:
        raise ValueError(f"The tag {tag!r} is not allowed.")
    if not isinstance(value, kinds[word]) or (word != "bool" and isinstance(value, bool)):
        raise ValueError(f"{text[:40]!r} is not a !!{word}.")
    return value


def _check_length(text: str) -> None:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"The number {text[:20]}... is too long.")


def _fraction(text: str) -> Decimal:
    _check_length(text)
    try:
        value = Decimal(text)
    except ArithmeticError:
        raise ValueError(f"The number {text} is too large.") from None
    if value and abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"The number {text} is too large.")
    return value
