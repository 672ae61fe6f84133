"""Deadlines kept by one thread: a warehouse library that blocks cannot watch its own clock."""

from __future__ import annotations

import math
import threading
import time
from typing import Protocol

_AGAIN_SECONDS = 0.05


class Watched(Protocol):
    """Something with a deadline on the monotonic clock; `strike` is repeated until it is unwatched.

    Repetition matters: an interrupt that arrives between two steps of a driver is lost.
    """

    deadline: float

    def strike(self) -> None: ...


class Watchdog:
    """Strikes whatever is past its deadline.

    It sleeps until the nearest deadline it knew of, also when that statement has ended long since: so a
    statement with a later deadline, as nearly all have, begins and ends without waking it.
    """

    def __init__(self, name: str) -> None:
        self._watched: set[Watched] = set()
        self._wakes_at = math.inf
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def watch(self, item: Watched) -> None:
        with self._changed:
            self._watched.add(item)
            if item.deadline < self._wakes_at:
                self._changed.notify()

    def unwatch(self, item: Watched) -> None:
        with self._changed:
            self._watched.discard(item)

    def look_again(self) -> None:
        """Tell that a deadline moved."""
        with self._changed:
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                now = time.monotonic()
                late = [item for item in self._watched if item.deadline <= now]
                if not late:
                    nearest = min((item.deadline for item in self._watched), default=math.inf)
                    self._wakes_at = nearest
                    self._changed.wait(None if nearest == math.inf else max(nearest - now, 0.001))
                    continue
            for item in late:
                item.strike()
            with self._changed:
                if not self._closed:
                    self._changed.wait(_AGAIN_SECONDS)
