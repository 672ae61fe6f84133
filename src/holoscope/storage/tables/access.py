"""What somebody may do: roles on models and connections, and on folders of content."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint

from holoscope.storage.tables.columns import ID, Document, Instant, metadata

# A tier with some of its permissions taken away (platform digest §2.2).
custom_roles = Table(
    "custom_roles",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
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
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("membership_id", ID, ForeignKey("memberships.id"), index=True),
    Column("group_id", String(8), ForeignKey("groups.id"), index=True),
    Column("model_id", ID, ForeignKey("models.id"), index=True),
    Column("connection_id", ID, ForeignKey("connections.id"), index=True),
    Column("role_name", String(32), nullable=False),
    Column("custom_role_id", ID, ForeignKey("custom_roles.id"), index=True),
    UniqueConstraint("membership_id", "model_id"),
    UniqueConstraint("membership_id", "connection_id"),
    UniqueConstraint("group_id", "model_id"),
    UniqueConstraint("group_id", "connection_id"),
    CheckConstraint("(membership_id IS NULL) <> (group_id IS NULL)", name="one_holder"),
    CheckConstraint("(model_id IS NULL) <> (connection_id IS NULL)", name="one_target"),
)

# Where content lies. `path` is that of links; `embed_entity` marks the folder that an embedded tenant
# has of its own.
folders = Table(
    "folders",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False),
    Column("parent_id", ID, ForeignKey("folders.id"), index=True),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("owner_id", ID, ForeignKey("memberships.id"), index=True),
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
    Column("id", ID, primary_key=True),
    Column("folder_id", ID, ForeignKey("folders.id"), nullable=False),
    Column("membership_id", ID, ForeignKey("memberships.id"), index=True),
    Column("group_id", String(8), ForeignKey("groups.id"), index=True),
    Column("role", String(16), nullable=False),
    UniqueConstraint("folder_id", "membership_id"),
    UniqueConstraint("folder_id", "group_id"),
    CheckConstraint("(membership_id IS NULL) <> (group_id IS NULL)", name="one_holder"),
)
