"""E-mail-only users: made, changed, listed; what does not suit changes nobody."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.kit.clock import system_clock
from support.house import House
from support.refusals import refused

PLACE = "/api/v1/users/email-only"
numbers = count()


@pytest.fixture(scope="module", autouse=True)
def defined(house: House) -> None:
    with house.database.writing() as connection:
        for reference, type_, several in (
            ("region", AttributeType.STRING, True),
            ("level", AttributeType.NUMBER, False),
        ):
            wanted = AttributeDefinition("", reference, reference.title(), type_, several)
            define_attribute(connection, house.organization_id, wanted, system_clock())


def mail() -> str:
    return f"reader{next(numbers)}@example.test"


def listed(admin: TestClient, email: str) -> list[dict[str, Any]]:
    return admin.get(PLACE, params={"email": email}).json()["records"]


def test_made_once_then_changed(admin: TestClient) -> None:
    address = mail()
    given = {"region": ["East"], "level": 3, "omni_user_timezone": "Europe/Berlin"}
    made = admin.post(PLACE, json={"email": address, "userAttributes": given})
    assert (made.status_code, made.json()["email"]) == (200, address)
    id_ = made.json()["userId"]
    assert listed(admin, address.upper()) == [
        {"email": address, "user_id": id_, "user_attributes": {**given, "level": "3"}}
    ]
    for unset in (None, "", []):
        again = admin.post(PLACE, json={"email": address.upper(), "userAttributes": {"level": unset}})
        assert again.json()["userId"] == id_
        assert "level" not in listed(admin, address)[0]["user_attributes"]
        admin.post(PLACE, json={"email": address, "userAttributes": {"level": 1}})
    admin.post(PLACE, json={"email": address, "userAttributes": {"omni_user_timezone": "", "region": []}})
    assert listed(admin, address)[0]["user_attributes"] == {"level": "1"}


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"level": "high"}, "not a number"),
        ({"region": "East"}, "region takes several values"),
        ({"level": [1, 2]}, "level takes a single value"),
        ({"nowhere": 1, "else": 2}, "else, nowhere do not match the names of existing user attributes."),
        ({"omni_user_email": "x@y.test"}, "omni_user_email do not match"),
        ({"omni_user_timezone": "EST5"}, "IANA"),
        ({"omni_user_timezone": ["Europe/Berlin"]}, "IANA"),
        ({"omni_user_timezone": 5}, "IANA"),
        ({"region": [{"a": 1}]}, "region"),
    ],
)
def test_attributes_that_do_not_suit_make_nobody(admin: TestClient, attributes: Any, words: str) -> None:
    address = mail()
    answer = admin.post(PLACE, json={"email": address, "userAttributes": attributes})
    assert (answer.status_code, words in answer.json()["detail"]) == (400, True), answer.text
    assert listed(admin, address) == []


def test_up_to_twenty_at_once_all_or_none(admin: TestClient) -> None:
    people = [{"email": mail(), "userAttributes": {"level": n}} for n in range(20)]
    made = admin.post(f"{PLACE}/bulk", json={"users": people})
    assert made.status_code == 201
    assert [each["email"] for each in made.json()["results"]] == [each["email"] for each in people]
    assert len({each["userId"] for each in made.json()["results"]}) == 20
    for users in ([], [*people, {"email": mail()}]):
        answer = admin.post(f"{PLACE}/bulk", json={"users": users})
        refused(answer, 400, "Bad Request: users: Maximum of 20 users, and at least 1")
    address = mail()
    bad = [{"email": address}, {"email": mail(), "userAttributes": {"nowhere": 1}}]
    assert admin.post(f"{PLACE}/bulk", json={"users": bad}).status_code == 400
    assert listed(admin, address) == []
    twice = admin.post(f"{PLACE}/bulk", json={"users": [{"email": address}, {"email": address.upper()}]})
    assert len({each["userId"] for each in twice.json()["results"]}) == 1


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_show_each_once(admin: TestClient, direction: str) -> None:
    admin.post(f"{PLACE}/bulk", json={"users": [{"email": mail()} for _ in range(9)]})
    seen: list[str] = []
    cursor = None
    while True:
        asked = {"pageSize": 4, "sortDirection": direction, **({"cursor": cursor} if cursor else {})}
        page = admin.get(PLACE, params=asked).json()
        seen += [each["user_id"] for each in page["records"]]
        assert page["pageInfo"]["hasNextPage"] is (page["pageInfo"]["nextCursor"] is not None)
        cursor = page["pageInfo"]["nextCursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page["pageInfo"]["totalRecords"] >= 9


def test_what_is_refused(house: House, admin: TestClient) -> None:
    refused(admin.get(f"{PLACE}?pageSize=21"), 400, "Bad Request: pageSize: Page size cannot exceed 20")
    refused(admin.get(f"{PLACE}?pageSize=0"), 400, "Bad Request: pageSize: Page size must be at least 1")
    refused(admin.get(f"{PLACE}?cursor=x"), 400, "Invalid cursor")
    refused(admin.post(PLACE, json={"email": "nobody"}), 400, "Bad Request: email: Invalid email")
    refused(admin.post(PLACE, json={}), 400, "Bad Request: email: Required")
    taken = admin.post(PLACE, json={"email": "BO@example.test"})
    assert (taken.status_code, "signs in" in taken.json()["detail"]) == (400, True)
    member = house.client(house.member_key)
    for answer in (member.get(PLACE), member.post(PLACE, json={"email": mail()})):
        refused(answer, 403, "Permission denied")
    personal = house.client(house.personal_key)
    refused(personal.post(f"{PLACE}/bulk", json={"users": [{"email": mail()}]}), 403, "Permission denied")


def test_neither_a_user_of_scim_nor_lost_by_becoming_one(admin: TestClient) -> None:
    address = mail()
    id_ = admin.post(PLACE, json={"email": address, "userAttributes": {"level": 5}}).json()["userId"]
    assert admin.get(f"/api/scim/v2/Users/{id_}").status_code == 404
    made = admin.post("/api/scim/v2/Users", json={"userName": address, "displayName": "Reader"})
    assert (made.status_code, made.json()["id"], made.json()["displayName"]) == (201, id_, "Reader")
    assert listed(admin, address) == []
