"""Members and groups for administrators, by session and by key; what SCIM says of the same people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.kit.clock import system_clock
from holoscope.kit.paging import encode_cursor
from holoscope.storage.tables import audit_events
from support.house import House, build_house
from support.refusals import refused

USERS, GROUPS, SCIM = "/api/v1/users", "/api/v1/user-groups", "/api/scim/v2"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


def furnished(folder: Path) -> House:
    built = build_house(folder)
    with built.database.writing() as connection:
        for reference, type_, several, default in (
            ("region", AttributeType.STRING, True, None),
            ("level", AttributeType.NUMBER, False, ("1",)),
        ):
            wanted = AttributeDefinition("", reference, reference.title(), type_, several, default)
            define_attribute(connection, built.organization_id, wanted, system_clock())
    return built


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of each test's own: these tests change it."""
    built = furnished(tmp_path)
    yield built
    built.close()


@pytest.fixture
def ada(house: House) -> TestClient:
    """The administrator, signed in."""
    return house.browser()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that no test changes."""
    built = furnished(tmp_path_factory.mktemp("kept"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def looking(kept: House) -> TestClient:
    """The administrator of the house that no test changes."""
    return kept.browser()


def scim_user(house: House, email: str) -> dict[str, Any]:
    made = house.client().post(f"{SCIM}/Users", json={"userName": email, "displayName": email.title()})
    assert made.status_code == 201, made.text
    user: dict[str, Any] = made.json()
    return user


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["name"] for record in answer.json()["records"]]


def test_members_are_listed(house: House, ada: TestClient) -> None:
    page = ada.get(USERS).json()
    assert page["pageInfo"] == {"hasNextPage": False, "nextCursor": None, "pageSize": 20, "totalRecords": 2}
    bo = page["records"][1]
    assert {key: bo[key] for key in ("id", "email", "name", "kind", "orgRole", "active", "groups")} == {
        "id": house.member_id,
        "email": "bo@example.test",
        "name": "Bo",
        "kind": "standard",
        "orgRole": "MEMBER",
        "active": True,
        "groups": [{"id": house.group_id, "name": "Analysts"}],
    }
    assert page["records"][0]["lastLoginAt"] is not None
    assert names(ada.get(USERS, params={"search": "ÜNAL"})) == ["Ada Ünal"]
    assert names(ada.get(USERS, params={"search": "BO@"})) == ["Bo"]
    assert names(ada.get(USERS, params={"search": "%"})) == []
    assert names(ada.get(USERS, params={"orgRole": "ORG_ADMIN"})) == ["Ada Ünal"]
    assert names(ada.get(USERS, params={"groupId": house.group_id})) == ["Bo"]
    assert names(ada.get(USERS, params={"kind": "embed"})) == []
    assert names(ada.get(USERS, params={"sortField": "name", "sortDirection": "desc"})) == ["Bo", "Ada Ünal"]
    recipient = {"email": "reader@example.test"}
    house.client().post("/api/v1/users/email-only", json=recipient)
    assert names(ada.get(USERS, params={"kind": "email_only"})) == ["reader@example.test"]


def test_pages_hold_everybody_once(house: House, ada: TestClient) -> None:
    for number in range(5):
        scim_user(house, f"u{number % 2}{number}@example.test")
    for sort in ("createdAt", "name", "email"):
        for direction in ("asc", "desc"):
            order = {"sortField": sort, "sortDirection": direction}
            whole = ada.get(USERS, params=order).json()["records"]
            found, cursor = [], ""
            while cursor is not None:
                page = ada.get(USERS, params={**order, "pageSize": 3, "cursor": cursor}).json()
                found += page["records"]
                cursor = page["pageInfo"]["nextCursor"]
            assert found == whole
            assert len(found) == 7
            keys = [record[sort].lower() for record in found]
            assert keys == sorted(keys, reverse=direction == "desc")


def test_a_member_is_changed_whole(house: House, ada: TestClient) -> None:
    place = f"{USERS}/{house.member_id}"
    before = ada.get(place).json()
    assert before["hasPassword"] is True
    assert [(held["name"], held["values"], held["source"]) for held in before["attributes"]] == [
        ("level", ["1"], "default"),
        ("region", [], None),
    ]
    assert [role["baseRole"] for role in before["modelRoles"] if role["resolved"]] == ["QUERIER"]
    sales = ada.post(GROUPS, json={"name": "Sales"}).json()["id"]
    body = {
        "name": "Boris",
        "orgRole": "ORG_ADMIN",
        "timeZone": "Asia/Kolkata",
        "groupIds": [sales],
        "attributes": {"region": ["East", "West"], "level": 3},
    }
    after = ada.patch(place, json=body)
    assert after.status_code == 200, after.text
    said = after.json()
    assert (said["name"], said["orgRole"], said["timeZone"]) == ("Boris", "ORG_ADMIN", "Asia/Kolkata")
    assert said["groups"] == [{"id": sales, "name": "Sales"}]
    held = {each["name"]: (each["values"], each["source"]) for each in said["attributes"]}
    assert held == {"level": (["3"], "user"), "region": (["East", "West"], "user")}
    scim = house.client().get(f"{SCIM}/Users/{house.member_id}").json()
    assert (scim["displayName"], [group["display"] for group in scim["groups"]]) == ("Boris", ["Sales"])
    assert scim["urn:omni:params:1.0:UserAttribute"] == {"level": "3", "region": ["East", "West"]}
    again = ada.patch(
        place, json={"timeZone": None, "orgRole": "MEMBER", "attributes": {"level": None}}
    ).json()
    assert (again["timeZone"], again["orgRole"], again["name"]) == (None, "MEMBER", "Boris")
    assert [each["source"] for each in again["attributes"]] == ["default", "user"]
    with house.database.reading() as connection:
        told = connection.execute(select(audit_events.c.action, audit_events.c.details)).all()
    assert {action for action, _ in told} >= {
        "USER_UPDATE",
        "USER_ROLE_CHANGE",
        "USER_ATTRIBUTE_VALUES_SET",
        "GROUP_UPDATE",
    }


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"name": " "}, 400, "Bad Request: name: Required"),
        ({"timeZone": "Mars"}, 400, "omni_user_timezone: 'Mars' is not an IANA time zone."),
        ({"attributes": {"shoe": 1}}, 400, "shoe do not match the names of existing user attributes."),
        ({"attributes": {"level": "x"}}, 400, "level: 'x' is not a number."),
        ({"name": "Kept out", "groupIds": ["nowhere1"]}, 404, "Group with id nowhere1 does not exist"),
        ({"email": "x@example.test"}, 400, "Bad Request: formErrors: Unrecognized key(s) in object: 'email'"),
    ],
)
def test_what_does_not_suit_changes_nothing(
    kept: House, looking: TestClient, body: dict[str, Any], status: int, text: str
) -> None:
    place = f"{USERS}/{kept.member_id}"
    before = looking.get(place).json()
    refused(looking.patch(place, json=body), status, text)
    assert looking.get(place).json() == before


def test_the_last_administrator_stays(kept: House, looking: TestClient) -> None:
    sentence = "This is the last active administrator. Make somebody else an administrator first."
    place = f"{USERS}/{kept.admin_id}"
    for answer in (looking.patch(place, json={"orgRole": "MEMBER"}), looking.delete(place)):
        refused(answer, 409, sentence)
        assert answer.json()["code"] == "last_administrator"


def test_who_is_deactivated_is_out_and_still_found(house: House, ada: TestClient) -> None:
    bo = house.browser("bo@example.test")
    assert ada.delete(f"{USERS}/{house.member_id}").json()["success"] is True
    assert bo.get("/api/v1/session").status_code == 401
    assert names(ada.get(USERS)) == ["Ada Ünal"]
    assert names(ada.get(USERS, params={"state": "inactive"})) == ["Bo"]
    shown = ada.get(f"{USERS}/{house.member_id}").json()
    assert (shown["active"], shown["groups"], shown["modelRoles"]) == (False, [], [])
    gone = f"User with id {house.member_id} does not exist"
    refused(ada.patch(f"{USERS}/{house.member_id}", json={"name": "X"}), 404, gone)
    refused(ada.delete(f"{USERS}/{house.member_id}"), 404, gone)
    assert house.client().get(f"{SCIM}/Users/{house.member_id}").status_code == 404


def test_groups_are_made_renamed_filled_and_taken_away(house: House, ada: TestClient) -> None:
    made = ada.post(GROUPS, json={"name": " Sales ", "memberIds": [house.admin_id.upper(), house.group_id]})
    assert made.status_code == 201, made.text
    sales = made.json()
    assert (sales["name"], sales["memberCount"], sales["groupCount"]) == ("Sales", 1, 1)
    assert sales["members"] == [{"id": house.admin_id, "name": "Ada Ünal", "email": "ada@example.test"}]
    assert sales["groups"] == [{"id": house.group_id, "name": "Analysts"}]
    bo = ada.get(f"{USERS}/{house.member_id}").json()
    assert bo["inheritedGroups"] == [{"id": sales["id"], "name": "Sales"}]
    place = f"{GROUPS}/{sales['id']}"
    changes = {"name": "Sellers", "addMemberIds": [house.member_id], "removeMemberIds": [house.admin_id]}
    changed = ada.patch(place, json=changes).json()
    assert (changed["name"], [each["name"] for each in changed["members"]]) == ("Sellers", ["Bo"])
    exact = ada.patch(place, json={"memberIds": [house.admin_id]}).json()
    assert (exact["memberCount"], exact["groupCount"]) == (1, 0)
    listed = ada.get(GROUPS).json()["records"]
    assert [(each["name"], each["memberCount"]) for each in listed] == [("Analysts", 1), ("Sellers", 1)]
    assert names(ada.get(GROUPS, params={"search": "SELL"})) == ["Sellers"]
    assert [each["name"] for each in ada.get(GROUPS, params={"pageSize": 1}).json()["records"]] == [
        "Analysts"
    ]
    assert ada.delete(place).json()["success"] is True
    refused(ada.get(place), 404, f"Group with id {sales['id']} does not exist")


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"name": "analysts"}, 409, "Group with name analysts already exists"),
        ({"name": ""}, 400, "Bad Request: name: Required"),
        ({"name": "x" * 65}, 400, "Bad Request: name: At most 64 characters"),
        (
            {"name": "G", "memberIds": [UNKNOWN]},
            400,
            f"Bad Request: members: No active user or group has the id {UNKNOWN}",
        ),
        (
            {"name": "G", "memberIds": ["\0"]},
            400,
            "Bad Request: members: No active user or group has the id '\\x00'",
        ),
    ],
)
def test_groups_that_do_not_suit(looking: TestClient, body: dict[str, Any], status: int, text: str) -> None:
    refused(looking.post(GROUPS, json=body), status, text)
    assert names(looking.get(GROUPS)) == ["Analysts"]


def test_a_group_is_not_in_itself(kept: House, looking: TestClient) -> None:
    answer = looking.patch(f"{GROUPS}/{kept.group_id}", json={"addMemberIds": [kept.group_id]})
    refused(answer, 400, "Bad Request: members: Group Analysts cannot hold itself, not through others either")


def test_searches_are_plain_text(looking: TestClient) -> None:
    for place, key in ((USERS, "search"), (USERS, "groupId"), (GROUPS, "search")):
        answer = looking.get(place, params={key: "a\0b"})
        refused(answer, 400, "Bad Request: search: Control characters are not allowed")
        answer = looking.get(place, params={key: "_" * 321})
        refused(answer, 400, "Bad Request: search: At most 320 characters")
        assert looking.get(place, params={key: "_" * 320}).status_code == 200
    refused(looking.get(USERS, params={"cursor": "zzz"}), 400, "Invalid cursor")


@pytest.mark.parametrize("position", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01"])
def test_a_position_at_the_end_of_time_is_no_cursor(looking: TestClient, position: str) -> None:
    for place in (USERS, f"{USERS}/email-only"):
        answer = looking.get(place, params={"cursor": encode_cursor((position, UNKNOWN))})
        refused(answer, 400, "Invalid cursor")


def test_a_session_needs_its_token_to_write(kept: House) -> None:
    looking = kept.browser()
    del looking.headers["X-CSRF-Token"]
    place = f"{USERS}/{kept.member_id}"
    assert looking.get(place).status_code == 200
    for answer in (
        looking.patch(place, json={"name": "X"}),
        looking.delete(place),
        looking.post(GROUPS, json={"name": "G"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_csrf_token")
    assert looking.get(place).json()["name"] == "Bo"
