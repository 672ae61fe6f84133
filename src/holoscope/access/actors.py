"""Who acts. An `Actor` is what a checked credential proves; nothing else makes one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OrgRole(StrEnum):
    """The role in the organization, as `whoami` spells it (platform digest §2.1)."""

    ADMIN = "ORG_ADMIN"
    MEMBER = "MEMBER"


class KeyKind(StrEnum):
    """What a key stands for; `USER` is a personal access token, `MCP` a grant to a connector."""

    ORGANIZATION = "organization"
    USER = "user"
    MCP = "mcp"


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of an organization, acting through a key.

    `rate_limit` is the key's own allowance in requests per minute; None means the server's,
    0 means no limit. An organization key acts as the member who created it.
    """

    organization_id: str
    membership_id: str
    user_id: str
    email: str
    name: str
    org_role: OrgRole
    key_id: str
    key_kind: KeyKind
    rate_limit: int | None = None

    @property
    def is_admin(self) -> bool:
        """Tell whether the member administers the organization."""
        return self.org_role is OrgRole.ADMIN

    @property
    def has_organization_key(self) -> bool:
        """Tell whether the key stands for the organization; only such keys act as other members."""
        return self.key_kind is KeyKind.ORGANIZATION
