"""Filters that compare with who asks: each asker has an own answer, a listing needs no attributes."""

from __future__ import annotations

import duckdb
import pytest

from holoscope.kit.errors import InvalidQuery
from holoscope.query.catalogue import find_topic
from holoscope.query.scope import Permission, Scope
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from support.asking import compile_body
from support.cases import NOW, datetime
from support.ground import Ground, open_model

FILES = {
    "orders.view": """
dimensions:
  id: { primary_key: true }
  region: {}
measures:
  mine: { aggregate_type: count, filters: { region: { is: "{{omni_attributes.region}}" } } }
""",
    "orders.topic": "base_view: orders\n",
}


@pytest.fixture(scope="module")
def ground() -> Ground:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE orders AS SELECT 1 AS id, 'N' AS region UNION ALL SELECT 2, 'S'")
    return open_model(connection, FILES)


def ask(ground: Ground, *region: str) -> list[object]:
    query = {"join_paths_from_topic_name": "orders", "fields": ["orders.mine"]}
    attributes = {"region": region} if region else {}
    compiled = compile_body(ground.model, query, attributes=attributes, now=datetime.fromisoformat(NOW))
    return [next(iter(row.values())) for row in ground.run(compiled.sql)[1]]


def test_each_asker_has_an_own_answer(ground: Ground) -> None:
    answers = [ask(ground, *regions) for regions in (["N"], ["S", "N"], ["X"], ["N"])]
    assert answers == [[1], [2], [0], [1]]
    with pytest.raises(InvalidQuery, match="which is not set"):
        ask(ground)


def test_a_listing_needs_no_attributes(ground: Ground) -> None:
    listed = find_topic(ground.model, "orders", Scope({}, frozenset(Permission)), DuckDBDialect())
    assert listed is not None
    assert [item.field.name for item in listed.views[0].measures] == ["mine"]
