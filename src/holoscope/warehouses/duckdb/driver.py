"""Runs SQL on one DuckDB file in worker processes: one statement a worker, every statement stoppable.

No engine is loaded here. What is out of time or not wanted is interrupted first; a worker that does
not end it within a grace is killed, and another takes its place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from holoscope.kit.errors import HoloscopeError, RunKilled, WarehouseError
from holoscope.modeling.tables import Place, Tables
from holoscope.modeling.types import Catalog
from holoscope.warehouses.base import BatchStream, Queued
from holoscope.warehouses.duckdb.catalog import read_catalog, read_tables
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from holoscope.warehouses.duckdb.failures import CANCELLED, CLOSED, LOST, TOO_LATE, WorkerLost
from holoscope.warehouses.duckdb.frames import Statement
from holoscope.warehouses.duckdb.nursery import Nursery
from holoscope.warehouses.duckdb.process import Lost, Worker
from holoscope.warehouses.duckdb.repeats import find_repeated
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.duckdb.workers import Workers, identity_of
from holoscope.warehouses.slots import Slots
from holoscope.warehouses.watchdog import Watchdog

GRACE_SECONDS = 1.0
"""How long an interrupted statement may go on before its process is killed."""
_CLOSING_SECONDS = 10.0
_LOOKING = timedelta(seconds=30)
_READING = timedelta(seconds=60)
_HOUSEKEEPING = "the catalog"


def open_duckdb(
    path: Path,
    *,
    connection_id: str,
    settings: DuckDBSettings | None = None,
    nursery: Nursery | None = None,
) -> DuckDBWarehouse:
    """Open a DuckDB file for queries: read-only, sandboxed, locked, in processes from `nursery`.

    Raises:
        UnsafeWarehouse: the sandbox could not be made.
        WarehouseError: the file cannot be opened.
    """
    settings = settings or DuckDBSettings()
    path = path.absolute()
    return DuckDBWarehouse(Workers(path, settings, nursery or Nursery()), connection_id, settings, path)


class DuckDBWarehouse:
    """A DuckDB file that is open for queries. Safe in several threads."""

    def __init__(self, workers: Workers, connection_id: str, settings: DuckDBSettings, path: Path) -> None:
        self._path = path
        self._connection_id = connection_id
        self._dialect = DuckDBDialect()
        self.workers = workers
        self.slots = Slots(settings.concurrency, settings.queue_limit)
        self.watchdog = Watchdog(f"duckdb-watchdog-{connection_id}")
        self._under_way: set[DuckDBExecution] = set()
        self._changed = threading.Condition()
        self._is_closed = False

    @property
    def connection_id(self) -> str:
        return self._connection_id

    @property
    def state(self) -> str:
        return f"{self._connection_id} {self.workers.identity}"

    @property
    def dialect(self) -> DuckDBDialect:
        return self._dialect

    def execute(
        self, sql: str, *, timeout: timedelta, asker: str = "", most_rows: int | None = None
    ) -> DuckDBExecution:
        """Prepare to run one SELECT; see `warehouses.base.Warehouse`."""
        return self._prepare(Statement(sql, most_rows=most_rows), timeout, asker)

    def begin(self, execution: DuckDBExecution) -> None:
        """Note that a statement is under way from now on.

        Raises:
            WarehouseError: the warehouse was closed meanwhile.
        """
        with self._changed:
            if self._is_closed:
                raise WarehouseError(CLOSED)
            self._under_way.add(execution)

    def end(self, execution: DuckDBExecution) -> None:
        """Note that a statement is done."""
        with self._changed:
            self._under_way.discard(execution)
            self._changed.notify_all()

    def load_catalog(self) -> Catalog:
        """Read tables, columns and types of the file."""
        return read_catalog(self._ask)

    def load_tables(self) -> Tables:
        """Read what a model may be generated from."""
        return read_tables(self._ask)

    def find_repeated(self, places: Iterable[Place]) -> frozenset[Place]:
        """Look which columns are no keys; see `warehouses.base.Warehouse`. Half a minute at most."""
        return find_repeated(self._ask, places, _LOOKING)

    def is_replaced(self) -> bool:
        """Tell whether another file now stands at the path; see `warehouses.base.Warehouse`."""
        identity = identity_of(self._path)
        if identity is None:
            raise WarehouseError(f"The database file {self._path.name} is gone.")
        return identity != self.workers.identity

    def close(self) -> None:
        """Close the file: statements under way are stopped, then every process is ended."""
        with self._changed:
            self._is_closed = True
            stopping = tuple(self._under_way)
        for execution in stopping:
            execution.cancel()
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, timeout=_CLOSING_SECONDS)
        self.watchdog.close()
        self.workers.close()

    def _prepare(self, statement: Statement, timeout: timedelta, asker: str) -> DuckDBExecution:
        with self._changed:
            if self._is_closed:
                raise WarehouseError(CLOSED)
        return DuckDBExecution(self, statement, timeout, asker)

    def _ask(self, sql: str, timeout: timedelta = _READING) -> list[tuple[Any, ...]]:
        """Run a statement of our own, which may read the engine's catalogues, and return its rows."""
        table = self._prepare(Statement(sql, is_gated=False), timeout, _HOUSEKEEPING).read_all()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


