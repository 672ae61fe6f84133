"""Administrators: made, unmade, never fewer than one; memberships end for good."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from holoscope.access.actors import KeyKind, MemberKind, OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.errors import LastAdministrator, NoSuchUser, OnlyPeopleAdminister, OwnerLostKeys
from holoscope.access.passwords import hash_password
from holoscope.access.people import (
    deactivate_member,
    find_member_by_email,
    find_password_hash,
    insert_member,
    insert_membership,
    store_password_hash,
)
from holoscope.access.people_admins import set_org_role
from holoscope.access.people_users import ensure_user
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import audit_events, group_members, memberships, sessions
from support.town import Town


def give(town: Town, who: str, role: OrgRole) -> bool:
    with town.database.writing() as connection:
        return set_org_role(
            connection, town.organization.id, town.people[who].membership_id, role, town.clock()
        )


def end(town: Town, who: str) -> bool:
    with town.database.writing() as connection:
        return deactivate_member(
            connection, town.organization.id, town.people[who].membership_id, town.clock()
        )


def admins(town: Town) -> int:
    with town.database.reading() as connection:
        return connection.execute(
            select(func.count()).where(
                memberships.c.organization_id == town.organization.id,
                memberships.c.active,
                memberships.c.role == "ORG_ADMIN",
            )
        ).scalar_one()


def events(town: Town, action: Action) -> list[dict[str, object]]:
    with town.database.reading() as connection:
        rows = connection.execute(select(audit_events.c.details).where(audit_events.c.action == action.value))
        return list(rows.scalars())


def test_promotion_and_demotion_count_on_the_next_request(town: Town) -> None:
    header = f"Bearer {town.issue('quinn', KeyKind.USER).text.reveal()}"
    assert not town.authenticator.authenticate(header).is_admin
    assert give(town, "quinn", OrgRole.ADMIN)
    assert town.authenticator.authenticate(header).is_admin
    assert not give(town, "quinn", OrgRole.ADMIN)
    assert give(town, "quinn", OrgRole.MEMBER)
    assert not town.authenticator.authenticate(header).is_admin
    assert events(town, Action.USER_ROLE_CHANGE) == [
        {"from": "MEMBER", "to": "ORG_ADMIN"},
        {"from": "ORG_ADMIN", "to": "MEMBER"},
    ]


def test_the_last_administrator_stays(town: Town) -> None:
    for attempt in (lambda: give(town, "ada", OrgRole.MEMBER), lambda: end(town, "ada")):
        with pytest.raises(LastAdministrator) as refused:
            attempt()
        assert refused.value.status == 409
    give(town, "vic", OrgRole.ADMIN)
    assert end(town, "ada")
    with pytest.raises(LastAdministrator):
        end(town, "vic")
    assert admins(town) == 1


def test_two_at_once_leave_one(town: Town) -> None:
    for _ in range(10):
        for who in ("vic", "moe"):
            give(town, who, OrgRole.ADMIN)
        with town.database.writing() as connection:
            connection.execute(
                update(memberships)
                .where(memberships.c.id == town.people["ada"].membership_id)
                .values(role="MEMBER")
            )
        ready, refused = Barrier(2), []

        def demote(who: str, ready: Barrier = ready, refused: list[str] = refused) -> None:
            ready.wait(timeout=30)
            try:
                give(town, who, OrgRole.MEMBER)
            except LastAdministrator:
                refused.append(who)

        threads = [Thread(target=demote, args=(who,)) for who in ("vic", "moe")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert (admins(town), len(refused)) == (1, 1)


def test_others_are_not_there(town: Town) -> None:
    eve = town.people["eve"].membership_id
    for id_ in (new_id(), eve, town.people["ada"].user_id, "1"):
        with town.database.writing() as connection:
            with pytest.raises(NoSuchUser):
                set_org_role(connection, town.organization.id, id_, OrgRole.ADMIN, town.clock())
            assert not deactivate_member(connection, town.organization.id, id_, town.clock())


@pytest.mark.parametrize("kind", [MemberKind.EMBED, MemberKind.EMAIL_ONLY, MemberKind.SUPPORT])
def test_only_standard_users_administer(town: Town, kind: MemberKind) -> None:
    with town.database.writing() as connection:
        user = ensure_user(connection, "guest@shop.example", "Guest", town.clock())
        guest = insert_membership(connection, town.organization.id, user, kind=kind, at=town.clock())
        with pytest.raises(OnlyPeopleAdminister):
            set_org_role(connection, town.organization.id, guest.membership_id, OrgRole.ADMIN, town.clock())


def test_a_membership_ends_with_all_that_hangs_on_it(town: Town) -> None:
    tess = town.people["tess"]
    header = f"Bearer {town.issue('tess', KeyKind.USER).text.reveal()}"
    with town.database.writing() as connection:
        store_password_hash(connection, tess.user_id, hash_password(SecretText("correct horse battery")))
        connection.execute(
            sessions.insert().values(
                id=new_id(),
                organization_id=town.organization.id,
                membership_id=tess.membership_id,
                kind="web",
                digest="d" * 64,
                details={},
                created_at=town.clock(),
                last_seen_at=town.clock(),
                expires_at=town.clock(),
            )
        )
    assert end(town, "tess")
    assert not end(town, "tess")
    with pytest.raises(OwnerLostKeys):
        town.authenticator.authenticate(header)
    with town.database.reading() as connection:
        assert find_password_hash(connection, tess.user_id) is None
        assert connection.execute(select(sessions.c.revoked_at)).scalar_one() is not None
        held = select(group_members).where(group_members.c.membership_id == tess.membership_id)
        assert connection.execute(held).first() is None
    assert events(town, Action.USER_DEACTIVATE) == [{"email": "Tess@shop.example"}]


def test_coming_back_is_another_membership_of_the_same_user(town: Town) -> None:
    tess = town.people["tess"]
    header = f"Bearer {town.issue('tess', KeyKind.USER).text.reveal()}"
    end(town, "tess")
    with town.database.writing() as connection:
        again = insert_member(
            connection,
            town.organization.id,
            email="tess@shop.example",
            name="Tess Again",
            role=OrgRole.MEMBER,
            at=town.clock(),
        )
    assert again.user_id == tess.user_id
    assert (again.membership_id != tess.membership_id, again.name) == (True, "Tess Again")
    with pytest.raises(OwnerLostKeys):
        town.authenticator.authenticate(header)


def test_who_was_only_sent_mails_becomes_a_member_with_the_same_id(town: Town) -> None:
    with town.database.writing() as connection:
        user = ensure_user(connection, "new@shop.example", "new@shop.example", town.clock())
        shell = insert_membership(
            connection, town.organization.id, user, kind=MemberKind.EMAIL_ONLY, at=town.clock()
        )
        insert_member(
            connection,
            town.organization.id,
            email="NEW@shop.example",
            name="New",
            role=OrgRole.MEMBER,
            at=town.clock(),
        )
        found = find_member_by_email(connection, town.organization.id, "new@shop.example")
    assert found is not None
    assert (found.membership_id, found.kind, found.name) == (shell.membership_id, MemberKind.STANDARD, "New")
