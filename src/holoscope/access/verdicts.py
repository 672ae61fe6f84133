"""Verdicts remembered for a moment: the price of a look-up is paid once a second, not per request.

Any write of this server's processes makes every remembered verdict void at once; a write of
another machine is seen when the verdict has reached its age. So a revoked key is dead everywhere
within one second, and here immediately.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Generic, TypeVar

from holoscope.storage.unit_of_work import Database

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_AGE = timedelta(milliseconds=900)
_MOST = 10_000


class Verdicts(Generic[K, V]):
    """Values by key, none older than `max_age` nor than the last write. Safe between threads.

    `tick` counts seconds and never goes back; it is no clock.
    """

    def __init__(
        self,
        database: Database,
        *,
        max_age: timedelta = MAX_AGE,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._max_age = max_age.total_seconds()
        self._tick = tick
        self._entries: dict[K, tuple[float, int, V]] = {}

    def find(self, key: K) -> V | None:
        """Return the verdict if it still counts."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        until, changes, value = entry
        return value if changes == self._database.changes and self._tick() < until else None

    def load(self, key: K, make: Callable[[], V]) -> V:
        """Return the verdict, making it when there is none; its age counts from before the making.

        What `make` raises is passed on and not remembered.
        """
        found = self.find(key)
        if found is not None:
            return found
        until = self._tick() + self._max_age
        changes = self._database.changes
        value = make()
        if len(self._entries) >= _MOST:
            self._entries = {}
        self._entries[key] = (until, changes, value)
        return value
