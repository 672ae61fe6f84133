"""Turns at a warehouse: a few statements at once, the rest in one bounded queue that is fair between askers.

Who has the fewest statements running comes next; of several, the one who waits longest for a turn. So
one asker's hundred statements delay another's single one by one statement, not by a hundred.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, deque
from collections.abc import Callable

from holoscope.warehouses.base import Queued, WarehouseBusy

_BUSY = "The warehouse is busy: too many queries are waiting. Try again shortly."


class Turn:
    """One statement's place at a warehouse, made by `Slots.turn`; to be used from any thread."""

    def __init__(self, slots: Slots, asker: str) -> None:
        self._slots = slots
        self.askers = [asker]
        self.runs_for: str | None = None
        self.is_waiting = False
        self.is_over = False
        self.is_refused = False
        self._is_queued = False
        self._settled = threading.Event()
        self._ready: Callable[[], None] | None = None
        self._asked_at = self._settled_at = time.monotonic()
        self._depth = 0

    def queue_up(self, ready: Callable[[], None] | None = None) -> None:
        """Ask for the turn without waiting; `ready` is called once, as soon as `wait` would not block."""
        if not self._is_queued:
            self._is_queued = True
            self._ready = ready
            self._asked_at = time.monotonic()
            self._depth = self._slots.enter(self)

    def wait(self) -> bool:
        """Wait for the turn, asking for it if need be; False when it was given up.

        Raises:
            WarehouseBusy: too many are waiting.
        """
        self.queue_up()
        self._settled.wait()
        if self.is_refused:
            raise WarehouseBusy(_BUSY)
        return self.runs_for is not None

    def share(self, asker: str) -> None:
        """Let the statement come up in another asker's turn as well, whichever is first."""
        self._slots.share(self, asker)

    def give_up(self) -> None:
        """Stop waiting; a turn that was granted stays until `free`."""
        self._slots.leave(self)

    def free(self) -> None:
        """Give a granted turn back, once; another statement gets it."""
        self._slots.free(self)

    def settle(self) -> None:
        """Wake the owner; for `Slots`."""
        self._settled_at = time.monotonic()
        self._settled.set()
        if self._ready is not None:
            self._ready()

    @property
    def queued(self) -> Queued:
        """How long the statement waited, and behind how many."""
        until = self._settled_at if self._settled.is_set() else time.monotonic()
        return Queued(self._depth, max(until - self._asked_at, 0.0))


class Slots:
    """`count` turns at once and at most `queue_limit` waiting.

    When the queue is full, a newcomer takes the place of the last statement of whoever has most waiting,
    unless that would leave the newcomer's asker with as many.
    """

    def __init__(self, count: int, queue_limit: int) -> None:
        self._free = count
        self._queue_limit = queue_limit
        self._queues: dict[str, deque[Turn]] = {}
        self._running: Counter[str] = Counter()
        self._granted_at: dict[str, int] = {}
        self._grants = itertools.count()
        self._waiting = 0
        self._lock = threading.Lock()

    def turn(self, asker: str = "") -> Turn:
        """Make a place for one statement of `asker`."""
        return Turn(self, asker)

    def enter(self, turn: Turn) -> int:
        """Grant, queue or refuse; returns how many waited already. For `Turn`."""
        settled = [turn]
        with self._lock:
            depth = self._waiting
            if turn.is_over:
                pass
            elif self._free:
                self._free -= 1
                self._grant(turn, turn.askers[0])
            else:
                pushed_out = self._make_room(turn)
                settled = [] if pushed_out is None else [pushed_out]
                if pushed_out is not turn:
                    turn.is_waiting = True
                    self._waiting += 1
                    for asker in turn.askers:
                        self._queues.setdefault(asker, deque()).append(turn)
        for each in settled:
            each.settle()
        return depth

    def share(self, turn: Turn, asker: str) -> None:
        """Queue a waiting turn for one more asker. For `Turn`."""
        with self._lock:
            if asker in turn.askers or turn.runs_for is not None or turn.is_over:
                return
            turn.askers.append(asker)
            if turn.is_waiting:
                self._queues.setdefault(asker, deque()).append(turn)

    def leave(self, turn: Turn) -> None:
        """Take a turn out of the queue. For `Turn`."""
        with self._lock:
            was_waiting = turn.is_waiting
            if turn.runs_for is None:
                turn.is_over = True
            if was_waiting:
                self._take_out(turn)
        if was_waiting:
            turn.settle()

    def free(self, turn: Turn) -> None:
        """Take a turn back and hand it on. For `Turn`."""
        with self._lock:
            if turn.runs_for is None or turn.is_over:
                return
            turn.is_over = True
            self._running[turn.runs_for] -= 1
            self._forget(turn.runs_for)
            following = self._next()
            if following is None:
                self._free += 1
        if following is not None:
            following.settle()

    def _next(self) -> Turn | None:
        if not self._queues:
            return None
        asker = min(self._queues, key=lambda name: (self._running[name], self._granted_at.get(name, -1)))
        turn = self._queues[asker][0]
        self._take_out(turn)
        self._grant(turn, asker)
        return turn

    def _grant(self, turn: Turn, asker: str) -> None:
        turn.runs_for = asker
        self._running[asker] += 1
        self._granted_at[asker] = next(self._grants)

    def _forget(self, asker: str) -> None:
        """Let go of an asker of whom nothing runs and nothing waits."""
        if asker not in self._queues and self._running[asker] <= 0:
            self._running.pop(asker, None)
            self._granted_at.pop(asker, None)

    def _make_room(self, turn: Turn) -> Turn | None:
        """Return who is refused so that `turn` may wait: nobody, another's last turn, or `turn` itself."""
        if self._waiting < self._queue_limit:
            return None
        refused = turn
        if self._queues:
            own = max(len(self._queues.get(asker, ())) for asker in turn.askers)
            most = max(self._queues, key=lambda name: len(self._queues[name]))
            if len(self._queues[most]) > own + 1:
                refused = self._queues[most][-1]
                self._take_out(refused)
        refused.is_refused = refused.is_over = True
        return refused

    def _take_out(self, turn: Turn) -> None:
        turn.is_waiting = False
        self._waiting -= 1
        for asker in turn.askers:
            queue = self._queues[asker]
            queue.remove(turn)
            if not queue:
                del self._queues[asker]
                self._forget(asker)
