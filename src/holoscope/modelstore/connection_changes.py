"""`PATCH /v1/connections/{id}`: base role, environments' attribute, credentials (API digest §3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, update

from holoscope.access.actors import Actor
from holoscope.access.attributes import load_definitions
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import GrantsTooMuch, InvalidRole
from holoscope.access.roles_tiers import Role, parse_role, tier
from holoscope.access.system_attributes import SYSTEM_ATTRIBUTES
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.administering import load_administered
from holoscope.modelstore.connections import StoredConnection, seal_password, tell_base_role
from holoscope.modelstore.environment_rows import environments_of, read_values, require_unused
from holoscope.modelstore.models import ModelStore
from holoscope.storage.sealed import Sealer
from holoscope.storage.tables import connections

NOTHING_CHANGED = "No updates were made to the connection."
_ROLE = "default role"
_ATTRIBUTE = "environment user attribute settings"
_CREDENTIALS = "credentials"
_WITHOUT_PASSWORD = frozenset({"duckdb"})


@dataclass(frozen=True, slots=True)
class WantedAttribute:
    """Which user attribute chooses among the environments, and its values that mean the base itself."""

    name: str
    base_values: str | Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """What changes; None stays. `drops_attribute`: no attribute chooses an environment any more."""

    base_role: str | None = None
    attribute: WantedAttribute | None = None
    drops_attribute: bool = False
    password: SecretText | None = None
    private_key: SecretText | None = None


def change_connection(
    store: ModelStore, sealer: Sealer, actor: Actor, connection_id: str, wanted: ConnectionChange
) -> str:
    """Change a connection, all or nothing, and return the sentence that tells what is different now.

    Raises:
        NoSuchConnection: unknown, deleted or out of reach.
        PermissionDenied: the actor does not administer it.
        GrantsTooMuch: the role allows what the actor's own does not.
        BadRequest: no such role or attribute, a value that leads elsewhere, or credentials it has not.
    """
    with store.database.writing() as connection:
        stored = load_administered(store, connection, actor, connection_id)
        values: dict[str, Any] = {}
        told = []
        if wanted.base_role is not None and _change_role(store, connection, actor, stored, wanted.base_role):
            values["base_role"] = _role(wanted.base_role).value
            told.append(_ROLE)
        attribute = _attribute(connection, stored, wanted)
        if attribute:
            values |= attribute
            told.append(_ATTRIBUTE)
        settings = _credentials(stored, wanted, sealer)
        if settings != stored.settings:
            values["settings"] = settings
            told.append(_CREDENTIALS)
        if not told:
            return NOTHING_CHANGED
        changed = [what for what in told if what != _ROLE]
        if changed:
            _tell(connection, actor, stored.id, changed)
        connection.execute(
            update(connections)
            .where(connections.c.id == stored.id)
            .values(**values, updated_at=store.clock())
        )
    return f"Updated connection {_joined(told)}."


def _role(name: str) -> Role:
    try:
        return parse_role(name)
    except InvalidRole:
        roles = ", ".join(Role)
        raise BadRequest(f"Bad Request: baseRole: Invalid role; it is one of {roles}") from None


def _change_role(
    store: ModelStore, connection: Connection, actor: Actor, stored: StoredConnection, name: str
) -> bool:
    role = _role(name)
    if role is stored.base_role:
        return False
    if not store.scopes.roles_of(actor).held_on_connection(stored.id).covers(tier(role)):
        raise GrantsTooMuch(role.value)
    tell_base_role(connection, stored.organization_id, stored.id, stored.base_role.value, role, actor=actor)
    return True


def _attribute(connection: Connection, stored: StoredConnection, wanted: ConnectionChange) -> dict[str, Any]:
    """Return what changes of the attribute's columns."""
    name: str | None = None
    values: tuple[str, ...] = ()
    if wanted.attribute is not None:
        name = wanted.attribute.name
        values = read_values(wanted.attribute.base_values, "environmentUserAttribute.defaultValues")
        known = {each.reference for each in load_definitions(connection, stored.organization_id)}
        if name not in known | SYSTEM_ATTRIBUTES.keys():
            raise BadRequest(f"{name} does not match the name of an existing user attribute.")
        require_unused(stored, environments_of(connection, stored.id), values, is_base=True)
    elif not wanted.drops_attribute:
        return {}
    if (name, values) == (stored.environment_attribute, stored.environment_defaults):
        return {}
    return {"environment_attribute": name, "environment_defaults": list(values) or None}


def _credentials(stored: StoredConnection, wanted: ConnectionChange, sealer: Sealer) -> dict[str, Any]:
    """Return the connection's settings with the wanted password, which is kept sealed."""
    if wanted.private_key is not None:
        raise BadRequest(
            f"Bad Request: privateKey: a {stored.dialect} connection of this server takes no key pair"
        )
    if wanted.password is None:
        return dict(stored.settings)
    if stored.dialect in _WITHOUT_PASSWORD:
        raise BadRequest(f"Bad Request: passwordUnencrypted: a {stored.dialect} connection has no password")
    if not wanted.password.reveal():
        raise BadRequest("Bad Request: passwordUnencrypted: the password must not be empty")
    return {**stored.settings, **seal_password(wanted.password, stored.id, stored.settings, sealer)}


def _tell(connection: Connection, actor: Actor, connection_id: str, changed: list[str]) -> None:
    record(
        connection,
        actor.organization_id,
        Action.CONNECTION_UPDATE,
        actor=actor,
        object_type="connection",
        object_id=connection_id,
        details={"changed": changed},
    )


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
