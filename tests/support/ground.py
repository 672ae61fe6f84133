"""A model and its rows, open for both sides: DuckDB for the compiler, plain rows for the evaluator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from holoscope.modeling.codes import Code
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modeling.types import Catalog, ColumnType, DataType
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.naive.types import Row

_TYPES = {"BOOLEAN": DataType.BOOLEAN, "VARCHAR": DataType.STRING, "DATE": DataType.TIMESTAMP}


@dataclass
class Ground:
    """One database with one model."""

    model: Model
    connection: duckdb.DuckDBPyConnection
    tables: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def dialect(self) -> DuckDBDialect:
        return DuckDBDialect()

    def run(self, sql: str) -> tuple[list[str], list[dict[str, Any]]]:
        """Run SQL text; column names and rows."""
        table: pa.Table = self.connection.sql(sql).to_arrow_table()
        return table.column_names, table.to_pylist()


def open_model(connection: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> Ground:
    """Load the model of `files` against the open database; its rows stay there.

    Raises:
        AssertionError: the model has errors.
    """
    connection.execute("SET TimeZone = 'UTC'")
    model, found = load_model(files, catalog(connection))
    errors = [str(one) for one in found if one.severity == "error" and one.code != Code.FIELD_BROKEN_IN_TOPIC]
    assert not errors, "\n".join(errors)
    return Ground(model, connection)


def open_ground(connection: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> Ground:
    """As `open_model`, and read every table into memory for the evaluator."""
    ground = open_model(connection, files)
    model = ground.model
    for name, view in model.views.items():
        if view.alias_of is None:
            source = f"({view.sql})" if view.sql else f'{view.schema or "main"}."{view.table_name or name}"'
            _, rows = ground.run(f"SELECT * FROM {source}")
            ground.tables[name] = [{key.lower(): value for key, value in row.items()} for row in rows]
    return ground


def catalog(connection: duckdb.DuckDBPyConnection) -> Catalog:
    """Types of every column, read from the database."""
    tables: dict[str, dict[str, ColumnType]] = {}
    for schema, table, column, native in connection.execute(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
    ).fetchall():
        tables.setdefault(f"{schema}.{table}".lower(), {})[column.lower()] = _type(native)
    return Catalog(tables)


def _type(native: str) -> ColumnType:
    base = native.partition("(")[0]
    kind = _TYPES.get(base, DataType.TIMESTAMP if base.startswith("TIMESTAMP") else DataType.NUMBER)
    return ColumnType(kind, native, date_only=base == "DATE", has_zone="TIME ZONE" in native)


def read_folder(folder: Path) -> dict[str, str]:
    """Model files of a folder, keyed as the model reader wants them."""
    return {
        path.name.removesuffix(".yaml"): path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))
    }
