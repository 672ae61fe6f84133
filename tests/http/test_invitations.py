"""Invitations by link: who makes them, what the link opens, and that it opens it once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.actors import OrgRole
from holoscope.access.people import deactivate_member, find_member_by_email, insert_member
from holoscope.kit.clock import system_clock
from holoscope.storage import tables
from support.house import PASSWORD, House, build_house
from support.refusals import refused

PATH = "/api/v1/invitations"
CHOSEN = "a passphrase of mine"
INVALID = "This invitation is not valid any more. Ask for a new one."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.close()


def invite(house: House, emails: str = "ana@example.test", **more: object) -> list[str]:
    answer = house.browser().post(PATH, json={"emails": emails, **more})
    assert answer.status_code == 201, answer.text
    return [parse_qs(urlsplit(record["url"]).query)["token"][0] for record in answer.json()["records"]]


def accept(client: TestClient, token: str, name: str = "Ana", password: str = CHOSEN):
    return client.post(f"{PATH}/accept", json={"token": token, "name": name, "password": password})


def test_from_the_link_to_a_signed_in_member(house: House) -> None:
    answer = house.browser().post(PATH, json={"emails": "Ana@example.test", "groupIds": [house.group_id]})
    (record,) = answer.json()["records"]
    assert (record["email"], record["role"], record["invitedBy"]) == (
        "Ana@example.test",
        "MEMBER",
        house.admin_id,
    )
    link = urlsplit(record["url"])
    assert (link.scheme, link.netloc, link.path) == ("https", "testserver", "/accept-invitation")
    token = parse_qs(link.query)["token"][0]
    client = house.client(None)
    shown = client.post(f"{PATH}/look-up", json={"token": token}).json()
    assert (shown["email"], shown["organization"]) == ("Ana@example.test", "Shop")
    session = accept(client, token, " Ana ")
    assert session.status_code == 200
    assert session.json()["user"]["name"] == "Ana"
    assert client.get("/api/v1/session").json()["user"]["orgRole"] == "MEMBER"
    membership_id = session.json()["user"]["membershipId"]
    with house.database.reading() as connection:
        groups = connection.execute(
            select(tables.group_members.c.group_id).where(
                tables.group_members.c.membership_id == membership_id
            )
        ).scalars()
        assert list(groups) == [house.group_id]
        told = list(connection.execute(select(tables.audit_events.c.action)).scalars())
    assert {"USER_INVITE", "INVITATION_ACCEPT", "SIGN_IN"} <= set(told)
    house.browser("ana@example.test", CHOSEN)


def test_it_works_once(house: House) -> None:
    (token,) = invite(house)
    assert accept(house.client(None), token).status_code == 200
    refused(accept(house.client(None), token), 404, INVALID)
    refused(house.client(None).post(f"{PATH}/look-up", json={"token": token}), 404, INVALID)


@pytest.mark.parametrize("token", ["", "hoi_", "hoi_" + "a" * 43, "x"])
def test_other_texts_open_nothing(house: House, token: str) -> None:
    refused(accept(house.client(None), token), 404, INVALID)


def test_for_a_week(house: House) -> None:
    (token,) = invite(house)
    now = [system_clock()]
    service = house.services.invitations
    service._clock = lambda: now[0]
    now[0] += timedelta(days=7) - timedelta(minutes=1)
    assert service.look(token)[0].email == "ana@example.test"
    now[0] += timedelta(minutes=1)
    refused(accept(house.client(None), token), 404, INVALID)


def test_a_second_link_and_revoking_end_the_first(house: House) -> None:
    (first,), (second,) = invite(house), invite(house, "ANA@example.test")
    refused(accept(house.client(None), first), 404, INVALID)
    admin = house.browser()
    (open_,) = admin.get(PATH).json()["records"]
    assert "url" not in open_
    assert admin.delete(f"{PATH}/{open_['id']}").status_code == 200
    refused(admin.delete(f"{PATH}/{open_['id']}"), 404, f"Invitation with id {open_['id']} does not exist")
    refused(accept(house.client(None), second), 404, INVALID)
    assert admin.get(PATH).json() == {"records": []}


def test_only_administrators_and_only_their_own(house: House) -> None:
    invite(house)
    member = house.browser("bo@example.test")
    (id_,) = [record["id"] for record in house.browser().get(PATH).json()["records"]]
    for answer in (
        member.post(PATH, json={"emails": "x@example.test"}),
        member.get(PATH),
        member.delete(f"{PATH}/{id_}"),
    ):
        refused(answer, 403, "Permission denied")


@pytest.mark.parametrize(
    ("emails", "reason"),
    [
        ("", "1 to 50 addresses, separated by commas"),
        (" , ,", "1 to 50 addresses, separated by commas"),
        (",".join(f"u{n}@example.test" for n in range(51)), "1 to 50 addresses, separated by commas"),
        ("ana", "Invalid email 'ana'"),
        ("a@b@c", "Invalid email 'a@b@c'"),
        ("a b@example.test", "Invalid email 'a b@example.test'"),
    ],
)
def test_addresses(house: House, emails: str, reason: str) -> None:
    refused(house.browser().post(PATH, json={"emails": emails}), 400, f"Bad Request: emails: {reason}")


def test_all_or_nobody(house: House) -> None:
    admin = house.browser()
    taken = admin.post(PATH, json={"emails": "ana@example.test, BO@example.test"})
    refused(taken, 409, "User with email BO@example.test already exists")
    lost = admin.post(PATH, json={"emails": "ana@example.test", "groupIds": ["nowhere1"]})
    refused(lost, 404, "Group with id nowhere1 does not exist")
    assert admin.get(PATH).json() == {"records": []}
    assert len(invite(house, "ana@example.test, ANA@example.test ,ben@example.test")) == 2


def test_names_and_passwords(house: House) -> None:
    (token,) = invite(house)
    client = house.client(None)
    refused(accept(client, token, name=" "), 400, "Bad Request: name: 1 to 128 visible characters")
    short = "Bad Request: password: Password must have at least 12 characters"
    refused(accept(client, token, password="short"), 400, short)
    assert accept(client, token).status_code == 200


def test_the_link_gives_nobody_an_account_elsewhere(house: House) -> None:
    """Whoever invites sees the link, and must not set the password of somebody at another organization."""
    with house.database.writing() as connection:
        eve = find_member_by_email(connection, _other(connection, house), "eve@example.test")
        assert eve is not None
    (token,) = invite(house, "eve@example.test")
    wrong = "Bad Request: password: You have an account here already; give its password"
    for _ in range(5):
        refused(accept(house.client(None), token), 400, wrong)
    assert accept(house.client(None), token).json()["code"] == "too_many_attempts", "nor guesses at it"


def _other(connection, house: House) -> str:
    ids = connection.execute(select(tables.organizations.c.id)).scalars()
    return next(id_ for id_ in ids if id_ != house.organization_id)


def test_who_became_a_member_meanwhile_stays_the_same(house: House) -> None:
    (token,) = invite(house, role="ORG_ADMIN")
    with house.database.writing() as connection:
        insert_member(
            connection,
            house.organization_id,
            email="ana@example.test",
            name="Ana",
            role=OrgRole.MEMBER,
            at=system_clock(),
        )
    refused(accept(house.client(None), token), 409, "User with email ana@example.test already exists")


def test_who_was_deactivated_comes_back_as_another(house: House) -> None:
    with house.database.writing() as connection:
        deactivate_member(connection, house.organization_id, house.member_id, system_clock())
    (token,) = invite(house, "bo@example.test", role="ORG_ADMIN")
    user = accept(house.client(None), token).json()["user"]
    assert (user["membershipId"] != house.member_id, user["orgRole"]) == (True, "ORG_ADMIN")


def test_only_digests_are_kept(house: House) -> None:
    (token,) = invite(house)
    with house.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                assert token[4:] not in json.dumps(dict(row), default=str)


def test_links_lead_to_the_published_address(house: House) -> None:
    told = replace(house, services=replace(house.services, public_url="https://bi.example.com"))
    (record,) = told.browser().post(PATH, json={"emails": "ana@example.test"}).json()["records"]
    assert record["url"].startswith("https://bi.example.com/accept-invitation?token=hoi_")


def test_the_page(house: House) -> None:
    (token,) = invite(house)
    client = house.client(None)
    client.follow_redirects = False
    shown = client.get("/accept-invitation", params={"token": token})
    assert shown.status_code == 200
    assert "ana@example.test" in shown.text
    assert "<script" not in shown.text
    assert client.get("/accept-invitation").status_code == 404
    own = {"Origin": "https://testserver"}
    form = {"token": token, "name": "Ana", "password": "short"}
    wrong = client.post("/accept-invitation", data=form, headers=own)
    assert wrong.status_code == 400
    assert "at least 12 characters" in wrong.text
    form["password"] = CHOSEN
    assert client.post("/accept-invitation", data=form).status_code == 403
    joined = client.post("/accept-invitation", data=form, headers=own)
    assert (joined.status_code, joined.headers["location"]) == (303, "/")
    assert "ana@example.test" in client.get("/sign-in").text
    assert client.post("/accept-invitation", data=form, headers=own).status_code == 404
    assert PASSWORD != CHOSEN
