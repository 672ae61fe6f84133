"""Invited, and come by single sign-on: what the link would have given, once, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from holoscope.access.actors import OrgRole
from holoscope.access.people import deactivate_member, find_member_by_email
from holoscope.access.people_groups import ensure_group, set_groups_of
from holoscope.access.people_users import fold
from holoscope.kit.clock import system_clock
from holoscope.storage import tables
from support.house import House, build_house
from support.oidc_provider import OidcProvider
from support.single_sign_on import browser, come, join, provider, provider_process

__all__ = ["provider", "provider_process"]
EMAIL = "New@Example.test"


@pytest.fixture
def house(tmp_path: Path, provider: OidcProvider) -> Iterator[House]:
    joined = join(build_house(tmp_path), provider)
    yield joined
    joined.services.oidc.close()
    joined.close()


def invite(house: House, role: OrgRole = OrgRole.ADMIN) -> str:
    """Invite EMAIL into the analysts and return the link's text."""
    invitations = house.services.invitations
    (made,) = invitations.invite(house.organization_id, [EMAIL], role, [house.group_id], None)
    return made.text.reveal()


def rows(house: House, *columns: Any) -> list[Any]:
    with house.database.reading() as connection:
        return list(connection.execute(select(*columns)))


def groups_of(house: House) -> list[str]:
    with house.database.reading() as connection:
        member = find_member_by_email(connection, house.organization_id, EMAIL)
        assert member is not None
        held = select(tables.group_members.c.group_id)
        return list(
            connection.execute(
                held.where(tables.group_members.c.membership_id == member.membership_id)
            ).scalars()
        )


def test_what_the_invitation_says_is_given_and_the_link_is_used_up(house: House) -> None:
    token = invite(house)
    client = browser(house)
    assert come(client).status_code == 303
    user = client.get("/api/v1/session").json()["user"]
    assert (user["email"], user["orgRole"], user["name"]) == (EMAIL, "ORG_ADMIN", "subject-1")
    assert groups_of(house) == [house.group_id]
    events = rows(house, tables.audit_events.c.action, tables.audit_events.c.details)
    (told,) = [event.details for event in events if event.action == "INVITATION_ACCEPT"]
    (invitation,) = rows(house, tables.invitations)
    assert invitation.accepted_at is not None
    assert told == {"email": EMAIL, "invitationId": invitation.id, "way": "single sign-on"}
    assert "USER_CREATE" not in [event.action for event in events]
    late = {"token": token, "name": "Thief", "password": "a passphrase of mine"}
    assert house.client(None).post("/api/v1/invitations/accept", json=late).status_code == 404


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_not_for_an_address_that_the_provider_does_not_vouch_for(
    house: House, provider: OidcProvider, verified: object
) -> None:
    invite(house)
    provider.is_("subject-1", "new@example.test", verified=verified)
    assert come(browser(house)).status_code == 403
    assert rows(house, tables.invitations.c.accepted_at) == [(None,)]


@pytest.mark.parametrize("change", ["expires_at", "revoked_at", "accepted_at", "email_key"])
def test_not_by_an_invitation_that_opens_nothing_any_more(house: House, change: str) -> None:
    invite(house)
    value = fold("other@example.test") if change == "email_key" else system_clock() - timedelta(seconds=1)
    with house.database.writing() as connection:
        connection.execute(update(tables.invitations).values({change: value}))
    client = browser(house)
    assert come(client).status_code == 303
    assert client.get("/api/v1/session").json()["user"]["orgRole"] == "MEMBER"
    assert groups_of(house) == []


def test_a_group_that_is_gone_or_already_held_is_no_hindrance(house: House) -> None:
    invite(house, OrgRole.MEMBER)
    with house.database.writing() as connection:
        kept = ensure_group(connection, house.organization_id, "Kept", system_clock())
        connection.execute(update(tables.invitations).values(group_ids=[kept.id, "gone0000"]))
    assert come(browser(house)).status_code == 303
    assert groups_of(house) == [kept.id]
    with house.database.writing() as connection:
        member = find_member_by_email(connection, house.organization_id, EMAIL)
        set_groups_of(connection, member.membership_id, [])


def test_an_invitation_brings_back_who_was_deactivated_before_it(
    house: House, provider: OidcProvider
) -> None:
    assert come(browser(house)).status_code == 303
    with house.database.writing() as connection:
        member = find_member_by_email(connection, house.organization_id, EMAIL)
        deactivate_member(connection, house.organization_id, member.membership_id, system_clock())
    assert come(browser(house)).status_code == 403
    invite(house, OrgRole.MEMBER)
    with house.database.writing() as connection:
        connection.execute(update(tables.invitations).values(created_at=system_clock() - timedelta(hours=1)))
    assert come(browser(house)).status_code == 403, "an invitation from before says nothing about afterwards"
    with house.database.writing() as connection:
        connection.execute(update(tables.invitations).values(created_at=system_clock()))
    client = browser(house)
    assert come(client).status_code == 303
    assert client.get("/api/v1/session").json()["user"]["membershipId"] != member.membership_id
    assert groups_of(house) == [house.group_id]
