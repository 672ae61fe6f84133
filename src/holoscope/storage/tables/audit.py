"""The audit log."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from holoscope.storage.tables.columns import ID, Document, Instant, metadata

# Who did what to which object. Rows are only ever added, and go after a year at the earliest: the database
# refuses anything else.
# Ids are no foreign keys, so that a row outlives what it tells of.
audit_events = Table(
    "audit_events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organization_id", ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("action", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("membership_id", ID),
    Column("credential_kind", String(16)),
    Column("credential_id", ID),
    Column("address", String(64)),
    Column("user_agent", Text),
    Column("request_id", String(64)),
    Column("object_type", String(32)),
    Column("object_id", Text),
    Column("details", Document, nullable=False),
    Index("ix_audit_events_organization_id_at", "organization_id", "at", "id"),
    Index("ix_audit_events_organization_id_action_at", "organization_id", "action", "at", "id"),
    Index("ix_audit_events_organization_id_membership_id_at", "organization_id", "membership_id", "at", "id"),
)
