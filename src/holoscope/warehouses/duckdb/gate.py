"""What may be said to DuckDB: one SELECT over the file's own tables.

The sandbox already refuses files and the network. This second wall keeps the engine's own
catalogues (paths, settings, logs) out of results. It reads the tree DuckDB's own parser makes,
so there is no second grammar to disagree with, and it allows by list: tables and views of the
file, common table expressions, a few generating table functions, and functions that compute.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from holoscope.kit.errors import WarehouseError
from holoscope.warehouses.scrub import scrub

if TYPE_CHECKING:  # the server knows the refusals without loading the engine
    import duckdb

_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
_PER_QUERY = frozenset(
    {"today", "now", "transaction_timestamp", "current_date", "get_current_time", "get_current_timestamp"}
)
_VOLATILE = frozenset({"random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "error"})
_NOT_COMPUTING = frozenset({"pg_sleep", "sleep_ms", "write_log", "getenv", "current_setting", "getvariable"})
_REMEMBERED = 4096
_LONGEST_REMEMBERED = 32_768


class StatementRefused(WarehouseError):
    """The text is not a single SELECT over this connection's tables."""

    code = "statement_refused"


class Gate:
    """Decides about texts; remembers those it let through. Safe in several threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        cursor = connection.cursor()
        self._database = _text(cursor, "select current_database()")
        self._tables = frozenset(
            (schema.lower(), name.lower())
            for schema, name in cursor.execute(
                "select schema_name, table_name from duckdb_tables() where not internal and not temporary "
                "union all select schema_name, view_name from duckdb_views() where not internal"
            ).fetchall()
        )
        self._system_names = frozenset(
            row[0].lower()
            for row in cursor.execute("select view_name from duckdb_views() where internal").fetchall()
        )
        self._functions = _computing_functions(cursor)
        cursor.close()
        self._passed: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
        """Let `sql` through or raise.

        Raises:
            StatementRefused: with a sentence that names the part at fault.
            WarehouseError: the text does not parse.
        """
        with self._lock:
            if sql in self._passed:
                self._passed.move_to_end(sql)
                return
        try:
            tree = json.loads(_text(cursor, "select json_serialize_sql(?)", [sql]))
        except RecursionError:
            raise StatementRefused("The statement is nested too deeply.") from None
        self._check(tree)
        with self._lock:
            if len(sql) <= _LONGEST_REMEMBERED:
                self._passed[sql] = None
            if len(self._passed) > _REMEMBERED:
                self._passed.popitem(last=False)

    def _check(self, tree: dict[str, Any]) -> None:
        if tree.get("error"):
            if tree.get("error_type") == "not implemented":
                raise StatementRefused("Only SELECT statements are run.")
            raise WarehouseError(f"Parser Error: {tree.get('error_message')}")
        if len(tree["statements"]) != 1:
            raise StatementRefused("Only one statement is run at a time.")
        nodes = list(_nodes(tree["statements"]))
        named = frozenset(entry["key"].lower() for node in nodes for entry in _ctes(node))
        if clash := named & self._system_names:
            raise StatementRefused(f'The name "{min(clash)}" belongs to the warehouse.')
        for node in nodes:
            self._check_node(node, named)

    def _check_node(self, node: dict[str, Any], named: frozenset[str]) -> None:
        kind = node.get("type")
        if kind == "BASE_TABLE":
            self._check_table(node, named)
        elif kind == "TABLE_FUNCTION":
            name = node["function"]["function_name"].lower()
            if name not in _TABLE_FUNCTIONS:
                raise StatementRefused(f'The table function "{name}" is not available.')
        elif kind == "SHOW_REF":
            raise StatementRefused("Only SELECT statements are run.")
        elif "function_name" in node and kind is not None:
            name = node["function_name"].lower()
            if name not in self._functions and name not in _TABLE_FUNCTIONS:
                raise StatementRefused(f'The function "{name}" is not available.')

    def _check_table(self, node: dict[str, Any], named: frozenset[str]) -> None:
        catalog, schema, name = (
            str(node.get(key) or "").lower() for key in ("catalog_name", "schema_name", "table_name")
        )
        if not catalog and not schema and name in named:
            return
        if not catalog and schema == self._database.lower() and ("main", name) in self._tables:
            return
        if catalog in ("", self._database.lower()) and (schema or "main", name) in self._tables:
            return
        shown = f"{schema}.{name}" if schema else name
        raise StatementRefused(f'There is no table "{scrub(shown)}" in this connection.')


def _computing_functions(cursor: duckdb.DuckDBPyConnection) -> frozenset[str]:
    rows = cursor.execute(
        "select lower(function_name), stability from duckdb_functions() "
        "where function_type in ('scalar', 'aggregate', 'macro') and internal"
    ).fetchall()
    allowed = _PER_QUERY | _VOLATILE
    return frozenset(
        name
        for name, stability in rows
        if name not in _NOT_COMPUTING and (stability in (None, "CONSISTENT") or name in allowed)
    ) | frozenset(
        {
            "count_star",
            "row_number",
            "rank",
            "dense_rank",
            "rank_dense",
            "percent_rank",
            "cume_dist",
            "ntile",
            "lag",
            "lead",
            "first_value",
            "last_value",
            "nth_value",
        }
    )


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    stack: list[Any] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _ctes(node: dict[str, Any]) -> list[dict[str, Any]]:
    map_ = node.get("cte_map")
    return map_.get("map", []) if isinstance(map_, dict) else []


def _text(cursor: duckdb.DuckDBPyConnection, sql: str, values: list[object] | None = None) -> str:
    # fetchone would leave the result open, and DuckDB 2.0 then refuses other work on the cursor.
    return str(cursor.execute(sql, values).fetchall()[0][0])
