"""Runs SQL on one DuckDB file: one shared instance, a cursor per statement, every statement stoppable.

Sums of integers are 128-bit in DuckDB. They leave as int64, always, so that a column's type
depends on the query alone; a value beyond 64 bits is an error that says how to ask for it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from holoscope.kit.errors import HoloscopeError, RunKilled, WarehouseError
from holoscope.modeling.tables import Place, Tables
from holoscope.modeling.types import Catalog
from holoscope.warehouses.base import BatchStream, Queued
from holoscope.warehouses.duckdb.catalog import read_catalog, read_tables
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from holoscope.warehouses.duckdb.endings import without_ending
from holoscope.warehouses.duckdb.gate import Gate
from holoscope.warehouses.duckdb.repeats import find_repeated
from holoscope.warehouses.duckdb.settings import DuckDBSettings, open_sandbox
from holoscope.warehouses.duckdb.shape import hugeints, plain
from holoscope.warehouses.flatten import flat_schema, flatten
from holoscope.warehouses.scrub import scrub
from holoscope.warehouses.slots import Slots
from holoscope.warehouses.watchdog import Watchdog

_HELD = re.compile(r"Conflicting lock is held.*\(PID (\d+)\)")
_Identity = tuple[int, int, int, int]
_BATCH_ROWS = 65_536
_CLOSING_SECONDS = 10.0
_LOOKING_SECONDS = 30
_CLOSED = "The connection was closed."
_CANCELLED = "The query was cancelled."
_TOO_LATE = "The query ran longer than its time limit and was stopped."
_TOO_BIG = (
    "A whole number in the result does not fit 64 bits. "
    "Cast the expression to DECIMAL(38, 0) or DOUBLE in the model."
)


def open_duckdb(path: Path, *, connection_id: str, settings: DuckDBSettings | None = None) -> DuckDBWarehouse:
    """Open a DuckDB file for queries: read-only, sandboxed, locked.

    Raises:
        UnsafeWarehouse: the sandbox could not be made.
        WarehouseError: the file cannot be opened.
    """
    settings = settings or DuckDBSettings()
    try:
        identity = _identity(path)
        connection = open_sandbox(path, settings)
    except duckdb.Error as error:
        raise WarehouseError(_why_not_opened(str(error), path)) from None
    return DuckDBWarehouse(connection, connection_id, settings, path, identity)


def _why_not_opened(text: str, path: Path) -> str:
    """Say why DuckDB did not open a file; its place on this machine is not told."""
    holder = _HELD.search(text)
    if holder is not None:
        return (
            f"Another program (process {holder.group(1)}) has {path.name} open for writing. "
            "Close it there and try again."
        )
    if "not a valid DuckDB database" in text:
        return f"{path.name} is not a DuckDB file."
    if "does not exist" in text:
        return f"There is no DuckDB file {path.name}."
    return scrub(text)


class DuckDBWarehouse:
    """A DuckDB file that is open for queries. Safe in several threads."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        connection_id: str,
        settings: DuckDBSettings,
        path: Path,
        identity: _Identity | None,
    ) -> None:
        self._connection = connection
        self._path = path
        self._identity = identity
        self._connection_id = connection_id
        self._dialect = DuckDBDialect()
        self.gate = Gate(connection)
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
        return f"{self._connection_id} {self._identity}"

    @property
    def dialect(self) -> DuckDBDialect:
        return self._dialect

    def execute(
        self, sql: str, *, timeout: timedelta, asker: str = "", most_rows: int | None = None
    ) -> DuckDBExecution:
        """Prepare to run one SELECT; see `warehouses.base.Warehouse`."""
        with self._changed:
            if self._is_closed:
                raise WarehouseError(_CLOSED)
            return DuckDBExecution(self, self._connection.cursor(), sql, timeout, asker, most_rows)

    def begin(self, execution: DuckDBExecution) -> None:
        """Note that a statement uses its cursor from now on.

        Raises:
            WarehouseError: the warehouse was closed meanwhile.
        """
        with self._changed:
            if self._is_closed:
                raise WarehouseError(_CLOSED)
            self._under_way.add(execution)

    def end(self, execution: DuckDBExecution) -> None:
        """Note that a statement is done with its cursor."""
        with self._changed:
            self._under_way.discard(execution)
            self._changed.notify_all()

    def load_catalog(self) -> Catalog:
        """Read tables, columns and types of the file."""
        return read_catalog(self._connection)

    def load_tables(self) -> Tables:
        """Read what a model may be generated from."""
        return read_tables(self._connection)

    def find_repeated(self, places: Iterable[Place]) -> frozenset[Place]:
        """Look which columns are no keys; see `warehouses.base.Warehouse`. Half a minute at most."""
        return find_repeated(self._connection, places, timedelta(seconds=_LOOKING_SECONDS))

    def is_replaced(self) -> bool:
        """Tell whether another file now stands at the path; see `warehouses.base.Warehouse`."""
        identity = _identity(self._path)
        if identity is None:
            raise WarehouseError(f"The database file {self._path.name} is gone.")
        return identity != self._identity

    def close(self) -> None:
        """Close the file; statements under way are stopped first, since DuckDB closes no busy cursor."""
        with self._changed:
            self._is_closed = True
            stopping = tuple(self._under_way)
        for execution in stopping:
            execution.cancel()
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, timeout=_CLOSING_SECONDS)
        self.watchdog.close()
        with suppress(duckdb.Error):  # a reader that never came back keeps its cursor until the process ends
            self._connection.close()


