"""Connections as records; what opens them lives in `warehouses` (API digest §3.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.roles import Role, Roles
from holoscope.access.scope import Scopes
from holoscope.kit.clock import Clock, wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.errors import NoSuchConnection
from holoscope.storage.sealed import CannotUnseal, Sealer
from holoscope.storage.tables import connections, models
from holoscope.storage.unit_of_work import Database

DIALECTS = frozenset(
    {
        "athena",
        "bigquery",
        "clickhouse",
        "databricks",
        "databricks_lakebase",
        "duckdb",
        "exasol",
        "mariadb",
        "motherduck",
        "mssql",
        "mysql",
        "oracle",
        "postgres",
        "redshift",
        "singlestore",
        "snowflake",
        "sqlserver",
        "starrocks",
        "trino",
    }
)
SCOPED_NAMES = "always_scope_view_names"
USER_ZONES = "allows_user_specific_timezones"
INCLUDED_SCHEMAS = "include_schemas"
TIMEOUT = "query_timeout_seconds"
"""Settings of a connection that are not its driver's."""
_SEALED = "sealed_password"
_NOT_OF_THE_DRIVER = (_SEALED, SCOPED_NAMES, USER_ZONES, INCLUDED_SCHEMAS, TIMEOUT)
_SORTS = {
    "name": func.lower(connections.c.name),
    "database": func.lower(func.coalesce(connections.c.database, "")),
    "dialect": connections.c.dialect,
}


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A configured warehouse. `settings` is for its driver, a password in it sealed; it is never sent out.

    `environment_attribute` is the user attribute that chooses among its environments, `environment_defaults`
    are those of its values that mean the connection itself.
    """

    id: str
    organization_id: str
    name: str
    dialect: str
    database: str | None
    default_schema: str | None
    base_role: Role
    settings: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    environment_attribute: str | None = None
    environment_defaults: tuple[str, ...] = ()

    def password(self, sealer: Sealer) -> SecretText | None:
        """Open the password, None when the connection has none.

        Raises:
            CannotUnseal: it was sealed by another data folder.
        """
        sealed = self.settings.get(_SEALED)
        return sealer.open(str(sealed), self.id) if sealed else None

    @property
    def revision(self) -> str:
        """Name what it is opened by: another one means that it has to be opened again."""
        said = json.dumps(
            [self.dialect, self.database, self.default_schema, dict(self.settings)], sort_keys=True
        )
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ConnectionFilter:
    """What `GET /v1/connections` filters by; None and an empty text filter nothing.

    `name` and `database` are contained, letter case ignored; `dialect` is one or several, with commas.
    """

    name: str | None = None
    database: str | None = None
    dialect: str | None = None
    include_deleted: bool = False


@dataclass(frozen=True, slots=True)
class WantedConnection:
    """A connection as its owner describes it; `base_role` is the least role of every member on it.

    The `password` is stored sealed.
    """

    name: str
    dialect: str
    database: str | None
    default_schema: str | None
    base_role: Role
    settings: Mapping[str, Any]
    password: SecretText | None = None


def ensure_connection(
    database: Database,
    clock: Clock,
    organization_id: str,
    wanted: WantedConnection,
    sealer: Sealer | None = None,
) -> StoredConnection:
    """Return the connection of that exact name, brought to the wanted values, making it if need be.

    Raises:
        BadRequest: the dialect is none of `DIALECTS`.
    """
    if wanted.dialect not in DIALECTS:
        raise BadRequest("Invalid connection dialect")
    values: dict[str, Any] = {
        "dialect": wanted.dialect,
        "database": wanted.database,
        "default_schema": wanted.default_schema,
        "base_role": wanted.base_role.value,
        "settings": dict(wanted.settings),
    }
    with database.writing() as connection:
        now = clock()
        found = connection.execute(
            select(connections).where(
                connections.c.organization_id == organization_id,
                connections.c.name == wanted.name,
                connections.c.deleted_at.is_(None),
            )
        ).first()
        if found is None:
            id_ = new_id()
            values["settings"] |= _sealed(wanted, id_, {}, sealer)
            values |= {"id": id_, "organization_id": organization_id, "name": wanted.name, "created_at": now}
            connection.execute(insert(connections).values(**values, updated_at=now))
        else:
            id_ = found.id
            values["settings"] |= _sealed(wanted, id_, found.settings, sealer)
            if found.base_role != wanted.base_role.value:
                tell_base_role(connection, organization_id, id_, found.base_role, wanted.base_role)
            if any(found._mapping[key] != value for key, value in values.items()):
                connection.execute(
                    update(connections).where(connections.c.id == id_).values(**values, updated_at=now)
                )
        return load_connection(connection, id_)


def tell_base_role(
    connection: Connection,
    organization_id: str,
    connection_id: str,
    former: str,
    role: Role,
    *,
    actor: Actor | None = None,
) -> None:
    """Record that everybody's role on a connection changed."""
    record(
        connection,
        organization_id,
        Action.UPDATE_CONNECTION_BASE_ROLE,
        actor=actor,
        object_type="connection",
        object_id=connection_id,
        details={"role": role.value, "former_role": former},
    )


