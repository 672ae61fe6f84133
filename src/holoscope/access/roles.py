"""Data roles: what a member may do with a model (API digest §3.17, platform digest §2.2).

Roles come from the connection's base role, from the member, from the member's groups, each on a
model or a whole connection. The most permissive wins, so the base role is a floor; the members of
embedding tenants stand on no floor. An organization's administrators administer every connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Connection, insert, or_, select, update

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.people_groups import held_groups
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.query.scope import Permission
from holoscope.storage.tables import connections, model_roles


class Role(StrEnum):
    """Data roles, weakest first; the order of definition is the order of power."""

    NO_ACCESS = "NO_ACCESS"
    VIEWER = "VIEWER"
    QUERY_TOPICS = "QUERY_TOPICS"
    QUERIER = "QUERIER"
    MODELER = "MODELER"
    CONNECTION_ADMIN = "CONNECTION_ADMIN"


_RANK = {role: rank for rank, role in enumerate(Role)}
_SPELLINGS = {"RESTRICTED_QUERIER": Role.QUERY_TOPICS}

_VIEWS = frozenset({Permission.READ})
_ASKS_TOPICS = _VIEWS | {Permission.QUERY_TOPICS, Permission.USE_WORKBOOKS, Permission.USE_AI}
_ASKS = _ASKS_TOPICS | {Permission.QUERY_FULL_MODEL, Permission.QUERY_SQL, Permission.VIEW_SQL}
_MODELS = _ASKS | {Permission.UPDATE, Permission.MANAGE_UPLOADS}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.NO_ACCESS: frozenset(),
        Role.VIEWER: _VIEWS,
        Role.QUERY_TOPICS: _ASKS_TOPICS,
        Role.QUERIER: _ASKS,
        Role.MODELER: _MODELS,
        Role.CONNECTION_ADMIN: _MODELS | {Permission.MANAGE_MODEL},
    }
)


def parse_role(name: str) -> Role:
    """Read a role name; `RESTRICTED_QUERIER` is the older word for `QUERY_TOPICS`.

    Raises:
        BadRequest: no such role.
    """
    folded = name.strip().upper()
    try:
        return _SPELLINGS.get(folded) or Role(folded)
    except ValueError:
        raise BadRequest("Invalid role") from None


def strongest(first: Role, second: Role) -> Role:
    return first if _RANK[first] >= _RANK[second] else second


@dataclass(frozen=True, slots=True)
class Roles:
    """Every role one member holds: by connection, the base role included, and by model."""

    is_admin: bool
    by_connection: Mapping[str, Role]
    by_model: Mapping[str, Role]

    def on(self, model_id: str, connection_id: str) -> Role:
        """Return the role that counts on a model of a connection."""
        if self.is_admin:
            return Role.CONNECTION_ADMIN
        return strongest(
            self.by_connection.get(connection_id, Role.NO_ACCESS),
            self.by_model.get(model_id, Role.NO_ACCESS),
        )

    def on_connection(self, connection_id: str) -> Role:
        """Return the role on a connection as a whole."""
        if self.is_admin:
            return Role.CONNECTION_ADMIN
        return self.by_connection.get(connection_id, Role.NO_ACCESS)


def load_roles(connection: Connection, actor: Actor) -> Roles:
    """Read every role the actor's member holds, on connections that are not deleted."""
    has_floor = actor.member_kind is not MemberKind.EMBED
    by_connection = {
        row.id: Role(row.base_role) if has_floor else Role.NO_ACCESS
        for row in connection.execute(
            select(connections.c.id, connections.c.base_role).where(
                connections.c.organization_id == actor.organization_id, connections.c.deleted_at.is_(None)
            )
        )
    }
    by_model: dict[str, Role] = {}
    held = held_groups(actor.membership_id).scalar_subquery()
    for row in connection.execute(
        select(model_roles.c.model_id, model_roles.c.connection_id, model_roles.c.role_name).where(
            model_roles.c.organization_id == actor.organization_id,
            or_(model_roles.c.membership_id == actor.membership_id, model_roles.c.group_id.in_(held)),
        )
    ):
        role = Role(row.role_name)
        if row.model_id is not None:
            by_model[row.model_id] = strongest(role, by_model.get(row.model_id, Role.NO_ACCESS))
        elif row.connection_id in by_connection:
            by_connection[row.connection_id] = strongest(role, by_connection[row.connection_id])
    return Roles(actor.is_admin, by_connection, by_model)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a role is given to: exactly one of the two is set."""

    membership_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a role is given on: exactly one of the two is set."""

    model_id: str | None = None
    connection_id: str | None = None


def assign_role(
    connection: Connection, organization_id: str, holder: Holder, target: Target, role: Role
) -> None:
    """Give `holder` a role on `target`, in place of the one it had there."""
    place = {
        "membership_id": holder.membership_id,
        "group_id": holder.group_id,
        "model_id": target.model_id,
        "connection_id": target.connection_id,
    }
    same = [
        model_roles.c[name].is_(None) if value is None else model_roles.c[name] == value
        for name, value in place.items()
    ]
    done = connection.execute(
        update(model_roles)
        .where(model_roles.c.organization_id == organization_id, *same)
        .values(role_name=role.value)
    )
    if done.rowcount == 0:
        connection.execute(
            insert(model_roles).values(
                id=new_id(), organization_id=organization_id, role_name=role.value, **place
            )
        )
