"""What a PostgreSQL database holds, in the model's words: every table and view its user may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from holoscope.modeling.tables import Column, ForeignKey, PhysicalTable, Tables
from holoscope.modeling.types import Catalog, ColumnType
from holoscope.warehouses.postgres.types import column_type

Ask = Callable[[str], Iterable[Mapping[str, Any]]]
"""Runs a statement of ours and gives its rows by column name."""

_READABLE = """
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
"""
_TABLES = f"""
SELECT c.oid::bigint AS id, n.nspname AS schema, c.relname AS name, c.reltuples::bigint AS rows,
  pg_catalog.obj_description(c.oid, 'pg_class') AS comment
{_READABLE} ORDER BY n.nspname, c.relname
"""
_COLUMNS = f"""
SELECT a.attrelid::bigint AS id, a.attname AS name, t.typtype::text AS kind,
  pg_catalog.format_type(
    CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END,
    CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)
    || CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_collation l
         WHERE l.oid = a.attcollation AND NOT l.collisdeterministic) THEN ' COLLATE' ELSE '' END AS native,
  pg_catalog.col_description(a.attrelid, a.attnum) AS comment
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid {_READABLE})
  AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum
"""  # noqa: S608
_NAMES = """
(SELECT array_agg(a.attname::text ORDER BY named.place)
 FROM unnest({keys}) WITH ORDINALITY AS named(number, place)
 JOIN pg_catalog.pg_attribute a ON a.attrelid = {table} AND a.attnum = named.number)
"""
_KEYS = f"""
SELECT i.indrelid::bigint AS id, i.indisprimary AS is_primary,
  {_NAMES.format(keys="i.indkey[0:i.indnkeyatts - 1]", table="i.indrelid")} AS columns
FROM pg_catalog.pg_index i
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  AND i.indrelid IN (SELECT c.oid {_READABLE})
ORDER BY i.indrelid, i.indexrelid
"""  # noqa: S608
_FOREIGN = f"""
SELECT k.conrelid::bigint AS id, tn.nspname AS target_schema, t.relname AS target,
  {_NAMES.format(keys="k.conkey", table="k.conrelid")} AS columns,
  {_NAMES.format(keys="k.confkey", table="k.confrelid")} AS target_columns
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class t ON t.oid = k.confrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid IN (SELECT c.oid {_READABLE})
ORDER BY k.conrelid, k.conname
"""  # noqa: S608
_DATABASE = "SELECT current_database()::text AS name"


def read_catalog(ask: Ask, default_schema: str) -> Catalog:
    """Read columns and types of the tables and views, and how many rows the server thinks they have."""
    rows = list(ask(_TABLES))
    found = {row["id"]: f"{row['schema']}.{row['name']}".lower() for row in rows}
    tables: dict[str, dict[str, ColumnType]] = {name: {} for name in found.values()}
    for row in ask(_COLUMNS):
        if row["id"] in found:
            tables[found[row["id"]]][row["name"].lower()] = column_type(row["native"], row["kind"])
    counts = {found[row["id"]]: row["rows"] for row in rows if row["rows"] > 0}
    return Catalog(tables, default_schema.lower(), counts)


def read_tables(ask: Ask, default_schema: str) -> Tables:
    """Read tables and views with their columns, comments, keys and references, for generating a model."""
    columns: dict[int, list[Column]] = defaultdict(list)
    for row in ask(_COLUMNS):
        columns[row["id"]].append(
            Column(row["name"], column_type(row["native"], row["kind"]), row["comment"])
        )
    primary: dict[int, tuple[str, ...]] = {}
    unique: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for row in ask(_KEYS):
        if row["is_primary"]:
            primary[row["id"]] = tuple(row["columns"])
        else:
            unique[row["id"]].append(tuple(row["columns"]))
    foreign: dict[int, list[ForeignKey]] = defaultdict(list)
    for row in ask(_FOREIGN):
        foreign[row["id"]].append(
            ForeignKey(
                tuple(row["columns"]), row["target"], tuple(row["target_columns"]), row["target_schema"]
            )
        )
    return Tables(
        tuple(
            PhysicalTable(
                row["schema"],
                row["name"],
                tuple(columns[row["id"]]),
                row["comment"],
                primary.get(row["id"], ()),
                tuple(unique[row["id"]]),
                tuple(foreign[row["id"]]),
            )
            for row in ask(_TABLES)
        ),
        default_schema,
        next(iter(ask(_DATABASE)))["name"],
        keeps_case=True,
    )
