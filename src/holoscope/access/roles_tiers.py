"""The tiers of data roles, what each allows, and what somebody holds who has some (platform digest §2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from holoscope.access.errors import InvalidRole
from holoscope.query.scope import Permission


class Role(StrEnum):
    """Data roles, weakest first; the order of definition is the order of power."""

    NO_ACCESS = "NO_ACCESS"
    VIEWER = "VIEWER"
    QUERY_TOPICS = "QUERY_TOPICS"
    QUERIER = "QUERIER"
    MODELER = "MODELER"
    CONNECTION_ADMIN = "CONNECTION_ADMIN"


PRIORITIES: Mapping[Role, int] = MappingProxyType(
    {
        Role.NO_ACCESS: 0,
        Role.VIEWER: 50,
        Role.QUERY_TOPICS: 150,
        Role.QUERIER: 250,
        Role.MODELER: 350,
        Role.CONNECTION_ADMIN: 450,
    }
)
"""How roles compare, as the API tells it: the higher, the more permissive."""

_SPELLINGS = {"RESTRICTED_QUERIER": Role.QUERY_TOPICS}

_VIEWS = frozenset({Permission.READ})
_ASKS_TOPICS = _VIEWS | {Permission.QUERY_TOPICS, Permission.USE_WORKBOOKS, Permission.USE_AI}
_ASKS = _ASKS_TOPICS | {Permission.QUERY_FULL_MODEL, Permission.QUERY_SQL, Permission.VIEW_SQL}
_MODELS = _ASKS | {Permission.UPDATE, Permission.MANAGE_UPLOADS}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.NO_ACCESS: frozenset(),
        Role.VIEWER: _VIEWS,
        Role.QUERY_TOPICS: _ASKS_TOPICS,
        Role.QUERIER: _ASKS,
        Role.MODELER: _MODELS,
        Role.CONNECTION_ADMIN: _MODELS | {Permission.MANAGE_MODEL},
    }
)


def parse_role(name: str) -> Role:
    """Read the name of a tier; `RESTRICTED_QUERIER` is the older word for `QUERY_TOPICS`.

    Raises:
        InvalidRole: no such tier.
    """
    folded = name.strip().upper()
    try:
        return _SPELLINGS.get(folded) or Role(folded)
    except ValueError:
        raise InvalidRole from None


def strongest(first: Role, second: Role) -> Role:
    return first if PRIORITIES[first] >= PRIORITIES[second] else second


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds on a model or connection.

    `role` is the tier; `name` is what it is called: the tier again, or a custom role, which is a tier
    with permissions switched off.
    """

    role: Role
    name: str
    permissions: frozenset[Permission]
    custom_role_id: str | None = None

    @property
    def is_access(self) -> bool:
        """Tell whether it opens anything at all."""
        return self.role is not Role.NO_ACCESS

    @property
    def rank(self) -> tuple[int, int, str]:
        """Compare by this: the higher tier is stronger, and of one tier the role that allows more.

        Of two that allow as much, the name decides, so that every list names the same one.
        """
        return PRIORITIES[self.role], len(self.permissions), self.name

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def covers(self, other: Held) -> bool:
        """Tell whether everything that `other` allows is allowed here too."""
        return PRIORITIES[self.role] >= PRIORITIES[other.role] and self.permissions >= other.permissions

    def joined(self, other: Held) -> Held:
        """Return what somebody has who holds both: the stronger name, and what either allows."""
        if other == self:
            return self
        first = self if self.rank >= other.rank else other
        return Held(first.role, first.name, self.permissions | other.permissions, first.custom_role_id)


def tier(role: Role) -> Held:
    """Return a tier as it is, with nothing switched off."""
    return Held(role, role.value, PERMISSIONS[role])


NOTHING = tier(Role.NO_ACCESS)
EVERYTHING = tier(Role.CONNECTION_ADMIN)


def custom_held(role: Role, name: str, denied: Iterable[str], custom_role_id: str | None = None) -> Held:
    """Return a custom role as somebody holds it: a tier without what is denied."""
    return Held(role, name, PERMISSIONS[role] - {Permission(word) for word in denied}, custom_role_id)
