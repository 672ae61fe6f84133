"""API tokens: pages, filters, switching, revoking, and who may."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind
from support.house import House
from support.refusals import refused

LIST = "/api/v1/api-keys"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


def make(house: House, name: str, kind: KeyKind = KeyKind.ORGANIZATION) -> str:
    return house.services.keys.issue(house.organization_id, house.member_id, name=name, kind=kind).key.id


def test_a_walk_over_pages_meets_every_key_once(admin: TestClient) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = admin.get(f"{LIST}?pageSize=2&sortField=name&sortDirection=asc&cursor={cursor}").json()
        assert page["pageInfo"]["pageSize"] == 2
        seen += [record["name"] for record in page["records"]]
        assert page["pageInfo"]["totalRecords"] == 4
        assert page["pageInfo"]["hasNextPage"] is (page["pageInfo"]["nextCursor"] is not None)
        cursor = page["pageInfo"]["nextCursor"]
        if cursor is None:
            break
    assert seen == ["admin", "disabled", "member", "personal"]


def test_records_hold_metadata_only(house: House, admin: TestClient) -> None:
    (personal,) = admin.get(f"{LIST}?type=personal").json()["records"]
    assert personal.keys() == {
        *("id", "name", "type", "enabled", "createdAt", "membershipId"),
        *("createdBy", "lastUsedAt"),
    }
    assert (personal["type"], personal["membershipId"]) == ("personal", house.member_id)
    assert personal["createdAt"].endswith("Z")
    assert admin.get(f"{LIST}/{personal['id'].upper()}").json() == personal
    organization = admin.get(f"{LIST}?type=organization&pageSize=1").json()["records"][0]
    assert organization["membershipId"] is None


def test_switching_off_and_on_is_idempotent(house: House, admin: TestClient) -> None:
    key_id = make(house, "switched")
    for enabled in (False, False, True, True):
        answer = admin.put(f"{LIST}/{key_id}", json={"enabled": enabled})
        assert (answer.status_code, answer.json()["enabled"]) == (200, enabled)
    admin.delete(f"{LIST}/{key_id}")


def test_a_personal_token_can_only_be_revoked(house: House, admin: TestClient) -> None:
    key_id = make(house, "mine", KeyKind.USER)
    text = "Bad Request: enabled: Only organization API keys can be enabled or disabled"
    refused(admin.put(f"{LIST}/{key_id}", json={"enabled": False}), 400, text)
    assert admin.delete(f"{LIST}/{key_id}").json() == {"success": True, "message": "API token revoked"}
    refused(admin.delete(f"{LIST}/{key_id}"), 404, f"API token with id {key_id} does not exist")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_organizations_key_is_as_good_as_none(house: House, admin: TestClient, method: str) -> None:
    for key_id in (house.foreign_key_id, UNKNOWN):
        body = {"enabled": True} if method == "PUT" else None
        refused(
            admin.request(method, f"{LIST}/{key_id}", json=body),
            404,
            f"API token with id {key_id} does not exist",
        )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("key", ["member_key", "personal_key"])
def test_members_may_not(house: House, method: str, key: str) -> None:
    client = house.client(getattr(house, key))
    body = {"enabled": True} if method == "PUT" else None
    refused(client.request(method, f"{LIST}/{UNKNOWN}", json=body), 403, "Permission denied")
    refused(client.get(LIST), 403, "Permission denied")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("x=1", "formErrors: Unrecognized key(s) in object: 'x'"),
        ("x=1&y=2", "formErrors: Unrecognized key(s) in object: 'x', 'y'"),
        ("pageSize=0", "pageSize: Page size must be at least 1"),
        ("pageSize=101", "pageSize: Page size cannot exceed 100"),
        ("pageSize=ten", "pageSize: Expected number, received string"),
        ("pageSize=1.5", "pageSize: Expected number, received string"),
        ("pageSize=5&pageSize=6", "pageSize: Expected string, received array"),
        ("cursor=abc", "cursor: Invalid uuid"),
        (
            "type=secret",
            "type: Invalid enum value. Expected 'organization' | 'personal' | 'mcp', received 'secret'",
        ),
        ("sortField=id", "sortField: Invalid enum value. Expected 'createdAt' | 'name', received 'id'"),
        ("sortDirection=up", "sortDirection: Invalid enum value. Expected 'asc' | 'desc', received 'up'"),
        ("page_size=5", "formErrors: Unrecognized key(s) in object: 'page_size'"),
        (
            "pageSize=0&名=1",
            "pageSize: Page size must be at least 1; formErrors: Unrecognized key(s) in object: '名'",
        ),
    ],
)
def test_strict_query_strings(admin: TestClient, query: str, text: str) -> None:
    refused(admin.get(f"{LIST}?{query}"), 400, f"Bad Request: {text}")


def test_empty_values_filter_nothing(admin: TestClient) -> None:
    assert admin.get(f"{LIST}?type=&cursor=&pageSize=").json()["pageInfo"]["totalRecords"] == 4


def test_a_cursor_of_another_organization(house: House, admin: TestClient) -> None:
    refused(admin.get(f"{LIST}?cursor={house.foreign_key_id}"), 400, "Invalid cursor")


@pytest.mark.parametrize("key_id", ["x", "0b8a", UNKNOWN.replace("-", ""), "{" + UNKNOWN + "}", "名"])
def test_other_spellings_of_uuids(admin: TestClient, key_id: str) -> None:
    refused(admin.get(f"{LIST}/{key_id}"), 400, "Bad Request: id: Invalid uuid")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "enabled: Required"),
        ({"enabled": "true"}, "enabled: Expected boolean, received string"),
        ({"enabled": 1}, "enabled: Expected boolean, received number"),
        ({"enabled": None}, "enabled: Expected boolean, received null"),
        ([], "body: Expected object, received array"),
        ({"enabled": True, "role": "admin"}, "formErrors: Unrecognized key(s) in object: 'role'"),
        ({"x": 1}, "enabled: Required; formErrors: Unrecognized key(s) in object: 'x'"),
    ],
)
def test_strict_bodies(admin: TestClient, body: object, text: str) -> None:
    refused(admin.put(f"{LIST}/{UNKNOWN}", json=body), 400, f"Bad Request: {text}")
