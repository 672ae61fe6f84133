"""How deep somebody is in groups: directly, or through groups that other groups hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from holoscope.storage.tables import group_groups, group_members, groups


@dataclass(frozen=True, slots=True)
class Around:
    """A group that somebody is in; `depth` 0 means directly, 1 through a group within it, and so on."""

    id: str
    name: str
    depth: int


def load_groups_of(connection: Connection, membership_id: str) -> tuple[Around, ...]:
    """Read every group a member is in, the nearest first; each once, at its least depth."""
    direct = connection.execute(
        select(group_members.c.group_id).where(group_members.c.membership_id == membership_id)
    ).scalars()
    return _around(connection, direct)


def load_groups_around(connection: Connection, group_id: str) -> tuple[Around, ...]:
    """Read a group and every group that holds it, the nearest first."""
    return _around(connection, [group_id])


def _around(connection: Connection, first: Iterable[str]) -> tuple[Around, ...]:
    """Walk outward, level by level. What was met is not entered again, so a circle could not hold us."""
    depths: dict[str, int] = {}
    level, depth = set(first), 0
    while level:
        depths.update(dict.fromkeys(level, depth))
        outer = connection.execute(
            select(group_groups.c.parent_id).where(group_groups.c.child_id.in_(level))
        ).scalars()
        level, depth = set(outer) - depths.keys(), depth + 1
    if not depths:
        return ()
    rows = connection.execute(select(groups.c.id, groups.c.name).where(groups.c.id.in_(list(depths))))
    found = [Around(row.id, row.name, depths[row.id]) for row in rows]
    return tuple(sorted(found, key=lambda group: (group.depth, group.name, group.id)))
