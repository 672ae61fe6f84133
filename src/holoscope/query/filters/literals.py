"""Date literals (`30 days ago`, `2026 Q2`) resolve to half-open intervals of local wall time.

Grammar and rules: query digest §3.4. Everything here is naive local time in the query's zone; `fold`
tells the second reading of an hour that the clocks repeat. `to_utc` turns a wall time into an instant when
the column needs one. Days and longer units are counted on the calendar, hours and shorter ones as the
time that passes, whatever the clocks do meanwhile (docs/decisions/0052).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from holoscope.kit.errors import InvalidQuery

UNITS = ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
_UNIT = rf"({'|'.join(UNITS)})s?"
ABSOLUTE = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ t]+(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?"
    r" ?(z|[+-]\d{2}(?::?\d{2})?)?)?)?)?"
)
QUARTER = re.compile(r"(\d{4})[ -]*q([1-4])")
FISCAL = re.compile(r"fy\s*(\d{4})(?:[ -]*q([1-4]))?")
RELATIVE = re.compile(rf"(this|last|next)\s+(fiscal\s+)?{_UNIT}")
AGO = re.compile(rf"(\d{{1,9}})\s+(complete\s+)?(fiscal\s+)?{_UNIT}\s+(ago|from\s+now)")
DURATION = re.compile(rf"(-?\d{{1,9}})\s+(?:complete\s+)?{_UNIT}")
_FIXED = {
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The present wall time in the query's zone, the week's first day (Monday = 0) and the fiscal offset.

    `reads` grows whenever the present is asked for, so that a query without relative dates is known.
    """

    present: datetime
    zone: str = "UTC"
    week_start: int = 0
    fiscal_offset: int | None = None
    reads: list[str] = field(default_factory=list, compare=False, repr=False)

    def now(self, reason: str) -> datetime:
        """Give the present wall time, noting that the query depends on it."""
        self.reads.append(reason)
        return self.present

    @classmethod
    def at(cls, instant: datetime, zone: str, week_start: int, fiscal_offset: int | None = None) -> Clockwork:
        """Read the wall clock of `zone` at an aware instant."""
        present = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return cls(present, zone, week_start, fiscal_offset)

    def to_utc(self, wall: datetime) -> datetime:
        """Turn a wall time into UTC, aware; of two readings `fold` chooses, in a gap it moves on."""
        if self.zone == "UTC":
            return wall.replace(tzinfo=UTC)
        try:
            return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        except OverflowError:  # the first or last day there is
            return wall.replace(tzinfo=UTC)

    def to_wall(self, instant: datetime) -> datetime:
        """Read the clock of the zone at an aware instant."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Span:
    """`start <= t < end`, wall time. `unit` is the literal's own precision; `now` has an empty span."""

    start: datetime
    end: datetime


def resolve(literal: str, clock: Clockwork, *, fiscal: bool = False) -> Span:
    """Give the span a literal denotes; `fiscal` reads its years and quarters as fiscal ones.

    Raises:
        InvalidQuery: the literal is not of the grammar, or lies outside years 1..9999.
    """
    text = " ".join(literal.strip().lower().split())
    try:
        span = _fiscal(text, clock, fiscal=fiscal) or _keyword(text, clock)
        span = span or _absolute(text, clock) or _quarter(text)
        span = span or _relative(text, clock, fiscal=fiscal) or _ago(text, clock, fiscal=fiscal)
    except (ValueError, OverflowError):
        raise _invalid(literal) from None
    if span is None:
        raise _invalid(literal)
    return span


def add_duration(start: datetime, duration: str, clock: Clockwork | None = None) -> datetime:
    """Add `N units` to a wall time; months keep the day where the month has it.

    With a `clock`, hours and shorter units are the time that passes; without, what a wall clock shows.

    Raises:
        InvalidQuery: `duration` is not a count and a unit.
    """
    match = DURATION.fullmatch(" ".join(duration.strip().lower().split()))
    if match is None:
        raise _invalid(duration)
    try:
        return _add(start, match[2], int(match[1]), clock)
    except (ValueError, OverflowError):
        raise _invalid(duration) from None


