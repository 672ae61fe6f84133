"""A DuckDB without files, network or extensions that reads kept results and nothing else.

Its SQL is written by us from trees; no text of an asker reaches it but as a literal in one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from holoscope.query.generate import generate
from holoscope.query.reuse.containment import Derivation
from holoscope.query.reuse.kinds import Kind
from holoscope.query.reuse.match import KEPT
from holoscope.runs.reuse.unproven import UnprovenError
from holoscope.sql.dialect import Dialect
from holoscope.sql.markers import lower_markers
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from holoscope.warehouses.duckdb.shape import hugeints
from holoscope.warehouses.flatten import flat_schema, flatten

_SETTINGS = {
    "TimeZone": "UTC",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


_HOLDS = {
    Kind.NUMBER: _is_number,
    Kind.BOOLEAN: pa.types.is_boolean,
    Kind.TEXT: pa.types.is_string,
    Kind.DATE: pa.types.is_date32,
    Kind.TIME: pa.types.is_timestamp,
}


@dataclass(slots=True)
class Loaded:
    """Rows of a result behind a cursor of their own, which serves one statement at a time."""

    cursor: duckdb.DuckDBPyConnection
    schema: pa.Schema
    size_bytes: int
    lock: threading.Lock


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
        self._memory_mib = memory_mib
        self._lock = threading.Lock()
        self._instance: duckdb.DuckDBPyConnection | None = None

    def load(self, table: pa.Table, schema: pa.Schema) -> Loaded:
        """Make rows readable; `schema` is the one the result has on the wire."""
        with self._lock:
            if self._instance is None:
                self._instance = self._open()
            cursor = self._instance.cursor()
        cursor.register(KEPT, table)
        return Loaded(cursor, schema, table.nbytes, threading.Lock())

    def run(self, derivation: Derivation, loaded: Loaded, stop: Stop) -> pa.Table:
        """Derive an answer, in the types the warehouse would have given; `stop` may end it early.

        Raises:
            UnprovenError: the columns do not hold what the proof takes for granted, or something failed.
        """
        require_kinds(derivation, loaded.schema)
        text = self.dialect.render(lower_markers(generate(derivation.plan), self.dialect))
        try:
            with loaded.lock, stop.watching(loaded.cursor):
                asked = loaded.cursor.sql(text)
                whole = hugeints(asked)
                found = asked.to_arrow_table()
        except (duckdb.Error, pa.ArrowException) as error:
            raise UnprovenError(type(error).__name__) from error
        return typed(found, derivation, loaded.schema, whole)

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            if self._instance is not None:
                self._instance.close()
                self._instance = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        instance = duckdb.connect(":memory:")
        limits = {"memory_limit": f"{self._memory_mib}MiB", "max_temp_directory_size": "0KiB", "threads": "1"}
        for name, value in (limits | _SETTINGS).items():
            instance.execute(f"SET GLOBAL {name} = '{value}'")
        return instance


def require_kinds(derivation: Derivation, schema: pa.Schema) -> None:
    """Check that stored columns hold what the proof takes them for.

    Raises:
        UnprovenError: one does not. Sums of floats are never added up: their last digits depend on the order.
    """
    for name, kind in derivation.kinds:
        if not _HOLDS[Kind(kind)](schema.field(name).type):
            raise UnprovenError(f"{name} holds no {kind}")
    for name in derivation.exact:
        type_ = schema.field(name).type
        if not (pa.types.is_integer(type_) or pa.types.is_decimal(type_)):
            raise UnprovenError(f"{name} is not exact")


def typed(found: pa.Table, derivation: Derivation, schema: pa.Schema, whole: frozenset[int]) -> pa.Table:
    """Give each column the type it would have had, in one batch at most.

    Raises:
        UnprovenError: a value does not fit.
    """
    flat = flat_schema(found.schema, whole)
    target = pa.schema(
        [
            field if name is None else schema.field(name).with_name(field.name)
            for field, name in zip(flat, derivation.copied, strict=True)
        ]
    )
    try:
        batches = list(flatten(iter(found.combine_chunks().to_batches()), flat))
        plain = pa.Table.from_batches(batches, flat)
        columns = [
            column if column.type.equals(field.type) else pc.cast(column, field.type)
            for column, field in zip(plain.columns, target, strict=True)
        ]
    except pa.ArrowException as error:
        raise UnprovenError(type(error).__name__) from error
    return pa.Table.from_arrays(columns, schema=target)
