"""Groups for administrators: list, look at, make, change, take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from holoscope.access.actors import Actor
from holoscope.access.directory.changes import BY
from holoscope.access.directory.positions import cursor_of, position_of, searched
from holoscope.access.errors import NoSuchMembers
from holoscope.access.group_store import LONGEST_NAME, GroupChange, hold_group, make_group, remove_group
from holoscope.access.guards import require_admin
from holoscope.access.people import Group, group_of
from holoscope.access.people_users import checked_name
from holoscope.access.scim_access import writing
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import is_uuid
from holoscope.kit.paging import Page
from holoscope.kit.text import is_plain
from holoscope.storage.keyset import Order, load_page
from holoscope.storage.tables import group_groups, group_members, groups, memberships, users
from holoscope.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group in a list: how many members and how many groups it holds directly."""

    group: Group
    members: int
    inner: int


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A member of a group, or a group in it, which has no e-mail."""

    id: str
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class ShownGroup:
    listed: ListedGroup
    members: tuple[GroupMember, ...]
    inner: tuple[GroupMember, ...]


@dataclass(frozen=True, slots=True)
class WantedMembers:
    """What a group shall hold: exactly `exact`, or what it holds with some added and some taken out."""

    exact: Sequence[str] | None = None
    add: Sequence[str] = ()
    remove: Sequence[str] = ()


def list_groups(
    database: Database, actor: Actor, *, search: str | None, size: int, cursor: str | None
) -> Page[ListedGroup]:
    """Return one page of groups by name; `search` is part of a name.

    Raises:
        PermissionDenied: the actor is no administrator.
        BadRequest, BadCursor: a search with characters that do not show, or no cursor of this list.
    """
    require_admin(actor)
    rows = _rows(actor.organization_id)
    if search:
        key = searched(search)
        rows = rows.where(groups.c.name_key.contains(key, autoescape=True))
    order = Order(groups.c.name_key, groups.c.id, descending=False)
    after = position_of(cursor, is_instant=False)
    with database.reading() as connection:
        found = load_page(connection, rows, order, after=after, size=size)
    return Page(tuple(map(_listed, found.rows)), size, found.total, cursor_of(found.last))


def show_group(database: Database, actor: Actor, group_id: str) -> ShownGroup:
    """Return a group with everything it holds directly.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchGroup: the organization has no such group.
    """
    require_admin(actor)
    with database.reading() as connection:
        hold_group(connection, actor, group_id)
        return _show(connection, actor, group_id)


def add_group(database: Database, actor: Actor, name: str, members: Sequence[str]) -> ShownGroup:
    """Make a group of members and groups, named by id.

    Raises:
        PermissionDenied: the actor is no administrator.
        AlreadyTaken: a group has that name, letter case ignored.
        BadRequest: no name, one of more than 64 characters, or a member who is not there.
    """
    require_admin(actor)
    wanted = _name(name)
    with writing(database) as connection:
        group = make_group(connection, actor, wanted, _ids(members), system_clock(), by=BY)
        return _show(connection, actor, group.id)


def change_group(
    database: Database, actor: Actor, group_id: str, name: str | None, members: WantedMembers
) -> ShownGroup:
    """Rename a group, and change what it holds, all of it or nothing.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchGroup: the organization has no such group.
        AlreadyTaken: another group has that name, letter case ignored.
        BadRequest: a name that does not suit, a member who is not there, or a group that would hold itself.
    """
    require_admin(actor)
    wanted = None if name is None else _name(name)
    with writing(database) as connection:
        group = hold_group(connection, actor, group_id)
        change = GroupChange(connection, group, wanted or group.name, group.external_id)
        if members.exact is not None:
            change.replace(_ids(members.exact))
        change.take(_ids(members.remove))
        change.add(_ids(members.add))
        change.finish(actor, system_clock(), by=BY)
        return _show(connection, actor, group_id)


def end_group(database: Database, actor: Actor, group_id: str) -> None:
    """Take a group away, with the roles it gives; its members stay.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchGroup: the organization has no such group.
    """
    require_admin(actor)
    with writing(database) as connection:
        group = hold_group(connection, actor, group_id)
        remove_group(connection, actor, group, system_clock(), by=BY)


def _rows(organization_id: str) -> Select[Any]:
    people = (
        select(func.count())
        .select_from(group_members.join(memberships, memberships.c.id == group_members.c.membership_id))
        .where(group_members.c.group_id == groups.c.id, memberships.c.active)
        .scalar_subquery()
    )
    inner = (
        select(func.count())
        .select_from(group_groups)
        .where(group_groups.c.parent_id == groups.c.id)
        .scalar_subquery()
    )
    mine = groups.c.organization_id == organization_id
    return select(groups, people.label("people"), inner.label("inner_count")).where(mine)


def _listed(row: Any) -> ListedGroup:  # noqa: ANN401  (a row)
    return ListedGroup(group_of(row), row.people, row.inner_count)


def _show(connection: Connection, actor: Actor, group_id: str) -> ShownGroup:
    row = connection.execute(_rows(actor.organization_id).where(groups.c.id == group_id)).one()
    people = connection.execute(
        select(memberships.c.id, users.c.name, users.c.email)
        .join(users, users.c.id == memberships.c.user_id)
        .join(group_members, group_members.c.membership_id == memberships.c.id)
        .where(group_members.c.group_id == group_id, memberships.c.active)
        .order_by(users.c.name_key, memberships.c.id)
    )
    inner = connection.execute(
        select(groups.c.id, groups.c.name)
        .join(group_groups, group_groups.c.child_id == groups.c.id)
        .where(group_groups.c.parent_id == group_id)
        .order_by(groups.c.name_key)
    )
    return ShownGroup(
        _listed(row),
        tuple(GroupMember(*each) for each in people),
        tuple(GroupMember(*each) for each in inner),
    )


def _name(text: str) -> str:
    name = checked_name(text, "name")
    if len(name) > LONGEST_NAME:
        raise BadRequest(f"Bad Request: name: At most {LONGEST_NAME} characters")
    return name


def _ids(ids: Sequence[str]) -> list[str]:
    """Return ids as they are kept: UUIDs in lower case, those of groups as they are.

    Raises:
        NoSuchMembers: one is no id at all.
    """
    odd = [id_ for id_ in ids if not is_plain(id_)]
    if odd:
        raise NoSuchMembers([repr(id_) for id_ in odd])
    return [id_.lower() if is_uuid(id_) else id_ for id_ in ids]
