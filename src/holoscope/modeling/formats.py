"""Named formats and patterns: how a value looks in a formatted answer (modeling digest §10).

Numbers are exact decimals and halves round away from zero, as in a spreadsheet. A format never
changes grouping; it is applied to finished values. Without a suffix money has two decimals (yen
none), percent and scaled numbers up to two, `number` all it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from holoscope.modeling.format_patterns import WIDE, number_pattern, round_half_up, time_pattern
from holoscope.modeling.locales import ENGLISH, LOCALES, Locale
from holoscope.modeling.relative_times import relative_text

Formatter = Callable[[object], str]
Writer = Callable[[Decimal, Locale], str]

_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "brl": "R$", "aud": "A$"}
_SCALES = {"thousands": (3, "K"), "millions": (6, "M"), "billions": (9, "B"), "trillions": (12, "T")}
_STEPS = ((12, "T"), (9, "B"), (6, "M"), (3, "K"))
_LONGEST = 200
RELATIVE = frozenset({"relative", "relativenumeric", "relativeshort"})
_PLAIN = (
    "number",
    "percent",
    "id",
    "thousands",
    "millions",
    "billions",
    "trillions",
    "big",
    "bignumber",
)
_MONEY = ("currency", "accounting", "financial")
_NAMED = re.compile(
    rf"(?:(?P<plain>{'|'.join(_PLAIN)})"
    rf"|(?P<big>big)?(?P<currency>{'|'.join(_SYMBOLS)})?(?P<money>{'|'.join(_MONEY)}))"
    r"(?:_(?P<places>[0-9]))?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when values are read: the numbers' locale, the present and the zone of wall times."""

    locale: str = "en_US"
    now: datetime | None = None
    zone: str = "UTC"


HOME = Setting()


def is_known_format(text: str) -> bool:
    """Tell whether `format_value` understands this format."""
    return _is_relative(text) or _formatter(text) is not None


def format_names() -> tuple[str, ...]:
    """List the named formats, without the number of places that may follow most of them (`number_2`)."""
    money = (f"{big}{sign}{word}" for big in ("", "big") for sign in ("", *_SYMBOLS) for word in _MONEY)
    return (*_PLAIN, *money, *sorted(RELATIVE))


def canonical_format(name: str) -> str:
    """Return a named format in the wire's spelling, upper case; patterns stay as they are."""
    return name.upper() if _NAMED.match(name.strip()) or _is_relative(name) else name


def format_value(value: object, format: str | None, setting: Setting = HOME) -> str:
    """Write `value` in `format`; None becomes "" and an unknown format changes nothing."""
    return formatter(format, setting)(value)


def formatter(format: str | None, setting: Setting = HOME) -> Formatter:
    """Return the function that writes values in `format`, for a whole column at once."""
    if format and _is_relative(format):
        return _relative(format.strip().lower(), setting)
    write = _formatter(format) if format else None
    if write is None:
        return default_text
    locale = LOCALES.get(setting.locale, ENGLISH)
    return lambda value: write(value, locale)


def _is_relative(text: str) -> bool:
    return text.strip().lower() in RELATIVE


def _relative(style: str, setting: Setting) -> Formatter:
    now = setting.now

    def write(value: object) -> str:
        if now is None or not isinstance(value, date):
            return default_text(value)
        return relative_text(value, now, setting.zone, style)

    return write


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
def _formatter(text: str) -> Callable[[object, Locale], str] | None:
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
    return lambda value, _: times(value) if isinstance(value, date) else default_text(value)


def _of_numbers(write: Writer) -> Callable[[object, Locale], str]:
    def apply(value: object, locale: Locale) -> str:
        number = _exact(value)
        return default_text(value) if number is None else write(number, locale)

    return apply


def _named(found: re.Match[str]) -> Writer:
    places = int(found["places"]) if found["places"] else None
    if found["money"]:
        return _money(found, places)
    name = found["plain"].lower()
    if name == "id":
        return _identified
    if name == "percent":
        return _signed(lambda size: _short(size.scaleb(2, context=WIDE), places), "%")
    if name in _SCALES:
        power, letter = _SCALES[name]
        return _signed(lambda size: _short(size.scaleb(-power, context=WIDE), places), letter)
    if name == "number":
        return _signed(lambda size: _digits(size, places))
    return _signed(lambda size: _scaled(size, places))


def _identified(value: Decimal, _: Locale) -> str:
    """Write a number that names something: no separators in any locale."""
    digits = f"{round_half_up(abs(value), 0):f}"
    return f"-{digits}" if value < 0 and _says_something(digits) else digits


def _money(found: re.Match[str], places: int | None) -> Writer:
    currency, kind = (found["currency"] or "").lower(), found["money"].lower()
    if places is None:
        places = 0 if currency == "jpy" else 2
    body = _scaled if found["big"] else _digits

    def write(value: Decimal, locale: Locale) -> str:
        before, after = (_SYMBOLS[currency], "") if currency else (locale.before, locale.after)
        if kind == "financial" and not currency:
            before = after = ""
        digits = body(abs(value), places)
        size = locale.number(digits)
        if value >= 0 or not _says_something(digits):
            return f"{before}{size}{after}"
        if kind == "currency":
            return f"-{before}{size}{after}"
        return f"{before}({size}){after}" if kind == "accounting" else f"({before}{size}{after})"

    return write


def _signed(write: Callable[[Decimal], str], after: str = "") -> Writer:
    def apply(value: Decimal, locale: Locale) -> str:
        digits = write(abs(value))
        sign = "-" if value < 0 and _says_something(digits) else ""
        return f"{sign}{locale.number(digits)}{after}"

    return apply


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
