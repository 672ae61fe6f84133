"""Work in the background."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from holoscope.storage.tables.columns import ID, Instant, metadata, unique_among

# Work in the background. `request` is comparable text; one job of a kind runs on a connection at a time.
# `process` is the number of the server process that runs it.
jobs = Table(
    "jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, ForeignKey("organizations.id"), nullable=False, index=True),
    Column("connection_id", ID, ForeignKey("connections.id"), nullable=False),
    Column("model_id", ID, ForeignKey("models.id"), nullable=False, index=True),
    Column("membership_id", ID, ForeignKey("memberships.id"), index=True),
    Column("kind", String(32), nullable=False),
    Column("request", Text, nullable=False),
    Column("process", Integer, nullable=False, server_default="0"),
    Column("status", String(16), nullable=False),
    Column("error", Text),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("status IN ('RUNNING', 'COMPLETED', 'FAILED')", name="status"),
    unique_among("uq_jobs_running", "connection_id", "kind", where="status = 'RUNNING'"),
)
