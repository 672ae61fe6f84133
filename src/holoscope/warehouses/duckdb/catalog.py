"""What a DuckDB file holds, in the model's words."""

from __future__ import annotations

import duckdb

from holoscope.modeling.types import Catalog, ColumnType, DataType

_COLUMNS = (
    "select lower(schema_name), lower(table_name), lower(column_name), data_type from duckdb_columns() "
    "where not internal and database_name = current_database() order by 1, 2, column_index"
)
_ROW_COUNTS = (
    "select lower(schema_name), lower(table_name), estimated_size from duckdb_tables() "
    "where not internal and database_name = current_database()"
)
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


def read_catalog(connection: duckdb.DuckDBPyConnection) -> Catalog:
    """Read the tables and views of the file that `connection` has open."""
    tables: dict[str, dict[str, ColumnType]] = {}
    cursor = connection.cursor()
    try:
        for schema, table, column, native in cursor.execute(_COLUMNS).fetchall():
            tables.setdefault(f"{schema}.{table}", {})[column] = column_type(native)
        counts = {
            f"{schema}.{table}": rows
            for schema, table, rows in cursor.execute(_ROW_COUNTS).fetchall()
            if rows is not None
        }
    finally:
        cursor.close()
    return Catalog(tables, "main", counts)
