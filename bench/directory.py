"""The directory at 100,000 users: pages and look-ups over a page found by its key, in one process."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bench.clock import paired, ratio_line
from holoscope.access import scim_users
from holoscope.access.actors import Actor, CredentialKind, MemberKind, OrgRole
from holoscope.access.people import find_member, insert_member, insert_organization
from holoscope.access.roles import load_roles
from holoscope.access.scim_listing import Asked, Positions
from holoscope.access.scim_user_rows import load_users
from holoscope.kit.ids import new_id
from holoscope.storage.migrations import upgrade
from holoscope.storage.tables import connections, group_members, groups, memberships, model_roles, users
from holoscope.storage.unit_of_work import Database, open_database

_START = datetime(2026, 1, 1, tzinfo=UTC)
_GROUPS = 1_000


def run(people: int = 100_000) -> None:
    """Print ratios; the reference is a page of 100 read after a known key, resources built."""
    with tempfile.TemporaryDirectory() as folder:
        database, actor = _fill(Path(folder), people)
        member = _member(database, actor)
        positions = Positions()
        middle = people // 2 + 1
        print(f"\n## directory: {people} users, {_GROUPS} groups; over a page of 100 after a known key")
        for name, asked, remembered in (
            ("first page, total counted", Asked(), False),
            ("first page", Asked(), True),
            ("middle by startIndex, total counted", Asked(start_index=middle), False),
            ("middle by startIndex", Asked(start_index=middle), True),
            ("last by startIndex", Asked(start_index=people - 98), True),
            ("userName eq", Asked('userName eq "u77@bench.test"'), True),
            ("userName co, every user read", Asked('userName co "77777@"'), False),
        ):
            known = positions if remembered else None

            def ours(asked: Asked = asked, known: Positions | None = known) -> object:
                if known is not None:
                    known._places.clear()  # what a stranger asks first: by counting rows, not by a key
                return scim_users.list_users(database, actor, asked, known)

            print(ratio_line(name, *paired(ours, lambda: by_key(database, actor))))
        walked = Positions()
        scim_users.list_users(database, actor, Asked(), walked)
        page = Asked(start_index=101)
        print(
            ratio_line(
                "next page of a walk",
                *paired(
                    lambda: scim_users.list_users(database, actor, page, walked),
                    lambda: by_key(database, actor),
                ),
            )
        )
        print(
            ratio_line(
                "roles of a member of 10 groups, over an administrator's, 11,000 assigned",
                *paired(lambda: _roles(database, member), lambda: _roles(database, actor)),
            )
        )
        database.close()


def by_key(database: Database, actor: Actor) -> object:
    after = _START + timedelta(seconds=1_000)
    with database.reading() as connection:
        rows = select(memberships.c.id).where(
            memberships.c.organization_id == actor.organization_id,
            memberships.c.kind == MemberKind.STANDARD.value,
            memberships.c.active,
            memberships.c.created_at > after,
        )
        ordered = rows.order_by(memberships.c.created_at, memberships.c.id).limit(100)
        ids = list(connection.execute(ordered).scalars())
        return load_users(connection, actor.organization_id, ids, Asked())


def _roles(database: Database, actor: Actor) -> object:
    with database.reading() as connection:
        return load_roles(connection, actor)


def _fill(folder: Path, people: int) -> tuple[Database, Actor]:
    database = open_database(folder / "meta.db")
    upgrade(database)
    with database.writing() as connection:
        organization = insert_organization(connection, "Bench", _START)
        admin = insert_member(
            connection,
            organization.id,
            email="admin@bench.test",
            name="Admin",
            role=OrgRole.ADMIN,
            at=_START,
        )
        warehouse = _connection(connection, organization.id)
        populate(connection, organization.id, warehouse, people - 1)
    return database, admin.acting("bench", CredentialKind.ORGANIZATION)


def populate(connection: Connection, organization_id: str, warehouse: str, people: int) -> None:
    """Add people and 1,000 groups; 20,000 are in ten groups each, 10,000 and every group have a role."""
    ids = [new_id() for _ in range(people)]
    connection.execute(users.insert(), [_user(number, id_) for number, id_ in enumerate(ids)])
    connection.execute(
        memberships.insert(),
        [_membership(organization_id, number, id_) for number, id_ in enumerate(ids)],
    )
    connection.execute(groups.insert(), [_group(organization_id, number) for number in range(_GROUPS)])
    connection.execute(
        group_members.insert(),
        [
            {"group_id": f"group{(number + step) % _GROUPS:03d}", "membership_id": id_}
            for number, id_ in enumerate(ids[:20_000])
            for step in range(10)
        ],
    )
    _assign(connection, organization_id, warehouse, ids[:10_000])


def _connection(connection: Connection, organization_id: str) -> str:
    warehouse = new_id()
    connection.execute(
        connections.insert(),
        {
            "id": warehouse,
            "organization_id": organization_id,
            "name": "Bench",
            "dialect": "duckdb",
            "base_role": "NO_ACCESS",
            "settings": {},
            "created_at": _START,
            "updated_at": _START,
        },
    )
    return warehouse


def _assign(connection: Connection, organization_id: str, warehouse: str, ids: list[str]) -> None:
    place = {"organization_id": organization_id, "connection_id": warehouse, "role_name": "VIEWER"}
    members = [{"id": new_id(), "membership_id": id_, "group_id": None, **place} for id_ in ids]
    groups_ = [
        {"id": new_id(), "membership_id": None, "group_id": f"group{number:03d}", **place}
        for number in range(_GROUPS)
    ]
    connection.execute(model_roles.insert(), members + groups_)


def _member(database: Database, admin: Actor) -> Actor:
    with database.reading() as connection:
        held = connection.execute(select(group_members.c.membership_id).limit(1)).scalar_one()
        member = find_member(connection, admin.organization_id, held)
    assert member is not None
    return member.acting("bench", CredentialKind.USER)


def _user(number: int, id_: str) -> dict[str, Any]:
    email = f"u{number}@bench.test"
    return {
        "id": id_,
        "email": email,
        "email_key": email,
        "name": f"User {number}",
        "name_key": f"user {number}",
        "created_at": _START,
    }


def _membership(organization_id: str, number: int, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "organization_id": organization_id,
        "user_id": id_,
        "role": OrgRole.MEMBER.value,
        "active": True,
        "kind": MemberKind.STANDARD.value,
        "created_at": _START + timedelta(seconds=number + 1),
        "updated_at": _START,
    }


def _group(organization_id: str, number: int) -> dict[str, Any]:
    return {
        "id": f"group{number:03d}",
        "organization_id": organization_id,
        "name": f"Group {number}",
        "name_key": f"group {number}",
        "created_at": _START,
        "updated_at": _START,
    }