def _identity(path: Path) -> _Identity | None:
    """Say which file stands at a path, and in which state."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class DuckDBExecution:
    """One SELECT; see `warehouses.base.Execution`."""

    def __init__(
        self,
        warehouse: DuckDBWarehouse,
        cursor: duckdb.DuckDBPyConnection,
        sql: str,
        timeout: timedelta,
        asker: str,
        most_rows: int | None,
    ) -> None:
        self._warehouse = warehouse
        self._cursor = cursor
        self._sql = sql
        self._most_rows = most_rows
        self._turn = warehouse.slots.turn(asker)
        self._lock = threading.Lock()
        self._closed = False
        self._stopped: str | None = None
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
            self._stopped = self._stopped or _CANCELLED
        self.deadline = 0.0  # the watchdog repeats the interrupt until the cursor is closed
        self.strike()
        self._warehouse.watchdog.look_again()

    def strike(self) -> None:
        """Stop now; called by the watchdog at the deadline and then again and again."""
        with self._lock:
            self._stopped = self._stopped or _TOO_LATE
            if not self._closed:
                self._turn.give_up()
                self._cursor.interrupt()

    def read_all(self) -> pa.Table:
        with self.open() as stream:
            return pa.Table.from_batches(stream.batches, stream.schema)

    @contextmanager
    def open(self) -> Iterator[BatchStream]:
        warehouse = self._warehouse
        warehouse.begin(self)
        warehouse.watchdog.watch(self)
        try:
            if not self._turn.wait():
                raise self._killed()
            try:
                yield self._start()
            finally:
                self._turn.free()
        finally:
            warehouse.watchdog.unwatch(self)
            with self._lock:
                self._closed = True
                self._cursor.close()
            warehouse.end(self)

    def _start(self) -> BatchStream:
        self._raise_if_stopped()
        try:
            self._warehouse.gate.check(self._cursor, self._sql)
            self._raise_if_stopped()
            asked = self._cursor.sql(without_ending(self._sql))
            whole = hugeints(asked)
            shown = plain(asked)
            if self._most_rows is not None:
                shown = shown.limit(self._most_rows)
            reader = shown.to_arrow_reader(_BATCH_ROWS)
            schema = flat_schema(reader.schema, whole)
        except (duckdb.Error, OSError, pa.ArrowException) as error:
            raise self._explained(error) from None
        return BatchStream(schema, self._read(flatten(iter(reader), schema)))

    def _read(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        while True:
            self._raise_if_stopped()
            try:
                batch = next(batches, None)
            except (duckdb.Error, OSError, pa.ArrowException) as error:
                raise self._explained(error) from None
            if batch is None:
                return
            if batch.num_rows:
                yield batch

    def _raise_if_stopped(self) -> None:
        if self._stopped is not None:
            raise self._killed()

    def _killed(self) -> RunKilled:
        return RunKilled(self._stopped or _TOO_LATE)

    def _explained(self, error: Exception) -> HoloscopeError:
        """An interrupt arrives as InterruptException or, in the middle of a stream, as OSError."""
        if self._stopped is not None or isinstance(error, duckdb.InterruptException):
            return self._killed()
        if isinstance(error, pa.ArrowInvalid):
            return WarehouseError(_TOO_BIG)
        return WarehouseError(scrub(str(error)))
