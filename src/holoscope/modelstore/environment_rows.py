"""Environments as rows: which connection stands in for which, for which values (platform digest §1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from holoscope.kit.errors import BadRequest, NotFound
from holoscope.modelstore.connections import StoredConnection
from holoscope.storage.tables import connection_environments, connections

LONGEST_VALUE = 1_000


@dataclass(frozen=True, slots=True)
class Environment:
    """A connection that stands in for a base, for askers whose attribute has one of `values`."""

    id: str
    base_connection_id: str
    connection_id: str
    values: tuple[str, ...]


class NoSuchEnvironment(NotFound):
    """Unknown, another organization's, of another connection, or not the asker's to choose."""

    def __init__(self, environment_id: str) -> None:
        super().__init__(f"Connection environment with id {environment_id} does not exist")


def environments_of(connection: Connection, base_connection_id: str) -> tuple[Environment, ...]:
    """Read the environments of a connection, the oldest first; some of their connections may be deleted."""
    wanted = _select().where(connection_environments.c.base_connection_id == base_connection_id)
    return tuple(map(_environment, connection.execute(wanted)))


def organization_environments(connection: Connection, organization_id: str) -> tuple[Environment, ...]:
    """Read every environment of an organization whose base is not deleted, the oldest first."""
    wanted = (
        _select()
        .join(connections, connections.c.id == connection_environments.c.base_connection_id)
        .where(connections.c.organization_id == organization_id, connections.c.deleted_at.is_(None))
    )
    return tuple(map(_environment, connection.execute(wanted)))


def find_environment(connection: Connection, organization_id: str, environment_id: str) -> Environment:
    """Read one environment of an organization.

    Raises:
        NoSuchEnvironment: there is none.
    """
    for found in organization_environments(connection, organization_id):
        if found.id == environment_id:
            return found
    raise NoSuchEnvironment(environment_id)


def read_values(said: str | Sequence[str], key: str) -> tuple[str, ...]:
    """Read values of a user attribute: an array, or one text with commas; each counts once.

    Raises:
        BadRequest: one of them is empty or too long; `key` names them in the sentence.
    """
    values = [part.strip() for part in said.split(",")] if isinstance(said, str) else list(said)
    if isinstance(said, str):
        values = [value for value in values if value]
    for value in values:
        if not value.strip() or len(value) > LONGEST_VALUE:
            raise BadRequest(f"Bad Request: {key}: a value has 1 to {LONGEST_VALUE:,} characters")
    return tuple(dict.fromkeys(values))


def require_unused(
    base: StoredConnection, others: Iterable[Environment], values: Iterable[str], *, is_base: bool
) -> None:
    """Refuse a value that leads elsewhere already: one value leads to one database (API digest §3.4).

    `others` are the base's environments but the one that is to have `values`; `is_base`: the base is to.

    Raises:
        BadRequest: a value is in use.
    """
    used = {value for other in others for value in other.values}
    if not is_base:
        used |= set(base.environment_defaults)
    for value in values:
        if value in used:
            raise BadRequest(f'User attribute value "{value}" is already in use')


def environment_wire(item: Environment) -> dict[str, Any]:
    """Build the wire record."""
    return {
        "id": item.id,
        "baseConnectionId": item.base_connection_id,
        "connectionId": item.connection_id,
        "userAttributeValues": list(item.values),
    }


def _select() -> Select[Any]:
    table = connection_environments
    return select(table).order_by(table.c.created_at, table.c.id)


def _environment(row: Row[Any]) -> Environment:
    return Environment(row.id, row.base_connection_id, row.connection_id, tuple(row._mapping["values"]))
