"""Numbers of thousands of digits, which Python does not read: a sentence, never an internal error."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from support.house import House

ENDLESS = "1" * 5000


@pytest.mark.parametrize(
    "said",
    [
        {"table": "orders", "fields": ["orders.id"], "sorts": [{"column_name": f"orders.id[{ENDLESS}]"}]},
        {"table": "orders", "fields": [f"orders.placed_at[{ENDLESS}]"]},
        {"userEditedSQL": f"SELECT ${{orders.id}} FROM ${{orders}} ORDER BY {ENDLESS}"},
        {"userEditedSQL": f"SELECT ${{orders.id}} FROM ${{orders}} GROUP BY {ENDLESS}"},
        {"userEditedSQL": f"SELECT ${{orders.id}} FROM ${{orders}} LIMIT {ENDLESS}"},
    ],
)
def test_in_a_query(admin: TestClient, house: House, said: dict[str, Any]) -> None:
    answer = admin.post("/api/v1/query/run", json={"query": {"modelId": house.model_id, **said}})
    assert answer.status_code == 200, answer.text
    job = orjson.loads(answer.content.splitlines()[1])
    assert job.get("error_type") != "INTERNAL", job


@pytest.mark.parametrize("limit", [ENDLESS, "--5"])
def test_as_a_limit(admin: TestClient, house: House, limit: str) -> None:
    query = {"modelId": house.model_id, "table": "orders", "fields": ["orders.id"], "limit": limit}
    answer = admin.post("/api/v1/query/run", json={"query": query})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Bad Request: query.limit: ")
