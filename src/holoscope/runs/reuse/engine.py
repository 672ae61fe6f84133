"""A DuckDB without files, network or extensions that reads kept results and nothing else.

Its SQL is written by us from trees; no text of an asker reaches it but as a literal in one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from holoscope.query.generate import generate
from holoscope.query.reuse.containment import Derivation
from holoscope.runs.reuse.loaded import Loaded, load
from holoscope.runs.reuse.typed import require_kinds, typed
from holoscope.runs.reuse.unproven import UnprovenError
from holoscope.sql.dialect import Dialect
from holoscope.sql.markers import lower_markers
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from holoscope.warehouses.duckdb.shape import hugeints

_SETTINGS = {
    "TimeZone": "UTC",
    "perfect_ht_threshold": "14",  # groups are numbered: up to so many bits they need no hashing
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}


class Stop:
    """Ends a derivation from another thread, whether it runs already or not."""

    def __init__(self) -> None:
        """Begin unstopped."""
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self.is_stopped = False

    def __call__(self) -> None:
        with self._lock:
            self.is_stopped = True
            if self._cursor is not None:
                self._cursor.interrupt()

    @contextmanager
    def watching(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Let a statement on `cursor` be stopped while it runs.

        Raises:
            UnprovenError: it was stopped before it began.
        """
        with self._lock:
            if self.is_stopped:
                raise UnprovenError("it was stopped")
            self._cursor = cursor
        try:
            yield
        finally:
            with self._lock:
                self._cursor = None


class Engine:
    """One private DuckDB instance, opened when it is first needed."""

    dialect: Dialect = DuckDBDialect()

    def __init__(self, memory_mib: int) -> None:
        """Take the most memory that all derivations together may use."""
        self._memory_mib = memory_mib
        self._lock = threading.Lock()
        self._instance: duckdb.DuckDBPyConnection | None = None

    def load(self, table: pa.Table) -> Loaded:
        """Make the rows of a result readable."""
        with self._lock:
            if self._instance is None:
                self._instance = self._open()
            cursor = self._instance.cursor()
        return load(cursor, table)

    def run(self, derivation: Derivation, loaded: Loaded, stop: Stop) -> pa.Table:
        """Derive an answer, in the types the warehouse would have given; `stop` may end it early.

        Raises:
            UnprovenError: the columns do not hold what the proof takes for granted, or something failed.
        """
        require_kinds(derivation, loaded.schema)
        if not all(loaded.has_plain_years(name) for name in derivation.years):
            raise UnprovenError("a year is written in another way")
        tree = loaded.prepared(generate(derivation.plan), derivation)
        text = self.dialect.render(lower_markers(tree, self.dialect))
        try:
            with loaded.lock, stop.watching(loaded.cursor):
                asked = loaded.cursor.sql(text)
                whole = hugeints(asked)
                found = asked.to_arrow_table()
        except (duckdb.Error, pa.ArrowException) as error:
            raise UnprovenError(type(error).__name__) from error
        return typed(found, derivation, loaded.schema, whole)

    def _open(self) -> duckdb.DuckDBPyConnection:
        instance = duckdb.connect(":memory:")
        limits = {"memory_limit": f"{self._memory_mib}MiB", "max_temp_directory_size": "0KiB", "threads": "1"}
        for name, value in (limits | _SETTINGS).items():
            instance.execute(f"SET GLOBAL {name} = '{value}'")
        return instance
