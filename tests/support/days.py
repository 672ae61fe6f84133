"""A calendar made by counting days: windows of time worked out without any arithmetic on dates.

Every unit of a day or more is a run of days in one long list; hours and shorter are seconds since 1970. The
first second of a day is found by trying all of them, so that no rule about clock changes is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_FIRST, _LAST = date(1995, 1, 1), date(2040, 12, 31)
_DAYS = [_FIRST + timedelta(days=number) for number in range((_LAST - _FIRST).days + 1)]
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
_LONG = ("day", "week", "month", "quarter", "year")
_UNIT = "(hour|minute|second|day|week|month|quarter|year)s?"


@dataclass(frozen=True)
class Clock:
    """Where and when somebody asks. Week start is 0 for Monday; `offset` is the fiscal month offset."""

    now: datetime
    zone: str
    week_start: int
    offset: int | None

    def wall(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone))


def window(text: str, clock: Clock) -> tuple[datetime | None, datetime | None]:
    """Give the instants between which a window lies: `A`, `A for D`, `A to B`, `from A`, `before A`."""
    if text.startswith("before "):
        return None, _span(text.removeprefix("before "), clock)[0]
    if text.startswith("from "):
        return _span(text.removeprefix("from "), clock)[0], None
    if " for " in text:
        literal, length = text.split(" for ")
        start = _span(literal, clock)[0]
        return start, _add(start, length, clock)
    if " to " in text:
        left, right = text.split(" to ")
        return _span(left, clock)[0], _span(right, clock)[0]
    return _span(text, clock)


@cache
def first_second(day: date, zone: str) -> datetime:
    """Try every quarter of an hour around a day: the first that the clock of the zone calls that day."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    for number in range(30 * 4 + 1):
        instant = start + timedelta(minutes=15 * number)
        if instant.astimezone(ZoneInfo(zone)).date() >= day:
            return instant
    raise AssertionError(day)


def _instant(day: date, hour: int, minute: int, second: int, zone: str) -> datetime:
    """Try every second of a day: the first at which the clock shows the time, or more where it never does."""
    start = first_second(day, zone)
    wanted = (hour, minute, second)
    for number in range(26 * 60):
        instant = start + timedelta(minutes=number)
        wall = instant.astimezone(ZoneInfo(zone))
        if (wall.date(), wall.hour, wall.minute) >= (day, hour, minute):
            shown = (wall.hour, wall.minute)
            missed = timedelta(0) if shown == (hour, minute) else _gap_rest(wall, hour, minute)
            return instant + timedelta(seconds=wanted[2]) + missed
    raise AssertionError(wanted)


def _gap_rest(wall: datetime, hour: int, minute: int) -> timedelta:
    """A time in a gap is as far behind the gap's start as it would have been."""
    before = (wall.astimezone(UTC) - timedelta(minutes=1)).astimezone(wall.tzinfo)
    return timedelta(minutes=(hour * 60 + minute) - (before.hour * 60 + before.minute) - 1)


def _starts(unit: str, clock: Clock, *, fiscal: bool = False) -> list[date]:
    months = 0 if not fiscal else clock.offset or 0

    def starts(day: date) -> bool:
        month = (day.month - 1 + months) % 12
        return {
            "day": True,
            "week": day.weekday() == clock.week_start,
            "month": day.day == 1,
            "quarter": day.day == 1 and month % 3 == 0,
            "year": day.day == 1 and month == 0,
        }[unit]

    return [day for day in _DAYS if starts(day)]


