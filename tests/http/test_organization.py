"""Settings of the organization over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from holoscope.access.attributes import load_attributes
from holoscope.access.bootstrap import create_organization
from holoscope.access.passwords import new_password
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import audit_events, organizations
from support.house import House, build_house
from support.refusals import refused

PLACE = "/api/v1/organization"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of each test's own: these tests change it."""
    built = build_house(tmp_path)
    yield built
    built.close()


@pytest.fixture
def admin(house: House) -> TestClient:
    return house.client()


def test_the_settings_of_a_new_organization(house: House, admin: TestClient) -> None:
    assert admin.get(PLACE).json() == {
        "id": house.organization_id,
        "name": "Shop",
        "defaultTimeZone": None,
        "personalTokens": True,
    }


def test_what_is_named_changes(house: House, admin: TestClient) -> None:
    before = admin.get(PLACE).json()
    assert admin.patch(PLACE, json={}).json() == before
    changed = admin.patch(PLACE, json={"name": " Größer ", "defaultTimeZone": "Asia/Kolkata"}).json()
    assert changed == {**before, "name": "Größer", "defaultTimeZone": "Asia/Kolkata"}
    assert admin.patch(PLACE, json={"personalTokens": False, "name": None}).json() == {
        **changed,
        "personalTokens": False,
    }
    assert admin.patch(PLACE, json={"defaultTimeZone": None}).json()["defaultTimeZone"] is None
    assert house.stranger().get(PLACE).json()["name"] == "Elsewhere"


def test_the_default_time_zone_is_everybodys_without_one(house: House, admin: TestClient) -> None:
    admin.patch(PLACE, json={"defaultTimeZone": "Europe/Berlin"})
    actor = house.services.authenticator.authenticate(f"Bearer {house.personal_key}")
    with house.database.reading() as connection:
        assert load_attributes(connection, actor)["omni_user_timezone"] == ("Europe/Berlin",)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"name": " "}, "name: Required"),
        ({"name": "x" * 129}, "name: at most 128 characters, none of them invisible"),
        ({"name": "a\nb"}, "name: at most 128 characters, none of them invisible"),
        ({"defaultTimeZone": "Mars/Olympus"}, "defaultTimeZone: Time zone must be IANA valid."),
        ({"personalTokens": "no"}, "personalTokens: Expected boolean, received string"),
        ({"id": "x"}, "formErrors: Unrecognized key(s) in object: 'id'"),
    ],
)
def test_what_is_refused(admin: TestClient, body: dict[str, Any], text: str) -> None:
    before = admin.get(PLACE).json()
    refused(admin.patch(PLACE, json=body), 400, f"Bad Request: {text}")
    assert admin.get(PLACE).json() == before


@pytest.mark.parametrize("key", ["member_key", "personal_key"])
def test_members_may_not(house: House, key: str) -> None:
    client = house.client(getattr(house, key))
    refused(client.get(PLACE), 403, "Permission denied")
    refused(client.patch(PLACE, json={"name": "Mine"}), 403, "Permission denied")


def test_settings_of_others_in_the_same_place_stay(house: House, admin: TestClient) -> None:
    with house.database.writing() as connection:
        connection.execute(update(organizations).values(settings={"session_hours": 4}))
    admin.patch(PLACE, json={"name": "Other"})
    with house.database.reading() as connection:
        stored = connection.execute(
            select(organizations.c.settings).where(organizations.c.id == house.organization_id)
        ).scalar_one()
    assert stored["session_hours"] == 4


def test_a_renamed_organization_is_found_again_at_the_next_start(house: House, admin: TestClient) -> None:
    for name in ("Second", "Third"):
        admin.patch(PLACE, json={"name": name})
    founded = create_organization(
        house.database,
        house.services.keys,
        system_clock,
        name="Shop",
        admin_email="ada@example.test",
        admin_name="Ada",
        admin_password=new_password(),
    )
    assert (founded.organization.id, founded.organization.name) == (house.organization_id, "Third")


def test_changes_are_told_in_the_audit_log(house: House, admin: TestClient) -> None:
    admin.patch(PLACE, json={"name": "Other", "personalTokens": False})
    admin.patch(PLACE, json={"name": "Other"})
    with house.database.reading() as connection:
        rows = connection.execute(
            select(audit_events).where(audit_events.c.action == "ORGANIZATION_SETTINGS_UPDATE")
        ).all()
    (event,) = rows
    assert event.membership_id == house.admin_id
    assert event.details == {"name": "Other", "former_name": "Shop", "personal_keys": False}
