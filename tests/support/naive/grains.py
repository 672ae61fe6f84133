"""Grains of time (query digest §2.2) over Python times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from support.naive.literals import floor

CLOCK = {"millisecond", "second", "minute", "hour", "hour_of_day", "time_of_day"}
FLOORS = {"millisecond", "second", "minute", "hour", "date", "week", "month", "quarter", "year"}
NUMBERS = {
    "quarter_of_year", "month_num", "week_of_year", "day_of_month", "day_of_quarter", "day_of_year",
    "day_of_week_num", "hour_of_day", "epoch",
}  # fmt: skip
NAMES = {"month_name", "day_of_week_name", "time_of_day"}
LEGAL = {"raw"} | FLOORS | NUMBERS | NAMES
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def local(value: Any, zone: str, *, convert: bool = True) -> datetime | None:
    """Show a stored time on the wall clock of `zone`; a pure date is its midnight and never moves."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if value.tzinfo is None and (not convert or zone == "UTC"):
        return value
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def stored(wall: datetime, zone: str) -> datetime:
    """Turn a wall-clock time of `zone` into the naive UTC time the warehouse stores."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def apply(grain: str | None, time: datetime | None, week_start: int, utc: datetime | None = None) -> Any:
    """Value of `time` at `grain`. `utc` is the instant, for epoch."""
    if time is None:
        return None
    if grain in (None, "raw"):
        return time
    if grain in FLOORS:
        return floor(time, "day" if grain == "date" else grain, week_start)
    if grain == "epoch":
        return ((utc or time) - datetime(1970, 1, 1)).total_seconds()
    if grain == "time_of_day":
        return time.time()
    quarter = floor(time, "quarter")
    return {
        "quarter_of_year": (time.month + 2) // 3,
        "month_num": time.month,
        "week_of_year": time.isocalendar().week,
        "day_of_month": time.day,
        "day_of_quarter": (time.date() - quarter.date()).days + 1,
        "day_of_year": time.timetuple().tm_yday,
        "day_of_week_num": (time.weekday() - week_start) % 7,
        "hour_of_day": time.hour,
        "month_name": MONTHS[time.month - 1],
        "day_of_week_name": DAYS[time.weekday()],
    }[grain or ""]


def partner(grain: str | None, value: datetime | None) -> str | None:
    """The formatted text beside a grain that is shown formatted."""
    if value is None:
        return None
    return {
        "date": f"{value:%Y-%m-%d}",
        "month": f"{value:%Y-%m}",
        "quarter": f"{value.year:04d}-Q{(value.month + 2) // 3}",
        "year": f"{value:%Y}",
    }[grain or ""]


PAIRED = {"date", "month", "quarter", "year"}
SORTED_BY = {"month_name": "month_num", "day_of_week_name": "day_of_week_num"}


def is_time(value: Any) -> bool:
    return isinstance(value, date)
