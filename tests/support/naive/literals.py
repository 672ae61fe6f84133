"""Date literals, resolved from the grammar of the query digest (§3.4) with calendar arithmetic only.

Times here are wall-clock times of the query zone. Week start is 0 for Monday .. 6 for Sunday.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from support.naive.types import Refusal

UNITS = ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
_UNIT = "(" + "|".join(UNITS) + ")s?"
_ABSOLUTE = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$"
)
_QUARTER = re.compile(r"(\d{4})[ -]Q([1-4])$", re.IGNORECASE)
_RELATIVE = re.compile(rf"(this|last|next) {_UNIT}$")
_AGO = re.compile(rf"(\d+) (complete )?{_UNIT} ago$")
_DURATION = re.compile(rf"(\d+) {_UNIT}$")


@dataclass(frozen=True)
class Moment:
    """The start of a literal and the unit it denotes."""

    start: datetime
    unit: str

    @property
    def end(self) -> datetime:
        return shift(self.start, 1, self.unit)


def floor(time: datetime, unit: str, week_start: int = 0) -> datetime:
    """Start of the unit that holds `time`."""
    if unit == "millisecond":
        return time.replace(microsecond=time.microsecond // 1000 * 1000)
    cut = {"second": 1, "minute": 2, "hour": 3}.get(unit, 4)
    time = time.replace(microsecond=0)
    time = time.replace(second=0) if cut > 1 else time
    time = time.replace(minute=0) if cut > 2 else time
    time = time.replace(hour=0) if cut > 3 else time
    if unit == "week":
        return time - timedelta(days=(time.weekday() - week_start) % 7)
    if unit == "month":
        return time.replace(day=1)
    if unit == "quarter":
        return time.replace(month=(time.month - 1) // 3 * 3 + 1, day=1)
    return time.replace(month=1, day=1) if unit == "year" else time


def shift(time: datetime, count: int, unit: str) -> datetime:
    """Add `count` units; a month too short keeps its last day."""
    if unit in ("month", "quarter", "year"):
        months = time.year * 12 + time.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
        year, month = divmod(months, 12)
        return time.replace(
            year=year, month=month + 1, day=min(time.day, calendar.monthrange(year, month + 1)[1])
        )
    seconds = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}[
        unit
    ]
    return time + timedelta(seconds=seconds * count)


def duration(text: str) -> tuple[int, str]:
    found = _DURATION.match(" ".join(text.lower().split()))
    if found is None:
        raise Refusal("invalid_query", f"Invalid literal value '{text}' in filter")
    return int(found[1]), found[2]


def resolve(text: str, now: datetime, week_start: int = 0) -> Moment:
    """Resolve a literal against `now`, the wall clock of the query zone."""
    words = " ".join(text.split())
    today = floor(now, "day")
    if found := _ABSOLUTE.match(words):
        parts = [int(part) for part in found.groups() if part is not None]
        unit = ("year", "month", "day", "hour", "minute", "second")[len(parts) - 1]
        return Moment(datetime(*(parts + [1, 1][len(parts) - 1 :] if len(parts) < 3 else parts)), unit)
    if found := _QUARTER.match(words):
        return Moment(datetime(int(found[1]), int(found[2]) * 3 - 2, 1), "quarter")
    words = words.lower()
    if words in ("today", "yesterday", "tomorrow"):
        return Moment(today + timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[words]), "day")
    if words == "now":
        return Moment(now, "second")
    if found := _RELATIVE.match(words):
        here = floor(now, found[2], week_start)
        return Moment(shift(here, {"this": 0, "last": -1, "next": 1}[found[1]], found[2]), found[2])
    if found := _AGO.match(words):
        count = int(found[1]) if found[2] else int(found[1]) - 1
        return Moment(shift(floor(now, found[3], week_start), -count, found[3]), found[3])
    raise Refusal("invalid_query", f"Invalid literal value '{text}' in filter")
