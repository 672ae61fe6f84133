"""What a DuckDB file holds, in the model's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from holoscope.modeling.tables import Column, ForeignKey, PhysicalTable, Tables
from holoscope.modeling.types import Catalog, ColumnType, DataType
from holoscope.warehouses.duckdb.native import members

_COLUMNS = (
    "select lower(schema_name), lower(table_name), lower(column_name), data_type from duckdb_columns() "
    "where not internal and database_name = current_database() order by 1, 2, column_index"
)
_COLLATED = (
    "select count(*) from (select sql from duckdb_tables() where not internal union all "
    "select sql from duckdb_views() where not internal) where sql ilike '%collate%'"
)
_ROW_COUNTS = (
    "select lower(schema_name), lower(table_name), estimated_size from duckdb_tables() "
    "where not internal and database_name = current_database()"
)
_TABLES = (
    "select schema_name, table_name, comment from duckdb_tables() "
    "where not internal and not temporary and database_name = current_database() union all "
    "select schema_name, view_name, comment from duckdb_views() "
    "where not internal and not temporary and database_name = current_database() order by 1, 2"
)
_DETAILS = (
    "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
    "where not internal and database_name = current_database() order by 1, 2, column_index"
)
_CONSTRAINTS = (
    "select schema_name, table_name, constraint_type, constraint_column_names, referenced_table, "
    "referenced_column_names from duckdb_constraints() where database_name = current_database() "
    "and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') order by 1, 2, constraint_index"
)
_MAYBE_COLLATED = "VARCHAR COLLATE"
_Key = tuple[str, str]
Ask = Callable[[str], list[tuple[Any, ...]]]
_NUMBERS = frozenset(
    {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
        "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "BIGNUM", "VARINT",
    }
)  # fmt: skip
_PLAIN = {
    "BOOLEAN": ColumnType(DataType.BOOLEAN),
    "VARCHAR": ColumnType(DataType.STRING),
    "UUID": ColumnType(DataType.STRING),
    "BIT": ColumnType(DataType.STRING),
    "TIME": ColumnType(DataType.STRING),
    "TIME WITH TIME ZONE": ColumnType(DataType.STRING),
    "INTERVAL": ColumnType(DataType.INTERVAL),
    "JSON": ColumnType(DataType.JSON),
    "VARIANT": ColumnType(DataType.JSON),
    "BLOB": ColumnType(DataType.OTHER_UNGROUPABLE),
    "DATE": ColumnType(DataType.TIMESTAMP, date_only=True),
    "TIMESTAMP": ColumnType(DataType.TIMESTAMP),
    "TIMESTAMP_S": ColumnType(DataType.TIMESTAMP),
    "TIMESTAMP_MS": ColumnType(DataType.TIMESTAMP),
    "TIMESTAMP_NS": ColumnType(DataType.TIMESTAMP),
    "TIMESTAMP WITH TIME ZONE": ColumnType(DataType.TIMESTAMP, has_zone=True),
}


def column_type(native: str) -> ColumnType:
    """Say what a column of DuckDB's type `native` holds; UNKNOWN for a type we do not know."""
    word = native.upper()
    if word.endswith("]"):
        return ColumnType(DataType.ARRAY, native)
    if word in _NUMBERS or word.startswith("DECIMAL"):
        return ColumnType(DataType.NUMBER, native)
    if word.startswith("ENUM"):
        return ColumnType(DataType.STRING, native)
    if word.startswith(("STRUCT", "MAP", "UNION")):
        return ColumnType(DataType.JSON, native)
    known = _PLAIN.get(word, ColumnType(DataType.UNKNOWN))
    return ColumnType(known.data_type, native, known.date_only, known.has_zone)


def read_catalog(ask: Ask) -> Catalog:
    """Read the tables and views of the file that `ask` asks.

    DuckDB does not tell which columns have a collation: once any has one, no text is called plain VARCHAR.
    """
    tables: dict[str, dict[str, ColumnType]] = {}
    collated = bool(ask(_COLLATED)[0][0])
    for schema, table, column, native in ask(_COLUMNS):
        found = column_type(native)
        if collated and native == "VARCHAR":
            found = ColumnType(found.data_type, _MAYBE_COLLATED)
        tables.setdefault(f"{schema}.{table}", {})[column] = found
    counts = {f"{schema}.{table}": rows for schema, table, rows in ask(_ROW_COUNTS) if rows is not None}
    return Catalog(tables, "main", counts)


def read_tables(ask: Ask) -> Tables:
    """Read tables and views with their columns, comments and constraints, for generating a model."""
    catalog = ask("select current_database()")[0][0]
    columns: dict[_Key, list[Column]] = defaultdict(list)
    for schema, table, name, native, comment in ask(_DETAILS):
        columns[schema, table].append(_column(name, native, comment))
    keys: dict[_Key, dict[str, list[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(list))
    foreign: dict[_Key, list[ForeignKey]] = defaultdict(list)
    for schema, table, kind, own, target, target_columns in ask(_CONSTRAINTS):
        if kind == "FOREIGN KEY":
            foreign[schema, table].append(ForeignKey(tuple(own), target, tuple(target_columns)))
        else:
            keys[schema, table][kind].append(tuple(own))
    found = ask(_TABLES)
    return Tables(
        tuple(
            PhysicalTable(
                schema,
                name,
                tuple(columns[schema, name]),
                comment,
                next(iter(keys[schema, name]["PRIMARY KEY"]), ()),
                tuple(keys[schema, name]["UNIQUE"]),
                tuple(foreign[schema, name]),
            )
            for schema, name, comment in found
        ),
        "main",
        catalog,
    )


def _column(name: str, native: str, comment: str | None) -> Column:
    parts = tuple(_column(part, type_, None) for part, type_ in members(native))
    return Column(name, column_type(native), comment, parts)
