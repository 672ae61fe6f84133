"""An index that lists and counts members of one kind by itself."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(
        "ix_memberships_listed",
        "memberships",
        ["organization_id", "kind", "active", "created_at", "id", "user_id"],
    )
