"""Offsets of a time zone as data, so that the planner knows what a shift to it keeps together.

The transitions come from the IANA database (`zoneinfo`), the same data the warehouses use.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR = 1970
_LAST_YEAR = 2100


@lru_cache(maxsize=64)
def shifts_by_whole_hours(zone: str) -> bool:
    """Tell whether all rows of one UTC hour share their local hour: offsets and changes on the hour.

    Looks at every week from FIRST_YEAR to 2100, a change within it found to the second. Before it,
    zones kept local mean time: nothing is said about that.
    """
    tz = ZoneInfo(zone)
    moment, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR, 1, 1, tzinfo=UTC)
    known = _seconds(moment, tz)
    while moment < end:
        if known % 3600:
            return False
        following = moment + timedelta(days=7)
        if _seconds(following, tz) != known:
            following = _transition(moment, following, tz)
            if following.minute or following.second:
                return False
            known = _seconds(following, tz)
        moment = following
    return True


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


@lru_cache(maxsize=1024)
def wall_if_steady(instant: datetime, zone: str) -> datetime | None:
    """Give the wall time of a naive instant in UTC; None where the clock changes within two days of it.

    Around such an instant later moments have later wall times, and no clock was ever set back by two days:
    so a moment comes before the instant just when its wall time comes before that of the instant.
    """
    if zone == "UTC":
        return instant
    tz = ZoneInfo(zone)
    try:
        around = [instant.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in range(-48, 49)]
    except OverflowError:
        return None
    offsets = {moment.astimezone(tz).utcoffset() for moment in around}
    return None if len(offsets) > 1 else around[48].astimezone(tz).replace(tzinfo=None)
