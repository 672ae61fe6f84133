"""Statements about time, on machines that have other things to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SOON = 20.0
"""Seconds within which what was told to end has ended, however busy the machine; else it goes on for good."""
_TRIES = 4
_PATIENCE = 60.0
_LOOK = 0.01


def within(limit: Callable[[], float], measure: Callable[[], float]) -> bool:
    """Whether `measure` comes out below `limit` in one of a few rounds; both are taken anew in each."""
    return any(measure() < limit() for _ in range(_TRIES))


def until(condition: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """Wait until a condition holds, and fail when it does not in so long."""
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "what was waited for did not come"
        time.sleep(_LOOK)


async def comes(condition: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """As `until`, while the event loop goes on."""
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, "what was waited for did not come"
        await asyncio.sleep(_LOOK)
