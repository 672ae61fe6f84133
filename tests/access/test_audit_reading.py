"""Reading the log: filters, pages that hold still, who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.storage.tables import organizations
from support.house import House, build_house

START = datetime(2026, 1, 1, tzinfo=UTC)
URL = "/api/v1/audit-events"
SPAN = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = build_house(tmp_path_factory.mktemp("audit"))
    actor = made.services.authenticator.authenticate(f"Bearer {made.member_key}")
    with made.database.writing() as connection:
        for number in range(1200):
            record(
                connection,
                made.organization_id,
                Action.GROUP_CREATE if number % 2 else Action.USER_CREATE,
                actor=actor if number % 3 == 0 else None,
                object_type="group",
                object_id=f"g{number}",
                details={"number": number},
                outcome="refused" if number % 5 == 0 else "success",
                at=START + timedelta(minutes=number // 4),  # four at a time
            )
        other = connection.execute(
            organizations.select().where(organizations.c.id != made.organization_id)
        ).first()
        assert other is not None
        record(connection, other.id, Action.GROUP_CREATE, object_id="foreign", at=START)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with house.client() as client:
        yield client


def numbers(records: list[Any]) -> list[int]:
    return [record["details"]["number"] for record in records]


def pages(client: TestClient, **params: str) -> list[Any]:
    found: list[Any] = []
    params = {**SPAN, "pageSize": "100", **params}
    while True:
        body = client.get(URL, params=params).json()
        found += body["records"]
        if not body["pageInfo"]["hasNextPage"]:
            assert len(found) == body["pageInfo"]["totalRecords"]
            return found
        params["cursor"] = body["pageInfo"]["nextCursor"]


def exported(client: TestClient, **params: str) -> list[Any]:
    answer = client.get(f"{URL}/export", params={**SPAN, **params})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_pages_hold_every_event_once_the_newest_first(client: TestClient) -> None:
    found = pages(client)
    assert sorted(numbers(found)) == list(range(1200))
    places = [(record["at"], record["id"]) for record in found]
    assert places == sorted(places, reverse=True)


def test_the_export_holds_the_same_the_oldest_first(client: TestClient) -> None:
    assert exported(client) == pages(client)[::-1]
    assert exported(client, outcome="refused", action="USER_CREATE")[::-1] == pages(
        client, outcome="refused", action="USER_CREATE"
    )
    assert exported(client, objectId="nothing") == []


def test_an_event_as_it_is_told(client: TestClient, house: House) -> None:
    (event,) = pages(client, objectId="g0", objectType="group")
    assert event["actor"] == {"membershipId": house.member_id, "email": "bo@example.test", "name": "Bo"}
    assert event["credential"]["kind"] == "mcp"
    assert event["object"] == {"type": "group", "id": "g0"}
    assert event["at"] == "2026-01-01T00:00:00.000Z"
    assert set(event) == {
        *("id", "at", "action", "outcome", "actor", "credential", "address", "userAgent", "requestId"),
        *("object", "details"),
    }
    (nobody,) = pages(client, objectId="g1")
    assert nobody["actor"] is None
    assert nobody["credential"] is None


def test_filters(client: TestClient, house: House) -> None:
    def those(**params: str) -> list[int]:
        return sorted(numbers(pages(client, **params)))

    every = range(1200)
    assert those(action="GROUP_CREATE") == [n for n in every if n % 2]
    assert those(action="group_create, USER_CREATE") == list(every)
    assert those(membershipId=house.member_id.upper()) == [n for n in every if n % 3 == 0]
    assert those(outcome="refused") == [n for n in every if n % 5 == 0]
    assert those(outcome="refused", membershipId=house.member_id) == [n for n in every if n % 15 == 0]
    assert those(credentialId=house.member_id) == []
    credential = pages(client, objectId="g0")[0]["credential"]["id"]
    assert those(credentialId=credential) == [n for n in every if n % 3 == 0]
    # from is the first instant, to the one after the last
    assert those(**{"from": "2026-01-01T01:00:00+00:00", "to": "2026-01-01T02:02:00+01:00"}) == list(
        range(240, 248)
    )
    assert those(objectType="user") == []


def test_pages_hold_still_while_events_are_written(client: TestClient, house: House) -> None:
    params = {"pageSize": "7", "action": "GROUP_DELETE"}
    with house.database.writing() as connection:
        for number in range(20):
            record(connection, house.organization_id, Action.GROUP_DELETE, details={"number": number})
    found: list[int] = []
    while True:
        body = client.get(URL, params=params).json()
        found += numbers(body["records"])
        if not body["pageInfo"]["hasNextPage"]:
            break
        params["cursor"] = body["pageInfo"]["nextCursor"]
        with house.database.writing() as connection:
            record(connection, house.organization_id, Action.GROUP_DELETE, details={"number": 99})
    assert sorted(found) == list(range(20))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"actions": "SIGN_IN"}, "actions"),
        ({"action": "SIGNIN"}, "Did you mean SIGN_IN?"),
        ({"from": "2026-01-01"}, "from"),
        ({"to": "2026-01-01T00:00:00"}, "to: Expected an instant"),
        ({"from": "yesterday"}, "from: Expected an instant"),
        ({"from": "9999-12-31T23:59:59-12:00"}, "from"),
        ({"membershipId": "x"}, "membershipId"),
        ({"outcome": "maybe"}, "outcome"),
        ({"cursor": "x"}, "Invalid cursor"),
        ({"pageSize": "101"}, "cannot exceed 100"),
        ({"since": "2026-01-01T00:00:00Z"}, "since"),
    ],
)
def test_mistakes(client: TestClient, params: dict[str, str], said: str) -> None:
    answer = client.get(URL, params=params)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["detail"]
    if not {"cursor", "pageSize"} & params.keys():
        assert client.get(f"{URL}/export", params=params).status_code == 400


def test_only_administrators_read_it_and_only_their_own(house: House, client: TestClient) -> None:
    for key in (house.member_key, house.personal_key):
        member = house.client(key)
        assert member.get(URL).status_code == 403
        assert member.get(f"{URL}/export").status_code == 403
    assert [event["object"] for event in exported(house.stranger())] == [None]
    assert not [event for event in pages(client) if (event["object"] or {}).get("id") == "foreign"]
    assert house.browser().get(URL).status_code == 200
    assert house.browser("bo@example.test").get(URL).status_code == 403


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("", "ix_audit_events_organization_id_at"),
        ("AND action = 'SIGN_IN'", "ix_audit_events_organization_id_action_at"),
        ("AND membership_id = 'm'", "ix_audit_events_organization_id_membership_id_at"),
    ],
)
def test_a_page_walks_an_index(house: House, where: str, index: str) -> None:
    plan = (
        f"EXPLAIN QUERY PLAN SELECT * FROM audit_events WHERE organization_id = 'o' {where} "
        "AND (at, id) < ('2026', 'x') ORDER BY at DESC, id DESC LIMIT 20"
    )
    with house.database.reading() as connection:
        steps = [row.detail for row in connection.execute(text(plan))]
    assert any(index in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
