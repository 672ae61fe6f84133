"""Writing what changed about a group, for every way in which groups are changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail, record
from holoscope.access.errors import NoSuchGroup
from holoscope.access.people import Group
from holoscope.access.people_groups import (
    add_to_group,
    change_group,
    create_group,
    delete_group,
    find_group,
    ids_in_group,
    take_from_group,
)

LONGEST_NAME = 64
_ID = re.compile(r"[A-Za-z0-9_-]{8}")


@dataclass(slots=True)
class GroupChange:
    """Changes of one group inside the caller's transaction; `added` and `removed` count members.

    `name` and `external_id` are what they shall be at the end.
    """

    connection: Connection
    group: Group
    name: str
    external_id: str | None
    added: int = 0
    removed: int = 0

    def add(self, ids: list[str]) -> None:
        """Put members and groups into it.

        Raises:
            NoSuchMembers, GroupInItself: see `add_to_group`.
        """
        self.added += add_to_group(self.connection, self.group, ids)

    def take(self, ids: list[str] | set[str]) -> None:
        """Take members and groups out of it."""
        self.removed += take_from_group(self.connection, self.group, ids)

    def replace(self, wanted: list[str]) -> None:
        """Make the group hold exactly these.

        Raises:
            NoSuchMembers, GroupInItself: see `add_to_group`.
        """
        self.take(ids_in_group(self.connection, self.group.id) - set(wanted))
        self.add(wanted)

    def finish(self, actor: Actor, at: datetime, *, by: str) -> None:
        """Write the group's own attributes and tell the log, if anything changed.

        Raises:
            AlreadyTaken: another group has that name.
        """
        own = (self.group.name, self.group.external_id)
        if (*own, self.added, self.removed) == (self.name, self.external_id, 0, 0):
            return
        change_group(self.connection, self.group, name=self.name, external_id=self.external_id, at=at)
        told: dict[str, Detail] = {"name": self.name, "added": self.added, "removed": self.removed}
        _record(self.connection, actor, Action.GROUP_UPDATE, self.group, told, at, by)


def hold_group(connection: Connection, actor: Actor, group_id: str) -> Group:
    """Find a group of the actor's organization; in a write transaction nobody else changes it.

    Raises:
        NoSuchGroup: there is none.
    """
    found = find_group(connection, actor.organization_id, group_id) if _ID.fullmatch(group_id) else None
    if found is None:
        raise NoSuchGroup(group_id)
    return found


def make_group(
    connection: Connection,
    actor: Actor,
    name: str,
    members: list[str],
    at: datetime,
    *,
    by: str,
    external_id: str | None = None,
) -> Group:
    """Make a group with its members and tell the log.

    Raises:
        AlreadyTaken: a group has that name, letter case ignored.
        NoSuchMembers: the organization has no such active member or group.
    """
    group = create_group(connection, actor.organization_id, name, at, external_id=external_id)
    added = add_to_group(connection, group, members)
    _record(connection, actor, Action.GROUP_CREATE, group, {"name": group.name, "added": added}, at, by)
    return group


def remove_group(connection: Connection, actor: Actor, group: Group, at: datetime, *, by: str) -> None:
    """Take a group away, with the roles it gives, and tell the log; its members stay."""
    delete_group(connection, group)
    _record(connection, actor, Action.GROUP_DELETE, group, {"name": group.name}, at, by)


def _record(
    connection: Connection,
    actor: Actor,
    action: Action,
    group: Group,
    told: dict[str, Detail],
    at: datetime,
    by: str,
) -> None:
    record(
        connection,
        group.organization_id,
        action,
        actor=actor,
        object_type="group",
        object_id=group.id,
        details={**told, "by": by},
        at=at,
    )
