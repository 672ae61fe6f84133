"""Jobs: work in the background that outlives the request that asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String, Text, text

revision = "0003"
down_revision = "0002"

ID = String(36)
INSTANT = sa.DateTime(timezone=True)
RUNNING = text("status = 'RUNNING'")


def upgrade() -> None:
    op.create_table(
        "jobs",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("connection_id", ID, nullable=False),
        Column("model_id", ID, nullable=False),
        Column("membership_id", ID),
        Column("kind", String(length=32), nullable=False),
        Column("request", Text(), nullable=False),
        Column("status", String(length=16), nullable=False),
        Column("error", Text()),
        Column("created_at", INSTANT, nullable=False),
        Column("ended_at", INSTANT),
        sa.CheckConstraint("status IN ('RUNNING', 'COMPLETED', 'FAILED')", name="ck_jobs_status"),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name="fk_jobs_connection_id"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_jobs_membership_id"),
        sa.ForeignKeyConstraint(["model_id"], ["models.id"], name="fk_jobs_model_id"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_jobs_organization_id"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    for name in ("membership_id", "model_id", "organization_id"):
        op.create_index(f"ix_jobs_{name}", "jobs", [name])
    op.create_index(
        "uq_jobs_running",
        "jobs",
        ["connection_id", "kind"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
