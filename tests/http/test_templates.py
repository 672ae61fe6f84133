"""Templates, filter-only fields and filters by query, asked over HTTP by two people."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from typing import Any

import orjson
import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from support.house import House
from support.house_model import FILES

RUN = "/api/v1/query/run"
ORDERS = FILES["main/orders.view"] + (
    "  chosen:\n"
    "    sql: CASE WHEN {{# orders.kind.filter }} ${state} {{/ orders.kind.filter }} THEN ${amount} END\n"
    "    aggregate_type: sum\n"
    "  mine: { sql: 'MAX({{ omni_attributes.omni_user_name }})' }\n"
    "filters:\n"
    "  kind: { type: string, label: Kind of order, suggestion_list: [ { value: done } ] }\n"
    "  hidden_kind: { type: string, required_access_grants: [ analysts_only ] }\n"
)
TOPIC = FILES["orders.topic"] + (
    "ai_context: 'For {{ omni_attributes.omni_user_name }}."
    "{{# omni_llm.smartest }} Think.{{/ omni_llm.smartest }}'\n"
)
TOPIC = TOPIC.replace(
    "  Orders by month:\n",
    "  Orders by month:\n    ai_context: Asked by {{ omni_attributes.omni_user_name }}\n",
)


@pytest.fixture(scope="module")
def model_id(house: House) -> str:
    files = {**FILES, "main/orders.view": ORDERS, "orders.topic": TOPIC}
    found: str = house.services.models.create_shared_model(house.connection_id, "Templated", files).id
    return found


def topic(client: TestClient, model_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/models/{model_id}/topic/orders").json()["topic"]
    return found


def ask(client: TestClient, model_id: str, *fields: str, **query: Any) -> list[dict[str, Any]]:
    asked = {"modelId": model_id, "join_paths_from_topic_name": "orders", "fields": list(fields), **query}
    response = client.post(RUN, json={"query": asked})
    job = [orjson.loads(line) for line in response.content.splitlines()][1]
    assert "result" in job, job
    found: list[dict[str, Any]] = pa.ipc.open_stream(BytesIO(b64decode(job["result"]))).read_all().to_pylist()
    return found


def test_filter_only_fields_are_listed_apart(house: House, model_id: str, admin: TestClient) -> None:
    orders = topic(admin, model_id)["views"][0]
    assert [each["field_name"] for each in orders["filter_only_fields"]] == ["kind"]
    kind = orders["filter_only_fields"][0]
    assert (kind["filter_only_field"], kind["data_type"], kind["label"]) == (True, "STRING", "Kind of order")
    assert "chosen" in {each["field_name"] for each in orders["measures"]}
    analyst = topic(house.client(house.member_key), model_id)["views"][0]
    assert [each["field_name"] for each in analyst["filter_only_fields"]] == ["kind", "hidden_kind"]
    views = admin.get(f"/api/v1/models/{model_id}/view").json()["views"]
    fields = next(each for each in views if each["name"] == "orders")["fields"]
    assert {"name": "kind", "type": "filter"} in fields


def test_context_is_filled_in_for_the_asker(house: House, model_id: str, admin: TestClient) -> None:
    assert topic(admin, model_id)["ai_context"] == "For Ada Ünal."
    found = topic(house.client(house.member_key), model_id)
    assert found["ai_context"] == "For Bo."
    assert found["sample_queries"]["Orders by month"]["ai_context"] == "Asked by Bo"


def test_each_asker_s_own_text(house: House, model_id: str, admin: TestClient) -> None:
    bo = house.client(house.member_key)
    for client, name in ((admin, "Ada Ünal"), (bo, "Bo"), (admin, "Ada Ünal")):
        assert ask(client, model_id, "orders.mine") == [{"orders.mine": name}]


def test_a_filter_reaches_the_template_and_nothing_is_kept_from_it(model_id: str, admin: TestClient) -> None:
    for values, total in ((["done"], 115.75), (["open"], 20.0), ([], 136.75), (["x' OR 'a'='a"], 0.0)):
        kind = {"orders.kind": {"type": "string", "kind": "EQUALS", "values": values}}
        [row] = ask(admin, model_id, "orders.chosen", "orders.count", filters=kind)
        assert (float(row["orders.chosen"]), row["orders.count"]) == (total, 5)


def test_a_filter_by_a_referenced_query(model_id: str, admin: TestClient) -> None:
    done = {
        "model_id": model_id,
        "table": "orders",
        "fields": ["orders.person_id"],
        "filters": {"orders.state": {"type": "string", "kind": "EQUALS", "values": ["done"]}},
    }

    def count(**more: Any) -> int:
        by = {"people.id": {"type": "query", "field_name": "orders.person_id", "query_id": "done", **more}}
        [row] = ask(admin, model_id, "orders.count", filters=by, staticQueryReferences={"done": done})
        return int(row["orders.count"])

    assert (count(), count(is_negative=True)) == (3, 2)
    by = {"people.id": {"type": "query", "field_name": "orders.person_id", "query_id": "gone"}}
    asked = {
        "modelId": model_id,
        "join_paths_from_topic_name": "orders",
        "fields": ["orders.count"],
        "filters": by,
    }
    text = admin.post(RUN, json={"query": asked}).text
    assert "No referenced query with id gone found in query" in text
