"""Groups: named sets of members, which may hold other groups. Takes the caller's connection, never commits.

Members of a group that another group holds are members of the outer one too, however deep: roles of
the outer group count for them. A group never holds itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, delete, insert, select, update

from holoscope.access.errors import AlreadyTaken, GroupInItself, NoSuchMembers
from holoscope.access.people import Group, group_of
from holoscope.access.people_users import fold
from holoscope.storage.tables import (
    content_permits,
    group_groups,
    group_members,
    groups,
    memberships,
    model_roles,
)

_CHUNK = 500
NAMING_A_GROUP: tuple[tuple[Table, str], ...] = (
    (group_members, "group_id"),
    (group_groups, "parent_id"),
    (group_groups, "child_id"),
    (model_roles, "group_id"),
    (content_permits, "group_id"),
)
"""What goes with a group."""


def held_groups(membership_id: str) -> Select[tuple[str]]:
    """Return the query of the ids of every group a member belongs to, directly or through another group."""
    direct = (
        select(group_members.c.group_id.label("id")).where(group_members.c.membership_id == membership_id)
    ).cte("held", recursive=True)
    around = select(group_groups.c.parent_id).join(direct, group_groups.c.child_id == direct.c.id)
    return select(direct.union(around).c.id)


def find_group(connection: Connection, organization_id: str, group_id: str) -> Group | None:
    """Find a group; in a write transaction nobody else changes it until the end."""
    row = connection.execute(
        select(groups)
        .where(groups.c.organization_id == organization_id, groups.c.id == group_id)
        .with_for_update()
    ).one_or_none()
    return None if row is None else group_of(row)


def find_group_by_name(connection: Connection, organization_id: str, name: str) -> Group | None:
    """Find a group by its name, letter case ignored."""
    row = connection.execute(
        select(groups).where(groups.c.organization_id == organization_id, groups.c.name_key == fold(name))
    ).one_or_none()
    return None if row is None else group_of(row)


def create_group(
    connection: Connection, organization_id: str, name: str, at: datetime, *, external_id: str | None = None
) -> Group:
    """Make a group.

    Raises:
        AlreadyTaken: a group has that name, letter case ignored.
    """
    _refuse_taken(connection, organization_id, name)
    group = Group(secrets.token_urlsafe(6), organization_id, name.strip(), at, at, external_id)
    connection.execute(
        insert(groups).values(
            id=group.id,
            organization_id=organization_id,
            name=group.name,
            name_key=fold(name),
            external_id=external_id,
            created_at=at,
            updated_at=at,
        )
    )
    return group


def ensure_group(connection: Connection, organization_id: str, name: str, at: datetime) -> Group:
    """Return the group of that name, letter case ignored, making it if need be."""
    found = find_group_by_name(connection, organization_id, name)
    return create_group(connection, organization_id, name, at) if found is None else found


def change_group(
    connection: Connection, group: Group, *, name: str, external_id: str | None, at: datetime
) -> None:
    """Bring a group to a name and an external id.

    Raises:
        AlreadyTaken: another group has that name, letter case ignored.
    """
    if fold(name) != fold(group.name):
        _refuse_taken(connection, group.organization_id, name)
    connection.execute(
        update(groups)
        .where(groups.c.id == group.id)
        .values(name=name.strip(), name_key=fold(name), external_id=external_id, updated_at=at)
    )


def delete_group(connection: Connection, group: Group) -> None:
    """Take a group away, with its roles; its members stay members of the organization."""
    for table, column in NAMING_A_GROUP:
        connection.execute(delete(table).where(table.c[column] == group.id))
    connection.execute(delete(groups).where(groups.c.id == group.id))


def add_to_group(connection: Connection, group: Group, ids: Iterable[str]) -> int:
    """Put members and groups, by id, into a group; return how many were not in it.

    Raises:
        NoSuchMembers: the organization has no such active member or group.
        GroupInItself: the group would hold itself.
    """
    wanted = dict.fromkeys(ids)
    people = _active_members(connection, group.organization_id, wanted)
    ours = groups.c.organization_id == group.organization_id
    inner = _among(connection, groups.c.id, ours, wanted.keys() - people)
    unknown = wanted.keys() - people - inner
    if unknown:
        raise NoSuchMembers(sorted(unknown))
    if inner & _outer(connection, group.id):
        raise GroupInItself(group.name)
    members, held = group_members.c, group_groups.c
    new_people = people - _among(connection, members.membership_id, members.group_id == group.id, people)
    new_inner = inner - _among(connection, held.child_id, held.parent_id == group.id, inner)
    if new_people:
        rows = [{"group_id": group.id, "membership_id": id_} for id_ in wanted if id_ in new_people]
        connection.execute(insert(group_members), rows)
    if new_inner:
        pairs = [{"parent_id": group.id, "child_id": id_} for id_ in wanted if id_ in new_inner]
        connection.execute(insert(group_groups), pairs)
    return len(new_people) + len(new_inner)


def take_from_group(connection: Connection, group: Group, ids: Iterable[str]) -> int:
    """Take members and groups, by id, out of a group; return how many were in it."""
    gone = 0
    for chunk in _chunks(ids):
        for table, owner, held in (
            (group_members, group_members.c.group_id, group_members.c.membership_id),
            (group_groups, group_groups.c.parent_id, group_groups.c.child_id),
        ):
            gone += connection.execute(delete(table).where(owner == group.id, held.in_(chunk))).rowcount
    return gone


def set_groups_of(connection: Connection, membership_id: str, group_ids: Sequence[str]) -> None:
    """Make a member belong to exactly these groups."""
    connection.execute(delete(group_members).where(group_members.c.membership_id == membership_id))
    if group_ids:
        rows = [{"group_id": group_id, "membership_id": membership_id} for group_id in group_ids]
        connection.execute(insert(group_members), rows)


def ids_in_group(connection: Connection, group_id: str) -> set[str]:
    """Read the ids of everything a group holds directly: members and groups."""
    people = select(group_members.c.membership_id).where(group_members.c.group_id == group_id)
    inner = select(group_groups.c.child_id).where(group_groups.c.parent_id == group_id)
    return set(connection.execute(people).scalars()) | set(connection.execute(inner).scalars())


def _refuse_taken(connection: Connection, organization_id: str, name: str) -> None:
    taken = select(groups.c.id).where(
        groups.c.organization_id == organization_id, groups.c.name_key == fold(name)
    )
    if connection.execute(taken).first() is not None:
        raise AlreadyTaken(f"Group with name {name.strip()} already exists")


def _active_members(connection: Connection, organization_id: str, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chunk in _chunks(ids):
        # By id alone, and the organization looked at afterwards: given both, SQLite may read all members.
        rows = connection.execute(
            select(memberships.c.id, memberships.c.organization_id, memberships.c.active).where(
                memberships.c.id.in_(chunk)
            )
        )
        found |= {row.id for row in rows if row.active and row.organization_id == organization_id}
    return found


def _among(
    connection: Connection, column: Column[Any], condition: ColumnElement[bool], ids: Iterable[str]
) -> set[str]:
    """Return those of the ids that stand in `column` of a row where the condition holds."""
    found: set[str] = set()
    for chunk in _chunks(ids):
        found |= set(connection.execute(select(column).where(condition, column.in_(chunk))).scalars())
    return found


def _outer(connection: Connection, group_id: str) -> set[str]:
    """Read the ids of the group and of every group that holds it, however far out."""
    outer = select(group_groups.c.parent_id.label("id")).where(group_groups.c.child_id == group_id)
    around = outer.cte("around", recursive=True)
    further = select(group_groups.c.parent_id).join(around, group_groups.c.child_id == around.c.id)
    return {group_id, *connection.execute(select(around.union(further).c.id)).scalars()}


def _chunks(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    listed = list(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]
