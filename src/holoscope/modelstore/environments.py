"""Environments of connections, for those who administer them (API digest §2.2, §3.4)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail, record
from holoscope.access.errors import PermissionDenied
from holoscope.access.guards import require_admin
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modelstore.administering import load_administered
from holoscope.modelstore.connections import StoredConnection
from holoscope.modelstore.environment_rows import (
    Environment,
    NoSuchEnvironment,
    environments_of,
    find_environment,
    organization_environments,
    read_values,
    require_unused,
)
from holoscope.modelstore.errors import NoSuchConnection
from holoscope.modelstore.models import ModelStore
from holoscope.query.scope import Permission
from holoscope.storage.tables import connection_environments, connections

MOST = 1_000
"""So many environments has one base at most."""


def list_environments(store: ModelStore, actor: Actor) -> tuple[Environment, ...]:
    """Return every environment of the organization, the oldest first.

    Raises:
        PermissionDenied: the actor is no administrator of the organization.
    """
    require_admin(actor)
    with store.database.reading() as connection:
        return organization_environments(connection, actor.organization_id)


def create_environments(
    store: ModelStore, actor: Actor, base_id: str, connection_ids: Sequence[str]
) -> tuple[Environment, ...]:
    """Let connections stand in for a base; no value leads to them yet. Dialects may differ.

    Who does it administers the base and each of the connections, or the organization: from then on,
    roles on the base's models open the others too.

    Raises:
        NoSuchConnection: one of them is unknown, deleted or out of reach.
        PermissionDenied: the actor does not administer one of them.
        BadRequest: none is named, the base is named, or one that stands in for it already.
    """
    if not connection_ids:
        raise BadRequest("Bad Request: environmentConnectionIds: name at least one connection")
    with store.database.writing() as connection:
        base = load_administered(store, connection, actor, base_id)
        known = environments_of(connection, base.id)
        linked = {environment.connection_id for environment in known}
        made = []
        for id_ in connection_ids:
            if id_ == base.id:
                raise BadRequest("Bad Request: environmentConnectionIds: the base connection is none of them")
            stored = load_administered(store, connection, actor, id_)
            if stored.id in linked:
                raise BadRequest(
                    f"Bad Request: environmentConnectionIds: {stored.id} is an environment of it already"
                )
            linked.add(stored.id)
            made.append(_add(store, connection, actor, base.id, stored.id))
        if len(linked) > MOST:
            raise BadRequest(f"Bad Request: a connection has at most {MOST:,} environments")
    return tuple(made)


def change_environment(
    store: ModelStore, actor: Actor, environment_id: str, said: str | Sequence[str]
) -> Environment:
    """Put other values in place of those that lead to an environment.

    Raises:
        NoSuchEnvironment: there is none, or its base is out of reach.
        PermissionDenied: the actor does not administer base and environment.
        BadRequest: a value is empty, or leads elsewhere already.
    """
    values = read_values(said, "userAttributeValues")
    with store.database.writing() as connection:
        found, base = _find(store, connection, actor, environment_id)
        held = store.scopes.roles_of(actor).held_on_connection(found.connection_id)
        if _stands(connection, found.connection_id) and not held.may(Permission.MANAGE_MODEL):
            raise PermissionDenied
        others = [other for other in environments_of(connection, base.id) if other.id != found.id]
        require_unused(base, others, values, is_base=False)
        after = Environment(found.id, base.id, found.connection_id, values)
        if values != found.values:
            table = connection_environments
            connection.execute(update(table).where(table.c.id == found.id).values({"values": list(values)}))
            _tell(connection, actor, Action.CONNECTION_ENVIRONMENT_UPDATE, after)
        return after


def delete_environment(store: ModelStore, actor: Actor, environment_id: str) -> None:
    """Let a connection stand in no more; the connection itself stays.

    Raises:
        NoSuchEnvironment: there is none, or its base is out of reach.
        PermissionDenied: the actor does not administer the base.
    """
    with store.database.writing() as connection:
        found, _ = _find(store, connection, actor, environment_id)
        connection.execute(delete(connection_environments).where(connection_environments.c.id == found.id))
        _tell(connection, actor, Action.CONNECTION_ENVIRONMENT_DELETE, found)


def _find(
    store: ModelStore, connection: Connection, actor: Actor, environment_id: str
) -> tuple[Environment, StoredConnection]:
    """Read an environment and its base, which the actor administers."""
    found = find_environment(connection, actor.organization_id, environment_id)
    try:
        return found, load_administered(store, connection, actor, found.base_connection_id)
    except NoSuchConnection:
        raise NoSuchEnvironment(environment_id) from None


def _add(
    store: ModelStore, connection: Connection, actor: Actor, base_id: str, connection_id: str
) -> Environment:
    made = Environment(new_id(), base_id, connection_id, ())
    connection.execute(
        insert(connection_environments).values(
            {
                "id": made.id,
                "base_connection_id": base_id,
                "connection_id": connection_id,
                "values": [],
                "created_at": store.clock(),
            }
        )
    )
    _tell(connection, actor, Action.CONNECTION_ENVIRONMENT_CREATE, made)
    return made


def _stands(connection: Connection, connection_id: str) -> bool:
    present = select(connections.c.id).where(
        connections.c.id == connection_id, connections.c.deleted_at.is_(None)
    )
    return connection.execute(present).first() is not None


def _tell(connection: Connection, actor: Actor, action: Action, item: Environment) -> None:
    told: dict[str, Detail] = {"baseConnectionId": item.base_connection_id, "values": list(item.values)}
    record(
        connection,
        actor.organization_id,
        action,
        actor=actor,
        object_type="connection",
        object_id=item.connection_id,
        details={"environmentId": item.id, **told},
    )
