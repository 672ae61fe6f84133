"""Who there is: organizations, users, their memberships, attributes and groups."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from holoscope.storage.tables.columns import ID, Document, Instant, metadata, unique_among

organizations = Table(
    "organizations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("settings", Document, nullable=False, server_default="{}"),
    Column("created_at", Instant, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
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
# identity provider calls the person; `preferences` is what they chose for their own pages.
memberships = Table(
    "memberships",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
    Column("user_id", ID, ForeignKey("users.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("kind", String(16), nullable=False, server_default="standard"),
    Column("external_id", Text),
    Column("embed_external_id", Text),
    Column("embed_entity", Text),
    Column("embed_email", Text),
    Column("time_zone", String(64)),
    Column("preferences", Document),
    Column("last_login_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("role IN ('ORG_ADMIN', 'MEMBER')", name="role"),
    Index("ix_memberships_organization_id_created_at", "organization_id", "created_at", "id"),
    Index(
        "ix_memberships_listed", "organization_id", "kind", "active", "created_at", "id", "user_id"
    ),  # lists and counts of the directory read nothing else
    Index("ix_memberships_organization_id_external_id", "organization_id", "external_id"),
    unique_among(
        "uq_memberships_embedded",
        "organization_id",
        "embed_external_id",
        where="active AND embed_external_id IS NOT NULL",
    ),
    unique_among("uq_memberships_active", "organization_id", "user_id", where="active"),
)

user_attribute_definitions = Table(
    "user_attribute_definitions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
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
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False),
    Column("definition_id", ID, ForeignKey("user_attribute_definitions.id"), nullable=False, index=True),
    Column("values", Document, nullable=False),
    PrimaryKeyConstraint("membership_id", "definition_id"),
)

# Groups have short ids: 8 characters of base64url. `embed_entity` marks the group that an embedded
# tenant has of its own.
groups = Table(
    "groups",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
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
    Column("membership_id", ID, ForeignKey("memberships.id"), nullable=False, index=True),
    PrimaryKeyConstraint("group_id", "membership_id"),
)
