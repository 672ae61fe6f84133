"""Who may change a connection: its Connection Admins, and administrators of the organization."""

from __future__ import annotations

from sqlalchemy import Connection, select

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.modelstore.connections import StoredConnection, load_connection
from holoscope.modelstore.errors import NoSuchConnection
from holoscope.modelstore.models import ModelStore
from holoscope.query.scope import Permission
from holoscope.storage.tables import models


def require_connection_admin(store: ModelStore, actor: Actor, connection_id: str) -> None:
    """Let pass who administers a connection, whichever organization it is of.

    Raises:
        NoSuchConnection: it is out of the actor's reach.
        PermissionDenied: it is not, and the actor does not administer it.
    """
    held = store.scopes.roles_of(actor).held_on_connection(connection_id)
    if held.may(Permission.MANAGE_MODEL):
        return
    if not held.is_access and not _reaches(store, actor, connection_id):
        raise NoSuchConnection(connection_id)
    raise PermissionDenied


def load_administered(
    store: ModelStore, connection: Connection, actor: Actor, connection_id: str
) -> StoredConnection:
    """Read a connection that the actor administers.

    Raises:
        NoSuchConnection: unknown, deleted, another organization's, or out of reach.
        PermissionDenied: the actor does not administer it.
    """
    stored = load_connection(connection, connection_id)
    if stored.organization_id != actor.organization_id:
        raise NoSuchConnection(connection_id)
    require_connection_admin(store, actor, connection_id)
    return stored


def _reaches(store: ModelStore, actor: Actor, connection_id: str) -> bool:
    """Tell whether the actor has a role on some model of the connection."""
    held = store.scopes.roles_of(actor).open_models()
    with store.database.reading() as connection:
        found = select(models.c.id).where(models.c.connection_id == connection_id, models.c.id.in_(held))
        return connection.execute(found.limit(1)).first() is not None
