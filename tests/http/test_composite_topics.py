"""A composite topic over HTTP: listed, and asked, by two people."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House
from support.house_model import FILES
from support.refusals import refused

COMPOSITE = """
label: Done and open
topics: [orders, secret_orders]
shared_views: [people]
shared_dimensions:
  day:
    mappings:
      orders: { field: orders.placed_at }
      secret_orders: { field: orders.placed_at }
shared_measures:
  both: { sql: '${orders.orders.count} + ${secret_orders.orders.count}' }
fields: [ all_views.*, -@orders.regions.*, -@orders.orders.amount ]
ai_context: For {{ omni_attributes.omni_user_name }}
"""


@pytest.fixture(scope="module")
def model_id(house: House) -> str:
    files = {**FILES, "both.composite_topic": COMPOSITE}
    found: str = house.services.models.create_shared_model(house.connection_id, "Composite", files).id
    return found


def test_it_stands_in_the_list_without_a_base_view(house: House, model_id: str, admin: TestClient) -> None:
    topics = admin.get(f"/api/v1/models/{model_id}/topic").json()["topics"]
    assert topics[-1] == {"name": "both", "base_view_name": "", "label": "Done and open", "hidden": False}


def names(client: TestClient, model_id: str) -> list[str]:
    found = client.get(f"/api/v1/models/{model_id}/topic/both").json()["topic"]
    return [
        field["fully_qualified_name"]
        for view in found["views"]
        for field in (*view["dimensions"], *view["measures"])
        if "[" not in field["field_name"]
    ]


def test_its_fields_carry_the_names_that_queries_use(house: House, model_id: str, admin: TestClient) -> None:
    plain = names(admin, model_id)
    assert plain[0] == "@_shared_dimensions_.day"
    assert "@_shared_views_.people.name" in plain
    assert "@_shared_measures_.both" in plain
    assert "@orders.orders.total" in plain
    assert "@orders.regions.code" not in plain
    assert "@orders.orders.amount" not in plain
    assert not [name for name in plain if name.startswith("@secret_orders")]
    analyst = house.client(house.member_key)
    assert "@secret_orders.orders.total" in names(analyst, model_id)


def test_its_context_is_filled_in(house: House, model_id: str, admin: TestClient) -> None:
    found = admin.get(f"/api/v1/models/{model_id}/topic/both").json()["topic"]
    assert found["ai_context"] == "For Ada Ünal"
    assert found["base_view_name"] == ""


def test_a_query_needs_no_table(house: House, model_id: str) -> None:
    analyst = house.client(house.member_key)
    query: dict[str, Any] = {
        "modelId": model_id,
        "join_paths_from_topic_name": "both",
        "fields": ["@_shared_dimensions_.day[month]", "@orders.orders.count", "@_shared_measures_.both"],
        "sorts": [{"column_name": "@_shared_dimensions_.day[month]"}],
    }
    answer = analyst.post("/api/v1/query/run", json={"query": query, "resultType": "json"})
    assert answer.status_code == 200, answer.text
    assert [list(row.values()) for row in answer.json()] == [
        [None, 1, 2],
        ["2026-01", 2, 4],
        ["2026-02", 2, 4],
    ]
    assert list(answer.json()[0]) == ["Day Month", "Count", "Both"]


def test_names_that_mean_nothing_here(house: House, model_id: str, admin: TestClient) -> None:
    refused(
        admin.get(f"/api/v1/models/{model_id}/topic/neither"),
        404,
        'No such topic "neither" or access not permitted',
    )
