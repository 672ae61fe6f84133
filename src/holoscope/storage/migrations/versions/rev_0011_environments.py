"""Connections that stand in for another one, by a user attribute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import JSON, Column, String, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

ID = String(36)
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("connections", Column("environment_attribute", Text()))
    op.add_column("connections", Column("environment_defaults", DOCUMENT))
    op.create_table(
        "connection_environments",
        Column("id", ID, nullable=False),
        Column("base_connection_id", ID, nullable=False),
        Column("connection_id", ID, nullable=False),
        Column("values", DOCUMENT, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "base_connection_id <> connection_id", name=op.f("ck_connection_environments_two_connections")
        ),
        sa.ForeignKeyConstraint(
            ["base_connection_id"],
            ["connections.id"],
            name=op.f("fk_connection_environments_base_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_connection_environments_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_environments")),
        sa.UniqueConstraint(
            "base_connection_id",
            "connection_id",
            name=op.f("uq_connection_environments_base_connection_id_connection_id"),
        ),
    )
    op.create_index(
        "ix_connection_environments_connection_id", "connection_environments", ["connection_id"], unique=False
    )
