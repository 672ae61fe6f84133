"""The proof of what an actor may see. The `access` room makes it; no query compiles without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """Permission names as `whoami` reports them (API digest §3.17)."""

    READ = "READ"
    QUERY_TOPICS = "QUERY_TOPICS"
    QUERY_FULL_MODEL = "QUERY_FULL_MODEL"
    QUERY_SQL = "QUERY_SQL"
    VIEW_SQL = "VIEW_SQL"
    USE_WORKBOOKS = "USE_WORKBOOKS"
    USE_AI = "USE_AI"
    UPDATE = "UPDATE"
    MANAGE_MODEL = "MANAGE_MODEL"
    MANAGE_UPLOADS = "MANAGE_UPLOADS"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, as the compiler needs to know it.

    `attributes` holds every user attribute that is set, system ones included, as text values;
    an attribute that is absent is unset and makes an access filter fail. `numbers` names those that are
    declared numbers, so that SQL compares them as such. There is no value of `Scope` that switches row
    rules off: a caller without attributes sees errors, not rows.
    """

    attributes: Mapping[str, tuple[str, ...]]
    permissions: frozenset[Permission]
    numbers: frozenset[str] = frozenset()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
