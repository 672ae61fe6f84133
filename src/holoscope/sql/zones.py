"""Offsets of a time zone as data, so that SQL can shift a timestamp without a call per row.

The transitions come from the IANA database (`zoneinfo`), the same data the warehouses use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1990, 2038


@dataclass(frozen=True, slots=True)
class Offset:
    """From `since` (naive UTC) on, local time is UTC plus `seconds`."""

    since: datetime
    seconds: int


@lru_cache(maxsize=64)
def offsets_of(zone: str) -> tuple[Offset, ...]:
    """List a zone's offsets from FIRST_YEAR up to LAST_YEAR, exact to the second, oldest first."""
    tz = ZoneInfo(zone)
    moment = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    known = _seconds(moment, tz)
    found = [Offset(moment.replace(tzinfo=None), known)]
    while moment < end:
        following = moment + timedelta(days=7)
        if _seconds(following, tz) != known:
            following = _transition(moment, following, tz)
            known = _seconds(following, tz)
            found.append(Offset(following.replace(tzinfo=None), known))
        moment = following
    return tuple(found)


def _seconds(moment: datetime, tz: ZoneInfo) -> int:
    offset = moment.astimezone(tz).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _transition(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    """Find the first second in (low, high] with another offset than `low`."""
    before = _seconds(low, tz)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _seconds(middle, tz) == before:
            low = middle
        else:
            high = middle
    return high
