"""Statements under way at a warehouse: their turns, their time limits, their end when it is closed.

What is the same for every engine that runs here; how a statement is sent and interrupted is the driver's.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pyarrow as pa

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.warehouses.base import BatchStream, Queued
from holoscope.warehouses.slots import Slots
from holoscope.warehouses.watchdog import Watchdog

CLOSED = "The connection was closed."
_CANCELLED = "The query was cancelled."
TOO_LATE = "The query ran longer than its time limit and was stopped."
_CLOSING_SECONDS = 10.0


class UnderWay:
    """The statements of one open warehouse. Safe in several threads.

    `count` of them run at once, `queue_limit` wait; the thread that watches their deadlines is `name`d.
    """

    def __init__(self, name: str, count: int, queue_limit: int) -> None:
        self.slots = Slots(count, queue_limit)
        self.watchdog = Watchdog(name)
        self._statements: set[StoppableExecution] = set()
        self._changed = threading.Condition()
        self._is_closed = False

    def raise_if_closed(self) -> None:
        """Raise WarehouseError when the warehouse was closed."""
        if self._is_closed:
            raise WarehouseError(CLOSED)

    @contextmanager
    def noted(self, statement: StoppableExecution) -> Iterator[None]:
        """Watch over a statement and have `close` stop it and wait for it.

        Raises:
            WarehouseError: the warehouse was closed meanwhile.
        """
        self.watchdog.watch(statement)
        try:
            with self._changed:
                self.raise_if_closed()
                self._statements.add(statement)
            try:
                yield
            finally:
                with self._changed:
                    self._statements.discard(statement)
                    self._changed.notify_all()
        finally:
            self.watchdog.unwatch(statement)

    def close(self) -> None:
        """Let nothing begin any more, stop what runs, and wait a few seconds for its end."""
        with self._changed:
            self._is_closed = True
            stopping = tuple(self._statements)
        for statement in stopping:
            statement.cancel()
        with self._changed:
            self._changed.wait_for(lambda: not self._statements, timeout=_CLOSING_SECONDS)
        self.watchdog.close()


class StoppableExecution(ABC):
    """One SELECT that waits for its turn and can be stopped; see `warehouses.base.Execution`."""

    def __init__(self, under_way: UnderWay, timeout: timedelta, asker: str) -> None:
        """Raise WarehouseError when the warehouse was closed."""
        under_way.raise_if_closed()
        self._under_way = under_way
        self._turn = under_way.slots.turn(asker)
        self._stopped: str | None = None
        self.deadline = time.monotonic() + timeout.total_seconds()

    def queue_up(self, ready: Callable[[], None]) -> None:
        self._under_way.watchdog.watch(self)
        self._turn.queue_up(ready)

    def share(self, asker: str) -> None:
        self._turn.share(asker)

    @property
    def queued(self) -> Queued:
        return self._turn.queued

    def cancel(self) -> None:
        self._stopped = self._stopped or _CANCELLED
        self._turn.give_up()
        self.deadline = 0.0  # the watchdog, who has the time, strikes until the statement has ended
        self._under_way.watchdog.look_again()

    def strike(self) -> None:
        """Stop now; the watchdog calls it at the deadline and then again and again."""
        self._stopped = self._stopped or TOO_LATE
        self._turn.give_up()
        self._interrupt()

    def read_all(self) -> pa.Table:
        with self.open() as stream:
            return pa.Table.from_batches(stream.batches, stream.schema)

    @contextmanager
    def open(self) -> Iterator[BatchStream]:
        try:
            with self._under_way.noted(self):
                try:
                    if not self._turn.wait():
                        raise self._killed()
                    self._raise_if_stopped()
                    with self._running() as stream:
                        yield stream
                finally:
                    self._turn.free()
        finally:
            self._turn.give_up()

    @abstractmethod
    def _running(self) -> AbstractContextManager[BatchStream]:
        """Send the statement, whose turn it is; leaving the context frees what it holds at the engine."""

    @abstractmethod
    def _interrupt(self) -> None:
        """Make the engine end the statement, if it works on it; called again until it has ended."""

    def _raise_if_stopped(self) -> None:
        if self._stopped is not None:
            raise self._killed()

    def _killed(self) -> RunKilled:
        return RunKilled(self._stopped or TOO_LATE)
