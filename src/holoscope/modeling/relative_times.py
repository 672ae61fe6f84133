"""Times told from now: `3 days ago`, `yesterday`, `in 2 hr.` (modeling digest §10: `relative` and its kin).

The largest unit of which at least one has passed counts, whole units only: a year is 365 days, a
month 30, a week 7. A date is told in days and more, from midnight to midnight.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_UNITS = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)
_SHORT = {"year": "yr.", "month": "mo.", "week": "wk.", "hour": "hr.", "minute": "min.", "second": "sec."}
_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def relative_text(value: date, now: datetime, zone: str, style: str) -> str:
    """Tell `value` from the aware instant `now`; times without zone are wall times of `zone`."""
    present = now.astimezone(ZoneInfo(zone))
    if not isinstance(value, datetime):
        count, unit = _counted((value - present.date()).days * 86_400, smallest=86_400)
    else:
        instant = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
        passed = (instant.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
        count, unit = _counted(passed, smallest=1)
    if style == "relative":
        word = _word(count, unit)
        if word is not None:
            return word
    short = style == "relativeshort" and unit in _SHORT
    name = _SHORT[unit] if short else unit if abs(count) == 1 else f"{unit}s"
    return f"in {count} {name}" if count > 0 else f"{-count} {name} ago"


def _counted(seconds: float, *, smallest: int) -> tuple[int, str]:
    size = abs(seconds)
    unit, length = next(
        (each for each in _UNITS if each[1] >= smallest and size >= each[1]),
        next(each for each in _UNITS if each[1] == smallest),
    )
    count = int(size // length)
    return (count if seconds > 0 else -count), unit


def _word(count: int, unit: str) -> str | None:
    if unit == "day":
        return _DAYS.get(count)
    if count == 0:
        return "now"
    if unit in ("week", "month", "year") and abs(count) == 1:
        return f"{'next' if count > 0 else 'last'} {unit}"
    return None
