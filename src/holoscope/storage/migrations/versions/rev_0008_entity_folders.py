"""Folders and who may do what in them; the first ones are those of embedded tenants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String, Text

revision = "0008"
down_revision = "0007"

ID = String(36)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "folders",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("parent_id", ID),
        Column("name", Text(), nullable=False),
        Column("path", Text(), nullable=False),
        Column("scope", String(length=16), nullable=False),
        Column("owner_id", ID),
        Column("embed_entity", Text()),
        Column("created_at", INSTANT, nullable=False),
        Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("scope IN ('organization', 'restricted')", name="ck_folders_scope"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_folders_organization_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["memberships.id"], name="fk_folders_owner_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["folders.id"], name="fk_folders_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_folders"),
        sa.UniqueConstraint("organization_id", "path", name="uq_folders_organization_id_path"),
        sa.UniqueConstraint(
            "organization_id", "embed_entity", name="uq_folders_organization_id_embed_entity"
        ),
    )
    op.create_index("ix_folders_parent_id", "folders", ["parent_id"])
    op.create_index("ix_folders_owner_id", "folders", ["owner_id"])
    op.create_table(
        "content_permits",
        Column("id", ID, nullable=False),
        Column("folder_id", ID, nullable=False),
        Column("membership_id", ID),
        Column("group_id", String(length=8)),
        Column("role", String(length=16), nullable=False),
        sa.CheckConstraint(
            "(membership_id IS NULL) <> (group_id IS NULL)", name="ck_content_permits_one_holder"
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name="fk_content_permits_folder_id"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_content_permits_group_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_content_permits_membership_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_content_permits"),
        sa.UniqueConstraint("folder_id", "group_id", name="uq_content_permits_folder_id_group_id"),
        sa.UniqueConstraint("folder_id", "membership_id", name="uq_content_permits_folder_id_membership_id"),
    )
    op.create_index("ix_content_permits_group_id", "content_permits", ["group_id"])
    op.create_index("ix_content_permits_membership_id", "content_permits", ["membership_id"])
