"""Spreadsheet patterns (`#,##0.00 "kg"`) and d3 time patterns (`%Y-%m`) as functions.

Only what modeling digest §10 shows: digits, grouping, scaling commas, percent, quoted text and
`positive;negative;zero` sections; no scientific notation, no colours, no spreadsheet dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from holoscope.modeling.locales import Locale

WIDE = Context(prec=800, rounding=ROUND_HALF_UP)
"""Wide enough for any number a warehouse or a double can hold."""

_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
_MONTHS += ["August", "September", "October", "November", "December"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DIGITS = "0#?"
_NUMBER_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[0#?](?:[0#?,]*[0#?])?,*(?:\.[0#?]*)?,*|\.[0#?]+|.', re.DOTALL
)
_DIRECTIVE = re.compile(r"%([-_0]?)([A-Za-z%])")


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round to `places` decimals as spreadsheets do: halves go away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=WIDE)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a number pattern: what stands before and after the digits."""

    before: str
    after: str
    whole_digits: int
    fixed_places: int
    places: int
    grouped: bool
    shift: int

    def render(self, size: Decimal, locale: Locale) -> str:
        """Write a number that is not negative."""
        value = round_half_up(size.scaleb(self.shift, context=WIDE), self.places)
        whole, _, fraction = f"{value:f}".partition(".")
        whole = "" if whole == "0" and self.whole_digits == 0 else whole.zfill(self.whole_digits)
        if self.grouped:
            whole = _group(whole, locale.group)
        kept = fraction[: self.fixed_places] + fraction[self.fixed_places :].rstrip("0")
        return f"{self.before}{whole}{locale.point + kept if kept else ''}{self.after}"


def number_pattern(text: str) -> Callable[[Decimal, Locale], str] | None:
    """Return the function of a spreadsheet number pattern; None when it is not one we know."""
    sections = [_section(part) for part in _split(text)]
    if not 1 <= len(sections) <= 3 or sections[0] is None:
        return None
    positive = sections[0]
    negative = sections[1] if len(sections) > 1 else positive
    zero = sections[2] if len(sections) > 2 else positive
    if negative is None or zero is None:
        return None

    def write(value: Decimal, locale: Locale) -> str:
        if value == 0:
            return zero.render(Decimal(0), locale)
        if value > 0:
            return positive.render(value, locale)
        written = negative.render(-value, locale)
        if negative is not positive:
            return written
        return written if written == positive.render(Decimal(0), locale) else f"-{written}"

    return write


def time_pattern(text: str) -> Callable[[date], str] | None:
    """Return the function of a d3 time pattern; None when a directive is unknown or there is none."""
    directives = _DIRECTIVE.findall(text)
    if not directives or any(letter not in _TIME for _, letter in directives):
        return None
    if "%" in _DIRECTIVE.sub("", text):
        return None

    def write(value: date) -> str:
        instant = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001

        def one(match: re.Match[str]) -> str:
            written = _TIME[match.group(2)](instant)
            if match.group(1) == "-":
                return written.lstrip("0 ") or "0"
            return written.replace("0", " ", 1) if match.group(1) == "_" and written[:1] == "0" else written

        return _DIRECTIVE.sub(one, text)

    return write


def _group(digits: str, comma: str) -> str:
    head = len(digits) % 3
    parts = [digits[:head]] if head else []
    parts += [digits[at : at + 3] for at in range(head, len(digits), 3)]
    return comma.join(parts)


def _split(text: str) -> list[str]:
    parts, quoted, start = [], False, 0
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == ";" and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _section(text: str) -> Section | None:
    before, after, digits, percent = "", "", "", 0
    for token in _NUMBER_TOKEN.findall(text):
        first = token[0]
        if first in _DIGITS or (first == "." and len(token) > 1):
            if digits:
                return None
            digits = token
            continue
        if first == "%":
            percent += 2
        literal = _literal(token)
        if literal is None:
            return None
        if digits:
            after += literal
        else:
            before += literal
    if not digits:
        return None
    body = digits.rstrip(",")
    whole, _, fraction = body.partition(".")
    scale = 3 * (len(digits) - len(body)) + 3 * (len(whole) - len(whole.rstrip(",")))
    whole = whole.rstrip(",")
    return Section(
        before,
        after,
        whole.count("0"),
        len(fraction.rstrip("#?")),
        len(fraction),
        "," in whole,
        percent - scale,
    )


def _literal(token: str) -> str | None:
    """Return what a token outside the digits prints; None for what we do not do."""
    first = token[0]
    if first == '"':
        return token[1:-1] if len(token) > 1 and token[-1] == '"' else None
    if len(token) == 2 and first in "\\_*":
        return token[1] if first == "\\" else " " if first == "_" else ""
    if first == "[" or first.isalnum() or first in "@{}":
        return None
    return token


def _hour12(value: datetime) -> int:
    return value.hour % 12 or 12


_TIME: dict[str, Callable[[datetime], str]] = {
    "Y": lambda t: f"{t.year:04d}",
    "y": lambda t: f"{t.year % 100:02d}",
    "m": lambda t: f"{t.month:02d}",
    "B": lambda t: _MONTHS[t.month - 1],
    "b": lambda t: _MONTHS[t.month - 1][:3],
    "d": lambda t: f"{t.day:02d}",
    "e": lambda t: f"{t.day:2d}",
    "j": lambda t: f"{t.timetuple().tm_yday:03d}",
    "A": lambda t: _DAYS[t.weekday()],
    "a": lambda t: _DAYS[t.weekday()][:3],
    "u": lambda t: str(t.isoweekday()),
    "w": lambda t: str(t.isoweekday() % 7),
    "V": lambda t: f"{t.isocalendar().week:02d}",
    "q": lambda t: str((t.month + 2) // 3),
    "H": lambda t: f"{t.hour:02d}",
    "I": lambda t: f"{_hour12(t):02d}",
    "M": lambda t: f"{t.minute:02d}",
    "S": lambda t: f"{t.second:02d}",
    "L": lambda t: f"{t.microsecond // 1000:03d}",
    "f": lambda t: f"{t.microsecond:06d}",
    "p": lambda t: "AM" if t.hour < 12 else "PM",
    "%": lambda _: "%",
}
