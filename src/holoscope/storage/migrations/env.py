"""Run by alembic inside a connection that `migrations.upgrade` opened; there is no other way in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from holoscope.storage.tables import metadata

connection = context.config.attributes["connection"]
assert isinstance(connection, Connection)  # noqa: S101  (set by `migrations.upgrade`)
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
