"""A query's own time zone: refused unless its connection allows it; then it shifts the query's times."""

from __future__ import annotations

import json

from sqlalchemy import select, update
from starlette.testclient import TestClient

from holoscope.storage.tables import connections
from support.house import House

RUN = "/api/v1/query/run"


def asked(house: House, zone: str | None) -> dict[str, object]:
    query = {
        "modelId": house.model_id,
        "table": "orders",
        "join_paths_from_topic_name": "orders",
        "fields": ["orders.placed_at[hour]", "orders.count"],
    }
    return {"query": query, "timezone": zone, "planOnly": True}


def allow(house: House, allowed: object) -> None:
    with house.database.writing() as connection:
        settings = connection.execute(select(connections.c.settings)).scalars().first()
        changed = {**(settings or {}), "allows_user_specific_timezones": allowed}
        connection.execute(update(connections).values(settings=changed))


def sql(admin: TestClient, house: House, zone: str | None) -> str:
    answer = admin.post(RUN, json=asked(house, zone))
    assert answer.status_code == 200, answer.text
    told: str = json.loads(answer.text.splitlines()[1])["summary"]["display_sql"]
    return told


def test_a_zone_needs_the_connections_leave(house: House, admin: TestClient) -> None:
    for allowed in (None, False, "yes", 1):
        allow(house, allowed)
        refused = admin.post(RUN, json=asked(house, "America/New_York"))
        assert refused.status_code == 400
        assert "user-specific timezones" in refused.json()["detail"]
    allow(house, True)
    assert "America/New_York" in sql(admin, house, "America/New_York")
    assert "America/New_York" not in sql(admin, house, None)
    wrong = admin.post(RUN, json=asked(house, "New York"))
    assert wrong.json()["detail"] == "Bad Request: timezone: Time zone must be IANA valid."
