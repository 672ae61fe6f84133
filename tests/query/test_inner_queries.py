"""Who may ask what inside a query, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import pytest

from holoscope.kit.errors import Forbidden, InvalidQuery
from holoscope.modeling.model import Model
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.ground import open_model, read_folder

WORLD = Path(__file__).parent / "world"
LIFETIME = """
query: { fields: { trips.rider_id: rider_id, trips.count: rides }, base_view: trips }
dimensions: { rider_id: { primary_key: true } }
"""
JOIN = """
- join_from_view: riders
  join_to_view: lifetime
  on_sql: ${riders.id} = ${lifetime.rider_id}
  relationship_type: one_to_one
"""
TOPICS_ONLY = Scope({}, frozenset((Permission.QUERY_TOPICS,)))
NOW = datetime(2026, 3, 10, tzinfo=UTC)


@cache
def model() -> Model:
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    files = read_folder(WORLD / "model")
    files |= {"lifetime.query.view": LIFETIME, "lives.topic": "base_view: riders\njoins: { lifetime: {} }\n"}
    files["relationships"] += JOIN
    return open_model(connection, files).model


def ask(scope: Scope, **body: object) -> str:
    spec = parse_query({"modelId": "m", **body})
    return compile_query(spec, model(), scope, DuckDBDialect(), now=NOW).sql


def test_what_the_model_asks_inside_a_topic_needs_no_leave_of_its_own():
    assert "FROM trips" in ask(
        TOPICS_ONLY, join_paths_from_topic_name="lives", fields=["lifetime.rides", "riders.count"]
    )


def test_what_the_asker_asks_inside_a_filter_needs_the_same_leave_as_outside():
    by = {"riders.id": {"type": "query", "field_name": "trips.rider_id", "query_id": "q"}}
    body = {"join_paths_from_topic_name": "lives", "fields": ["riders.count"], "filters": by}
    bare = {"q": {"table": "trips", "fields": ["trips.rider_id"]}}
    with pytest.raises(Forbidden, match="without a Topic"):
        ask(TOPICS_ONLY, **body, staticQueryReferences=bare)
    asked = {"q": {"join_paths_from_topic_name": "rides", "fields": ["trips.rider_id"]}}
    assert " IN (" in ask(TOPICS_ONLY, **body, staticQueryReferences=asked)


def test_references_cannot_multiply_without_end():
    def reference(number: int) -> dict[str, object]:
        by = {"type": "query", "field_name": "riders.id", "query_id": f"q{number + 1}"}
        both = {"type": "composite", "conjunction": "AND", "filters": [by, by]}
        return {"table": "riders", "fields": ["riders.id"], "filters": {"riders.id": both}}

    everything = Scope({}, frozenset(Permission))
    chain = {f"q{number}": reference(number) for number in range(15)}
    chain["q15"] = {"table": "riders", "fields": ["riders.id"]}
    by = {"riders.id": {"type": "query", "field_name": "riders.id", "query_id": "q0"}}
    with pytest.raises(InvalidQuery, match="more than 100 others"):
        ask(everything, table="riders", fields=["riders.count"], filters=by, staticQueryReferences=chain)
