"""Sessions at the server: made when needed, kept while they are well, each used by one statement at a time.

Every session is read-only, speaks UTC and ISO dates, and stops a statement by itself after the longest time
any may take. A session that was interrupted is thrown away: a late signal must not hit the next statement.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import adbc_driver_postgresql.dbapi as adbc

from holoscope.kit.errors import WarehouseError
from holoscope.warehouses.postgres.errors import DRIVER_ERRORS, explained, is_lost, why_not_connected
from holoscope.warehouses.postgres.settings import DEFAULT_SCHEMA, PostgresSettings, uri_of
from holoscope.warehouses.underway import CLOSED

_BATCH_BYTES = 4 * 1024 * 1024
_OLDEST = 130_000


class Session:
    """One connection to the server."""

    def __init__(self, connection: adbc.Connection, *, is_fresh: bool) -> None:
        self.connection = connection
        self.is_fresh = is_fresh
        self.is_spoilt = False

    def cursor(self) -> adbc.Cursor:
        """Make a cursor whose results arrive in batches of a few megabytes."""
        options = {"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}
        return self.connection.cursor(adbc_stmt_kwargs=options)

    def rows(self, sql: str) -> list[Mapping[str, Any]]:
        """Run a statement of our own and give its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            found: list[Mapping[str, Any]] = cursor.fetch_arrow_table().to_pylist()
            return found

    def close(self) -> None:
        with suppress(adbc.Error, RuntimeError):
            self.connection.close()


class Sessions:
    """The idle sessions of one warehouse. Safe in several threads."""

    def __init__(self, settings: PostgresSettings) -> None:
        self._settings = settings
        self._uri = uri_of(settings)
        self._idle: list[Session] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def take(self) -> Session:
        """Give an idle session or a new one.

        Raises:
            WarehouseError: the server cannot be reached or refuses; the connection was closed.
        """
        with self._lock:
            if self._is_closed:
                raise WarehouseError(CLOSED)
            if self._idle:
                session = self._idle.pop()
                session.is_fresh = False
                return session
        return self.open()

    def give_back(self, session: Session) -> None:
        """Keep a session for the next statement, unless it is spoilt."""
        with self._lock:
            keeps = not (
                session.is_spoilt or self._is_closed or len(self._idle) >= self._settings.concurrency
            )
            if keeps:
                self._idle.append(session)
        if not keeps:
            session.close()

    def open(self) -> Session:
        """Make a new session.

        Raises:
            WarehouseError: the server cannot be reached or refuses.
        """
        try:
            connection = adbc.connect(self._uri.reveal(), autocommit=True)
        except DRIVER_ERRORS as error:
            raise why_not_connected(error) from None
        session = Session(connection, is_fresh=True)
        try:
            version = session.rows(self._start())[0]["version"]
        except DRIVER_ERRORS as error:
            session.close()
            raise explained(error) from None
        if version < _OLDEST:
            session.close()
            raise WarehouseError("PostgreSQL 13 or later is needed; this server is older.")
        return session

    def rows(self, sql: str) -> list[Mapping[str, Any]]:
        """Run a statement of our own on any session; once more where an idle one turns out to be gone.

        Raises:
            WarehouseError: it failed.
        """
        while True:
            with self.lent() as session:
                try:
                    return session.rows(sql)
                except DRIVER_ERRORS as error:
                    session.is_spoilt = True
                    if not is_lost(error) or session.is_fresh:
                        raise explained(error) from None

    @contextmanager
    def lent(self) -> Iterator[Session]:
        """Take a session and give it back."""
        session = self.take()
        try:
            yield session
        finally:
            self.give_back(session)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _start(self) -> str:
        """Write the one statement that makes a session ours."""
        # Extensions put their functions into `public`.
        schemas = dict.fromkeys((self._settings.schema, DEFAULT_SCHEMA))
        path = ", ".join('"' + name.replace('"', '""') + '"' for name in schemas)
        wanted = {
            "default_transaction_read_only": "on",
            "statement_timeout": str(self._settings.longest_seconds * 1000),
            "idle_in_transaction_session_timeout": "60000",
            "search_path": path,
            "TimeZone": "UTC",
            "DateStyle": "ISO, YMD",
            "IntervalStyle": "postgres",
            "standard_conforming_strings": "on",
            "bytea_output": "hex",
            "extra_float_digits": "1",
            "jit": "off",  # compiles for longer than our statements run, misled by estimates of joins
        }
        calls = ", ".join(
            f"pg_catalog.set_config({_text(name)}, {_text(value)}, false) AS s{number}"
            for number, (name, value) in enumerate(wanted.items())
        )
        return f"SELECT current_setting('server_version_num')::int AS version, {calls}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
