"""`POST /v1/connections`: a connection as the wire describes it (API digest §3.4, platform digest §7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import InvalidRole
from holoscope.access.guards import require_admin
from holoscope.access.roles_tiers import Role, parse_role
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.kit.text import is_plain
from holoscope.modelstore.connections import (
    DIALECTS,
    INCLUDED_SCHEMAS,
    SCOPED_NAMES,
    TIMEOUT,
    USER_ZONES,
    StoredConnection,
    load_connection,
    seal_password,
)
from holoscope.modelstore.models import ModelStore
from holoscope.storage.sealed import Sealer
from holoscope.storage.tables import connections
from holoscope.warehouses.postgres.settings import read_settings

_MOST_SECONDS = 3600
LONGEST_NAME = 256
_DRIVER = {
    "host": "host",
    "port": "port",
    "database": "database",
    "username": "user",
    "defaultSchema": "schema",
}
_HEARD = frozenset(
    {
        *_DRIVER,
        "name",
        "dialect",
        "baseRole",
        "includeSchemas",
        "queryTimeoutSeconds",
        "allowsUserSpecificTimezones",
        "alwaysScopeViewNames",
    }
)
_AS_IT_IS = {
    "inferRelationshipsFromColumnNames": (True,),
    "inferRelationshipsFromForeignKeys": (True, False),
    "systemTimezone": ("UTC",),
    "queryTimezone": ("UTC",),
}
"""Keys whose meaning is fixed here, and the values that say what happens anyway."""


def create_connection(
    store: ModelStore, sealer: Sealer, actor: Actor, said: Mapping[str, Any], password: SecretText
) -> StoredConnection:
    """Make a connection of the keys of the wire that are set; nothing is opened yet.

    Raises:
        PermissionDenied: the actor is no administrator of the organization.
        BadRequest: a dialect without a driver here, a key that would not be heeded, a value that cannot be.
    """
    require_admin(actor)
    _check_dialect(str(said["dialect"]))
    _check_keys(said)
    name = str(said["name"]).strip()
    if not name or len(name) > LONGEST_NAME:
        raise BadRequest(f"Bad Request: name: a name has 1 to {LONGEST_NAME} characters")
    if not is_plain(name):
        raise BadRequest("Bad Request: name: Control characters are not allowed")
    role = _role(said.get("baseRole"))
    driver = _driver(said)
    id_ = new_id()
    settings = {**driver, **_settings(said)}
    if password.reveal():
        settings |= seal_password(password, id_, {}, sealer)
    with store.database.writing() as connection:
        _require_free(connection, actor.organization_id, name)
        now = store.clock()
        connection.execute(
            insert(connections).values(
                id=id_,
                organization_id=actor.organization_id,
                name=name,
                dialect=said["dialect"],
                database=driver["database"],
                default_schema=driver["schema"],
                base_role=role.value,
                settings=settings,
                created_at=now,
                updated_at=now,
            )
        )
        record(
            connection,
            actor.organization_id,
            Action.CONNECTION_CREATE,
            actor=actor,
            object_type="connection",
            object_id=id_,
            details={"dialect": str(said["dialect"]), "role": role.value},
        )
        return load_connection(connection, id_)


def _check_dialect(dialect: str) -> None:
    if dialect not in DIALECTS:
        raise BadRequest("Invalid connection dialect")
    if dialect != "postgres":
        more = " Files are opened with `holoscope init`." if dialect == "duckdb" else ""
        raise BadRequest(f"This server makes no {dialect} connections over the API.{more}")


def _check_keys(said: Mapping[str, Any]) -> None:
    """Refuse a key that says something which would not happen."""
    for key, value in said.items():
        is_idle = value in (None, "", []) or (value is False and key not in _AS_IT_IS)
        if key in _HEARD or is_idle or value in _AS_IT_IS.get(key, ()):
            continue
        raise BadRequest(
            f"Bad Request: {key}: a {said['dialect']} connection of this server does not heed it"
        )


def _role(name: object) -> Role:
    try:
        return Role.NO_ACCESS if name is None else parse_role(str(name))
    except InvalidRole:
        raise BadRequest(f"Bad Request: baseRole: Invalid role; it is one of {', '.join(Role)}") from None


def _driver(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the driver's settings, checked by the driver."""
    read = read_settings({own: said[key] for key, own in _DRIVER.items() if key in said})
    return {
        "host": read.host,
        "port": read.port,
        "database": read.database,
        "user": read.user,
        "schema": read.schema,
        "sslmode": read.sslmode,
    }


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else is kept of the wire's keys."""
    found: dict[str, Any] = {}
    schemas = [part.strip() for part in str(said.get("includeSchemas", "")).split(",")]
    if any(schemas):
        found[INCLUDED_SCHEMAS] = [schema for schema in schemas if schema]
    seconds = said.get("queryTimeoutSeconds")
    if seconds is not None:
        if not 1 <= seconds <= _MOST_SECONDS:
            raise BadRequest(f"Bad Request: queryTimeoutSeconds: expected 1 to {_MOST_SECONDS}")
        found[TIMEOUT] = seconds
    for key, own in (("allowsUserSpecificTimezones", USER_ZONES), ("alwaysScopeViewNames", SCOPED_NAMES)):
        if said.get(key):
            found[own] = True
    return found


def _require_free(connection: Connection, organization_id: str, name: str) -> None:
    wanted = select(connections.c.id).where(
        connections.c.organization_id == organization_id,
        connections.c.name == name,
        connections.c.deleted_at.is_(None),
    )
    if connection.execute(wanted).first() is not None:
        raise BadRequest(f'A connection named "{name}" already exists')
