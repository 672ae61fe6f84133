"""One transaction per piece of work: opening the database, reading and writing.

Repositories take the `Connection` that `reading` or `writing` yields, return frozen values and
never commit. A write takes SQLite's write lock at its start, so two writers queue up instead
of one failing in the middle.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from holoscope.storage.changes import Changes, LocalChanges

_WRITE = "holoscope_write"
_REBUILD = "holoscope_rebuild"
_BUSY_MILLISECONDS = 10_000


class BadDatabaseUrl(ValueError):
    """The database URL cannot be used; the text never repeats it, as it may hold a password."""


class Database:
    """The metadata database, open. Safe to share between threads.

    `changes` is another number after every write transaction of the processes that share `marks`.
    What was read under another number may be out of date, which is how caches of verdicts know
    (`access.verdicts`).
    """

    def __init__(self, engine: Engine, marks: Changes | None = None) -> None:
        self.engine = engine
        self._marks = marks or LocalChanges()
        self._writer = engine.execution_options(**{_WRITE: True})

    @property
    def changes(self) -> int:
        return self._marks.mark

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one consistent state; whatever it wrote is rolled back."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a write transaction: committed on leaving, rolled back on any error."""
        try:
            with self._writer.begin() as connection:
                yield connection
        finally:
            self._marks.advance()

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """Yield a connection like `writing`, for what no verdict depends on: `changes` stays.

        For notes such as when a key was last used; a write that may change what somebody may do
        belongs into `writing`.
        """
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Yield a connection like `writing`, on which tables that others refer to may be replaced.

        SQLite changes some things only by copying a table and dropping the old one, which its foreign
        keys would stop; so they are checked once, at the end.

        Raises:
            IntegrityError: a row refers to a row that is not there.
        """
        with self.engine.connect() as raw:
            connection = raw.execution_options(**{_WRITE: True, _REBUILD: True})
            try:
                with connection.begin():
                    yield connection
                    _check_references(connection)
            finally:
                if connection.dialect.name == "sqlite":
                    connection.invalidate()
                self._marks.advance()

    def touch(self) -> None:
        """Make every remembered verdict void, as a write does."""
        self._marks.advance()

    def is_reachable(self) -> bool:
        """Tell whether the database answers; blocks for as long as it takes to know."""
        try:
            with self.reading() as connection:
                connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def open_database(where: Path | str, marks: Changes | None = None) -> Database:
    """Open the database file at a path, or whatever a SQLAlchemy URL names.

    `marks` is shared with the other processes of this server; without it, this process is alone.

    A new SQLite file is made with mode 0600 in a folder made with mode 0700; an existing file
    is tightened to 0600. The tables are the business of `migrations.upgrade`.

    Raises:
        BadDatabaseUrl: the URL does not parse, or its driver is not installed.
    """
    url = URL.create("sqlite", database=str(where)) if isinstance(where, Path) else _parse(where)
    if url.get_backend_name() == "sqlite":
        return Database(_open_sqlite(url), marks)
    try:
        return Database(create_engine(url, pool_pre_ping=True, hide_parameters=True), marks)
    except ImportError as error:
        raise BadDatabaseUrl(f"The driver of this database URL is not installed: {error.name}.") from None
    except ArgumentError:
        raise BadDatabaseUrl("The database URL names a kind of database that does not exist.") from None


def _parse(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl("The database URL does not parse.") from None


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise BadDatabaseUrl("A SQLite database needs a file; threads cannot share one in memory.")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    engine = create_engine(
        url, hide_parameters=True, pool_size=8, max_overflow=56, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: SQLiteConnection, _record: object) -> None:
    """Set up a raw connection. FULL makes a commit survive the loss of power, not only of the process."""
    connection.isolation_level = None  # SQLAlchemy's `begin` event below says BEGIN, not the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_REBUILD):
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")  # possible before BEGIN only
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITE) else "BEGIN")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost is not None:
        message = f"a row of {lost[0]} refers to a missing row of {lost[2]}"
        raise IntegrityError(message, None, ValueError(message))
