"""Jobs know which process of a server runs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("jobs", Column("process", sa.Integer(), server_default="0", nullable=False))
