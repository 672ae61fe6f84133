"""One's own profile: what is told, what may be changed, and that it is told elsewhere at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house
from support.refusals import refused

PLACE, SESSION = "/api/v1/profile", "/api/v1/session"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.close()


@pytest.fixture
def bo(house: House) -> TestClient:
    return house.browser("bo@example.test")


def test_who_one_is(house: House, bo: TestClient) -> None:
    said = bo.get(PLACE).json()
    assert said.pop("createdAt")
    assert said.pop("lastLoginAt")
    assert said.pop("userId") != said["id"]
    assert said == {
        "id": house.member_id,
        "email": "bo@example.test",
        "name": "Bo",
        "kind": "standard",
        "orgRole": "MEMBER",
        "organization": {"id": house.organization_id, "name": "Shop"},
        "timeZone": None,
        "effectiveTimeZone": None,
        "appearance": "system",
        "hasPassword": True,
        "canChangePassword": True,
        "canChangeName": True,
    }


def test_what_is_changed_is_told_everywhere(house: House, bo: TestClient) -> None:
    body = {"name": " Boris ", "timeZone": "Asia/Kolkata", "appearance": "dark"}
    changed = bo.patch(PLACE, json=body).json()
    assert (changed["name"], changed["timeZone"], changed["appearance"]) == ("Boris", "Asia/Kolkata", "dark")
    session = bo.get(SESSION).json()["user"]
    assert (session["name"], session["timeZone"], session["appearance"]) == ("Boris", "Asia/Kolkata", "dark")
    assert bo.patch(PLACE, json={}).json() == changed
    admin = house.client()
    assert admin.get(f"/api/v1/users/{house.member_id}").json()["name"] == "Boris"
    admin.patch("/api/v1/organization", json={"defaultTimeZone": "Europe/Berlin"})
    again = bo.patch(PLACE, json={"timeZone": None, "name": "Bo", "appearance": "system"}).json()
    assert (again["timeZone"], again["effectiveTimeZone"]) == (None, "Europe/Berlin")
    assert bo.get(SESSION).json()["user"]["timeZone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"name": ""}, "Bad Request: name: Required"),
        ({"timeZone": "Mars"}, "omni_user_timezone: 'Mars' is not an IANA time zone."),
        (
            {"appearance": "loud"},
            "Bad Request: appearance: Invalid enum value. "
            "Expected 'system' | 'light' | 'dark', received 'loud'",
        ),
        ({"orgRole": "ORG_ADMIN"}, "Bad Request: formErrors: Unrecognized key(s) in object: 'orgRole'"),
    ],
)
def test_what_is_refused(bo: TestClient, body: dict[str, Any], text: str) -> None:
    refused(bo.patch(PLACE, json={"appearance": "light", **body}), 400, text)
    assert bo.get(PLACE).json()["appearance"] == "system"


def test_a_write_needs_the_token(bo: TestClient) -> None:
    del bo.headers["X-CSRF-Token"]
    assert bo.patch(PLACE, json={"name": "X"}).json()["code"] == "wrong_csrf_token"


def test_a_sign_in_tells_the_appearance(tmp_path: Path) -> None:
    built = build_house(tmp_path)
    try:
        built.browser("bo@example.test").patch(PLACE, json={"appearance": "dark"})
        said = built.browser("bo@example.test").get(SESSION).json()
        assert said["user"]["appearance"] == "dark"
    finally:
        built.close()
