"""Names of time zones: those of the IANA list (API digest §1.8)."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


def is_time_zone(name: object) -> bool:
    """Tell whether `name` is in the IANA list, letter case included."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
