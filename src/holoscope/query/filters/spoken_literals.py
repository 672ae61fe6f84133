"""Literals of times in canonical spelling and in English: `30 days ago`, `2026 Q3` (query digest §3.4)."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import dataclass

from holoscope.query.filters.literals import ABSOLUTE, AGO, DURATION, FISCAL, QUARTER, RELATIVE, shift_of

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_SHIFTS = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A period in words: `on` before `noun` where it holds a time; `shift` units from the present one."""

    on: str
    noun: str
    unit: str = ""
    shift: int | None = None

    @property
    def inside(self) -> str:
        """Give the words for a time that lies in the period."""
        return f"{self.on} {self.noun}".strip()


def tidy_literal(literal: str) -> str:
    """Spell a literal as the documentation does; one that is none stays as it is, its spaces squeezed."""
    text = " ".join(literal.lower().split())
    if match := ABSOLUTE.fullmatch(text):
        return _absolute_text(match)
    if match := QUARTER.fullmatch(text):
        return f"{match[1]} Q{match[2]}"
    if match := FISCAL.fullmatch(text):
        return f"FY{match[1]}" + (f" Q{match[2]}" if match[2] else "")
    if match := RELATIVE.fullmatch(text):
        return f"{match[1]} {match[2] or ''}{match[3]}"
    if match := AGO.fullmatch(text):
        words = f"{match[2] or ''}{match[3] or ''}{match[4]}"
        return f"{int(match[1])} {words}{_s(int(match[1]))} {match[5]}"
    if match := DURATION.fullmatch(text):
        return say_length(text)
    return text


def say_length(length: str) -> str:
    """Spell a length of time: `1 day`, `30 days`."""
    match = DURATION.fullmatch(" ".join(length.lower().split()))
    return length if match is None else f"{int(match[1])} {match[2]}{_s(abs(int(match[1])))}"


def say_literal(literal: str, *, fiscal: bool = False) -> Spoken:
    """Put a literal into words; `fiscal` reads its years and quarters as fiscal ones."""
    text = " ".join(literal.lower().split())
    if text == "now":
        return Spoken("exactly", "now")
    if text in _DAYS:
        return say_period("day", _DAYS[text])
    if match := RELATIVE.fullmatch(text):
        return say_period(match[3], _SHIFTS[match[1]], fiscal=fiscal or bool(match[2]))
    if match := AGO.fullmatch(text):
        return say_period(match[4], shift_of(match), fiscal=fiscal or bool(match[3]))
    if match := FISCAL.fullmatch(f"fy{text}" if fiscal and text[:1].isdigit() else text):
        year = f"fiscal year {match[1]}"
        return Spoken("in", f"quarter {match[2]} of {year}" if match[2] else year)
    if match := QUARTER.fullmatch(text):
        return Spoken("in", f"quarter {match[2]} of {match[1]}")
    if match := ABSOLUTE.fullmatch(text):
        return _absolute(match)
    return Spoken("in", literal)


def say_period(unit: str, shift: int, *, fiscal: bool = False) -> Spoken:
    """Put the period that lies `shift` units from the present one into words."""
    word = f"fiscal {unit}" if fiscal and unit in ("year", "quarter") else unit
    if word == "day" and abs(shift) <= 1:
        return Spoken("", ("yesterday", "today", "tomorrow")[shift + 1], word, shift)
    if abs(shift) <= 1:
        return Spoken("in", f"{('last', 'this', 'next')[shift + 1]} {word}", word, shift)
    side = "before" if shift < 0 else "after"
    present = "today" if word == "day" else "this one"
    noun = f"the {word} {abs(shift)} {word}s {side} {present}"
    return Spoken("on" if word == "day" else "in", noun, word, shift)


def _absolute_text(match: re.Match[str]) -> str:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    text = "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
    clock = ":".join(part.zfill(2) for part in (hour, minute, second) if part)
    clock += f".{fraction}" if fraction else ""
    return (f"{text} {clock}" if clock else text) + (zone or "").upper()


def _absolute(match: re.Match[str]) -> Spoken:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if month is None:
        return Spoken("in", year)
    named = month_name[int(month)] if 1 <= int(month) <= 12 else month
    if day is None:
        return Spoken("in", f"{named} {year}")
    date = f"{int(day)} {named} {year}"
    if hour is None:
        return Spoken("on", date)
    clock = ":".join(part.zfill(2) for part in (hour, minute or "00", second) if part)
    clock += f".{fraction}" if fraction else ""
    clock += "" if zone is None else " UTC" if zone == "z" else f" UTC{zone}"
    return (
        Spoken("in", f"the hour from {clock} on {date}")
        if minute is None
        else Spoken("at", f"{clock} on {date}")
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"
