"""The proof of what an actor may see of a model: permissions and attributes, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from holoscope.access.actors import Actor
from holoscope.access.attributes import load_attributes, number_attributes
from holoscope.access.roles import Roles, load_roles
from holoscope.access.verdicts import Verdicts
from holoscope.query.scope import Scope
from holoscope.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class _Held:
    """What an actor holds: roles, attributes that are set, and which of these are numbers."""

    roles: Roles
    attributes: MappingProxyType[str, tuple[str, ...]]
    numbers: frozenset[str]


class Scopes:
    """Makes scopes and answers which roles an actor holds. Safe between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Verdicts[Actor, _Held] = Verdicts(database)

    def scope_for(self, actor: Actor, model_id: str, connection_id: str) -> Scope:
        """Return the actor's scope on a model of a connection.

        A change of role, group or attribute shows at once in this process and within
        `verdicts.MAX_AGE` in others.
        """
        held = self._load(actor)
        role = held.roles.held_on(model_id, connection_id)
        return Scope(held.attributes, role.permissions, held.numbers)

    def roles_of(self, actor: Actor) -> Roles:
        """Return every role the actor holds."""
        return self._load(actor).roles

    def _load(self, actor: Actor) -> _Held:
        return self._known.load(actor, lambda: self._read(actor))

    def _read(self, actor: Actor) -> _Held:
        with self._database.reading() as connection:
            attributes = load_attributes(connection, actor)
            numbers = number_attributes(connection, actor.organization_id)
            return _Held(load_roles(connection, actor), MappingProxyType(attributes), numbers)
