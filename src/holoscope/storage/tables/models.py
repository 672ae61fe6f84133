"""Connections, models on them, their files and their history."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from holoscope.storage.tables.columns import ID, Document, Instant, metadata, unique_among

# `settings` is what the warehouse's driver needs to open it; no secret is kept in clear here.
connections = Table(
    "connections",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("dialect", String(32), nullable=False),
    Column("database", Text),
    Column("default_schema", Text),
    Column("base_role", String(32), nullable=False),
    Column("settings", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    Column("environment_attribute", Text),
    Column("environment_defaults", Document),
)

# Connections that stand in for another one. `values` are those of the user attribute that the base
# connection names in `environment_attribute`; `environment_defaults` are those it keeps to itself.
connection_environments = Table(
    "connection_environments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("base_connection_id", ID, ForeignKey("connections.id"), nullable=False),
    Column("connection_id", ID, ForeignKey("connections.id"), nullable=False, index=True),
    Column("values", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("base_connection_id", "connection_id"),
    CheckConstraint("base_connection_id <> connection_id", name="two_connections"),
)

# `version` counts the writes of files; `content_sha256` names the present set of files. Roles on
# `role_model_id` count here, null meaning the model's own: a branch is as open as the model it
# branches from. `base_version` is the base's version that a branch or workbook was last level with.
models = Table(
    "models",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("connection_id", ID, ForeignKey("connections.id"), nullable=False, index=True),
    Column("base_model_id", ID, ForeignKey("models.id"), index=True),
    Column("role_model_id", ID, ForeignKey("models.id"), index=True),
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
    unique_among("uq_models_schema_model", "connection_id", where="kind = 'SCHEMA' AND deleted_at IS NULL"),
    unique_among(
        "uq_models_branch_name", "base_model_id", "name_key", where="kind = 'BRANCH' AND deleted_at IS NULL"
    ),
)

model_files = Table(
    "model_files",
    metadata,
    Column("model_id", ID, ForeignKey("models.id"), nullable=False),
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
    Column("model_id", ID, ForeignKey("models.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("membership_id", ID, ForeignKey("memberships.id"), index=True),
    Column("message", Text),
    Column("created_at", Instant, nullable=False),
    PrimaryKeyConstraint("model_id", "version"),
)

model_file_versions = Table(
    "model_file_versions",
    metadata,
    Column("model_id", ID, nullable=False),
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
    Column("id", ID, primary_key=True),
    Column("model_id", ID, ForeignKey("models.id"), nullable=False),
    Column("policy_name", Text, nullable=False),
    Column("reset_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("model_id", "policy_name"),
)
