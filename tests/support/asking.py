"""Ask the compiler the way the product does: parse the wire body, compile for DuckDB or another engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from holoscope.modeling.model import Model
from holoscope.query.compiled import CompiledQuery
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.sql.dialect import Dialect
from holoscope.warehouses.duckdb.dialect import DuckDBDialect

MODEL_ID = "00000000-0000-4000-8000-000000000001"


def compile_body(
    model: Model,
    body: Mapping[str, Any],
    *,
    attributes: Mapping[str, tuple[str, ...]],
    now: datetime,
    time_zone: str = "UTC",
    dialect: Dialect | None = None,
) -> CompiledQuery:
    """Compile `body` for someone with every permission and these attributes.

    `table` may be left out where a topic is named, as real clients fill it in from the topic.
    """
    topic = model.topics.get(str(body.get("join_paths_from_topic_name")))
    table = topic.base_view if topic else ""
    spec = parse_query({"modelId": MODEL_ID, "table": table, **body})
    scope = Scope(dict(attributes), frozenset(Permission))
    return compile_query(spec, model, scope, dialect or DuckDBDialect(), now=now, time_zone=time_zone)
