"""Queries under way over HTTP: who sees them, who cancels them, and what the limits say meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.roles import Role
from holoscope.http.application import create_app
from holoscope.http.same_origin import TOKEN_HEADER
from holoscope.storage.tables import audit_events
from support.house import PASSWORD, House, build_house
from support.house_model import FILES
from support.refusals import refused

PLACE = "/api/v1/running-queries"
WITH_TOPIC = {**FILES, "slow.topic": "base_view: slow\njoins: {}\n"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"), files=WITH_TOPIC)
    yield built
    built.close()


@pytest.fixture(scope="module")
def served(house: House) -> Iterator[TestClient]:
    """One running application, so that every request meets the same queries."""
    with TestClient(create_app(house.services), base_url="https://testserver") as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def signed_in(client: TestClient, email: str) -> dict[str, str]:
    """What a browser sends that signed in over the running application."""

    own = {"Sec-Fetch-Site": "same-origin"}
    answer = client.post("/api/v1/session", json={"email": email, "password": PASSWORD}, headers=own)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    client.cookies.clear()
    return {**own, "Cookie": cookie, TOKEN_HEADER: answer.json()["csrfToken"]}


def eventually(condition: Callable[[], Any]) -> Any:
    until = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def listed(client: TestClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = client.get(PLACE, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["isComplete"] is True
    records: list[dict[str, Any]] = answer.json()["records"]
    return records


@contextmanager
def under_way(house: House, client: TestClient, headers: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A query that would run for hours; yields its record, and has its lines at the end."""
    query = {"modelId": house.model_id, "table": "slow", "fields": ["slow.n"]}
    query["join_paths_from_topic_name"] = "slow"
    told: dict[str, Any] = {}

    def ask() -> None:
        answer = client.post(
            "/api/v1/query/run", json={"query": query, "cache": "SkipCache"}, headers=headers
        )
        told["lines"] = [orjson.loads(line) for line in answer.content.splitlines()]

    thread = threading.Thread(target=ask)
    thread.start()
    record = eventually(lambda: [each for each in listed(client, headers) if each["state"] == "RUNNING"])[0]
    try:
        yield {"record": record, "told": told, "thread": thread}
    finally:
        client.delete(f"{PLACE}/{record['id']}", headers=headers)
        thread.join(20)


def test_an_own_query_is_seen_and_cancelled(house: House, served: TestClient) -> None:
    bo = signed_in(served, "bo@example.test")
    with under_way(house, served, bo) as running:
        record = running["record"]
        assert record["user"] == {"id": house.member_id, "name": "Bo", "email": "bo@example.test"}
        assert (record["view"], record["modelId"], record["credentialKind"]) == (
            "slow",
            house.model_id,
            "session",
        )
        assert "sum(" in record["sql"].lower()
        admins = listed(served, bearer(house.admin_key))
        assert [each["id"] for each in admins] == [record["id"]]
        assert listed(served, bearer(house.foreign_key)) == []
        gone = f"No query with id {record['id']} is under way"
        refused(served.delete(f"{PLACE}/{record['id']}", headers=bearer(house.foreign_key)), 404, gone)
        without = {name: text for name, text in bo.items() if name != TOKEN_HEADER}
        assert served.delete(f"{PLACE}/{record['id']}", headers=without).json()["code"] == "wrong_csrf_token"
        assert len(listed(served, bo)) == 1
        assert served.delete(f"{PLACE}/{record['id']}", headers=bo).json()["success"] is True
        running["thread"].join(20)
        assert listed(served, bo) == []
        refused(served.delete(f"{PLACE}/{record['id']}", headers=bo), 404, gone)
    line = running["told"]["lines"][1]
    assert (line["status"], line["error_type"]) == ("ERROR", "KILL")
    with house.database.reading() as connection:
        (event,) = connection.execute(
            select(audit_events).where(audit_events.c.action == "QUERY_CANCEL")
        ).all()
    assert (event.membership_id, event.object_id) == (house.member_id, house.model_id)
    assert event.details == {"jobId": record["id"], "of": house.member_id}


def test_administrators_cancel_what_others_ask(house: House, served: TestClient) -> None:
    ada = signed_in(served, "ada@example.test")
    with under_way(house, served, bearer(house.personal_key)) as running:
        id_ = running["record"]["id"]
        limits = served.get("/api/v1/rate-limits", headers=ada).json()
        assert limits["queriesUnderWay"] == 1
        assert [(key["name"], key["queriesUnderWay"]) for key in limits["keys"]] == [("personal", 1)]
        assert served.delete(f"{PLACE}/{id_}", headers=ada).status_code == 200
        running["thread"].join(20)
    assert running["told"]["lines"][1]["status"] == "ERROR"


def test_members_do_not_see_each_others(house: House, served: TestClient) -> None:
    bo = signed_in(served, "bo@example.test")
    with under_way(house, served, bearer(house.admin_key)) as running:
        assert listed(served, bo) == []
        refused(
            served.delete(f"{PLACE}/{running['record']['id']}", headers=bo),
            404,
            f"No query with id {running['record']['id']} is under way",
        )
        assert len(listed(served, bearer(house.admin_key))) == 1


def test_sql_is_for_those_who_may_see_it(tmp_path: Path) -> None:
    built = build_house(tmp_path, files=WITH_TOPIC, base_role=Role.QUERY_TOPICS)
    try:
        with TestClient(create_app(built.services), base_url="https://testserver") as client:
            bo = signed_in(client, "bo@example.test")
            with under_way(built, client, bo) as running:
                assert running["record"]["sql"] is None
                assert "sum(" in listed(client, bearer(built.admin_key))[0]["sql"].lower()
    finally:
        built.close()


def test_the_limits_of_a_server(tmp_path: Path) -> None:
    built = build_house(tmp_path, per_minute=600)
    try:
        with built.database.writing() as connection:
            connection.exec_driver_sql(
                "UPDATE api_keys SET rate_limit_per_minute = 30 WHERE name = 'personal'"
            )
        assert built.client().get("/api/v1/rate-limits").json() == {
            "requestsPerMinute": 600,
            "sessionRequestsPerMinute": 600,
            "queriesPerKey": None,
            "mostQueries": 512,
            "queriesUnderWay": 0,
            "querySeconds": 300.0,
            "mostResultRows": None,
            "keys": [
                {
                    "id": built.services.authenticator.authenticate(
                        f"Bearer {built.personal_key}"
                    ).credential_id,
                    "name": "personal",
                    "type": "personal",
                    "requestsPerMinute": 30,
                    "queriesUnderWay": 0,
                }
            ],
        }
    finally:
        built.close()
