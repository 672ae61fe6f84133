"""The same tables in PostgreSQL: a database of its own, filled from DuckDB, dropped at the end.

`TEST_POSTGRES_URL` names a server whose user may make databases; without it, the one on this machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pyarrow as pa
import pytest

from holoscope.kit.secrets import SecretText
from holoscope.modeling.codes import Code
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.warehouses.postgres.catalog import read_catalog
from holoscope.warehouses.postgres.dialect import PostgresDialect
from holoscope.warehouses.postgres.names import names_said
from holoscope.warehouses.postgres.settings import PostgresSettings
from holoscope.warehouses.postgres.shape import read_plainly, shape_of, wrapped

URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
_SESSION = ("SET TimeZone = 'UTC'", "SET DateStyle = 'ISO'", "SET search_path = main")
_TYPES = {"DOUBLE": "DOUBLE PRECISION", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "HUGEINT": "BIGINT",
          "FLOAT": "REAL", "TINYINT": "SMALLINT"}  # fmt: skip
_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database() ORDER BY 1, 2, column_index
"""


@cache
def why_no_server() -> str | None:
    """Say why PostgreSQL cannot be asked here, None when it can."""
    try:
        adbc.connect(URL, autocommit=True).close()
    except adbc.Error as error:
        return f"no PostgreSQL to ask (TEST_POSTGRES_URL): {str(error).strip().splitlines()[0]}"
    return None


def url_of(database: str) -> str:
    return urlunsplit(urlsplit(URL)._replace(path=f"/{database}"))


def make_database(collation: str = "C", ctype: str = "C.UTF-8") -> str:
    """Make an empty database and return its name."""
    name = f"holoscope_test_{uuid4().hex[:12]}"
    words = f"TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '{collation}' LC_CTYPE '{ctype}'"
    _at_server(f"CREATE DATABASE {name} {words}")
    return name


def drop_database(name: str) -> None:
    _at_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _at_server(statement: str) -> None:
    with adbc.connect(URL, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


Tables = dict[tuple[str, str], list[tuple[str, str]]]


@dataclass
class PostgresRoom:
    """One database with the tables of one DuckDB world at a time; those beyond `base` come and go."""

    name: str
    connection: adbc.Connection
    base: frozenset[tuple[str, str]] = frozenset()
    holds: object = None
    loaded: dict[object, PostgresGround] = field(default_factory=dict)

    @classmethod
    def open(cls, world: duckdb.DuckDBPyConnection) -> PostgresRoom:
        """Make a database that holds the tables of `world` for good."""
        name = make_database()
        room = cls(name, adbc.connect(url_of(name), autocommit=True))
        for statement in (*_SESSION, "CREATE SCHEMA main"):
            room.do(statement)
        room.base = frozenset(room._copy(world))
        return room

    def close(self) -> None:
        self.connection.close()
        drop_database(self.name)

    def ground(
        self,
        key: object,
        tables: str,
        world: duckdb.DuckDBPyConnection,
        files: Callable[[], Mapping[str, str]],
    ) -> PostgresGround:
        """Give the model of `files` over the tables of `world`.

        `key` names both; `tables` is the SQL of those beyond the base, empty when there are none.
        """
        if self.holds != tables:
            self.forget()
            if tables:
                self.do("BEGIN")
                self._copy(world)
            self.holds = tables
        if key not in self.loaded:
            model, found = load_model(files(), read_catalog(self.rows, "main"))
            errors = [
                str(one)
                for one in found
                if one.severity == "error" and one.code != Code.FIELD_BROKEN_IN_TOPIC
            ]
            assert not errors, "\n".join(errors)
            self.loaded[key] = PostgresGround(model, self)
        return self.loaded[key]

    def run(self, sql: str) -> tuple[list[str], list[dict[str, Any]]]:
        """Run SQL text as the driver does; column names and rows."""
        table = self.table(sql)
        return table.column_names, table.to_pylist()

    def table(self, sql: str) -> pa.Table:
        """As `run`, in the product's types."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql)
                reader = cursor.fetch_record_batch()
                names, shape = names_said(sql) or reader.schema.names, shape_of(reader.schema)
                if not shape.is_plain:
                    reader.close()
                    cursor.execute(wrapped(sql, shape))
                    reader = cursor.fetch_record_batch()
                schema, batches = read_plainly(reader.schema, names, iter(reader))
                return pa.Table.from_batches(list(batches), schema)
        except Exception:
            self.forget()  # the transaction is of no use any more
            raise

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.run(sql)[1]

    def do(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def forget(self) -> None:
        """Drop the tables that came with a page."""
        self.do("ROLLBACK")
        self.holds = None

    def _copy(self, world: duckdb.DuckDBPyConnection) -> Tables:
        found: Tables = {}
        for schema, table, column, native in world.execute(_COLUMNS).fetchall():
            if (schema, table) not in self.base:
                found.setdefault((schema, table), []).append((column, native))
        for schema in dict.fromkeys(schema for schema, _ in found if schema != "main"):
            self.do(f"CREATE SCHEMA {_quoted(schema)}")
        for (schema, table), columns in found.items():
            place = f"{_quoted(schema)}.{_quoted(table)}"
            said = ", ".join(f"{_quoted(name)} {_TYPES.get(native, native)}" for name, native in columns)
            self.do(f"CREATE TABLE {place} ({said})")
            rows = world.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {place}").fetchall()
            if rows:
                self.do(f"INSERT INTO {place} VALUES {', '.join(map(_row, rows))}")
        return found


@dataclass
class PostgresGround:
    """A model over the room's tables."""

    model: Model
    room: PostgresRoom

    @property
    def dialect(self) -> PostgresDialect:
        return PostgresDialect()

    def run(self, sql: str) -> tuple[list[str], list[dict[str, Any]]]:
        return self.room.run(sql)


def _row(values: tuple[object, ...]) -> str:
    """Write a row of VALUES; the server reads every text as what its column holds."""
    texts = ["NULL" if one is None else "'" + str(one).replace("'", "''") + "'" for one in values]
    return f"({', '.join(texts)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass
class Own:
    """A database of a test's own, and a way to look at its server from outside."""

    name: str

    @property
    def settings(self) -> PostgresSettings:
        url = urlsplit(URL)
        return PostgresSettings(
            host=url.hostname or "127.0.0.1",
            port=url.port or 5432,
            database=self.name,
            user=url.username or "postgres",
            password=SecretText(url.password) if url.password else None,
            concurrency=2,
        )

    @property
    def url(self) -> str:
        return url_of(self.name)

    def do(self, *statements: str) -> None:
        with adbc.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        with adbc.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetch_arrow_table().to_pylist()

    def running(self, part: str) -> int:
        """How many statements of ours that hold `part` the server works on."""
        found = self.ask(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() "
            f"AND application_name = 'holoscope' AND state = 'active' AND query LIKE '%{part}%'"
        )
        return int(found[0]["n"])

    def terminate(self) -> int:
        """End every session of ours from the server's side."""
        found = self.ask(
            "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'holoscope'"
        )
        return int(found[0]["n"])


@contextmanager
def own_database() -> Iterator[Own]:
    """Make a database and drop it afterwards; skips the test where there is no server."""
    reason = why_no_server()
    if reason is not None:
        pytest.skip(reason)
    name = make_database()
    try:
        yield Own(name)
    finally:
        drop_database(name)
