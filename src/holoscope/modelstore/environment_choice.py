"""On which connection somebody's query runs: that of the model, or the environment that is theirs.

The user attribute that the model's connection names decides; where it has no value for somebody, its
default counts, as everywhere (platform digest §1.4, §1.6, API digest §3.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from holoscope.access.attributes import load_definitions
from holoscope.access.roles import Roles
from holoscope.access.system_attributes import SYSTEM_ATTRIBUTES
from holoscope.kit.errors import BadRequest
from holoscope.modelstore.connections import StoredConnection, load_connection
from holoscope.modelstore.environment_rows import Environment, NoSuchEnvironment, environments_of
from holoscope.modelstore.errors import NoSuchConnection
from holoscope.query.scope import Permission


class EnvironmentUnset(BadRequest):
    """Whoever asks has no value of the attribute by which the connection chooses its environment."""

    code = "environment_unset"

    def __init__(self, attribute: str) -> None:
        super().__init__(
            f'The user attribute "{attribute}" chooses the database of this model, and you have no value of '
            "it. Ask an administrator to set one."
        )


class EnvironmentAmbiguous(BadRequest):
    """Whoever asks has values that lead to several databases."""

    code = "environment_ambiguous"

    def __init__(self, attribute: str) -> None:
        super().__init__(
            f'The user attribute "{attribute}" chooses the database of this model, and your values of it '
            "lead to several. Ask an administrator to leave one of them."
        )


class EnvironmentGone(BadRequest):
    """The environment was deleted: no other database answers in its place."""

    code = "environment_gone"

    def __init__(self) -> None:
        super().__init__(
            "The database that answers your questions to this model was deleted. "
            "Ask an administrator to choose another environment."
        )


@dataclass(frozen=True, slots=True)
class Asker:
    """What the choice depends on: whose attributes count, and what the asker administers."""

    organization_id: str
    attributes: Mapping[str, tuple[str, ...]]
    roles: Roles


def choose_connection(
    connection: Connection, base_id: str, asker: Asker, environment_id: str | None = None
) -> StoredConnection:
    """Return the connection on which an asker's queries of a model on the connection `base_id` run.

    A value that leads to no environment means the base, and so does an attribute whose definition was
    deleted. Without a value it is the base too, unless that has values of its own: then one is needed.
    `environment_id` asks for one environment: whoever administers its connection may, and others for theirs.

    Raises:
        NoSuchConnection: the base is deleted.
        NoSuchEnvironment: the base has no such environment, or the asker may not choose it.
        EnvironmentUnset, EnvironmentAmbiguous: the attribute does not lead to one database.
        EnvironmentGone: it leads to a connection that was deleted.
    """
    base = load_connection(connection, base_id)
    if environment_id is None and base.environment_attribute is None:
        return base
    known = environments_of(connection, base_id)
    if environment_id is not None:
        named = next((each for each in known if each.id == environment_id), None)
        if named is None:
            raise NoSuchEnvironment(environment_id)
        administers = asker.roles.held_on_connection(named.connection_id).may(Permission.MANAGE_MODEL)
        if not administers and _choose(connection, base, known, asker) != named:
            raise NoSuchEnvironment(environment_id)
        return _load(connection, named)
    chosen = _choose(connection, base, known, asker)
    return base if chosen is None else _load(connection, chosen)


def _choose(
    connection: Connection, base: StoredConnection, known: Sequence[Environment], asker: Asker
) -> Environment | None:
    """Return the environment that the attribute leads to; None for the base."""
    name = base.environment_attribute
    if name is None or not _is_defined(connection, asker.organization_id, name):
        return None
    values = set(asker.attributes.get(name, ()))
    if not values and known and base.environment_defaults:
        raise EnvironmentUnset(name)
    found = [each for each in known if values & set(each.values)]
    if len(found) + bool(values & set(base.environment_defaults)) > 1:
        raise EnvironmentAmbiguous(name)
    return found[0] if found else None


def _is_defined(connection: Connection, organization_id: str, name: str) -> bool:
    return name in SYSTEM_ATTRIBUTES or any(
        each.reference == name for each in load_definitions(connection, organization_id)
    )


def _load(connection: Connection, environment: Environment) -> StoredConnection:
    try:
        return load_connection(connection, environment.connection_id)
    except NoSuchConnection:
        raise EnvironmentGone from None
