"""Grains of a time field: what each yields and where it is legal (query digest §2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class GrainKind(StrEnum):
    """How a grain is computed from the stored time."""

    RAW = "raw"
    TRUNCATED = "truncated"
    NUMBER = "number"
    NAME = "name"
    ELAPSED = "elapsed"


@dataclass(frozen=True, slots=True)
class Grain:
    """One timeframe. `formatted` grains come as a pair of columns.

    `needs_clock` are illegal on dates, `needs_fiscal` without the model's `fiscal_month_offset`.
    """

    name: str
    kind: GrainKind
    needs_clock: bool = False
    needs_fiscal: bool = False
    formatted: str | None = None
    sorted_by: str | None = None

    @property
    def is_hour_or_coarser(self) -> bool:
        """Tell whether the grain of a time is told by the hour it lies in."""
        return self.name not in ("raw", "millisecond", "second", "minute", "epoch", "time_of_day")

    @property
    def label(self) -> str:
        return " ".join(word.capitalize() for word in self.name.split("_"))


GRAINS: dict[str, Grain] = {
    grain.name: grain
    for grain in (
        Grain("raw", GrainKind.RAW),
        Grain("millisecond", GrainKind.TRUNCATED, needs_clock=True),
        Grain("second", GrainKind.TRUNCATED, needs_clock=True),
        Grain("minute", GrainKind.TRUNCATED, needs_clock=True),
        Grain("hour", GrainKind.TRUNCATED, needs_clock=True),
        Grain("date", GrainKind.TRUNCATED, formatted="YYYY-MM-DD"),
        Grain("week", GrainKind.TRUNCATED),
        Grain("month", GrainKind.TRUNCATED, formatted="YYYY-MM"),
        Grain("quarter", GrainKind.TRUNCATED, formatted='YYYY-"Q"Q'),
        Grain("year", GrainKind.TRUNCATED, formatted="YYYY"),
        Grain("fiscal_quarter", GrainKind.TRUNCATED, needs_fiscal=True, formatted='"FY"YYYY-"Q"Q'),
        Grain("fiscal_year", GrainKind.TRUNCATED, needs_fiscal=True, formatted='"FY"YYYY'),
        Grain("quarter_of_year", GrainKind.NUMBER),
        Grain("month_num", GrainKind.NUMBER),
        Grain("week_of_year", GrainKind.NUMBER),
        Grain("day_of_month", GrainKind.NUMBER),
        Grain("day_of_quarter", GrainKind.NUMBER),
        Grain("day_of_year", GrainKind.NUMBER),
        Grain("day_of_week_num", GrainKind.NUMBER),
        Grain("hour_of_day", GrainKind.NUMBER, needs_clock=True),
        Grain("epoch", GrainKind.NUMBER),
        Grain("month_name", GrainKind.NAME, sorted_by="month_num"),
        Grain("day_of_week_name", GrainKind.NAME, sorted_by="day_of_week_num"),
        Grain("time_of_day", GrainKind.NAME, needs_clock=True),
    )
}


DURATIONS: dict[str, Grain] = {
    unit: Grain(unit, GrainKind.ELAPSED)
    for unit in ("seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years")
}
"""Units a duration dimension is asked in: `ride_length[minutes]`."""


def weekday_index(name: str) -> int:
    """Return 0 for Monday .. 6 for Sunday; any letter case."""
    return WEEKDAYS.index(name.lower())


def split_grain(name: str) -> tuple[str, str | None]:
    """Split `view.field[grain]` into the field and the lower-cased grain, None when there is none."""
    base, bracket, rest = name.partition("[")
    if not bracket or not rest.endswith("]"):
        return name, None
    return base.strip(), rest[:-1].strip().lower()