class DuckDBExecution:
    """One SELECT; see `warehouses.base.Execution`."""

    def __init__(
        self, warehouse: DuckDBWarehouse, statement: Statement, timeout: timedelta, asker: str
    ) -> None:
        self._warehouse = warehouse
        self._statement = statement
        self._turn = warehouse.slots.turn(asker)
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._number = 0
        self._stopped: str | None = None
        self._struck_at: float | None = None
        self.deadline = time.monotonic() + timeout.total_seconds()

    def queue_up(self, ready: Callable[[], None]) -> None:
        self._warehouse.watchdog.watch(self)
        self._turn.queue_up(ready)

    def share(self, asker: str) -> None:
        self._turn.share(asker)

    @property
    def queued(self) -> Queued:
        return self._turn.queued

    def cancel(self) -> None:
        with self._lock:
            self._stopped = self._stopped or CANCELLED
        self.deadline = 0.0  # from now on the watchdog strikes until the statement has ended
        self.strike()
        self._warehouse.watchdog.look_again()

    def strike(self) -> None:
        """Stop now; the watchdog calls it at the deadline and again and again, in the end to kill."""
        with self._lock:
            self._stopped = self._stopped or TOO_LATE
            worker, number = self._worker, self._number
            now = time.monotonic()
            if worker is not None and number:
                if self._struck_at is None:
                    self._struck_at = now
                    worker.stop(number)
                elif now - self._struck_at > GRACE_SECONDS:
                    worker.kill()
        self._turn.give_up()

    def read_all(self) -> pa.Table:
        with self.open() as stream:
            return pa.Table.from_batches(stream.batches, stream.schema)

    @contextmanager
    def open(self) -> Iterator[BatchStream]:
        warehouse = self._warehouse
        warehouse.watchdog.watch(self)
        try:
            warehouse.begin(self)
            try:
                if not self._turn.wait():
                    raise self._killed()
                self._raise_if_stopped()
                with self._asked() as stream:
                    yield stream
            finally:
                self._turn.free()
                warehouse.end(self)
        finally:
            self._turn.give_up()
            warehouse.watchdog.unwatch(self)

    @contextmanager
    def _asked(self) -> Iterator[BatchStream]:
        """Hand the statement to a worker; afterwards the worker is idle again, or gone."""
        worker = self._warehouse.workers.lease()
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
            raise self._lost() from None
        finally:
            if answer.is_open:
                self._abandon(worker)
            with self._lock:
                self._worker = None
            self._warehouse.workers.give_back(worker)

    def _abandon(self, worker: Worker) -> None:
        """Stop a statement whose result nobody reads to its end; the watchdog sees to it that it ends."""
        self.cancel()
        try:
            worker.skip_to_the_end()
        except Lost:
            worker.kill()

    def _raise_if_stopped(self) -> None:
        if self._stopped is not None:
            raise self._killed()

    def _killed(self) -> RunKilled:
        return RunKilled(self._stopped or TOO_LATE)

    def _lost(self) -> HoloscopeError:
        return WorkerLost(LOST) if self._stopped is None else self._killed()

    def explain(self, error: HoloscopeError) -> HoloscopeError:
        """Whatever a statement says that was stopped, it was stopped."""
        return error if self._stopped is None else self._killed()

    def check(self) -> None:
        """Raise RunKilled when the statement is to stop."""
        self._raise_if_stopped()


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
