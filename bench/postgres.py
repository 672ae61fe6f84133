"""PostgreSQL: our SQL over the best SQL found by hand, and our driver over the bare ADBC driver.

The shop is copied into a database of its own at the server that `TEST_POSTGRES_URL` names, and dropped again.
"""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pyarrow as pa

from bench.clock import paired, ratio_line
from bench.compile import NOW, SCOPE
from bench.questions import QUESTIONS
from holoscope.cli.servers import read_url
from holoscope.cli.shop import shop_folder
from holoscope.modeling.load import load_model
from holoscope.modelstore.folder import load_folder
from holoscope.query.compiler import compile_query
from holoscope.query.spec import parse_query
from holoscope.warehouses.postgres.driver import PostgresWarehouse, open_postgres

URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
_LONG = timedelta(minutes=5)
_ROUNDS = 5
_PLAIN = "select id, user_id, status, created_at, sale_price::float8 as sale_price from order_items"
_EXACT = "select id, user_id, status, created_at, sale_price from order_items"


def run(connection: duckdb.DuckDBPyConnection) -> None:
    """Print a line for each question, their geometric mean, and the driver's two lines."""
    try:
        adbc.connect(URL, autocommit=True).close()
    except adbc.Error:
        print("\n## PostgreSQL: no server to ask (TEST_POSTGRES_URL)")
        return
    with _shop(connection) as url, adbc.connect(url.partition("?")[0], autocommit=True) as raw:
        _fetched(raw, "SELECT set_config('jit', 'off', false)")  # as our sessions have it
        warehouse = open_postgres(read_url(url, {}), connection_id="bench")
        try:
            _questions(warehouse, raw)
            _driver(warehouse, raw)
        finally:
            warehouse.close()


def _questions(warehouse: PostgresWarehouse, raw: adbc.Connection) -> None:
    print("\n## PostgreSQL: our SQL over SQL by hand, raw ADBC (median ratio [range])")
    model, findings = load_model(load_folder(shop_folder() / "model"), warehouse.load_catalog())
    if findings:
        raise RuntimeError("\n".join(map(str, findings)))
    medians = []
    for question in QUESTIONS:
        spec = parse_query(question.body)
        compiled = compile_query(spec, model, SCOPE, warehouse.dialect, now=NOW, time_zone=question.time_zone)
        limit = question.postgres or question.limit
        mine, theirs = paired(
            lambda sql=compiled.sql: _fetched(raw, sql), lambda sql=limit: _fetched(raw, sql), _ROUNDS
        )
        print(ratio_line(question.name, mine, theirs))
        medians.append(statistics.median(a / b for a, b in zip(mine, theirs, strict=True)))
    print(f"geometric mean of {len(medians)}: x{math.exp(sum(map(math.log, medians)) / len(medians)):.2f}")


def _driver(warehouse: PostgresWarehouse, raw: adbc.Connection) -> None:
    print("\n## PostgreSQL: a million rows to Arrow, our driver over bare ADBC")
    for name, sql in (("plain columns", _PLAIN), ("with a decimal column", _EXACT)):
        mine, theirs = paired(
            lambda sql=sql: warehouse.execute(sql, timeout=_LONG).read_all(),
            lambda sql=sql: _fetched(raw, sql),
            _ROUNDS,
        )
        print(ratio_line(name, mine, theirs))


def _fetched(raw: adbc.Connection, sql: str) -> pa.Table:
    with raw.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


@contextmanager
def _shop(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    name = f"holoscope_bench_{uuid4().hex[:12]}"
    url = urlunsplit(urlsplit(URL)._replace(path=f"/{name}"))
    _do(URL, f"CREATE DATABASE {name}")
    try:
        with adbc.connect(url, autocommit=True) as raw, raw.cursor() as cursor:
            cursor.execute("CREATE SCHEMA main")
            cursor.execute(f"ALTER DATABASE {name} SET search_path = main")
            for table, columns in _tables(connection).items():
                said = ", ".join(f'"{column}" {_type(native)}' for column, native in columns)
                cursor.execute(f'CREATE TABLE main."{table}" ({said})')
                rows = connection.sql(f'SELECT * FROM "{table}"').to_arrow_reader(65_536)
                cursor.adbc_ingest(table, rows, mode="append", db_schema_name="main")
            cursor.execute("ANALYZE")
        yield f"{url}?schema=main"
    finally:
        _do(URL, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, native in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE NOT internal AND database_name = current_database() ORDER BY 1, column_index"
    ).fetchall():
        found.setdefault(table, []).append((column, native))
    return found


def _type(native: str) -> str:
    known = {"DOUBLE": "DOUBLE PRECISION", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "TINYINT": "SMALLINT"}
    return known.get(native, "TEXT" if native.startswith("ENUM") else native)


def _do(url: str, statement: str) -> None:
    with adbc.connect(url, autocommit=True) as raw, raw.cursor() as cursor:
        cursor.execute(statement)
