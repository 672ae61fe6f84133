"""Which grains the periods of another tell: a day lies in one month, a week in none."""

from __future__ import annotations

_OF_MONTHS = frozenset(
    (
        "month",
        "quarter",
        "year",
        "fiscal_quarter",
        "fiscal_year",
        "month_num",
        "month_name",
        "quarter_of_year",
    )
)
_OF_DAYS = _OF_MONTHS | frozenset(
    (
        "date", "week", "week_of_year", "day_of_month", "day_of_quarter", "day_of_year", "day_of_week_num",
        "day_of_week_name",
    )
)  # fmt: skip
_OF_HOURS = _OF_DAYS | {"hour", "hour_of_day"}
_OF_MINUTES = _OF_HOURS | {"minute"}
_OF_SECONDS = _OF_MINUTES | {"second", "time_of_day"}

TELLS: dict[str, frozenset[str]] = {
    "quarter": frozenset(("quarter", "year", "quarter_of_year")),
    "month": _OF_MONTHS,
    "date": _OF_DAYS,
    "hour": _OF_HOURS,
    "minute": _OF_MINUTES,
    "second": _OF_SECONDS,
    "millisecond": _OF_SECONDS | {"millisecond"},
}
"""For a grain, those that are the same for the first moment of its period as for every other."""

UNITS = {"date": "day", "week": "week"} | {
    name: name for name in ("second", "minute", "hour", "month", "quarter", "year")
}
"""Grains that begin where a unit of time begins, for bounds."""
