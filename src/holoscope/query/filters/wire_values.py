"""The scalars of wire filters, read tolerantly: text and numbers may stand for each other (digest §1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.query.filters.literals import UNITS

LISTS = ("EQUALS", "STRING_IS", "IS")
_MOST_VALUES = 10_000
_MOST_PATTERNS = 500
_LENGTH = re.compile(rf"-?\d{{1,9}} (complete )?({'|'.join(UNITS)})s?")


def read_bool(value: object, at: str, *, default: bool = False) -> bool:
    """Read a boolean that may arrive as text or null."""
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise BadRequest(f"Bad Request: {at}: expected true or false, received {value!r}")


def read_values(value: Mapping[str, Any], at: str) -> list[Any]:
    """Read the `values` of a filter, none when there are none."""
    values = value.get("values")
    if values is None:
        return []
    if not isinstance(values, list):
        raise BadRequest(f"Bad Request: {at}.values: expected an array")
    most = _MOST_VALUES if str(value.get("kind") or "EQUALS").upper() in LISTS else _MOST_PATTERNS
    if len(values) > most:
        raise BadRequest(f"Bad Request: {at}.values: at most {most} values, received {len(values)}")
    for position, item in enumerate(values):
        if isinstance(item, (Mapping, list)):
            raise BadRequest(f"Bad Request: {at}.values.{position}: expected text or a number")
    return values


def is_negative(value: Mapping[str, Any], at: str) -> bool:
    """Tell whether a filter denies."""
    return read_bool(value.get("is_negative"), f"{at}.is_negative")


def word_of(item: object) -> str:
    """Write a value as text, booleans in the words of JSON."""
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item)


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


def read_side(value: Mapping[str, Any], key: str, at: str) -> str | None:
    """Read a date literal under a key, None when there is none."""
    side = value.get(key)
    if side is None or side == "":
        return None
    if isinstance(side, (str, int)) and not isinstance(side, bool):
        return str(side)
    raise BadRequest(f"Bad Request: {at}.{key}: expected a date literal, received {side!r}")


def read_length(value: Mapping[str, Any], key: str, at: str) -> str | None:
    """Read a length of time under a key, such as `56 days` or `-1 year`."""
    text = read_side(value, key, at)
    if text is None:
        return None
    text = " ".join(text.lower().split())
    if not _LENGTH.fullmatch(text):
        raise BadRequest(f"Bad Request: {at}.{key}: expected a length of time such as '56 days'")
    return text
