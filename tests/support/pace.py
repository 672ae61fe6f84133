"""Statements about time, on machines that have other things to do."""

from __future__ import annotations

from collections.abc import Callable

_TRIES = 4


def within(limit: Callable[[], float], measure: Callable[[], float]) -> bool:
    """Whether `measure` comes out below `limit` in one of a few rounds; both are taken anew in each."""
    return any(measure() < limit() for _ in range(_TRIES))
