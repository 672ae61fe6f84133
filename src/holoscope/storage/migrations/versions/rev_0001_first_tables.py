"""The first tables: organizations, people, keys, connections, models and roles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import String, Text, text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision: str | None = None

ID = String(36)
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
    )
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", Text(), nullable=False),
        sa.Column("email_key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("name_key", Text(), nullable=False),
        sa.Column("password_hash", Text()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
    )
    op.create_table(
        "connections",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("dialect", String(length=32), nullable=False),
        sa.Column("database", Text()),
        sa.Column("default_schema", Text()),
        sa.Column("base_role", String(length=32), nullable=False),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_connections_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
    )
    op.create_index("ix_connections_organization_id", "connections", ["organization_id"])
    op.create_table(
        "groups",
        sa.Column("id", String(length=8), nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("name_key", Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_groups_organization_id"),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("organization_id", "name_key", name="uq_groups_organization_id_name_key"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role", String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("role IN ('ORG_ADMIN', 'MEMBER')", name="ck_memberships_role"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_memberships_organization_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
    )
    op.create_index(
        "ix_memberships_organization_id_created_at", "memberships", ["organization_id", "created_at", "id"]
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])
    op.create_index(
        "uq_memberships_active",
        "memberships",
        ["organization_id", "user_id"],
        unique=True,
        sqlite_where=text("active"),
        postgresql_where=text("active"),
    )
    op.create_table(
        "user_attribute_definitions",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("reference", Text(), nullable=False),
        sa.Column("label", Text(), nullable=False),
        sa.Column("type", String(length=8), nullable=False),
        sa.Column("multiple_values", sa.Boolean(), nullable=False),
        sa.Column("default_values", DOCUMENT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("type IN ('String', 'Number')", name="ck_user_attribute_definitions_type"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_user_attribute_definitions_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_attribute_definitions"),
        sa.UniqueConstraint(
            "organization_id", "reference", name="uq_user_attribute_definitions_organization_id_reference"
        ),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("kind", String(length=16), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("digest", String(length=64), nullable=False),
        sa.Column("public_prefix", String(length=32), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("rate_limit_per_minute", sa.Integer()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT),
        sa.CheckConstraint("kind IN ('organization', 'user', 'mcp')", name="ck_api_keys_kind"),
        sa.CheckConstraint("rate_limit_per_minute >= 0", name="ck_api_keys_rate_limit"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_api_keys_membership_id"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_api_keys_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
    )
    op.create_index("ix_api_keys_membership_id", "api_keys", ["membership_id"])
    op.create_index(
        "ix_api_keys_organization_id_created_at", "api_keys", ["organization_id", "created_at", "id"]
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", String(length=8), nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_group_members_group_id"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_group_members_membership_id"),
        sa.PrimaryKeyConstraint("group_id", "membership_id", name="pk_group_members"),
    )
    op.create_index("ix_group_members_membership_id", "group_members", ["membership_id"])
    op.create_table(
        "models",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("base_model_id", ID),
        sa.Column("kind", String(length=32), nullable=False),
        sa.Column("name", Text()),
        sa.Column("name_key", Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_sha256", String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("deleted_at", INSTANT),
        sa.CheckConstraint("(kind = 'SCHEMA') = (base_model_id IS NULL)", name="ck_models_base_model"),
        sa.CheckConstraint("kind IN ('SCHEMA', 'SHARED')", name="ck_models_kind"),
        sa.ForeignKeyConstraint(["base_model_id"], ["models.id"], name="fk_models_base_model_id"),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_models_connection_id"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_models_organization_id"),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
    )
    op.create_index("ix_models_base_model_id", "models", ["base_model_id"])
    op.create_index("ix_models_connection_id", "models", ["connection_id"])
    op.create_index("ix_models_organization_id", "models", ["organization_id"])
    op.create_index(
        "uq_models_schema_model",
        "models",
        ["connection_id"],
        unique=True,
        sqlite_where=text("kind = 'SCHEMA' AND deleted_at IS NULL"),
        postgresql_where=text("kind = 'SCHEMA' AND deleted_at IS NULL"),
    )
    op.create_table(
        "user_attribute_values",
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("values", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["user_attribute_definitions.id"],
            name="fk_user_attribute_values_definition_id",
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_user_attribute_values_membership_id"
        ),
        sa.PrimaryKeyConstraint("membership_id", "definition_id", name="pk_user_attribute_values"),
    )
    op.create_index("ix_user_attribute_values_definition_id", "user_attribute_values", ["definition_id"])
    op.create_table(
        "model_files",
        sa.Column("model_id", ID, nullable=False),
        sa.Column("path", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("sha256", String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_model_files_model_id"),
        sa.PrimaryKeyConstraint("model_id", "path", name="pk_model_files"),
    )
    op.create_table(
        "model_roles",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("membership_id", ID),
        sa.Column("group_id", String(length=8)),
        sa.Column("model_id", ID),
        sa.Column("connection_id", ID),
        sa.Column("role_name", String(length=32), nullable=False),
        sa.CheckConstraint("(membership_id IS NULL) <> (group_id IS NULL)", name="ck_model_roles_one_holder"),
        sa.CheckConstraint("(model_id IS NULL) <> (connection_id IS NULL)", name="ck_model_roles_one_target"),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_model_roles_connection_id"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_model_roles_group_id"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_model_roles_membership_id"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_model_roles_model_id"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name="fk_model_roles_organization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_model_roles"),
        sa.UniqueConstraint("group_id", "connection_id", name="uq_model_roles_group_id_connection_id"),
        sa.UniqueConstraint("group_id", "model_id", name="uq_model_roles_group_id_model_id"),
        sa.UniqueConstraint(
            "membership_id", "connection_id", name="uq_model_roles_membership_id_connection_id"
        ),
        sa.UniqueConstraint("membership_id", "model_id", name="uq_model_roles_membership_id_model_id"),
    )
    op.create_index("ix_model_roles_connection_id", "model_roles", ["connection_id"])
    op.create_index("ix_model_roles_group_id", "model_roles", ["group_id"])
    op.create_index("ix_model_roles_membership_id", "model_roles", ["membership_id"])
    op.create_index("ix_model_roles_model_id", "model_roles", ["model_id"])
    op.create_index("ix_model_roles_organization_id", "model_roles", ["organization_id"])
