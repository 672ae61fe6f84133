"""Time as an argument: rooms take a `Clock`, tests pass a fixed one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  (the one permitted caller)


def wire_time(instant: datetime) -> str:
    """Render an instant as the API does: ISO 8601, UTC, milliseconds, `Z` (API digest §1.8)."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
