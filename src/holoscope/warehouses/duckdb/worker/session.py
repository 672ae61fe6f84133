"""Statements on an open file, one at a time: judged, run, and sent off batch by batch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import duckdb
import pyarrow as pa

from holoscope.warehouses.duckdb.endings import without_ending
from holoscope.warehouses.duckdb.frames import Kind, Statement, frame, send_all
from holoscope.warehouses.duckdb.gate import Gate
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.duckdb.shape import hugeints, plain
from holoscope.warehouses.duckdb.worker import limits
from holoscope.warehouses.flatten import flat_schema, flatten

_BATCH_ROWS = 65_536
_BATCH_BYTES = 8 * 1024 * 1024
_ROW_BYTES = 128 * 1024 * 1024


class Stopped(Exception):
    """The server wants the statement no more."""


class WholeNumberTooLarge(Exception):
    """A 128-bit integer in the result does not fit 64 bits."""


class RowTooLarge(Exception):
    """A single row is larger than what crosses the pipe."""


class Session:
    """A file that is open for statements. `stop` may be called from another thread, the rest may not."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, results: int, settings: DuckDBSettings) -> None:
        self._connection = connection
        self._results = results
        self._cpu_seconds = settings.longest_seconds * settings.threads
        self._gate = Gate(connection)
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._number = 0
        self._stopped = 0

    def run(self, number: int, statement: Statement) -> None:
        """Run one statement and send schema, batches and end; numbers rise.

        Raises:
            Stopped: `stop` was called with its number.
            StatementRefused: it is not one SELECT over the tables of the file.
            WholeNumberTooLarge, RowTooLarge: what cannot be sent.
            duckdb.Error, OSError, MemoryError: the engine failed.
        """
        limits.allow_processor_time(self._cpu_seconds)
        with closing(self._connection.cursor()) as cursor:
            with self._lock:
                self._number, self._cursor = number, cursor
            try:
                self._raise_if_stopped()
                if statement.is_gated:
                    self._gate.check(cursor, statement.sql)
                self._send(cursor, statement)
            except (duckdb.Error, OSError, pa.ArrowException):
                self._raise_if_stopped()
                raise
            finally:
                with self._lock:
                    self._cursor = None

    def stop(self, number: int) -> bool:
        """Interrupt a statement; False when it does not run (any more)."""
        with self._lock:
            self._stopped = max(self._stopped, number)
            if self._cursor is None or self._number != number:
                return False
            self._cursor.interrupt()
            return True

    def is_stopped(self, number: int) -> bool:
        """Tell whether `stop` was called for a statement, or for a later one."""
        return number <= self._stopped

    def _send(self, cursor: duckdb.DuckDBPyConnection, statement: Statement) -> None:
        """Send one batch behind: so a small result leaves as one piece."""
        asked = cursor.sql(without_ending(statement.sql))
        whole = hugeints(asked)
        shown = plain(asked)
        if statement.most_rows is not None:
            shown = shown.limit(statement.most_rows)
        reader = shown.to_arrow_reader(_BATCH_ROWS)
        schema = flat_schema(reader.schema, whole)
        held = frame(Kind.SCHEMA, schema.serialize())
        for batch in _flat(reader, schema):
            for part in _parts(batch):
                self._raise_if_stopped()
                following = frame(Kind.BATCH, part.serialize())
                if sum(len(view) for view in held) > _BATCH_BYTES // 64:
                    send_all(self._results, held)
                    held = following
                else:
                    held += following
        self._raise_if_stopped()
        send_all(self._results, [*held, *frame(Kind.END)])

    def _raise_if_stopped(self) -> None:
        if self.is_stopped(self._number):
            raise Stopped


def _flat(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    batches = flatten(iter(reader), schema)
    while True:
        try:
            batch = next(batches, None)
        except pa.ArrowInvalid:
            raise WholeNumberTooLarge from None
        if batch is None:
            return
        if batch.num_rows:
            yield batch


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut a batch until each part is small, or one row."""
    if batch.nbytes <= _BATCH_BYTES:
        yield batch
    elif batch.num_rows > 1:
        half = batch.num_rows // 2
        yield from _parts(batch.slice(0, half))
        yield from _parts(batch.slice(half))
    elif batch.nbytes > _ROW_BYTES:
        raise RowTooLarge
    else:
        yield batch
