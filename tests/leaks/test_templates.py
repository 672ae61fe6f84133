"""Templates of the model tell an asker nothing of fields they may not name, or see as digests only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house
from support.tenants.canary import arrow_of
from support.tenants.live import bearer, job_of

FILES = {
    "model": """
access_grants:
  insider: { user_attribute: omni_user_groups, allowed_values: [ Analysts ] }
""",
    "relationships": "[]\n",
    "orders.view": """
# Reference this view as orders
sql: >-
  SELECT *, CASE WHEN {{orders.band.in_query}} THEN 'asked' ELSE 'not asked' END AS said FROM main.orders
  WHERE {{# orders.band.filter }} state {{/ orders.band.filter }}
    AND {{# orders.veiled.filter }} state {{/ orders.veiled.filter }}
    AND {{# orders.made.filter }} state {{/ orders.made.filter }}
dimensions:
  id: { primary_key: true }
  said: {}
  band: { sql: '${state}', required_access_grants: [ insider ] }
  veiled: { sql: '${state}', mask_unless_access_grants: [ insider ] }
  made: { sql: '${veiled}' }
  state: {}
measures:
  count: { aggregate_type: count }
""",
}
DONE = {"type": "string", "kind": "EQUALS", "values": ["done"]}
OTHERS = {**DONE, "is_negative": True}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    built = build_house(folder, files=FILES)
    yield built
    built.close()


@pytest.fixture(scope="module")
def outsider(house: House) -> Iterator[TestClient]:
    with house.client(house.admin_key) as client:
        yield client


def ask(client: TestClient, house: House, key: str = "", **query: Any) -> list[dict[str, Any]]:
    body = {"modelId": house.model_id, "table": "orders", **query}
    said = bearer(key or house.admin_key)
    job = job_of(client.post("/api/v1/query/run", json={"query": body}, headers=said))
    assert job["status"] == "COMPLETE", job
    rows: list[dict[str, Any]] = arrow_of(job["result"]).to_pylist()
    return rows


def test_a_condition_on_a_hidden_field_reaches_no_template(house: House, outsider: TestClient) -> None:
    condition = {"orders.band": {**DONE, "ignore_if_unjoinable": True}}
    assert ask(outsider, house, fields=["orders.count"], filters=condition) == [{"orders.count": 5}]
    insider = ask(outsider, house, house.member_key, fields=["orders.count"], filters=condition)
    assert insider == [{"orders.count": 3}]


@pytest.mark.parametrize("field", ["orders.band", "orders.bnad"])
def test_a_hidden_field_is_not_asked_for(house: House, outsider: TestClient, field: str) -> None:
    assert ask(outsider, house, fields=["orders.said", field]) == [{"orders.said": "not asked"}]


@pytest.mark.parametrize("field", ["orders.veiled", "orders.made"])
def test_a_guess_about_a_masked_value_changes_nothing(house: House, outsider: TestClient, field: str) -> None:
    """All digests are other than the guess, so all rows are there, whatever the values are."""
    rows = ask(outsider, house, fields=["orders.count"], filters={field: OTHERS})
    assert rows == [{"orders.count": 5}]
    sql = "SELECT COUNT(*) AS n FROM ${orders}"
    rows = ask(outsider, house, fields=[], filters={field: OTHERS}, userEditedSQL=sql)
    assert rows == [{"orders.n": 5}]
