"""Members for administrators: list and look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.attributes import AttributeDefinition, load_definitions, load_own_values
from holoscope.access.directory.positions import cursor_of, position_of, searched
from holoscope.access.errors import NoSuchUser
from holoscope.access.guards import require_admin
from holoscope.access.people import Member, find_password_hash, member_of, select_members
from holoscope.access.people_groups import held_groups
from holoscope.access.roles_listed import list_member_roles
from holoscope.kit.paging import Page
from holoscope.storage.keyset import Order, load_page
from holoscope.storage.tables import group_members, groups, memberships, users
from holoscope.storage.unit_of_work import Database

SORTS = ("createdAt", "name", "email")


@dataclass(frozen=True, slots=True)
class GroupName:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A member in a list. `groups` are those the member is in directly."""

    member: Member
    groups: tuple[GroupName, ...]
    embed_entity: str | None = None


@dataclass(frozen=True, slots=True)
class HeldAttribute:
    """An attribute as one member has it; `source` is `user`, `default`, or None where it is not set."""

    definition: AttributeDefinition
    values: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A member looked at. `inherited` are groups that hold the member's own groups."""

    listed: Listed
    attributes: tuple[HeldAttribute, ...]
    inherited: tuple[GroupName, ...]
    has_password: bool
    roles: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members to list. `is_active` None lists both; `search` is part of a name or e-mail."""

    search: str | None = None
    kind: MemberKind | None = None
    is_active: bool | None = True
    is_admin: bool | None = None
    group_id: str | None = None
    sort: str = "createdAt"
    is_descending: bool = False


def list_people(
    database: Database, actor: Actor, wanted: Wanted, *, size: int, cursor: str | None
) -> Page[Listed]:
    """Return one page of members.

    Raises:
        PermissionDenied: the actor is no administrator.
        BadRequest, BadCursor: a search with characters that do not show, or no cursor of this list.
    """
    require_admin(actor)
    column = {"createdAt": memberships.c.created_at, "name": users.c.name_key, "email": users.c.email_key}
    order = Order(column[wanted.sort], memberships.c.id, wanted.is_descending)
    after = position_of(cursor, is_instant=wanted.sort == "createdAt")
    with database.reading() as connection:
        found = load_page(connection, _rows(actor.organization_id, wanted), order, after=after, size=size)
        held = _groups_of(connection, [row.id for row in found.rows])
    records = tuple(Listed(member_of(row), held[row.id], row.embed_entity) for row in found.rows)
    return Page(records, size, found.total, cursor_of(found.last))


def show_person(database: Database, actor: Actor, membership_id: str) -> Person:
    """Return a member, also one whose membership has ended, with attributes, groups and roles.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchUser: nobody with that id is or was a member.
    """
    require_admin(actor)
    with database.reading() as connection:
        row = connection.execute(
            select_members(actor.organization_id).where(memberships.c.id == membership_id)
        ).one_or_none()
        if row is None:
            raise NoSuchUser(membership_id)
        member = member_of(row)
        direct = _groups_of(connection, [membership_id])[membership_id]
        around = connection.execute(
            select(groups.c.id, groups.c.name)
            .where(groups.c.id.in_(held_groups(membership_id)))
            .order_by(groups.c.name_key)
        )
        inherited = tuple(GroupName(*each) for each in around if GroupName(*each) not in direct)
        attributes = _attributes(connection, member)
        has_password = find_password_hash(connection, member.user_id) is not None
    roles = list_member_roles(database, actor, membership_id) if member.active else []
    return Person(Listed(member, direct, row.embed_entity), attributes, inherited, has_password, roles)


def load_names(
    database: Database, organization_id: str, membership_ids: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Read name and e-mail of members by id, those whose membership has ended included."""
    if not membership_ids:
        return {}
    rows = select_members(organization_id).where(memberships.c.id.in_(membership_ids))
    with database.reading() as connection:
        return {row.id: (row.name, row.email) for row in connection.execute(rows)}


def _rows(organization_id: str, wanted: Wanted) -> Select[Any]:
    rows = select_members(organization_id)
    if wanted.search:
        key = searched(wanted.search)
        found = [column.contains(key, autoescape=True) for column in (users.c.name_key, users.c.email_key)]
        rows = rows.where(or_(*found))
    if wanted.kind is not None:
        rows = rows.where(memberships.c.kind == wanted.kind.value)
    if wanted.is_active is not None:
        rows = rows.where(memberships.c.active.is_(wanted.is_active))
    if wanted.is_admin is not None:
        is_admin = memberships.c.role == "ORG_ADMIN"
        rows = rows.where(is_admin if wanted.is_admin else ~is_admin)
    if wanted.group_id is not None:
        group_id = searched(wanted.group_id, folded=False)
        inside = select(group_members.c.membership_id).where(group_members.c.group_id == group_id)
        rows = rows.where(memberships.c.id.in_(inside))
    return rows


def _groups_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[GroupName, ...]]:
    held: dict[str, tuple[GroupName, ...]] = dict.fromkeys(ids, ())
    rows = connection.execute(
        select(group_members.c.membership_id, groups.c.id, groups.c.name)
        .join(groups, groups.c.id == group_members.c.group_id)
        .where(group_members.c.membership_id.in_(ids))
        .order_by(groups.c.name_key)
    )
    for row in rows:
        held[row.membership_id] = (*held[row.membership_id], GroupName(row.id, row.name))
    return held


def _attributes(connection: Connection, member: Member) -> tuple[HeldAttribute, ...]:
    own = load_own_values(connection, member.organization_id, [member.membership_id])[member.membership_id]
    found = []
    for each in load_definitions(connection, member.organization_id):
        if each.reference in own:
            found.append(HeldAttribute(each, own[each.reference], "user"))
        else:
            found.append(HeldAttribute(each, each.default or (), "default" if each.default else None))
    return tuple(found)