def _span(text: str, clock: Clock) -> tuple[datetime, datetime]:
    words = " ".join(text.lower().split())
    if words == "now":
        return clock.now, clock.now
    today = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if words in today:
        return _units("day", today[words], clock)
    if found := re.fullmatch(rf"(this|last|next) (fiscal )?{_UNIT}", words):
        return _units(found[3], {"this": 0, "last": -1, "next": 1}[found[1]], clock, fiscal=bool(found[2]))
    if found := re.fullmatch(rf"(\d+) (complete )?{_UNIT} ago", words):
        count = int(found[1])
        return _units(found[3], -count if found[2] or not count else 1 - count, clock)
    if found := re.fullmatch(rf"(\d+) {_UNIT} from now", words):
        return _units(found[2], int(found[1]), clock)
    if found := re.fullmatch(r"(fy)?(\d{4})(?:[ -]q(\d))?", words):
        return _numbered(int(found[2]), found[3], clock, fiscal=bool(found[1]))
    if found := re.fullmatch(r"(\d{4})-(\d\d)", words):
        return _days(date(int(found[1]), int(found[2]), 1), "month", clock)
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[ t](\d\d)(?::(\d\d)(?::(\d\d))?)?)?", words)
    assert found is not None, text
    day = date(*map(int, found.groups()[:3]))
    given = [int(part) for part in found.groups()[3:] if part]
    if not given:
        return _days(day, "day", clock)
    hour, minute, second = [*given, 0, 0][:3]
    start = _instant(day, hour, minute, second, clock.zone)
    length = ("hour", "minute", "second")[len(given) - 1]
    end_wall = datetime(day.year, day.month, day.day, hour, minute, second) + timedelta(
        seconds=_SECONDS[length]
    )
    return start, _instant(end_wall.date(), end_wall.hour, end_wall.minute, end_wall.second, clock.zone)


def _units(unit: str, shift: int, clock: Clock, *, fiscal: bool = False) -> tuple[datetime, datetime]:
    if unit in _SECONDS:
        size, wall = _SECONDS[unit], clock.wall(clock.now)
        into = {"hour": wall.minute * 60 + wall.second, "minute": wall.second, "second": 0}[unit]
        start = clock.now - timedelta(seconds=into, microseconds=wall.microsecond)
        start += timedelta(seconds=size * shift)
        return start, start + timedelta(seconds=size)
    starts = _starts(unit, clock, fiscal=fiscal and unit in ("quarter", "year"))
    present = clock.wall(clock.now).date()
    here = max(number for number, day in enumerate(starts) if day <= present)
    found, after = starts[here + shift], starts[here + shift + 1]
    return first_second(found, clock.zone), first_second(after, clock.zone)


def _numbered(year: int, quarter: str | None, clock: Clock, *, fiscal: bool) -> tuple[datetime, datetime]:
    """Quarters are counted from the year's first; fiscal years are named as their offset says."""
    offset = (clock.offset or 0) if fiscal else 0
    month = 1 - offset  # of the named year; below 1 it lies in the year before
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    starts = _starts("quarter" if quarter else "year", clock, fiscal=fiscal)
    number = starts.index(first) + (int(quarter) - 1 if quarter else 0)
    return first_second(starts[number], clock.zone), first_second(starts[number + 1], clock.zone)


def _days(day: date, unit: str, clock: Clock) -> tuple[datetime, datetime]:
    starts = _starts(unit, clock)
    after = starts[starts.index(day) + 1]
    return first_second(day, clock.zone), first_second(after, clock.zone)


def _add(start: datetime, length: str, clock: Clock) -> datetime:
    count, unit = length.split()
    unit = unit.rstrip("s")
    if unit in _SECONDS:
        return start + timedelta(seconds=_SECONDS[unit] * int(count))
    wall = clock.wall(start)
    if unit in ("day", "week"):
        place = _DAYS.index(wall.date()) + int(count) * (7 if unit == "week" else 1)
        day = _DAYS[place]
    else:
        months = [each for each in _DAYS if each.day == 1]
        place = months.index(wall.date().replace(day=1))
        first = months[place + int(count) * {"month": 1, "quarter": 3, "year": 12}[unit]]
        same = [each for each in _DAYS if each.year == first.year and each.month == first.month]
        day = same[min(wall.day, len(same)) - 1]
    return _instant(day, wall.hour, wall.minute, wall.second, clock.zone)
