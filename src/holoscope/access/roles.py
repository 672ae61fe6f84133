"""Data roles: what a member may do with a model (API digest §3.17, platform digest §2.2).

Roles come from the connection's base role, from the member, from the member's groups, each on a
model or a whole connection. The most permissive wins, so the base role is a floor and no role takes away
what another gives; the members of embedding tenants stand on no floor. An organization's administrators
administer every connection.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select, update

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.people_groups import held_groups
from holoscope.access.roles_tiers import (
    EVERYTHING,
    NOTHING,
    PERMISSIONS,
    Held,
    Role,
    custom_held,
    parse_role,
    strongest,
    tier,
)
from holoscope.kit.ids import new_id
from holoscope.storage.tables import connections, custom_roles, model_roles

__all__ = [
    "PERMISSIONS",
    "Holder",
    "Role",
    "Roles",
    "Target",
    "assign_role",
    "held_of",
    "load_roles",
    "parse_role",
    "select_assigned",
    "strongest",
    "take_other_roles",
]


@dataclass(frozen=True, slots=True)
class Roles:
    """Every role one member holds: by connection, the base role included, and by model."""

    is_admin: bool
    by_connection: Mapping[str, Held]
    by_model: Mapping[str, Held]

    def held_on(self, model_id: str, connection_id: str) -> Held:
        """Return what counts on a model of a connection."""
        if self.is_admin:
            return EVERYTHING
        own = self.by_connection.get(connection_id, NOTHING)
        return own.joined(self.by_model.get(model_id, NOTHING))

    def held_on_connection(self, connection_id: str) -> Held:
        """Return what counts on a connection as a whole."""
        return EVERYTHING if self.is_admin else self.by_connection.get(connection_id, NOTHING)

    def on(self, model_id: str, connection_id: str) -> Role:
        """Return the tier that counts on a model of a connection."""
        return self.held_on(model_id, connection_id).role

    def on_connection(self, connection_id: str) -> Role:
        """Return the tier on a connection as a whole."""
        return self.held_on_connection(connection_id).role

    def open_connections(self) -> list[str]:
        """Name the connections that are open as a whole; for an administrator, those are not listed."""
        return [id_ for id_, held in self.by_connection.items() if held.is_access]

    def open_models(self) -> list[str]:
        """Name the models that are open by roles on themselves."""
        return [id_ for id_, held in self.by_model.items() if held.is_access]


def load_roles(connection: Connection, actor: Actor) -> Roles:
    """Read every role the actor's member holds, on connections that are not deleted."""
    has_floor = actor.member_kind is not MemberKind.EMBED
    by_connection = {
        row.id: tier(Role(row.base_role)) if has_floor else NOTHING
        for row in connection.execute(
            select(connections.c.id, connections.c.base_role).where(
                connections.c.organization_id == actor.organization_id, connections.c.deleted_at.is_(None)
            )
        )
    }
    by_model: dict[str, Held] = {}
    groups = held_groups(actor.membership_id).scalar_subquery()
    # By holder alone, and the organization looked at afterwards: given both, SQLite reads all assignments.
    own = _select_assigned().where(
        or_(model_roles.c.membership_id == actor.membership_id, model_roles.c.group_id.in_(groups))
    )
    for row in connection.execute(own):
        if row.organization_id != actor.organization_id:
            continue
        held = held_of(row)
        if row.model_id is not None:
            by_model[row.model_id] = held.joined(by_model.get(row.model_id, NOTHING))
        elif row.connection_id in by_connection:
            by_connection[row.connection_id] = held.joined(by_connection[row.connection_id])
    return Roles(actor.is_admin, by_connection, by_model)


def select_assigned(organization_id: str) -> Select[Any]:
    """Return the query of everything that is assigned in an organization, for `held_of`."""
    return _select_assigned().where(model_roles.c.organization_id == organization_id)


def _select_assigned() -> Select[Any]:
    return select(model_roles, custom_roles.c.name.label("custom_name"), custom_roles.c.denied).outerjoin(
        custom_roles, custom_roles.c.id == model_roles.c.custom_role_id
    )


def held_of(row: Row[Any]) -> Held:
    """Read what a row of `select_assigned` gives."""
    role = Role(row.role_name)
    if row.custom_role_id is None:
        return tier(role)
    return custom_held(role, row.custom_name, row.denied, row.custom_role_id)


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
    connection: Connection,
    organization_id: str,
    holder: Holder,
    target: Target,
    role: Role | Held,
    *,
    actor: Actor | None = None,
) -> None:
    """Give `holder` a role on `target`, in place of the one it had there; told in the audit log."""
    wanted = tier(role) if isinstance(role, Role) else role
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
    row = connection.execute(select_assigned(organization_id).where(*same)).one_or_none()
    former = None if row is None else held_of(row)
    values = {"role_name": wanted.role.value, "custom_role_id": wanted.custom_role_id}
    if row is None:
        connection.execute(
            insert(model_roles).values(id=new_id(), organization_id=organization_id, **place, **values)
        )
    elif former != wanted:
        connection.execute(update(model_roles).where(model_roles.c.id == row.id).values(**values))
    else:
        return
    _tell(connection, organization_id, holder, target, wanted, former, actor)


def take_other_roles(
    connection: Connection,
    organization_id: str,
    membership_id: str,
    kept: Collection[Target],
    *,
    actor: Actor | None = None,
) -> None:
    """Take every role of its own from a member but those on `kept`; told in the audit log."""
    own = _select_assigned().where(model_roles.c.membership_id == membership_id)
    for row in connection.execute(own).all():
        target = Target(row.model_id, row.connection_id)
        if target not in kept:
            connection.execute(delete(model_roles).where(model_roles.c.id == row.id))
            _tell(connection, organization_id, Holder(membership_id), target, None, held_of(row), actor)


def _tell(
    connection: Connection,
    organization_id: str,
    holder: Holder,
    target: Target,
    now: Held | None,
    former: Held | None,
    actor: Actor | None,
) -> None:
    record(
        connection,
        organization_id,
        _action(holder, target),
        actor=actor,
        object_type="user" if holder.membership_id else "group",
        object_id=holder.membership_id or holder.group_id,
        details={
            "role": None if now is None else now.name,
            "former_role": None if former is None else former.name,
            **({"model": target.model_id} if target.model_id else {"connection": target.connection_id}),
        },
    )


def _action(holder: Holder, target: Target) -> Action:
    if target.model_id is None:
        return (
            Action.UPDATE_USER_CONNECTION_ROLE
            if holder.membership_id
            else Action.UPDATE_GROUP_CONNECTION_ROLE
        )
    return Action.UPDATE_USER_MODEL_ROLE if holder.membership_id else Action.UPDATE_GROUP_MODEL_ROLE
