"""Named formats and patterns: how a value looks in a formatted answer (modeling digest §10).

Numbers are exact decimals and halves round away from zero, as in a spreadsheet. A format never
changes grouping; it is applied to finished values. Without a suffix money has two decimals (yen
none), percent and scaled numbers up to two, `number` all it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from holoscope.modeling.format_patterns import WIDE, number_pattern, round_half_up, time_pattern

Formatter = Callable[[object], str]

_SYMBOLS = {"": "$", "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "brl": "R$", "aud": "A$"}
_SCALES = {"thousands": (3, "K"), "millions": (6, "M"), "billions": (9, "B"), "trillions": (12, "T")}
_STEPS = ((12, "T"), (9, "B"), (6, "M"), (3, "K"))
_LONGEST = 200
_NAMED = re.compile(
    r"(?:(?P<plain>number|percent|id|thousands|millions|billions|trillions|big|bignumber)"
    r"|(?P<big>big)?(?P<currency>usd|eur|gbp|jpy|brl|aud)?(?P<money>currency|accounting|financial))"
    r"(?:_(?P<places>[0-9]))?\Z",
    re.IGNORECASE,
)


def is_known_format(text: str) -> bool:
    """Tell whether `format_value` understands this format."""
    return _formatter(text) is not None


def canonical_format(name: str) -> str:
    """Return a named format in the wire's spelling, upper case; patterns stay as they are."""
    return name.upper() if _NAMED.match(name.strip()) else name


def format_value(value: object, format: str | None) -> str:
    """Write `value` in `format`; None becomes "" and an unknown format changes nothing."""
    return formatter(format)(value)


def formatter(format: str | None) -> Formatter:
    """Return the function that writes values in `format`, for a whole column at once."""
    return (_formatter(format) if format else None) or default_text


def default_text(value: object) -> str:
    """Write a value without a format: exact, no separators, ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (list, tuple)):
        return ", ".join(default_text(item) for item in value)
    return str(value)


def _exact(value: object) -> Decimal | None:
    """Return a number as a decimal, by its shortest digits; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        return number if number.is_finite() else None
    return None


@lru_cache(maxsize=1024)
def _formatter(text: str) -> Formatter | None:
    if len(text) > _LONGEST:
        return None
    named = _NAMED.match(text.strip())
    if named is not None:
        return _of_numbers(_named(named))
    pattern = number_pattern(text)
    if pattern is not None:
        return _of_numbers(pattern)
    times = time_pattern(text)
    if times is None:
        return None
    return lambda value: times(value) if isinstance(value, date) else default_text(value)


def _of_numbers(write: Callable[[Decimal], str]) -> Formatter:
    def apply(value: object) -> str:
        number = _exact(value)
        return default_text(value) if number is None else write(number)

    return apply


def _named(found: re.Match[str]) -> Callable[[Decimal], str]:
    places = int(found["places"]) if found["places"] else None
    if found["money"]:
        return _money(found, places)
    name = found["plain"].lower()
    if name == "id":
        return lambda value: f"{round_half_up(value, 0):f}"
    if name == "percent":
        return lambda value: _signed(value, lambda size: _short(size.scaleb(2, context=WIDE), places) + "%")
    if name in _SCALES:
        power, letter = _SCALES[name]
        return lambda value: _signed(
            value, lambda size: _short(size.scaleb(-power, context=WIDE), places) + letter
        )
    if name == "number":
        return lambda value: _signed(value, lambda size: _digits(size, places))
    return lambda value: _signed(value, lambda size: _scaled(size, places))


def _money(found: re.Match[str], places: int | None) -> Callable[[Decimal], str]:
    currency, kind = (found["currency"] or "").lower(), found["money"].lower()
    symbol = "" if kind == "financial" and not currency else _SYMBOLS[currency]
    if places is None:
        places = 0 if currency == "jpy" else 2
    body = _scaled if found["big"] else _digits

    def write(value: Decimal) -> str:
        size = body(abs(value), places)
        if value >= 0 or not _says_something(size):
            return f"{symbol}{size}"
        if kind == "currency":
            return f"-{symbol}{size}"
        return f"{symbol}({size})" if kind == "accounting" else f"({symbol}{size})"

    return write


def _signed(value: Decimal, write: Callable[[Decimal], str]) -> str:
    size = write(abs(value))
    return f"-{size}" if value < 0 and _says_something(size) else size


def _says_something(written: Iterable[str]) -> bool:
    """Tell whether rounding left more than zeros: nobody wants to read `-0.00`."""
    return any(letter in "123456789" for letter in written)


def _digits(size: Decimal, places: int | None) -> str:
    return _shortest(size) if places is None else f"{round_half_up(size, places):,f}"


def _shortest(size: Decimal) -> str:
    return f"{size:,f}".rstrip("0").rstrip(".") if size != size.to_integral_value() else f"{size:,.0f}"


def _short(size: Decimal, places: int | None) -> str:
    """Like `_digits`, but at most two decimals when nothing is said."""
    return _shortest(round_half_up(size, 2)) if places is None else _digits(size, places)


def _scaled(size: Decimal, places: int | None) -> str:
    for power, letter in _STEPS:
        scaled = size.scaleb(-power, context=WIDE)
        if round_half_up(scaled, 2 if places is None else places) >= 1:
            return _short(scaled, places) + letter
    return _short(size, places)
