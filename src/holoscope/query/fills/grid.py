"""Times at one grain between two bounds, on the wall clock of a query's zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from holoscope.query.filters.literals import add_duration, floor

MOST_VALUES = 8000
"""How many values one query generates at most (query digest §1.9)."""
STEPS: dict[str, tuple[str, int]] = {
    "minute": ("minute", 1),
    "hour": ("hour", 1),
    "date": ("day", 1),
    "week": ("week", 1),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("month", 12),
    "fiscal_quarter": ("month", 3),
    "fiscal_year": ("month", 12),
}
"""Unit and count of the step from one value of a grain to the next."""
_INSTANT = timedelta(microseconds=1)


def grain_start(moment: datetime, grain: str, *, week_start: int, fiscal_offset: int) -> datetime:
    """Give the first moment of the grain's period that holds `moment`."""
    unit = {"date": "day"}.get(grain, grain.removeprefix("fiscal_"))
    if not grain.startswith("fiscal_"):
        return floor(moment, unit, week_start)
    moved = add_duration(floor(moment, "month"), f"{fiscal_offset} months")
    return add_duration(floor(moved, unit), f"{-fiscal_offset} months")


def grid(
    low: datetime, high: datetime, grain: str, *, week_start: int, fiscal_offset: int
) -> list[datetime] | None:
    """List the periods that `low <= t < high` touches; None when they are more than `MOST_VALUES`."""
    unit, count = STEPS[grain]
    facts = {"week_start": week_start, "fiscal_offset": fiscal_offset}
    try:
        moment = first = grain_start(low, grain, **facts)
        last = grain_start(high - _INSTANT, grain, **facts)
        found: list[datetime] = []
        while moment <= last and len(found) <= MOST_VALUES:
            found.append(moment)
            moment = add_duration(first, f"{count * len(found)} {unit}")
    except (ValueError, OverflowError):
        return None
    return found if len(found) <= MOST_VALUES else None
