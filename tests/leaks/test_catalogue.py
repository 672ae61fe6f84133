"""What the catalogue routes tell of a model to somebody who lacks a grant, beside somebody who has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house
from support.house_model import FILES

ORDERS_TOPIC = """
base_view: orders
joins:
  people:
    vault: {}
  regions: {}
default_filters:
  orders.state: { is: done }
  people.salary_band: { is: high }
  people.name: { is: Ada }
always_where_filters:
  vault.code: { is: x }
sample_queries:
  By state:
    query: { base_view: orders, topic: orders, fields: [ orders.state, orders.count ] }
  By band:
    query: { base_view: orders, topic: orders, fields: [ orders.count, people.salary_band ] }
  In secret:
    query: { base_view: orders, topic: secret_orders, fields: [ orders.count ] }
"""
PEOPLE = """
# Reference this view as people
schema: main
dimensions:
  id: { primary_key: true }
  region_id: {}
  name:
    mask_unless_access_grants: [ analysts_only ]
    all_values: [ Ada, Bo ]
    suggestion_list: [ { value: Ada } ]
    drill_fields: [ people.id, people.salary_band ]
  first: { sql: 'LEFT(${name}, 1)', all_values: [ A ] }
  salary_band: { sql: "'high'", required_access_grants: [ analysts_only ] }
measures:
  count: { aggregate_type: count }
"""
VAULT = """
# Reference this view as vault
schema: main
table_name: regions
required_access_grants: [ analysts_only ]
dimensions:
  id: { primary_key: true }
  code: {}
"""
RELATIONSHIPS = """
- join_from_view: orders
  join_to_view: people
  on_sql: ${orders.person_id} = ${people.id}
  relationship_type: many_to_one
- join_from_view: people
  join_to_view: vault
  on_sql: ${people.region_id} = ${vault.id}
  relationship_type: many_to_one
- join_from_view: orders
  join_to_view: regions
  on_sql: ${orders.id} = ${regions.id} AND ${people.salary_band} = 'high'
  relationship_type: many_to_one
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    files = {
        **FILES,
        "orders.topic": ORDERS_TOPIC,
        "main/people.view": PEOPLE,
        "vault.view": VAULT,
        "relationships": RELATIONSHIPS,
    }
    built = build_house(folder, files=files)
    yield built
    built.close()


def topic(client: TestClient, house: House) -> dict[str, Any]:
    response = client.get(f"/api/v1/models/{house.model_id}/topic/orders")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["topic"]
    return found


def test_who_lacks_the_grant_is_told_of_nothing_it_hides(house: House) -> None:
    told = topic(house.client(), house)  # the member is an analyst, the admin is not
    assert told["default_filters"] == {"orders.state": {"is": "done"}}
    assert told["always_where_filters"] == {}
    assert list(told["sample_queries"]) == ["By state"]
    assert [one["right_view_name"] for one in told["relationships"]] == ["people", "regions"]
    assert told["relationships"][1]["on"] == {"type": "call", "operator": "SQL", "operands": []}
    people = next(view for view in told["views"] if view["name"] == "people")
    name = next(field for field in people["dimensions"] if field["field_name"] == "name")
    assert name["drill_fields"] == ["people.id"]
    assert not {"all_values", "suggestion_list"} & name.keys()
    text = json.dumps(told)
    for hidden in ("salary_band", "vault", "secret_orders", "Ada", "Bo"):
        assert hidden not in text, hidden


def test_who_has_the_grant_is_told_everything(house: House) -> None:
    told = topic(house.client(house.member_key), house)
    assert told["default_filters"].keys() == {"orders.state", "people.salary_band", "people.name"}
    assert told["always_where_filters"].keys() == {"vault.code"}
    assert list(told["sample_queries"]) == ["By state", "By band", "In secret"]
    assert {one["right_view_name"] for one in told["relationships"]} == {"people", "regions", "vault"}
    people = next(view for view in told["views"] if view["name"] == "people")
    name = next(field for field in people["dimensions"] if field["field_name"] == "name")
    assert name["drill_fields"] == ["people.id", "people.salary_band"]
    assert (name["all_values"], name["suggestion_list"]) == (["Ada", "Bo"], [{"value": "Ada"}])


def test_a_hidden_topic_is_as_absent_as_one_that_never_was(house: House) -> None:
    client = house.client()
    answers = [
        client.get(f"/api/v1/models/{house.model_id}/topic/{name}")
        for name in ("secret_orders", "secret_orderz")
    ]
    texts = [answer.text.replace("secret_orders", "?").replace("secret_orderz", "?") for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert texts[0] == texts[1]
    assert "secret_orders" not in client.get(f"/api/v1/models/{house.model_id}/topic").text
    assert "vault" not in client.get(f"/api/v1/models/{house.model_id}/view").text
