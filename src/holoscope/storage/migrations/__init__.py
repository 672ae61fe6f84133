"""Bringing a database to the present tables. Revisions are packaged; there is no alembic.ini.

An upgrade is one transaction: a crash in the middle leaves the old tables. A database that a
newer program wrote, or whose tables do not match its revision, is refused, never "repaired".
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from holoscope.storage.tables import metadata
from holoscope.storage.unit_of_work import Database

_VERSION_TABLE = "alembic_version"


class SchemaMismatch(RuntimeError):
    """The database cannot be used by this program; the text says why and what to do."""


def upgrade(database: Database) -> str:
    """Bring the tables to the newest revision and return its name; nothing happens if they are.

    Raises:
        SchemaMismatch: newer than this program, or half-migrated.
    """
    config = _config()
    with database.rebuilding() as connection:
        present = _checked_revision(connection, config)
        head = _head(config)
        if present != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _require_tables(connection, head)
    return head


def revision_of(database: Database) -> str | None:
    """Return the revision the database is at; None for an empty one.

    Raises:
        SchemaMismatch: newer than this program, or half-migrated.
    """
    with database.reading() as connection:
        return _checked_revision(connection, _config())


def require_current(database: Database) -> None:
    """Refuse a database that is not exactly at the newest revision; used where nothing may be changed.

    Raises:
        SchemaMismatch: older, newer or half-migrated.
    """
    present = revision_of(database)
    if present != _head(_config()):
        raise SchemaMismatch("The database is older than this program: run `holoscope db upgrade`.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _head(config: Config) -> str:
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise SchemaMismatch("This installation lacks its migrations; install it again.")
    return head


def _checked_revision(connection: Connection, config: Config) -> str | None:
    present = MigrationContext.configure(connection).get_current_revision()
    found = set(inspect(connection).get_table_names()) - {_VERSION_TABLE}
    if present is None:
        if found:
            raise SchemaMismatch(
                "The database has tables but no revision: it is half-migrated or belongs to another "
                "program. Restore a backup or name an empty database."
            )
        return None
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present not in known:
        raise SchemaMismatch(
            f"The database is at revision {present}, which this program does not know: a newer version "
            "wrote it. Install that version or restore a backup."
        )
    if present == _head(config):
        _require_tables(connection, present)
    return present


def _require_tables(connection: Connection, revision: str) -> None:
    missing = sorted(set(metadata.tables) - set(inspect(connection).get_table_names()))
    if missing:
        raise SchemaMismatch(
            f"The database says revision {revision} but lacks {', '.join(missing)}: it is half-migrated. "
            "Restore a backup."
        )
