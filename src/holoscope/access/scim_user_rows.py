"""Members as SCIM shows them: which attributes a filter may name, and resources out of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    literal,
    literal_column,
    select,
    true,
)

from holoscope.access.actors import MemberKind
from holoscope.access.attributes import AttributeDefinition, AttributeType, load_definitions, load_own_values
from holoscope.access.people_users import fold
from holoscope.access.scim_listing import Asked, Resource, cut
from holoscope.access.scim_names import (
    ATTRIBUTES_PREFIX,
    ATTRIBUTES_URN,
    EMBED_PATH,
    ENTERPRISE,
    ENTERPRISE_PREFIX,
    EXTENSION_PREFIX,
    EXTENSION_URN,
    GROUPS_PATH,
    NOT_KEPT,
    USER_SCHEMA,
    USERS_PATH,
)
from holoscope.access.scim_sql import (
    Absent,
    Attribute,
    Constant,
    Flag,
    Moment,
    Number,
    Several,
    Text,
)
from holoscope.kit.clock import wire_time
from holoscope.storage.tables import group_members, groups, memberships, user_attribute_values, users

SCHEMAS = (USER_SCHEMA, ATTRIBUTES_URN, EXTENSION_URN)
ORDER = (memberships.c.created_at, memberships.c.id)
_CHUNK = 500
_IS_ACTIVE: ColumnElement[Any] = literal_column("memberships.active")
"""As the unique index of active members says it, or else SQLite does not see that it fits."""
_BY_ID = select(memberships, users.c.email, users.c.name).join(users, users.c.id == memberships.c.user_id)


def select_active(organization_id: str, kind: MemberKind, *, joined: bool) -> Select[Any]:
    """Return the query of the ids of an organization's active members of one kind.

    `joined` adds what filters and sorts may need. Each form says "active" in the way that lets SQLite take
    the right index: the one that lists members in order, or the unique one that leads from user to member.
    """
    rows = (
        select(memberships.c.id)
        .select_from(memberships)
        .where(memberships.c.organization_id == organization_id, memberships.c.kind == kind.value)
    )
    if not joined:
        return rows.where(memberships.c.active == true())
    return rows.join(users, users.c.id == memberships.c.user_id).where(_IS_ACTIVE)


def filterable(
    definitions: Sequence[AttributeDefinition], kind: MemberKind, engine: str
) -> dict[str, Attribute]:
    """Return every attribute of a member that a filter may name, by name in lower case.

    `engine` is how the metadata database is called: `sqlite` or `postgresql`.
    """
    email = Text(users.c.email_key, fold)
    held: Select[Any] = (
        select(literal(1))
        .select_from(group_members.join(groups, groups.c.id == group_members.c.group_id))
        .where(group_members.c.membership_id == memberships.c.id)
        .correlate(memberships)
    )
    known: dict[str, Attribute] = {
        "id": Text(memberships.c.id, str.lower),
        "externalid": Text(memberships.c.external_id, is_nullable=True),
        "username": email,
        "displayname": Text(users.c.name_key, fold),
        "active": Flag(memberships.c.active),
        "emails": Several(None, {"value": email, "primary": Flag(true()), "type": Absent()}),
        "groups": Several(held, {"value": Text(groups.c.id), "display": Text(groups.c.name_key, fold)}),
        "schemas": Constant(SCHEMAS),
        "meta.created": Moment(memberships.c.created_at),
        "meta.lastmodified": Moment(memberships.c.updated_at),
        "meta.resourcetype": Constant(("User",)),
        f"{EXTENSION_PREFIX}:lastlogin": Moment(memberships.c.last_login_at, is_nullable=True),
        **dict.fromkeys(NOT_KEPT, Absent()),
        **{f"{ENTERPRISE_PREFIX}:{name}": Absent() for name in ENTERPRISE},
    }
    if kind is MemberKind.EMBED:
        known |= {
            "embedexternalid": Text(memberships.c.embed_external_id, is_nullable=True),
            "embedentity": Text(memberships.c.embed_entity, is_nullable=True),
            "embedemail": Text(func.lower(memberships.c.embed_email), str.lower, is_nullable=True),
        }
    for definition in definitions:
        name = f"{ATTRIBUTES_PREFIX}:{definition.reference.lower()}"
        known[name] = _custom(definition, engine)
    return known


def load_users(
    connection: Connection, organization_id: str, ids: Sequence[str], asked: Asked
) -> list[Resource]:
    """Build the resources of these members, in the order of the ids, cut to what was asked for."""
    rows: dict[str, Row[Any]] = {}
    held: dict[str, list[dict[str, str]]] = {id_: [] for id_ in ids}
    own: dict[str, dict[str, tuple[str, ...]]] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        # By id alone, and the organization looked at afterwards: given both, SQLite may read all members.
        found = connection.execute(_BY_ID.where(memberships.c.id.in_(chunk)))
        rows |= {row.id: row for row in found if row.organization_id == organization_id}
        if asked.wants(ATTRIBUTES_URN):
            own |= load_own_values(connection, organization_id, chunk)
        if asked.wants("groups"):
            _collect_groups(connection, chunk, held)
    definitions = load_definitions(connection, organization_id)
    several = {item.reference for item in definitions if item.multiple_values}
    resources = []
    for id_ in ids:
        if id_ in rows:
            values = {
                name: list(texts) if name in several else texts[0] for name, texts in own.get(id_, {}).items()
            }
            resources.append(cut(_resource(rows[id_], held[id_], values), asked.attributes, asked.excluded))
    return resources


def _collect_groups(
    connection: Connection, ids: Sequence[str], held: dict[str, list[dict[str, str]]]
) -> None:
    found = connection.execute(
        select(group_members.c.membership_id, groups.c.id, groups.c.name)
        .join(groups, groups.c.id == group_members.c.group_id)
        .where(group_members.c.membership_id.in_(ids))
        .order_by(groups.c.name_key)
    )
    for row in found:
        held[row.membership_id].append(
            {"display": row.name, "value": row.id, "$ref": f"{GROUPS_PATH}/{row.id}"}
        )


def _resource(row: Row[Any], held: list[dict[str, str]], values: dict[str, Any]) -> Resource:
    is_embed = row.kind == MemberKind.EMBED.value
    return {
        "schemas": list(SCHEMAS),
        "id": row.id,
        **({} if row.external_id is None else {"externalId": row.external_id}),
        "userName": row.email,
        "displayName": row.name,
        "active": row.active,
        "emails": [{"primary": True, "value": row.email}],
        "groups": held,
        "meta": {
            "created": wire_time(row.created_at),
            "lastModified": wire_time(row.updated_at),
            "location": f"{EMBED_PATH if is_embed else USERS_PATH}/{row.id}",
            "resourceType": "User",
        },
        **(
            {
                "embedEmail": row.embed_email,
                "embedEntity": row.embed_entity,
                "embedExternalId": row.embed_external_id,
            }
            if is_embed
            else {}
        ),
        ATTRIBUTES_URN: values,
        EXTENSION_URN: {"lastLogin": None if row.last_login_at is None else wire_time(row.last_login_at)},
    }


def _custom(definition: AttributeDefinition, engine: str) -> Attribute:
    """Return an attribute of the organization's own: rows of it are the values set on the member."""
    table = user_attribute_values
    column: ColumnElement[Any]
    if engine == "sqlite":
        column = func.json_each(table.c["values"]).table_valued("value", joins_implicitly=True).c.value
    else:
        column = func.jsonb_array_elements_text(table.c["values"]).column_valued(
            "value", joins_implicitly=True
        )
    rows = (
        select(literal(1))
        .select_from(table)
        .where(table.c.membership_id == memberships.c.id, table.c.definition_id == definition.id)
        .correlate(memberships)
    )
    # The elements are a FROM of their own; `rows` mentions them so that a bare EXISTS has them too.
    rows = rows.where(column.is_not(None))
    value = Number(column) if definition.type is AttributeType.NUMBER else Text(column)
    return Several(rows, {"value": value})
