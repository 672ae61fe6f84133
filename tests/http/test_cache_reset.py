"""A reset of a cache policy: results asked for before it are not used again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from support.house import House, build_house
from support.refusals import refused

POLICIES = """
cache_policies:
  hourly: { max_cache_age: 1 hour }
  daily: { max_cache_age: 24 hours }
default_cache_policy: hourly
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("resets"))
    client = built.client()
    url = f"/api/v1/models/{built.model_id}/yaml"
    text = client.get(url).json()["files"]["model"]
    assert client.post(url, json={"fileName": "model", "yaml": text + POLICIES}).status_code == 200
    yield built
    built.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    """Leaving the client stops the server for good, so there is one for all tests."""
    with house.client() as open_client:
        yield open_client


def ask(house: House, client: TestClient, field: str, **more: Any) -> str:
    body = {"query": {"modelId": house.model_id, "table": "orders", "fields": [field]}, **more}
    lines = [orjson.loads(line) for line in client.post("/api/v1/query/run", json=body).text.splitlines()]
    (job,) = [line for line in lines if "status" in line]
    assert "summary" in job, job
    kind: str = job["summary"]["cache_type"]
    return kind


def reset(house: House, client: TestClient, policy: str, **body: str) -> Any:
    return client.post(f"/api/v1/models/{house.model_id}/cache_reset/{policy}", json=body)


def test_results_before_the_reset_are_not_used_again(house: House, client: TestClient) -> None:
    assert ask(house, client, "orders.count") == "MISS"
    assert ask(house, client, "orders.count") == "EXACT"
    assert reset(house, client, "daily").status_code == 200
    assert ask(house, client, "orders.count") == "EXACT", "the policy of this query is another"
    kept = len(house.services.runs.cache)
    answer = reset(house, client, "hourly").json()
    assert answer["success"] is True
    assert answer["cache_reset"].keys() == {
        "id", "model_id", "policy_name", "reset_at", "created_at", "updated_at"
    }  # fmt: skip
    assert (answer["cache_reset"]["model_id"], answer["cache_reset"]["policy_name"]) == (
        house.model_id,
        "hourly",
    )
    assert ask(house, client, "orders.count") == "MISS"
    assert ask(house, client, "orders.count") == "EXACT"
    assert len(house.services.runs.cache) == kept


def test_a_reset_in_the_past_spares_what_came_after(house: House, client: TestClient) -> None:
    assert ask(house, client, "orders.total") == "MISS"
    ago = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    first = reset(house, client, "hourly").json()["cache_reset"]
    assert ask(house, client, "orders.total") == "MISS"
    second = reset(house, client, "hourly", resetAt=ago).json()["cache_reset"]
    assert (second["id"], second["reset_at"]) == (first["id"], first["reset_at"])
    assert ask(house, client, "orders.total") == "EXACT"


def test_refusals(house: House, client: TestClient) -> None:
    later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    refused(reset(house, client, "hourly", resetAt=later), 400, "resetAt cannot be future dated")
    for text in ("yesterday", "2026-01-01T00:00:00"):
        answer = reset(house, client, "hourly", resetAt=text)
        assert (answer.status_code, "resetAt" in answer.json()["detail"]) == (400, True)
    refused(reset(house, house.client(house.member_key), "hourly"), 403, "Permission denied")
    assert reset(house, client, "no such policy yet").status_code == 200
    unknown = "0b8a0000-0000-4000-8000-000000000000"
    refused(
        client.post(f"/api/v1/models/{unknown}/cache_reset/hourly"),
        404,
        f"Model with id {unknown} does not exist",
    )


def test_an_instant_that_utc_cannot_say_is_refused(house: House, client: TestClient) -> None:
    refused(
        reset(house, client, "daily", resetAt="0001-01-01T00:00:00+14:00"),
        400,
        "Bad Request: resetAt: Input should lie in the years 1 to 9999 of UTC",
    )
