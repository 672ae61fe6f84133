"""Events of the audit log that are older than a year may go; younger ones the database still keeps."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_ON_SQLITE = """
CREATE TRIGGER audit_events_no_DELETE BEFORE DELETE ON audit_events
WHEN OLD.at > datetime('now', '-365 days')
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END
"""
_ON_POSTGRESQL = """
CREATE TRIGGER audit_events_only_added BEFORE UPDATE OR TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_only_added()
"""
_ON_POSTGRESQL_OF_A_ROW = """
CREATE TRIGGER audit_events_kept BEFORE DELETE ON audit_events
FOR EACH ROW WHEN (OLD.at > now() - interval '365 days') EXECUTE FUNCTION audit_events_only_added()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_events_no_DELETE")
        op.execute(_ON_SQLITE)
    else:
        op.execute("DROP TRIGGER audit_events_only_added ON audit_events")
        op.execute(_ON_POSTGRESQL)
        op.execute(_ON_POSTGRESQL_OF_A_ROW)
