"""One SELECT under way at a PostgreSQL server; see `warehouses.base.Execution`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from holoscope.kit.errors import HoloscopeError
from holoscope.warehouses.base import BatchStream
from holoscope.warehouses.postgres.errors import DRIVER_ERRORS, explained, is_lost
from holoscope.warehouses.postgres.names import names_said
from holoscope.warehouses.postgres.sessions import Session
from holoscope.warehouses.postgres.shape import at_most, read_plainly, shape_of, wrapped
from holoscope.warehouses.underway import StoppableExecution

if TYPE_CHECKING:
    from holoscope.warehouses.postgres.driver import PostgresWarehouse


class PostgresExecution(StoppableExecution):
    """Takes a turn, a session of its own, and hands out batches while they arrive."""

    def __init__(
        self,
        warehouse: PostgresWarehouse,
        sql: str,
        timeout: timedelta,
        asker: str,
        most_rows: int | None,
    ) -> None:
        super().__init__(warehouse.under_way, timeout, asker)
        self._warehouse = warehouse
        self._sql = sql
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._cursor: adbc.Cursor | None = None
        self._is_read = False

    def _interrupt(self) -> None:
        with self._lock:  # what was interrupted is not given to another statement before the signal is out
            if self._session is not None and self._cursor is not None:
                self._session.is_spoilt = True
                with suppress(adbc.Error):
                    self._cursor.adbc_cancel()

    @contextmanager
    def _running(self) -> Iterator[BatchStream]:
        try:
            yield self._start()
        finally:
            self._let_go()

    def _start(self) -> BatchStream:
        sql = self._warehouse.gate.check(self._sql)
        try:
            reader, names = self._asked(sql)
            said = names_said(self._sql)
            names = said if said is not None and len(said) == len(names) else names
            schema, batches = read_plainly(reader.schema, names, iter(reader))
        except DRIVER_ERRORS as error:
            raise self._explained(error) from None
        return BatchStream(schema, self._read(batches))

    def _asked(self, sql: str) -> tuple[pa.RecordBatchReader, list[str]]:
        """Send the statement; once more where the server had closed an idle session."""
        wanted = sql if self._most_rows is None else at_most(sql, self._most_rows)
        while True:
            session, cursor = self._begin()
            try:
                return self._sent(cursor, wanted)
            except DRIVER_ERRORS as error:
                self._note(error)
                if self._stopped is not None or not session.is_spoilt or session.is_fresh:
                    raise
                self._let_go()

    def _sent(self, cursor: adbc.Cursor, sql: str) -> tuple[pa.RecordBatchReader, list[str]]:
        cursor.execute(sql)
        reader = cursor.fetch_record_batch()
        names, shape = list(reader.schema.names), shape_of(reader.schema)
        if not shape.is_plain:
            reader.close()
            cursor.execute(wrapped(sql, shape))
            reader = cursor.fetch_record_batch()
        return reader, names

    def _begin(self) -> tuple[Session, adbc.Cursor]:
        session = self._warehouse.sessions.take()
        with self._lock:
            self._session, self._cursor = session, session.cursor()
            cursor = self._cursor
        self._raise_if_stopped()
        return session, cursor

    def _let_go(self) -> None:
        """Give the session back; one in the middle of a result is stopped and thrown away."""
        with self._lock:
            session, cursor = self._session, self._cursor
            self._session = self._cursor = None
        if session is None or cursor is None:
            return
        if not self._is_read:
            session.is_spoilt = True
            with suppress(adbc.Error):
                cursor.adbc_cancel()
        with suppress(*DRIVER_ERRORS):
            cursor.close()
        self._warehouse.sessions.give_back(session)

    def _read(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        while True:
            self._raise_if_stopped()
            try:
                batch = next(batches, None)
            except DRIVER_ERRORS as error:
                self._note(error)
                raise self._explained(error) from None
            if batch is None:
                self._is_read = True
                return
            if batch.num_rows:
                yield batch

    def _note(self, error: Exception) -> None:
        """Note what became of the session: after an error of the statement alone it is as good as before."""
        session = self._session
        if session is not None:
            session.is_spoilt = session.is_spoilt or is_lost(error)
            self._is_read = not session.is_spoilt

    def _explained(self, error: Exception) -> HoloscopeError:
        return self._killed() if self._stopped is not None else explained(error)
