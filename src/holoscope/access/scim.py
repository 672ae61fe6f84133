"""The directory as SCIM shows it: active members and groups, read only (API digest §3.16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, func, select

from holoscope.access.actors import Actor
from holoscope.access.attributes import load_definitions, load_own_values
from holoscope.access.errors import NoSuchUser, ScimNeedsOrganizationKey
from holoscope.access.people import Group, Member, group_of, member_of, select_members
from holoscope.access.scim_filter import parse_scim_filter
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import NotFound
from holoscope.storage.tables import group_members, groups, memberships, users
from holoscope.storage.unit_of_work import Database

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ATTRIBUTES_URN = "urn:omni:params:1.0:UserAttribute"
EXTENSION_URN = "urn:omni:params:scim:schemas:extension:user:2.0"
DEFAULT_COUNT = 100


def list_users(
    database: Database,
    actor: Actor,
    *,
    filter_text: str | None = None,
    start_index: int = 1,
    count: int = DEFAULT_COUNT,
) -> dict[str, Any]:
    """Return the list response of active members in the order they were added.

    Filters: `userName` and `displayName` with `eq` or `co`. `start_index` counts from 1, and less
    means 1; `count` 0 or less asks for the total alone.

    Raises:
        ScimNeedsOrganizationKey: the key is a personal one.
        BadScimFilter: the filter is none of the supported forms.
    """
    _require_organization_key(actor)
    rows = select_members(actor.organization_id).where(memberships.c.active)
    condition = parse_scim_filter(
        filter_text, {"userName": users.c.email_key, "displayName": users.c.name_key}
    )
    if condition is not None:
        rows = rows.where(condition)
    with database.reading() as connection:
        return _listing(
            connection,
            rows,
            (memberships.c.created_at, memberships.c.id),
            (start_index, count),
            lambda found: _users(connection, actor.organization_id, [member_of(row) for row in found]),
        )


def find_user(database: Database, actor: Actor, membership_id: str) -> dict[str, Any]:
    """Return one active member.

    Raises:
        ScimNeedsOrganizationKey: the key is a personal one.
        NoSuchUser: the organization has no such active member.
    """
    _require_organization_key(actor)
    with database.reading() as connection:
        row = connection.execute(
            select_members(actor.organization_id).where(
                memberships.c.id == membership_id.lower(), memberships.c.active
            )
        ).one_or_none()
        if row is None:
            raise NoSuchUser(membership_id)
        return _users(connection, actor.organization_id, [member_of(row)])[0]


def list_groups(
    database: Database,
    actor: Actor,
    *,
    filter_text: str | None = None,
    start_index: int = 1,
    count: int = DEFAULT_COUNT,
    with_members: bool = True,
) -> dict[str, Any]:
    """Return the list response of groups in the order they were made; filter on `displayName`.

    Raises:
        ScimNeedsOrganizationKey: the key is a personal one.
        BadScimFilter: the filter is none of the supported forms.
    """
    _require_organization_key(actor)
    rows = select(groups).where(groups.c.organization_id == actor.organization_id)
    condition = parse_scim_filter(filter_text, {"displayName": groups.c.name_key})
    if condition is not None:
        rows = rows.where(condition)
    with database.reading() as connection:
        return _listing(
            connection,
            rows,
            (groups.c.created_at, groups.c.id),
            (start_index, count),
            lambda found: _groups(connection, [group_of(row) for row in found], with_members),
        )


def find_group(
    database: Database, actor: Actor, group_id: str, *, with_members: bool = True
) -> dict[str, Any]:
    """Return one group.

    Raises:
        ScimNeedsOrganizationKey: the key is a personal one.
        NotFound: the organization has no such group.
    """
    _require_organization_key(actor)
    with database.reading() as connection:
        row = connection.execute(
            select(groups).where(groups.c.organization_id == actor.organization_id, groups.c.id == group_id)
        ).one_or_none()
        if row is None:
            raise NotFound(f"Group with id {group_id} does not exist")
        return _groups(connection, [group_of(row)], with_members)[0]


def _require_organization_key(actor: Actor) -> None:
    if not actor.has_organization_key:
        raise ScimNeedsOrganizationKey


def _listing(
    connection: Connection,
    rows: Select[Any],
    order: tuple[Column[Any], Column[Any]],
    window: tuple[int, int],
    render: Callable[[Sequence[Row[Any]]], list[dict[str, Any]]],
) -> dict[str, Any]:
    start_index, count = max(window[0], 1), max(window[1], 0)
    total = connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    page = rows.order_by(*order).offset(start_index - 1).limit(count)
    resources = render(connection.execute(page).all()) if count else []
    return {
        "schemas": [LIST_SCHEMA],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def _users(connection: Connection, organization_id: str, members: Sequence[Member]) -> list[dict[str, Any]]:
    ids = [member.membership_id for member in members]
    own = load_own_values(connection, organization_id, ids)
    several = {
        item.reference for item in load_definitions(connection, organization_id) if item.multiple_values
    }
    held: dict[str, list[dict[str, str]]] = {id_: [] for id_ in ids}
    for row in connection.execute(
        select(group_members.c.membership_id, groups.c.id, groups.c.name)
        .join(groups, groups.c.id == group_members.c.group_id)
        .where(group_members.c.membership_id.in_(ids))
        .order_by(groups.c.name)
    ):
        held[row.membership_id].append({"display": row.name, "value": row.id})
    return [
        _user(member, held[member.membership_id], own[member.membership_id], several) for member in members
    ]


def _user(
    member: Member, held: list[dict[str, str]], own: Mapping[str, tuple[str, ...]], several: set[str]
) -> dict[str, Any]:
    return {
        "schemas": [USER_SCHEMA, ATTRIBUTES_URN, EXTENSION_URN],
        "id": member.membership_id,
        "userName": member.email,
        "displayName": member.name,
        "active": member.active,
        "emails": [{"primary": True, "value": member.email}],
        "groups": held,
        "meta": _meta("User", member.created_at, member.updated_at),
        ATTRIBUTES_URN: {name: list(own[name]) if name in several else own[name][0] for name in own},
        EXTENSION_URN: {"lastLogin": None},
    }


def _groups(connection: Connection, found: Sequence[Group], with_members: bool) -> list[dict[str, Any]]:
    members: dict[str, list[dict[str, str]]] = {group.id: [] for group in found}
    if with_members:
        for row in connection.execute(
            select(group_members.c.group_id, memberships.c.id, users.c.email)
            .join(memberships, memberships.c.id == group_members.c.membership_id)
            .join(users, users.c.id == memberships.c.user_id)
            .where(group_members.c.group_id.in_(list(members)), memberships.c.active)
            .order_by(users.c.email_key)
        ):
            members[row.group_id].append({"display": row.email, "value": row.id})
    return [
        {
            "schemas": [GROUP_SCHEMA],
            "id": group.id,
            "displayName": group.name,
            **({"members": members[group.id]} if with_members else {}),
            "meta": _meta("Group", group.created_at, group.updated_at),
        }
        for group in found
    ]


def _meta(kind: str, created: datetime, modified: datetime) -> dict[str, str]:
    return {"created": wire_time(created), "lastModified": wire_time(modified), "resourceType": kind}
