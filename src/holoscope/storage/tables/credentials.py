"""What proves who somebody is, and how they came to have it: keys, sessions, invitations, grants."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from holoscope.storage.tables.columns import ID, Document, Instant, metadata

# `digest` is the HMAC-SHA256 of the key text in hex; the text itself is nowhere.
# `membership_id` is the owner, or for an organization key the member who created it.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("public_prefix", String(32), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("rate_limit_per_minute", Integer),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("deleted_at", Instant),
    CheckConstraint("kind IN ('organization', 'user', 'mcp')", name="kind"),
    CheckConstraint("rate_limit_per_minute >= 0", name="rate_limit"),
    Index("ix_api_keys_organization_id_created_at", "organization_id", "created_at", "id"),
)

# A signed-in browser. `digest` is the HMAC of the cookie's text; `details` is what an embedded
# session may show. What has ended stays as a row for a while, for the list of sessions.
sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("address", String(64)),
    Column("user_agent", Text),
    Column("details", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    CheckConstraint("kind IN ('web', 'embed')", name="kind"),
    Index("ix_sessions_organization_id_created_at", "organization_id", "created_at", "id"),
)

# A link that makes somebody a member. No member means that the server itself invited.
invitations = Table(
    "invitations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("group_ids", Document, nullable=False),
    Column("invited_by", ID, ForeignKey("memberships.id")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("revoked_at", Instant),
    CheckConstraint("role IN ('ORG_ADMIN', 'MEMBER')", name="role"),
)

# A sign-in that is under way at an identity provider; used up by its answer.
sign_in_states = Table(
    "sign_in_states",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("details", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

# Who a member is at an identity provider. A subject may have several, of memberships that ended.
identities = Table(
    "identities",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("membership_id", "issuer"),
    Index("ix_identities_issuer_subject", "issuer", "subject"),
)

# Failed sign-ins, by a digest of whom and from where; old rows mean nothing and may go.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", ID, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_sign_in_failures_digest_at", "digest", "at"),
)

# What a member allowed a client program (OAuth): codes and tokens of it are digests, as keys are.
oauth_grants = Table(
    "oauth_grants",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False, index=True),
    Column("client_id", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

oauth_codes = Table(
    "oauth_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("grant_id", ID, ForeignKey("oauth_grants.id"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

oauth_tokens = Table(
    "oauth_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("grant_id", ID, ForeignKey("oauth_grants.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("replaced_at", Instant),
    CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
)
