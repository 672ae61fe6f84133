"""Models in layers: extensions, branches, workbooks; the history of every file; cache resets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String, Text, text

revision = "0002"
down_revision = "0001"

ID = String(36)
INSTANT = sa.DateTime(timezone=True)
KINDS = "kind IN ('SCHEMA', 'SHARED', 'SHARED_EXTENSION', 'BRANCH', 'WORKBOOK', 'QUERY')"
LIVE_BRANCH = text("kind = 'BRANCH' AND deleted_at IS NULL")

_SCHEMA_MODEL = text("kind = 'SCHEMA' AND deleted_at IS NULL")
BEFORE = sa.Table(
    "models",
    sa.MetaData(),
    Column("id", ID, nullable=False),
    Column("organization_id", ID, nullable=False),
    Column("connection_id", ID, nullable=False),
    Column("base_model_id", ID),
    Column("kind", String(length=32), nullable=False),
    Column("name", Text()),
    Column("name_key", Text()),
    Column("version", sa.Integer(), nullable=False),
    Column("content_sha256", String(length=64), nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("deleted_at", INSTANT),
    sa.CheckConstraint("(kind = 'SCHEMA') = (base_model_id IS NULL)", name="ck_models_base_model"),
    sa.CheckConstraint("kind IN ('SCHEMA', 'SHARED')", name="ck_models_kind"),
    sa.ForeignKeyConstraint(["base_model_id"], ["models.id"], name="fk_models_base_model_id"),
    sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_models_connection_id"),
    sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_models_organization_id"),
    sa.PrimaryKeyConstraint("id", name="pk_models"),
    sa.Index("ix_models_base_model_id", "base_model_id"),
    sa.Index("ix_models_connection_id", "connection_id"),
    sa.Index("ix_models_organization_id", "organization_id"),
    sa.Index(
        "uq_models_schema_model",
        "connection_id",
        unique=True,
        sqlite_where=_SCHEMA_MODEL,
        postgresql_where=_SCHEMA_MODEL,
    ),
)
"""The table as revision 0001 left it; SQLite changes a check only by copying the table."""


def upgrade() -> None:
    _widen_models()
    _add_history()
    op.create_table(
        "cache_resets",
        Column("id", ID, nullable=False),
        Column("model_id", ID, nullable=False),
        Column("policy_name", Text(), nullable=False),
        Column("reset_at", INSTANT, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_cache_resets_model_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cache_resets"),
        sa.UniqueConstraint("model_id", "policy_name", name="uq_cache_resets_model_id_policy_name"),
    )


def _widen_models() -> None:
    with op.batch_alter_table("models", copy_from=BEFORE) as models:
        models.drop_constraint(op.f("ck_models_kind"), type_="check")
        models.create_check_constraint(op.f("ck_models_kind"), KINDS)
        models.add_column(Column("role_model_id", ID))
        models.add_column(Column("base_version", sa.Integer()))
        for name, value in (("allow_as_workbook_base", sa.true()), ("uses_isolated_branches", sa.false())):
            models.add_column(Column(name, sa.Boolean(), nullable=False, server_default=value))
        models.create_foreign_key("fk_models_role_model_id", "models", ["role_model_id"], ["id"])
    op.create_index("ix_models_role_model_id", "models", ["role_model_id"])
    op.create_index(
        "uq_models_branch_name",
        "models",
        ["base_model_id", "name_key"],
        unique=True,
        sqlite_where=LIVE_BRANCH,
        postgresql_where=LIVE_BRANCH,
    )


def _add_history() -> None:
    """History begins with the files as they are; what they were before is not known."""
    op.create_table(
        "model_versions",
        Column("model_id", ID, nullable=False),
        Column("version", sa.Integer(), nullable=False),
        Column("membership_id", ID),
        Column("message", Text()),
        Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_model_versions_membership_id"
        ),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_model_versions_model_id"),
        sa.PrimaryKeyConstraint("model_id", "version", name="pk_model_versions"),
    )
    op.create_index("ix_model_versions_membership_id", "model_versions", ["membership_id"])
    op.create_table(
        "model_file_versions",
        Column("model_id", ID, nullable=False),
        Column("version", sa.Integer(), nullable=False),
        Column("path", Text(), nullable=False),
        Column("text", Text()),
        Column("sha256", String(length=64)),
        sa.CheckConstraint("(text IS NULL) = (sha256 IS NULL)", name="ck_model_file_versions_text"),
        sa.ForeignKeyConstraint(
            ["model_id", "version"],
            ["model_versions.model_id", "model_versions.version"],
            name="fk_model_file_versions_model_id_version",
        ),
        sa.PrimaryKeyConstraint("model_id", "path", "version", name="pk_model_file_versions"),
    )
    op.execute(
        text(
            "INSERT INTO model_versions (model_id, version, created_at) "
            "SELECT id, version, updated_at FROM models"
        )
    )
    op.execute(
        text(
            "INSERT INTO model_file_versions (model_id, version, path, text, sha256) "
            "SELECT f.model_id, m.version, f.path, f.text, f.sha256 "
            "FROM model_files AS f JOIN models AS m ON m.id = f.model_id"
        )
    )
