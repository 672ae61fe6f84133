"""Turns at a warehouse: a few statements at once, the rest in one bounded queue, first come first served."""

from __future__ import annotations

import threading
from collections import deque

from holoscope.warehouses.base import WarehouseBusy


class Turn:
    """One statement's place; `give_up` wakes its owner without a turn."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self.granted = False

    def give_up(self) -> None:
        self._woken.set()

    def grant(self) -> None:
        self.granted = True
        self._woken.set()

    def wait(self) -> None:
        self._woken.wait()


class Slots:
    """`count` turns at once and at most `queue_limit` waiting."""

    def __init__(self, count: int, queue_limit: int) -> None:
        self._free = count
        self._queue_limit = queue_limit
        self._waiting: deque[Turn] = deque()
        self._lock = threading.Lock()

    def take(self, turn: Turn) -> bool:
        """Wait for a turn; False when `turn.give_up` came first.

        Raises:
            WarehouseBusy: the queue is full.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                turn.grant()
                return True
            if len(self._waiting) >= self._queue_limit:
                raise WarehouseBusy("The warehouse is busy: too many queries are waiting. Try again shortly.")
            self._waiting.append(turn)
        turn.wait()
        with self._lock:
            if turn.granted:
                return True
            self._waiting.remove(turn)
            return False

    def free(self) -> None:
        """Give a turn back: the longest waiting statement gets it."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().grant()
            else:
                self._free += 1
