"""`holoscope db upgrade`: bring the metadata database to the tables of this version."""

from __future__ import annotations

from holoscope.cli.house import upgrade
from holoscope.cli.options import DatabaseUrl, DataDir


def upgrade_command(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Upgrade the metadata database; nothing happens when it is current. Stop the server first."""
    print(f"The metadata database is at revision {upgrade(data_dir, database_url)}.")
