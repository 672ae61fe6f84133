"""Groups as SCIM shows them: which attributes a filter may name, and resources out of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, select, true, union_all

from holoscope.access.people_users import fold
from holoscope.access.scim_filter import Filter
from holoscope.access.scim_listing import Asked, Resource, cut
from holoscope.access.scim_names import GROUP_SCHEMA, GROUPS_PATH, USERS_PATH
from holoscope.access.scim_sql import Attribute, Constant, Moment, Several, Text, condition
from holoscope.kit.clock import wire_time
from holoscope.kit.ids import is_uuid
from holoscope.storage.tables import group_groups, group_members, groups, memberships, users

SCHEMAS = (GROUP_SCHEMA,)
ORDER = (groups.c.created_at, groups.c.id)
_CHUNK = 500

_inner = groups.alias("inner_groups")
_HELD = union_all(
    select(
        group_members.c.group_id.label("group_id"),
        memberships.c.id.label("value"),
        users.c.email.label("display"),
        users.c.email_key.label("display_key"),
        literal("User").label("type"),
    )
    .join(memberships, memberships.c.id == group_members.c.membership_id)
    .join(users, users.c.id == memberships.c.user_id)
    .where(memberships.c.active == true()),
    select(
        group_groups.c.parent_id.label("group_id"),
        _inner.c.id.label("value"),
        _inner.c.name.label("display"),
        _inner.c.name_key.label("display_key"),
        literal("Group").label("type"),
    ).join(_inner, _inner.c.id == group_groups.c.child_id),
).subquery("held")


def wire_id(text: str) -> str:
    """Return an id as it is kept: UUIDs in lower case, ids of groups as they are."""
    return text.lower() if is_uuid(text) else text


_PARTS: dict[str, Attribute] = {
    "value": Text(_HELD.c.value, wire_id),
    "display": Text(_HELD.c.display_key, fold),
    "type": Text(func.lower(_HELD.c.type), str.lower),
}


def select_groups(organization_id: str) -> Select[Any]:
    """Return the query of the ids of an organization's groups."""
    return select(groups.c.id).select_from(groups).where(groups.c.organization_id == organization_id)


def filterable() -> dict[str, Attribute]:
    """Return every attribute of a group that a filter may name, by name in lower case."""
    held = select(literal(1)).select_from(_HELD).where(_HELD.c.group_id == groups.c.id).correlate(groups)
    return {
        "id": Text(groups.c.id),
        "externalid": Text(groups.c.external_id, is_nullable=True),
        "displayname": Text(groups.c.name_key, fold),
        "members": Several(held, _PARTS),
        "schemas": Constant(SCHEMAS),
        "meta.created": Moment(groups.c.created_at),
        "meta.lastmodified": Moment(groups.c.updated_at),
        "meta.resourcetype": Constant(("Group",)),
    }


def chosen_members(connection: Connection, group_id: str, chosen: Filter) -> list[str]:
    """Return the ids of the members and inner groups of a group that satisfy `members[…]`.

    Raises:
        BadScimFilter: it names what members do not have.
    """
    rows = select(_HELD.c.value).where(_HELD.c.group_id == group_id, condition(chosen, _PARTS))
    return list(connection.execute(rows).scalars())


def load_groups(
    connection: Connection, organization_id: str, ids: Sequence[str], asked: Asked
) -> list[Resource]:
    """Build the resources of these groups, in the order of the ids, cut to what was asked for."""
    rows: dict[str, Row[Any]] = {}
    members: dict[str, list[dict[str, str]]] = {id_: [] for id_ in ids}
    shows_members = asked.wants("members")
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        found = connection.execute(select(groups).where(groups.c.id.in_(chunk)))
        rows |= {row.id: row for row in found if row.organization_id == organization_id}
        if shows_members:
            _collect_members(connection, chunk, members)
    return [
        cut(_resource(rows[id_], members[id_] if shows_members else None), asked.attributes, asked.excluded)
        for id_ in ids
        if id_ in rows
    ]


def _collect_members(
    connection: Connection, ids: Sequence[str], members: dict[str, list[dict[str, str]]]
) -> None:
    rows = (
        select(_HELD.c.group_id, _HELD.c.value, _HELD.c.display, _HELD.c.type)
        .where(_HELD.c.group_id.in_(ids))
        .order_by(_HELD.c.display_key, _HELD.c.value)
    )
    for group_id, value, display, kind in connection.execute(rows):
        home = USERS_PATH if kind == "User" else GROUPS_PATH
        members[group_id].append(
            {"display": display, "value": value, "type": kind, "$ref": f"{home}/{value}"}
        )


def _resource(row: Row[Any], members: list[dict[str, str]] | None) -> Resource:
    return {
        "schemas": list(SCHEMAS),
        "id": row.id,
        **({} if row.external_id is None else {"externalId": row.external_id}),
        "displayName": row.name,
        **({} if members is None else {"members": members}),
        "meta": {
            "created": wire_time(row.created_at),
            "lastModified": wire_time(row.updated_at),
            "location": f"{GROUPS_PATH}/{row.id}",
            "resourceType": "Group",
        },
    }