def floor(moment: datetime, unit: str, week_start: int = 0) -> datetime:
    """Go back to the start of the unit that holds `moment`."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match unit:
        case "year":
            return day.replace(month=1, day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "month":
            return day.replace(day=1)
        case "week":
            return day - timedelta(days=(day.weekday() - week_start) % 7)
        case "day":
            return day
        case "hour":
            return moment.replace(minute=0, second=0, microsecond=0)
        case "minute":
            return moment.replace(second=0, microsecond=0)
        case "second":
            return moment.replace(microsecond=0)
        case _:
            return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _add(moment: datetime, unit: str, count: int, clock: Clockwork | None = None) -> datetime:
    """Add units on the calendar; with a `clock`, hours and shorter ones as the time that passes."""
    if unit in _FIXED:
        length = _FIXED[unit] * count
        if clock is None or unit in ("day", "week"):
            return moment + length
        return clock.to_wall(clock.to_utc(moment) + length)
    months = moment.year * 12 + moment.month - 1 + _MONTHS[unit] * count
    year, month = divmod(months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day, fold=0)


def _unit_span(start: datetime, unit: str, clock: Clockwork | None = None) -> Span:
    try:
        return Span(start, _add(start, unit, 1, clock))
    except (ValueError, OverflowError):
        return Span(start, datetime.max)  # noqa: DTZ901  (the calendar's last unit, wall time)


def _keyword(text: str, clock: Clockwork) -> Span | None:
    if text == "now":
        return Span(clock.now(text), clock.now(text))
    shift = {"yesterday": -1, "today": 0, "tomorrow": 1}.get(text)
    if shift is None:
        return None
    return _unit_span(floor(clock.now(text), "day") + timedelta(days=shift), "day")


def _absolute(text: str, clock: Clockwork) -> Span | None:
    match = ABSOLUTE.fullmatch(text)
    if match is None:
        return None
    given = [int(part) for part in match.groups()[:6] if part is not None]
    unit = ("year", "month", "day", "hour", "minute", "second")[len(given) - 1]
    year, month, day, hour, minute, second = given + [1, 1, 0, 0, 0][len(given) - 1 :]
    start = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (wall time on purpose)
    fraction, zone = match[7], match[8]
    if fraction:
        start = start.replace(microsecond=int(fraction.ljust(6, "0")))
        span = Span(start, start + timedelta(microseconds=10 ** (6 - len(fraction))))
    else:
        span = _unit_span(start, unit)
    return span if zone is None else _from_offset(span, zone, clock)


def _from_offset(span: Span, zone: str, clock: Clockwork) -> Span:
    """Read a time written with its distance from UTC (`Z`, `+02:00`) on the clock of the query's zone."""
    digits = "0000" if zone == "z" else zone[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    away = timezone(-ahead if zone.startswith("-") else ahead)
    return Span(*(clock.to_wall(end.replace(tzinfo=away)) for end in (span.start, span.end)))


def _quarter(text: str) -> Span | None:
    match = QUARTER.fullmatch(text)
    if match is None:
        return None
    start = datetime(int(match[1]), int(match[2]) * 3 - 2, 1)  # noqa: DTZ001  (wall time on purpose)
    return _unit_span(start, "quarter")


def _fiscal(text: str, clock: Clockwork, *, fiscal: bool) -> Span | None:
    """`FY2027`, `FY2027 Q3`; of a fiscal filter also `2027` and `2027 Q3`."""
    match = FISCAL.fullmatch(f"fy{text}" if fiscal and text[:1].isdigit() else text)
    if match is None:
        return None
    unit = "year" if match[2] is None else "quarter"
    first = datetime(int(match[1]), int(match[2] or 1) * 3 - 2, 1)  # noqa: DTZ001  (wall time on purpose)
    return _unit_span(_add(first, "month", -_offset(clock)), unit)


def _offset(clock: Clockwork) -> int:
    if clock.fiscal_offset is None:
        raise InvalidQuery("Fiscal periods need a fiscal year: set fiscal_month_offset in the model file.")
    return clock.fiscal_offset


def _period_start(unit: str, clock: Clockwork, reason: str, *, fiscal: bool) -> datetime:
    """Give the start of the present unit; years and quarters may be fiscal."""
    if not fiscal or unit not in ("year", "quarter"):
        return floor(clock.now(reason), unit, clock.week_start)
    offset = _offset(clock)
    month = floor(clock.now(reason), "month")
    return _add(floor(_add(month, "month", offset), unit), "month", -offset)


def _relative(text: str, clock: Clockwork, *, fiscal: bool) -> Span | None:
    match = RELATIVE.fullmatch(text)
    if match is None:
        return None
    shift = {"last": -1, "this": 0, "next": 1}[match[1]]
    start = _period_start(match[3], clock, text, fiscal=fiscal or bool(match[2]))
    return _unit_span(_add(start, match[3], shift, clock), match[3], clock)


def _ago(text: str, clock: Clockwork, *, fiscal: bool) -> Span | None:
    match = AGO.fullmatch(text)
    if match is None:
        return None
    unit = match[4]
    start = _period_start(unit, clock, text, fiscal=fiscal or bool(match[3]))
    shift = shift_of(match)
    return _unit_span(_add(start, unit, shift, clock), unit, clock)


def shift_of(match: re.Match[str]) -> int:
    """Tell how many periods after the present one that lies which `AGO` matched."""
    count = int(match[1])
    if match[5] != "ago":
        return count
    return -count if match[2] or count == 0 else 1 - count


def _invalid(literal: str) -> InvalidQuery:
    return InvalidQuery(f"Invalid literal value '{literal}' in filter")
