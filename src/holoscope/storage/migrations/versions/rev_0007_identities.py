"""Who a member is at an identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String, Text

revision = "0007"
down_revision = "0005"

ID = String(36)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "identities",
        Column("id", ID, nullable=False),
        Column("organization_id", ID, nullable=False),
        Column("membership_id", ID, nullable=False),
        Column("issuer", Text(), nullable=False),
        Column("subject", Text(), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_identities_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_identities_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("membership_id", "issuer", name=op.f("uq_identities_membership_id_issuer")),
    )
    op.create_index("ix_identities_issuer_subject", "identities", ["issuer", "subject"], unique=False)
