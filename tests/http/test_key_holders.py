"""Making keys as a signed-in person, and losing the right to one: seen at the next request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.people_admins import set_org_role
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.kit.clock import system_clock
from holoscope.storage import tables
from support.house import House, build_house
from support.refusals import INVALID_KEY, refused, refused_credential

KEYS = "/api/v1/api-keys"
OWN = "/api/v1/personal-tokens"
LOST = "User no longer has the required permissions to use this API key"
NOT_ALLOWED = (
    "You may not hold such a key: organization keys are for administrators; personal tokens need a role of "
    "Restricted Querier or more, and an organization that allows them."
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path, base_role=Role.NO_ACCESS)
    give(built, Role.QUERY_TOPICS)
    yield built
    built.close()


def give(house: House, role: Role) -> None:
    with house.database.writing() as connection:
        holder, target = Holder(membership_id=house.member_id), Target(model_id=house.model_id)
        assign_role(connection, house.organization_id, holder, target, role)


def make(client: TestClient, kind: str = "personal", name: str = "Laptop"):
    return client.post(KEYS, json={"name": name, "type": kind})


def events(house: House) -> list[tuple[str, str | None]]:
    with house.database.reading() as connection:
        rows = connection.execute(select(tables.audit_events).order_by(tables.audit_events.c.at))
        return [(row.action, row.membership_id) for row in rows if row.membership_id is not None]


def test_a_member_makes_sees_uses_and_revokes_a_token(house: House) -> None:
    member = house.browser("bo@example.test")
    answer = make(member, name=" Läptop ")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["type"], made["membershipId"]) == ("Läptop", "personal", house.member_id)
    used = house.client(made["token"])
    assert used.get("/api/v1/whoami").json()["user"]["membershipId"] == house.member_id
    house.services.keys.close()
    listed = {record["id"]: record for record in member.get(OWN).json()["records"]}
    assert listed[made["id"]]["lastUsedAt"] is not None
    assert all(record["membershipId"] == house.member_id for record in listed.values())
    assert made["token"] not in json.dumps(listed)
    assert member.delete(f"{KEYS}/{made['id']}").json()["message"] == "API token revoked"
    refused_credential(used.get("/api/v1/whoami"), 403, INVALID_KEY)
    assert ("API_KEY_CREATE", house.member_id) in events(house)
    assert ("API_KEY_REVOKE", house.member_id) in events(house)


def test_an_administrator_makes_a_key_of_the_organization(house: House) -> None:
    admin = house.browser()
    made = make(admin, "organization").json()
    assert (made["type"], made["membershipId"]) == ("organization", None)
    assert house.client(made["token"]).get("/api/v1/whoami").json()["keyScope"] == "organization"
    assert made["token"] not in admin.get(KEYS).text


def test_who_may_not(house: House) -> None:
    member = house.browser("bo@example.test")
    refused(make(member, "organization"), 403, NOT_ALLOWED)
    give(house, Role.VIEWER)
    refused(make(member), 403, NOT_ALLOWED)
    text = "Keys are made by a person who signed in, not with another key."
    refused(make(house.client(), "organization"), 403, text)
    refused(make(house.client(house.member_key)), 403, text)
    refused(member.get(KEYS), 403, "Permission denied")


@pytest.mark.parametrize("name", ["", "  ", "x" * 129, "a\nb"])
def test_names(house: House, name: str) -> None:
    refused(make(house.browser(), name=name), 400, "Bad Request: name: 1 to 128 visible characters")


def test_a_member_revokes_nobody_else_s(house: House) -> None:
    member = house.browser("bo@example.test")
    admins = house.services.keys.issue(house.organization_id, house.admin_id, name="x", kind=KeyKind.USER)
    by_bo = house.services.keys.issue(
        house.organization_id, house.member_id, name="x", kind=KeyKind.ORGANIZATION
    )
    for id_ in (admins.key.id, by_bo.key.id, house.foreign_key_id):
        refused(member.delete(f"{KEYS}/{id_}"), 404, f"API token with id {id_} does not exist")
    own = house.services.keys.issue(house.organization_id, house.member_id, name="x", kind=KeyKind.USER)
    refused(house.client(house.personal_key).delete(f"{KEYS}/{own.key.id}"), 403, "Permission denied")
    assert house.client(own.text.reveal()).delete(f"{KEYS}/{own.key.id}").status_code == 200


def test_a_demoted_owner_s_token_is_refused_on_the_next_request(house: House) -> None:
    client = house.client(house.personal_key)
    assert client.get("/api/v1/whoami").status_code == 200
    for role in (Role.VIEWER, Role.NO_ACCESS):
        give(house, role)
        refused_credential(client.get("/api/v1/whoami"), 403, LOST)
    give(house, Role.QUERIER)
    assert client.get("/api/v1/whoami").status_code == 200


def test_switching_personal_tokens_off_stops_them_all(house: House) -> None:
    admin, client = house.browser(), house.client(house.personal_key)
    assert client.get("/api/v1/whoami").status_code == 200
    assert admin.patch("/api/v1/organization", json={"personalTokens": False}).status_code == 200
    refused_credential(client.get("/api/v1/whoami"), 403, LOST)
    refused(make(house.browser("bo@example.test")), 403, NOT_ALLOWED)
    assert house.client(house.member_key).get("/api/v1/whoami").status_code == 200, "a grant is no token"


def test_an_organization_key_ends_with_the_administration_of_its_maker(house: House) -> None:
    with house.database.writing() as connection:
        set_org_role(connection, house.organization_id, house.member_id, OrgRole.ADMIN, system_clock())
    made = make(house.browser("bo@example.test"), "organization").json()
    client = house.client(made["token"])
    path = f"/api/scim/v2/Users/{house.admin_id}"
    assert client.get(path).status_code == 200
    with house.database.writing() as connection:
        set_org_role(connection, house.organization_id, house.member_id, OrgRole.MEMBER, system_clock())
    refused_credential(client.get(path), 403, LOST)
    with house.database.writing() as connection:
        set_org_role(connection, house.organization_id, house.member_id, OrgRole.ADMIN, system_clock())
    assert client.get(path).status_code == 200


def test_the_last_use_is_noted_once_a_minute(house: House) -> None:
    now = [system_clock()]
    keys = house.services.keys
    keys._uses._clock = lambda: now[0]
    client = house.client(house.personal_key)

    def used() -> str:
        house.database.touch()
        assert client.get("/api/v1/whoami").status_code == 200
        changes = house.database.changes
        keys.close()
        assert house.database.changes == changes, "a note voids no verdict"
        records = house.browser("bo@example.test").get(OWN).json()["records"]
        return next(record["lastUsedAt"] for record in records if record["name"] == "personal")

    first = used()
    now[0] += timedelta(seconds=59)
    assert used() == first
    now[0] += timedelta(seconds=1)
    assert used() > first


def test_a_key_in_the_address_or_the_body_is_never_looked_at(house: House) -> None:
    client = house.client(None)
    for path in (f"/api/v1/whoami?token={house.admin_key}", f"/api/v1/models?access_token={house.admin_key}"):
        assert client.get(path).status_code == 400
    form = {"access_token": house.admin_key}
    assert client.post("/api/v1/query/run", data=form).status_code == 400
