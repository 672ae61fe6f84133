"""Answers derived from a kept result of 100,000 rows, against the same questions put to the warehouse."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench.clock import paired, ratio_line
from holoscope.kit.ids import new_id
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.modeling.types import Catalog, ColumnType, DataType
from holoscope.query.compiled import CompiledQuery
from holoscope.query.compiler import compile_query
from holoscope.query.reuse.containment import Derivation, contain
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.runs.arrow import encode
from holoscope.runs.cache import Entry
from holoscope.runs.reuse.engine import Engine, Stop
from holoscope.runs.reuse.kept import Kept
from holoscope.warehouses.duckdb.dialect import DuckDBDialect

_NOW = datetime(2026, 6, 30, tzinfo=UTC)
_ROWS = """
CREATE TABLE sales AS SELECT
  TIMESTAMP '2024-01-01' + to_days((i % 500)::INT) + to_seconds(i % 86400) AS sold_at,
  'shop' || (i // 500 % 200) AS shop, ((i * 7919 % 100000) / 100)::DECIMAL(10, 2) AS amount
FROM range(1000000) t(i)
"""
_VIEW = """
schema: main
dimensions:
  sold_at: {}
  shop: {}
  amount: {}
measures:
  count: { aggregate_type: count }
  amount_total: { sql: '${amount}', aggregate_type: sum }
"""
_TYPES = {
    "sold_at": ColumnType(DataType.TIMESTAMP, "TIMESTAMP"),
    "shop": ColumnType(DataType.STRING, "VARCHAR"),
    "amount": ColumnType(DataType.NUMBER, "DECIMAL(10,2)"),
}
_CATALOG = Catalog({"main.sales": _TYPES})
_MODEL_ID = "00000000-0000-4000-8000-000000000001"
_WIDE = {"fields": ["sales.shop", "sales.sold_at[date]", "sales.count", "sales.amount_total"]}
_SHOP = {"sales.shop": {"type": "string", "kind": "EQUALS", "values": ["shop7"]}}
_QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {"fields": ["sales.count", "sales.amount_total"]},
    "by shop": {"fields": ["sales.shop", "sales.count", "sales.amount_total"]},
    "by month": {"fields": ["sales.sold_at[month]", "sales.count", "sales.amount_total"]},
    "by month of one shop": {"fields": ["sales.sold_at[month]", "sales.amount_total"], "filters": _SHOP},
    "ten days of a shop, sorted": {
        "fields": ["sales.shop", "sales.sold_at[date]", "sales.amount_total"],
        "sorts": [{"column_name": "sales.amount_total", "sort_descending": True}],
        "limit": 10,
    },
}


def run() -> None:
    """Print ratios: proof, statement and encoding, over the statement and encoding on raw DuckDB."""
    print("\n## Derived from a kept result of 100,000 rows; the same question put to a million")
    with tempfile.TemporaryDirectory() as name, duckdb.connect(str(Path(name) / "sales.duckdb")) as warehouse:
        warehouse.execute(_ROWS)
        warehouse.execute("SET threads = 2")
        model, _ = load_model(
            {"sales.view": _VIEW, "model": "label: Sales\n"}, Catalog({"main.sales": _TYPES})
        )
        wide = _compiled(
            model, {"fields": ["sales.shop", "sales.sold_at[date]", "sales.count", "sales.amount_total"]}
        )
        rows = warehouse.sql(wide.sql).to_arrow_table()
        data, size = encode(rows.schema, rows.to_batches())
        entry = Entry(new_id(), data, rows.num_rows, size, _NOW)
        engine = Engine(256)
        kept = Kept(engine, 64 * 1024 * 1024)
        for title, body in _QUESTIONS.items():
            narrow = _compiled(model, body)
            mine, raw = paired(_derived(engine, kept, entry, wide, narrow), _asked(warehouse, narrow.sql))
            print(ratio_line(title, mine, raw))


def _compiled(model: Model, body: dict[str, Any]) -> CompiledQuery:
    spec = parse_query({"modelId": _MODEL_ID, "table": "sales", "limit": None, **body})
    scope = Scope({}, frozenset(Permission))
    return compile_query(spec, model, scope, DuckDBDialect(), now=_NOW)


def _derived(
    engine: Engine, kept: Kept, entry: Entry, wide: CompiledQuery, narrow: CompiledQuery
) -> Callable[[], object]:
    def derive() -> object:
        assert wide.signature is not None and narrow.signature is not None  # noqa: PT018
        found = contain(wide.signature, narrow.signature, is_whole=True, engine=engine.dialect)
        assert isinstance(found, Derivation), found
        table = engine.run(found, kept.take(entry), Stop())
        return encode(table.schema, table.to_batches())

    return derive


def _asked(warehouse: duckdb.DuckDBPyConnection, sql: str) -> Callable[[], object]:
    def ask() -> object:
        table = warehouse.sql(sql).to_arrow_table()
        return encode(table.schema, table.to_batches())

    return ask
