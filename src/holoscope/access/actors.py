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


class CredentialKind(StrEnum):
    """What a request was proved by: a key of one of the three kinds, a client's grant, or a session.

    `CLI` is an access token that a client program got through OAuth; `SESSION` the cookie of a
    signed-in browser, `EMBED` that of an embedded page.
    """

    ORGANIZATION = "organization"
    USER = "user"
    MCP = "mcp"
    CLI = "cli"
    SESSION = "session"
    EMBED = "embed"


class MemberKind(StrEnum):
    """What a membership is for (platform digest §1.2); only a standard one signs in by itself."""

    STANDARD = "standard"
    EMBED = "embed"
    EMAIL_ONLY = "email_only"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of an organization, acting through a credential.

    `credential_id` is the id of the key, grant or session. `rate_limit` is a key's own allowance
    in requests per minute; None means the server's, 0 means no limit. An organization key acts as
    the member who created it; where it acts as another one, `impersonated_by` is its creator's membership.
    """

    organization_id: str
    membership_id: str
    user_id: str
    email: str
    name: str
    org_role: OrgRole
    credential_id: str
    credential_kind: CredentialKind
    rate_limit: int | None = None
    member_kind: MemberKind = MemberKind.STANDARD
    impersonated_by: str | None = None

    @property
    def is_admin(self) -> bool:
        """Tell whether the member administers the organization."""
        return self.org_role is OrgRole.ADMIN

    @property
    def has_organization_key(self) -> bool:
        """Tell whether the credential stands for the organization; only such act as other members."""
        return self.credential_kind is CredentialKind.ORGANIZATION
