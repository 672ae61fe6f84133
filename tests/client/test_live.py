"""The client against the real server: the whole way over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from holoscope.client import BadRequest, Client, NotFound, PermissionDenied, QueryFailed
from support.live import Live, live_server

TOPIC = {"join_paths_from_topic_name": "order_items"}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as server:
        yield server


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with Client(live.base_url, live.api_key, ca_file=live.ca_file) as opened:
        yield opened


def test_discovery(client: Client, live: Live) -> None:
    assert client.whoami().key_scope == "organization"
    assert live.model_id in [model.id for model in client.models()]
    assert "order_items" in [topic.name for topic in client.topics(live.model_id)]
    detail = client.topic(live.model_id, "order_items")
    assert "order_items.count" in [
        field.fully_qualified_name for view in detail.views for field in view.fields
    ]
    with pytest.raises(NotFound):
        client.topic(live.model_id, "no_such_topic")


def test_rows_are_those_of_the_warehouse(client: Client, live: Live) -> None:
    fields = ["users.state", "order_items.sale_price_sum", "order_items.count"]
    result = client.run(
        {**TOPIC, "modelId": live.model_id, "fields": fields, "limit": None}, cache="SkipCache"
    )
    with duckdb.connect(live.shop, read_only=True) as connection:
        truth = connection.sql(
            "SELECT u.state, sum(i.sale_price), count(*) FROM order_items i "
            "LEFT JOIN users u ON i.user_id = u.id GROUP BY 1"
        ).fetchall()
    rows = {tuple(row.values()) for row in result.tidy().to_pylist()}
    assert rows == set(truth)
    assert list(result.fields) == fields
    assert result.cache_type == "MISS"


def test_plans_exports_and_missing_fields(client: Client, live: Live) -> None:
    query = {**TOPIC, "modelId": live.model_id, "fields": ["order_items.count", "order_items.nope"]}
    plan = client.run(query, plan_only=True)
    assert "count(" in plan.sql.lower()
    assert plan.missing_fields == ("order_items.nope",)
    assert len(client.export({**query, "fields": ["order_items.count"]}, "csv").splitlines()) == 2
    assert client.export({**query, "fields": ["order_items.count"]}, "xlsx")[:2] == b"PK"


def test_failures_have_types_and_sentences(client: Client, live: Live) -> None:
    unknown = {"users.nope": {"type": "null"}}
    with pytest.raises(QueryFailed, match="No such field") as failed:
        client.run({**TOPIC, "modelId": live.model_id, "fields": ["users.count"], "filters": unknown})
    assert failed.value.error_type == "PLAN"
    with pytest.raises(BadRequest, match="modelId"):
        client.run({"fields": []})
    stranger = live.api_key[:-1] + ("a" if live.api_key[-1] != "a" else "b")
    with (
        Client(live.base_url, stranger, ca_file=live.ca_file) as other,
        pytest.raises(PermissionDenied) as refused,
    ):
        other.whoami()
    assert refused.value.detail == "Invalid bearer token"