def _sealed(
    wanted: WantedConnection, id_: str, known: Mapping[str, Any], sealer: Sealer | None
) -> dict[str, str]:
    """Seal the wanted password; the one that is stored stays if it is the same."""
    if wanted.password is None:
        return {}
    if sealer is None:
        raise ValueError("a password needs a sealer")
    return seal_password(wanted.password, id_, known, sealer)


def seal_password(password: SecretText, id_: str, known: Mapping[str, Any], sealer: Sealer) -> dict[str, str]:
    """Return the setting that holds a password; as `known` has it, if that is the same one."""
    if _SEALED in known:
        with suppress(CannotUnseal):
            if sealer.open(str(known[_SEALED]), id_) == password:
                return {_SEALED: str(known[_SEALED])}
    return {_SEALED: sealer.seal(password, id_)}


def driver_settings(stored: StoredConnection) -> dict[str, Any]:
    """Give the settings that are the driver's: neither the password nor what the model is made by."""
    return {name: value for name, value in stored.settings.items() if name not in _NOT_OF_THE_DRIVER}


def load_connection(connection: Connection, connection_id: str) -> StoredConnection:
    """Read a connection that is not deleted, in any organization.

    Raises:
        NoSuchConnection: there is none.
    """
    row = connection.execute(
        select(connections).where(connections.c.id == connection_id, connections.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NoSuchConnection(connection_id)
    return _stored(row)


def list_connections(
    database: Database,
    scopes: Scopes,
    actor: Actor,
    wanted: ConnectionFilter,
    *,
    sort_field: str = "name",
    sort_direction: str = "asc",
) -> tuple[StoredConnection, ...]:
    """Return the connections on which, or on a model of which, the actor has a role.

    Raises:
        BadRequest: a dialect that does not exist.
    """
    dialects = _dialects(wanted.dialect)
    rows = select(connections).where(connections.c.organization_id == actor.organization_id)
    roles = scopes.roles_of(actor)
    if not roles.is_admin:
        rows = rows.where(_within_reach(roles))
    if not wanted.include_deleted:
        rows = rows.where(connections.c.deleted_at.is_(None))
    if dialects:
        rows = rows.where(connections.c.dialect.in_(dialects))
    sort = _SORTS[sort_field]
    direction = [part.desc() if sort_direction == "desc" else part.asc() for part in (sort, connections.c.id)]
    with database.reading() as connection:
        found = [_stored(row) for row in connection.execute(rows.order_by(*direction))]
    return tuple(
        item
        for item in found
        if _contains(item.name, wanted.name) and _contains(item.database or "", wanted.database)
    )


def connection_wire(item: StoredConnection) -> dict[str, Any]:
    """Build the wire record. The name of the environment attribute goes out in both published spellings."""
    return {
        "id": item.id,
        "name": item.name,
        "dialect": item.dialect,
        "database": item.database,
        "defaultSchema": item.default_schema,
        "baseRole": item.base_role.value,
        "createdAt": wire_time(item.created_at),
        "updatedAt": wire_time(item.updated_at),
        "deletedAt": None if item.deleted_at is None else wire_time(item.deleted_at),
        "userAttributeNameForConnectionEnvironments": item.environment_attribute,
        "userAttributeNameForConnectionsEnvironments": item.environment_attribute,
        "userAttributeValuesForDefaultEnvironment": list(item.environment_defaults) or None,
        "branchConnectionEnvironmentOverridesUserAttr": None,
        "environmentConnectionSwitchesSchemaModel": None,
    }


def _dialects(text: str | None) -> list[str]:
    names = [name.strip().lower() for name in (text or "").split(",")]
    names = [name for name in names if name]
    unknown = [name for name in names if name not in DIALECTS]
    if unknown:
        raise BadRequest(f"Invalid dialect(s): {', '.join(unknown)}")
    return names


def _within_reach(roles: Roles) -> Any:  # noqa: ANN401  (a SQLAlchemy condition)
    through = select(models.c.connection_id).where(models.c.id.in_(roles.open_models())).scalar_subquery()
    return or_(connections.c.id.in_(roles.open_connections()), connections.c.id.in_(through))


def _contains(text: str, part: str | None) -> bool:
    return not part or part.casefold() in text.casefold()


def _stored(row: Row[Any]) -> StoredConnection:
    return StoredConnection(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        dialect=row.dialect,
        database=row.database,
        default_schema=row.default_schema,
        base_role=Role(row.base_role),
        settings=row.settings,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        environment_attribute=row.environment_attribute,
        environment_defaults=tuple(row.environment_defaults or ()),
    )
