"""Databases made by a few statements, and the model generated from them, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import yaml

from holoscope.kit.errors import WarehouseError
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.generate.former import Former, read_former
from holoscope.modeling.generate.keys import key_candidates
from holoscope.modeling.generate.schema import Rules, Selection, generate
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modeling.tables import Tables
from holoscope.warehouses.duckdb.catalog import read_catalog, read_tables
from holoscope.warehouses.duckdb.repeats import find_repeated
from support.answers import plain, visible
from support.asking import compile_body

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
BIKES = """
create table trips (id bigint, rider_id bigint, start_station_id bigint, started_at timestamp,
    ended_at timestamp, fare decimal(10, 2), status text, is_test boolean);
create table riders (id bigint, city text, country text, age integer, signed_up_on date);
create table stations (id bigint, name text, region_id bigint);
create table invoices (id bigint, rider_id bigint, amount decimal(10, 2));
"""


@dataclass
class Generated:
    """A database in memory and the files generated from it so far."""

    connection: duckdb.DuckDBPyConnection
    files: dict[str, str]

    @property
    def tables(self) -> Tables:
        """What the database holds, and which likely keys are none, as a refresh finds it."""
        return look(self.connection)

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement)

    def again(self, *, soft: bool = False, selection: Selection = Selection()) -> dict[str, str]:  # noqa: B008
        """Generate once more, as a refresh does, and keep what came out."""
        former = read_former(self.files)
        self.files = generate(self.tables, former=former, keep_gone=soft, selection=selection)
        return self.files

    def said(self, file: str) -> Any:
        """What a file says, as plain YAML reads it."""
        return yaml.safe_load(self.files[file])

    def name(self, file: str) -> str:
        first = self.files[file].splitlines()[0]
        return first.removeprefix("# Reference this view as ")

    def joins(self) -> list[str]:
        return [f"{join['relationship_type']} {join['on_sql']}" for join in self.said("relationships")]

    def load(self, over: Mapping[str, str] | None = None) -> tuple[Model, tuple[Diagnostic, ...]]:
        return load_model({**self.files, **(over or {})}, read_catalog(asking(self.connection)))

    def ask(self, *fields: str, **body: Any) -> list[tuple[Any, ...]]:
        """Ask the generated model from the view of the first field; rows in the order asked for."""
        model, _ = self.load()
        table = fields[0].partition(".")[0]
        compiled = compile_body(
            model, {"table": table, "fields": list(fields), **body}, attributes={}, now=NOW
        )
        assert compiled.missing_fields == ()
        cursor = self.connection.execute(compiled.sql)
        names = [column[0] for column in cursor.description]
        shown = [names.index(name) for name in visible(names)]
        return [tuple(plain(row[at]) for at in shown) for row in cursor.fetchall()]


def asking(connection: duckdb.DuckDBPyConnection) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask an open database as the warehouse asks its workers; nothing here takes long enough to be late."""

    def ask(sql: str, timeout: timedelta = timedelta()) -> list[tuple[Any, ...]]:
        try:
            return connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise WarehouseError(str(error)) from None

    return ask


def look(connection: duckdb.DuckDBPyConnection) -> Tables:
    ask = asking(connection)
    tables = read_tables(ask)
    repeated = find_repeated(ask, key_candidates(tables), timedelta(minutes=1))
    return replace(tables, repeated=repeated)


def generated(*statements: str, rules: Rules = Rules()) -> Generated:  # noqa: B008
    """Make a database and generate its model."""
    connection = duckdb.connect()
    for statement in statements:
        connection.execute(statement)
    return Generated(connection, generate(look(connection), rules, former=Former({})))
