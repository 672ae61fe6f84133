"""Which roles a member or a group holds, where from, and which of them counts (API digest §3.17)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from holoscope.access.actors import Actor, MemberKind, OrgRole
from holoscope.access.errors import NoSuchGroup, NoSuchUser
from holoscope.access.group_tree import Around, load_groups_around, load_groups_of
from holoscope.access.guards import require_admin
from holoscope.access.people import find_member
from holoscope.access.people_groups import find_group
from holoscope.access.roles import held_of, select_assigned
from holoscope.access.roles_assigned import Named, find_named
from holoscope.access.roles_tiers import EVERYTHING, PRIORITIES, Held, Role, tier
from holoscope.storage.tables import connections, model_roles, models
from holoscope.storage.unit_of_work import Database

_ORIGINS = ("ORG", "USER", "GROUP", "BASE")


@dataclass(frozen=True, slots=True)
class _Row:
    """One role somebody holds: on a model, or without a model on the whole connection."""

    model_id: str | None
    connection_id: str
    held: Held
    origin: Mapping[str, Any]

    @property
    def strength(self) -> tuple[Any, ...]:
        """Sort by this, descending: of equal roles the one that is nearest counts."""
        nearness = -_ORIGINS.index(self.origin["type"]), -self.origin.get("depth", 0)
        return (*self.held.rank, self.model_id is not None, *nearness)

    def wire(self) -> dict[str, Any]:
        return {
            "modelId": self.model_id,
            "connectionId": self.connection_id,
            "roleName": self.held.name,
            "baseRole": self.held.role.value,
            "priority": PRIORITIES[self.held.role],
            "from": dict(self.origin),
        }


def list_member_roles(
    database: Database,
    actor: Actor,
    membership_id: str,
    *,
    model_id: str | None = None,
    connection_id: str | None = None,
) -> list[dict[str, Any]]:
    """Return the wire rows of a member: every role, direct or not, and which one counts.

    A row on a whole connection is `resolved` when it is the strongest of those; a row on a model when it
    is stronger than the connection's and all others on that model. Asked for one model, exactly one is.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchUser: the organization has no such active member.
        NotFound: the model or connection is unknown.
        Unprocessable: a model that takes no roles, or one of another connection.
    """
    require_admin(actor)
    with database.reading() as connection:
        member = find_member(connection, actor.organization_id, membership_id.lower())
        if member is None:
            raise NoSuchUser(membership_id)
        named = _named(connection, actor.organization_id, model_id, connection_id)
        rows: list[_Row] = []
        for id_, base in _base_roles(connection, actor.organization_id, named):
            if member.role is OrgRole.ADMIN:
                rows.append(_Row(None, id_, EVERYTHING, {"type": "ORG"}))
            if member.kind is not MemberKind.EMBED:
                rows.append(_Row(None, id_, tier(base), {"type": "BASE"}))
        around = load_groups_of(connection, member.membership_id)
        rows += _assigned(connection, actor.organization_id, named, around, member.membership_id)
    return _resolved(rows, one_model=model_id is not None)


def list_group_roles(
    database: Database,
    actor: Actor,
    group_id: str,
    *,
    model_id: str | None = None,
    connection_id: str | None = None,
) -> list[dict[str, Any]]:
    """Return the wire rows of a group: its own roles, depth 0, and those of groups that hold it.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchGroup: the organization has no such group.
        NotFound, Unprocessable: as `list_member_roles`.
    """
    require_admin(actor)
    with database.reading() as connection:
        if find_group(connection, actor.organization_id, group_id) is None:
            raise NoSuchGroup(group_id)
        named = _named(connection, actor.organization_id, model_id, connection_id)
        around = load_groups_around(connection, group_id)
        rows = _assigned(connection, actor.organization_id, named, around, None)
    return [row.wire() for row in _in_order(rows)]


def _named(
    connection: Connection, organization_id: str, model_id: str | None, connection_id: str | None
) -> Named | None:
    named = find_named(connection, organization_id, model_id, connection_id)
    if named is not None:
        named.require_roles()
    return named


def _base_roles(
    connection: Connection, organization_id: str, named: Named | None
) -> Iterable[tuple[str, Role]]:
    rows = select(connections.c.id, connections.c.base_role).where(
        connections.c.organization_id == organization_id, connections.c.deleted_at.is_(None)
    )
    if named is not None:
        rows = rows.where(connections.c.id == named.connection_id)
    return [(row.id, Role(row.base_role)) for row in connection.execute(rows)]


def _assigned(
    connection: Connection,
    organization_id: str,
    named: Named | None,
    around: Sequence[Around],
    membership_id: str | None,
) -> list[_Row]:
    """Read what is given to a member or to groups, on connections and models that are not deleted."""
    of_groups = model_roles.c.group_id.in_([group.id for group in around])
    mine = of_groups if membership_id is None else of_groups | (model_roles.c.membership_id == membership_id)
    placed = {
        row.id: row.connection_id
        for row in connection.execute(
            select(models.c.id, models.c.connection_id)
            .join(connections, connections.c.id == models.c.connection_id)
            .where(
                models.c.organization_id == organization_id,
                models.c.deleted_at.is_(None),
                connections.c.deleted_at.is_(None),
            )
        )
    }
    whole = set(placed.values()) | {id_ for id_, _ in _base_roles(connection, organization_id, None)}
    origins = {
        group.id: {"type": "GROUP", "depth": group.depth, "miniUuid": group.id, "name": group.name}
        for group in around
    }
    found: list[_Row] = []
    for row in connection.execute(select_assigned(organization_id).where(mine)):
        place = row.connection_id if row.model_id is None else placed.get(row.model_id)
        if place not in whole or not _is_asked(named, row.model_id, place):
            continue
        origin = {"type": "USER"} if row.group_id is None else origins[row.group_id]
        found.append(_Row(row.model_id, place, held_of(row), origin))
    return found


def _is_asked(named: Named | None, model_id: str | None, connection_id: str) -> bool:
    if named is None:
        return True
    if connection_id != named.connection_id:
        return False
    return named.target.model_id is None or model_id in (None, named.target.model_id)


def _resolved(rows: list[_Row], *, one_model: bool) -> list[dict[str, Any]]:
    """Mark the winners: one for each connection, one for each model that has a stronger role of its own."""
    winners: set[int] = set()
    for id_ in {row.connection_id for row in rows}:
        here = [row for row in rows if row.connection_id == id_]
        if one_model:
            winners.add(_winner(here))
            continue
        whole = [row for row in here if row.model_id is None]
        if whole:
            winners.add(_winner(whole))
        for model_id in {row.model_id for row in here if row.model_id is not None}:
            winners.add(_winner([row for row in here if row.model_id in (None, model_id)]))
    return [{**row.wire(), "resolved": id(row) in winners} for row in _in_order(rows)]


def _winner(rows: Iterable[_Row]) -> int:
    return id(max(rows, key=lambda row: row.strength))


def _in_order(rows: Iterable[_Row]) -> list[_Row]:
    """Sort by connection, whole connections before their models, the strongest first."""
    by_strength = sorted(rows, key=lambda row: row.strength, reverse=True)
    return sorted(by_strength, key=lambda row: (row.connection_id, row.model_id or ""))
