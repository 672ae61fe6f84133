"""Every table of the metadata database. Portable: SQLite today, PostgreSQL by URL.

Ids are UUID text unless said otherwise. A `*_key` column holds the case-folded text that
uniqueness and look-ups go by, so that both databases agree on what "same" means.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_ID = String(36)


class Instant(TypeDecorator[datetime]):
    """An aware instant; kept in UTC, because SQLite has no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


organizations = Table(
    "organizations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("settings", Document, nullable=False, server_default="{}"),
    Column("created_at", Instant, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("password_hash", Text),
    Column("created_at", Instant, nullable=False),
)

# The id is what the API calls `userId`, `membershipId` and SCIM `id`. A deactivated membership
# stays; coming back makes another one, hence uniqueness among the active alone. `kind` is
# `standard`, `embed`, `email_only` or `support` (platform digest §1.2); `external_id` is what an
# identity provider calls the person.
memberships = Table(
    "memberships",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("user_id", _ID, ForeignKey("users.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("kind", String(16), nullable=False, server_default="standard"),
    Column("external_id", Text),
    Column("embed_external_id", Text),
    Column("embed_entity", Text),
    Column("embed_email", Text),
    Column("time_zone", String(64)),
    Column("last_login_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("role IN ('ORG_ADMIN', 'MEMBER')", name="role"),
    Index("ix_memberships_organization_id_created_at", "organization_id", "created_at", "id"),
    Index(
        "ix_memberships_listed", "organization_id", "kind", "active", "created_at", "id", "user_id"
    ),  # lists and counts of the directory read nothing else
    Index("ix_memberships_organization_id_external_id", "organization_id", "external_id"),
    Index(
        "uq_memberships_embedded",
        "organization_id",
        "embed_external_id",
        unique=True,
        sqlite_where=text("active AND embed_external_id IS NOT NULL"),
        postgresql_where=text("active AND embed_external_id IS NOT NULL"),
    ),
    Index(
        "uq_memberships_active",
        "organization_id",
        "user_id",
        unique=True,
        sqlite_where=text("active"),
        postgresql_where=text("active"),
    ),
)

user_attribute_definitions = Table(
    "user_attribute_definitions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("reference", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("description", Text),
    Column("type", String(8), nullable=False),
    Column("multiple_values", Boolean, nullable=False),
    Column("default_values", Document),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("organization_id", "reference"),
    CheckConstraint("type IN ('String', 'Number')", name="type"),
)

user_attribute_values = Table(
    "user_attribute_values",
    metadata,
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False),
    Column("definition_id", _ID, ForeignKey("user_attribute_definitions.id"), nullable=False, index=True),
    Column("values", Document, nullable=False),
    PrimaryKeyConstraint("membership_id", "definition_id"),
)

# Groups have short ids: 8 characters of base64url. `embed_entity` marks the group that an embedded
# tenant has of its own.
groups = Table(
    "groups",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("external_id", Text),
    Column("embed_entity", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("organization_id", "name_key"),
    Index("uq_groups_embed_entity", "organization_id", "embed_entity", unique=True),
)

# Members of `child_id` are members of `parent_id` too; a group never holds itself, however far down.
group_groups = Table(
    "group_groups",
    metadata,
    Column("parent_id", String(8), ForeignKey("groups.id"), nullable=False),
    Column("child_id", String(8), ForeignKey("groups.id"), nullable=False, index=True),
    PrimaryKeyConstraint("parent_id", "child_id"),
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", String(8), ForeignKey("groups.id"), nullable=False),
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False, index=True),
    PrimaryKeyConstraint("group_id", "membership_id"),
)

# `digest` is the HMAC-SHA256 of the key text in hex; the text itself is nowhere.
# `membership_id` is the owner, or for an organization key the member who created it.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False, index=True),
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

# `settings` is what the warehouse's driver needs to open it; no secret is kept in clear here.
connections = Table(
    "connections",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("dialect", String(32), nullable=False),
    Column("database", Text),
    Column("default_schema", Text),
    Column("base_role", String(32), nullable=False),
    Column("settings", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
)

# `version` counts the writes of files; `content_sha256` names the present set of files. Roles on
# `role_model_id` count here, null meaning the model's own: a branch is as open as the model it
# branches from. `base_version` is the base's version that a branch or workbook was last level with.
models = Table(
    "models",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("connection_id", _ID, ForeignKey("connections.id"), nullable=False, index=True),
    Column("base_model_id", _ID, ForeignKey("models.id"), index=True),
    Column("role_model_id", _ID, ForeignKey("models.id"), index=True),
    Column("kind", String(32), nullable=False),
    Column("name", Text),
    Column("name_key", Text),
    Column("version", Integer, nullable=False),
    Column("base_version", Integer),
    Column("content_sha256", String(64), nullable=False),
    Column("allow_as_workbook_base", Boolean, nullable=False, server_default=true()),
    Column("uses_isolated_branches", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    CheckConstraint(
        "kind IN ('SCHEMA', 'SHARED', 'SHARED_EXTENSION', 'BRANCH', 'WORKBOOK', 'QUERY')", name="kind"
    ),
    CheckConstraint("(kind = 'SCHEMA') = (base_model_id IS NULL)", name="base_model"),
    Index(
        "uq_models_schema_model",
        "connection_id",
        unique=True,
        sqlite_where=text("kind = 'SCHEMA' AND deleted_at IS NULL"),
        postgresql_where=text("kind = 'SCHEMA' AND deleted_at IS NULL"),
    ),
    Index(
        "uq_models_branch_name",
        "base_model_id",
        "name_key",
        unique=True,
        sqlite_where=text("kind = 'BRANCH' AND deleted_at IS NULL"),
        postgresql_where=text("kind = 'BRANCH' AND deleted_at IS NULL"),
    ),
)

model_files = Table(
    "model_files",
    metadata,
    Column("model_id", _ID, ForeignKey("models.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    PrimaryKeyConstraint("model_id", "path"),
)

# The history: one row per write, and one per file that the write changed. Rows are only ever added.
# No member means the server itself wrote; no text means the write took the file away.
model_versions = Table(
    "model_versions",
    metadata,
    Column("model_id", _ID, ForeignKey("models.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("membership_id", _ID, ForeignKey("memberships.id"), index=True),
    Column("message", Text),
    Column("created_at", Instant, nullable=False),
    PrimaryKeyConstraint("model_id", "version"),
)

model_file_versions = Table(
    "model_file_versions",
    metadata,
    Column("model_id", _ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("text", Text),
    Column("sha256", String(64)),
    PrimaryKeyConstraint("model_id", "path", "version"),
    ForeignKeyConstraint(["model_id", "version"], ["model_versions.model_id", "model_versions.version"]),
    CheckConstraint("(text IS NULL) = (sha256 IS NULL)", name="text"),
)

# Results of a cache policy that are older than `reset_at` are not to be used again.
cache_resets = Table(
    "cache_resets",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("model_id", _ID, ForeignKey("models.id"), nullable=False),
    Column("policy_name", Text, nullable=False),
    Column("reset_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("model_id", "policy_name"),
)

# Work in the background. `request` is comparable text; one job of a kind runs on a connection at a time.
# `process` is the number of the server process that runs it.
jobs = Table(
    "jobs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("connection_id", _ID, ForeignKey("connections.id"), nullable=False),
    Column("model_id", _ID, ForeignKey("models.id"), nullable=False, index=True),
    Column("membership_id", _ID, ForeignKey("memberships.id"), index=True),
    Column("kind", String(32), nullable=False),
    Column("request", Text, nullable=False),
    Column("process", Integer, nullable=False, server_default="0"),
    Column("status", String(16), nullable=False),
    Column("error", Text),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("status IN ('RUNNING', 'COMPLETED', 'FAILED')", name="status"),
    Index(
        "uq_jobs_running",
        "connection_id",
        "kind",
        unique=True,
        sqlite_where=text("status = 'RUNNING'"),
        postgresql_where=text("status = 'RUNNING'"),
    ),
)

# A tier with some of its permissions taken away (platform digest §2.2).
custom_roles = Table(
    "custom_roles",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("description", Text),
    Column("base_role", String(32), nullable=False),
    Column("denied", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("organization_id", "name_key"),
)

# One role for a member or a group, on a model or on a whole connection. With a custom role,
# `role_name` is its tier.
model_roles = Table(
    "model_roles",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("membership_id", _ID, ForeignKey("memberships.id"), index=True),
    Column("group_id", String(8), ForeignKey("groups.id"), index=True),
    Column("model_id", _ID, ForeignKey("models.id"), index=True),
    Column("connection_id", _ID, ForeignKey("connections.id"), index=True),
    Column("role_name", String(32), nullable=False),
    Column("custom_role_id", _ID, ForeignKey("custom_roles.id"), index=True),
    UniqueConstraint("membership_id", "model_id"),
    UniqueConstraint("membership_id", "connection_id"),
    UniqueConstraint("group_id", "model_id"),
    UniqueConstraint("group_id", "connection_id"),
    CheckConstraint("(membership_id IS NULL) <> (group_id IS NULL)", name="one_holder"),
    CheckConstraint("(model_id IS NULL) <> (connection_id IS NULL)", name="one_target"),
)

# A signed-in browser. `digest` is the HMAC of the cookie's text; `details` is what an embedded
# session may show. What has ended stays as a row, for the list of sessions.
sessions = Table(
    "sessions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False, index=True),
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
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("group_ids", Document, nullable=False),
    Column("invited_by", _ID, ForeignKey("memberships.id")),
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
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False),
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
    Column("id", _ID, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_sign_in_failures_digest_at", "digest", "at"),
)

# What a member allowed a client program (OAuth): codes and tokens of it are digests, as keys are.
oauth_grants = Table(
    "oauth_grants",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False, index=True),
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
    Column("grant_id", _ID, ForeignKey("oauth_grants.id"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

oauth_tokens = Table(
    "oauth_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("grant_id", _ID, ForeignKey("oauth_grants.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("replaced_at", Instant),
    CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
)

# Several may count at once, so that a secret can be changed without a gap. `sealed` is ciphertext.
embed_secrets = Table(
    "embed_secrets",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

# Kept for good: a signed address has no date, so its nonce alone says that it was used.
embed_nonces = Table(
    "embed_nonces",
    metadata,
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("used_at", Instant, nullable=False),
    PrimaryKeyConstraint("organization_id", "nonce"),
)

# Sessions that were generated and wait to be redeemed by a browser.
embed_logins = Table(
    "embed_logins",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("membership_id", _ID, ForeignKey("memberships.id"), nullable=False, index=True),
    Column("details", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("redeemed_at", Instant),
)

# Where content lies. `path` is that of links; `embed_entity` marks the folder that an embedded tenant
# has of its own.
folders = Table(
    "folders",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, ForeignKey("organizations.id"), nullable=False),
    Column("parent_id", _ID, ForeignKey("folders.id"), index=True),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("owner_id", _ID, ForeignKey("memberships.id"), index=True),
    Column("embed_entity", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("organization_id", "path"),
    UniqueConstraint("organization_id", "embed_entity"),
    CheckConstraint("scope IN ('organization', 'restricted')", name="scope"),
)

# One content role for a member or a group, in a folder (platform digest §2.3).
content_permits = Table(
    "content_permits",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("folder_id", _ID, ForeignKey("folders.id"), nullable=False),
    Column("membership_id", _ID, ForeignKey("memberships.id"), index=True),
    Column("group_id", String(8), ForeignKey("groups.id"), index=True),
    Column("role", String(16), nullable=False),
    UniqueConstraint("folder_id", "membership_id"),
    UniqueConstraint("folder_id", "group_id"),
    CheckConstraint("(membership_id IS NULL) <> (group_id IS NULL)", name="one_holder"),
)

# Who did what to which object. Rows are only ever added: the database refuses anything else.
# Ids are no foreign keys, so that a row outlives what it tells of.
audit_events = Table(
    "audit_events",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("organization_id", _ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("action", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("membership_id", _ID),
    Column("credential_kind", String(16)),
    Column("credential_id", _ID),
    Column("address", String(64)),
    Column("user_agent", Text),
    Column("request_id", String(64)),
    Column("object_type", String(32)),
    Column("object_id", Text),
    Column("details", Document, nullable=False),
    Index("ix_audit_events_organization_id_at", "organization_id", "at", "id"),
    Index("ix_audit_events_organization_id_action_at", "organization_id", "action", "at", "id"),
    Index("ix_audit_events_organization_id_membership_id_at", "organization_id", "membership_id", "at", "id"),
)
