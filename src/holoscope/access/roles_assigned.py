"""Giving roles on models and connections to members and groups (API digest §3.17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from holoscope.access.actors import Actor
from holoscope.access.errors import (
    GrantsTooMuch,
    NoSuchGroup,
    NoSuchUser,
    PermissionDenied,
    Unprocessable,
)
from holoscope.access.people import find_member
from holoscope.access.people_groups import find_group
from holoscope.access.roles import Holder, Target, assign_role
from holoscope.access.roles_custom import find_role
from holoscope.access.roles_tiers import Held
from holoscope.access.scope import Scopes
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.query.scope import Permission
from holoscope.storage.tables import connections, models
from holoscope.storage.unit_of_work import Database

ROLE_MODELS = ("SHARED", "SHARED_EXTENSION")
"""Kinds of models that roles are given on; branches and workbooks are as open as what they stand on."""

_EXACTLY_ONE = "Bad Request: formErrors: exactly one of modelId and connectionId must be provided"


@dataclass(frozen=True, slots=True)
class Assigning:
    """Gives roles on behalf of actors. Safe between threads."""

    database: Database
    scopes: Scopes

    def assign(
        self,
        actor: Actor,
        holder: Holder,
        *,
        role_name: str,
        model_id: str | None,
        connection_id: str | None,
    ) -> dict[str, Any]:
        """Give a role, in place of the one the holder had there, and return the wire's words for it.

        Raises:
            BadRequest: neither a model nor a connection is named, or both.
            NotFound: one of them is unknown, deleted, another organization's or out of reach.
            PermissionDenied: the actor administers neither the organization nor what is named.
            Unprocessable: no such role, a model that takes no roles, or one of another connection.
            NoSuchUser, NoSuchGroup: the organization has no such active member, or no such group.
            GrantsTooMuch: the role allows what the actor's own does not.
        """
        with self.database.writing() as connection:
            named = find_named(connection, actor.organization_id, model_id, connection_id)
            if named is None:
                raise BadRequest(_EXACTLY_ONE)
            own = self._own(actor, named.target, named.connection_id)
            named.require_roles()
            if model_id is not None and connection_id is not None:
                raise BadRequest(_EXACTLY_ONE)
            wanted = find_role(connection, actor.organization_id, role_name)
            _require_holder(connection, actor.organization_id, holder)
            if not own.covers(wanted):
                raise GrantsTooMuch(wanted.name)
            assign_role(connection, actor.organization_id, holder, named.target, wanted, actor=actor)
        return {
            "modelId": named.target.model_id,
            "connectionId": named.connection_id,
            "roleName": wanted.name,
        }

    def _own(self, actor: Actor, target: Target, connection_id: str) -> Held:
        """Return what the actor holds on the target, who must administer it.

        Raises:
            NotFound: it is out of the actor's reach.
            PermissionDenied: it is not, and the actor does not administer it.
        """
        roles = self.scopes.roles_of(actor)
        if target.model_id is None:
            own = roles.held_on_connection(connection_id)
        else:
            own = roles.held_on(target.model_id, connection_id)
        if own.may(Permission.MANAGE_MODEL):
            return own
        if own.is_access:
            raise PermissionDenied
        raise _unknown(target)


@dataclass(frozen=True, slots=True)
class Named:
    """What a request names: a target, its connection, and why no role can be given there, if so."""

    target: Target
    connection_id: str
    problem: str | None = None

    def require_roles(self) -> None:
        """Raise what is in the way.

        Raises:
            Unprocessable: a model that takes no roles, or one of another connection than was named.
        """
        if self.problem is not None:
            raise Unprocessable(self.problem)


def find_named(
    connection: Connection, organization_id: str, model_id: str | None, connection_id: str | None
) -> Named | None:
    """Find the model and connection of a request, the model being meant where both are named.

    None when neither is.

    Raises:
        NotFound: unknown, deleted, or another organization's.
    """
    if connection_id is not None:
        connection_id = connection_id.lower()
        known = select(connections.c.id).where(
            connections.c.id == connection_id,
            connections.c.organization_id == organization_id,
            connections.c.deleted_at.is_(None),
        )
        if connection.execute(known).first() is None:
            raise _unknown(Target(connection_id=connection_id))
    if model_id is None:
        return None if connection_id is None else Named(Target(connection_id=connection_id), connection_id)
    target = Target(model_id=model_id.lower())
    row = connection.execute(
        select(models.c.connection_id, models.c.kind).where(
            models.c.id == target.model_id,
            models.c.organization_id == organization_id,
            models.c.deleted_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise _unknown(target)
    problem = None
    if connection_id not in (None, row.connection_id):
        problem = "Model does not belong to connection"
    elif row.kind not in ROLE_MODELS:
        problem = f"Roles are given on shared models and their extensions, not on {row.kind} models"
    return Named(target, row.connection_id, problem)


def _require_holder(connection: Connection, organization_id: str, holder: Holder) -> None:
    if holder.membership_id is not None:
        if find_member(connection, organization_id, holder.membership_id) is None:
            raise NoSuchUser(holder.membership_id)
    elif holder.group_id is not None and find_group(connection, organization_id, holder.group_id) is None:
        raise NoSuchGroup(holder.group_id)


def _unknown(target: Target) -> NotFound:
    if target.model_id is not None:
        return NotFound(f"Model with id {target.model_id} does not exist")
    return NotFound(f"Connection with id {target.connection_id} does not exist")
