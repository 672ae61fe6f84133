"""One SELECT under way in a worker process; see `warehouses.base.Execution`.

What is out of time or not wanted is interrupted first; a worker that does not end it within a grace is
killed, and another takes its place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pyarrow as pa

from holoscope.kit.errors import HoloscopeError
from holoscope.warehouses.base import BatchStream
from holoscope.warehouses.duckdb.failures import LOST, WorkerLost
from holoscope.warehouses.duckdb.frames import Statement
from holoscope.warehouses.duckdb.process import Lost, Worker
from holoscope.warehouses.duckdb.workers import Workers
from holoscope.warehouses.underway import StoppableExecution, UnderWay

GRACE_SECONDS = 1.0
"""How long an interrupted statement may go on before its process is killed."""


class DuckDBExecution(StoppableExecution):
    """Takes a turn, a worker of its own, and hands out batches while they arrive."""

    def __init__(
        self, under_way: UnderWay, workers: Workers, statement: Statement, timeout: timedelta, asker: str
    ) -> None:
        super().__init__(under_way, timeout, asker)
        self._workers = workers
        self._statement = statement
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._number = 0
        self._struck_at: float | None = None

    def cancel(self) -> None:
        super().cancel()
        self.strike()  # it takes no time here, so nobody waits for the watchdog

    def check(self) -> None:
        """Raise RunKilled when the statement is to stop."""
        self._raise_if_stopped()

    def explain(self, error: HoloscopeError) -> HoloscopeError:
        """Whatever a statement says that was stopped, it was stopped."""
        return error if self._stopped is None else self._killed()

    def _interrupt(self) -> None:
        with self._lock:
            worker, now = self._worker, time.monotonic()
            if worker is None or not self._number:
                return
            if self._struck_at is None:
                self._struck_at = now
                worker.stop(self._number)
            elif now - self._struck_at > GRACE_SECONDS:
                worker.kill()

    @contextmanager
    def _running(self) -> Iterator[BatchStream]:
        """Hand the statement to a worker; afterwards the worker is idle again, or gone."""
        worker = self._workers.lease()
        answer = _Answer(self, worker)
        try:
            with self._lock:
                self._raise_if_stopped()
                self._worker = worker
                self._number = worker.ask(self._statement)
            answer.is_open = True
            schema = answer.schema()
            yield BatchStream(schema, answer.batches(schema))
        except Lost:
            worker.kill()
            raise self.explain(WorkerLost(LOST)) from None
        finally:
            if answer.is_open:
                self._abandon(worker)
            with self._lock:
                self._worker = None
            self._workers.give_back(worker)

    def _abandon(self, worker: Worker) -> None:
        """Stop a statement whose result nobody reads to its end; the watchdog sees to it that it ends."""
        self.cancel()
        try:
            worker.skip_to_the_end()
        except Lost:
            worker.kill()


class _Answer:
    """What a worker sends about one statement; `is_open` while more may come."""

    def __init__(self, execution: DuckDBExecution, worker: Worker) -> None:
        self._execution = execution
        self._worker = worker
        self.is_open = False

    def schema(self) -> pa.Schema:
        return self._receive(self._worker.receive_schema)

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        while True:
            self._execution.check()
            batch = self._receive(lambda: self._worker.receive_batch(schema))
            if batch is None:
                self.is_open = False
                return
            yield batch

    def _receive(self, what: Callable[[], Any]) -> Any:  # noqa: ANN401
        try:
            return what()
        except HoloscopeError as error:
            self.is_open = False
            raise self._execution.explain(error) from None
        except Lost:
            self.is_open = False
            raise
