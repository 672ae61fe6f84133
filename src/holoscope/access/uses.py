"""When a credential was last used: remembered in memory, written in batches, at most once a minute each."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import Column, Table, bindparam, update
from sqlalchemy.exc import SQLAlchemyError

from holoscope.kit.clock import Clock
from holoscope.storage.unit_of_work import Database

log = logging.getLogger("holoscope.access")

EVERY = timedelta(minutes=1)
DELAY_SECONDS = 2.0
_MOST = 10_000


class Uses:
    """Notes uses of the rows of one table in one of its columns. Safe between threads.

    A use is on disk some seconds later; a process that dies loses the notes of those seconds. Nothing
    that decides over access may be so exact as to depend on them.
    """

    def __init__(self, database: Database, table: Table, column: Column[datetime], clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._update = (
            update(table).where(table.c.id == bindparam("row_id")).values({column: bindparam("used_at")})
        )
        self._lock = threading.Lock()
        self._noted: dict[str, datetime] = {}
        self._pending: dict[str, datetime] = {}
        self._timer: threading.Timer | None = None

    def note(self, row_id: str) -> None:
        """Remember that a row was used now; costs no I/O."""
        now = self._clock()
        with self._lock:
            last = self._noted.get(row_id)
            if last is not None and now - last < EVERY:
                return
            if len(self._noted) >= _MOST:
                self._noted = {}
            self._noted[row_id] = self._pending[row_id] = now
            if self._timer is None:
                self._timer = threading.Timer(DELAY_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what is remembered; a database that refuses costs the notes and a line in the log."""
        with self._lock:
            pending, self._pending = self._pending, {}
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if not pending:
            return
        rows = [{"row_id": row_id, "used_at": at} for row_id, at in sorted(pending.items())]
        try:
            with self._database.noting() as connection:
                connection.execute(self._update, rows)
        except SQLAlchemyError:
            log.warning("the last uses of %d credentials were not noted", len(rows))
