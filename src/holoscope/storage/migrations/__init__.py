"""Bringing a database to the present tables. Revisions are packaged; there is no alembic.ini.

An upgrade is one transaction: a crash in the middle leaves the old tables. A database that a
newer program wrote, or whose tables do not match its revision, is refused, never "repaired".
Alembic is loaded only to change something: a start on present tables does without it.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection, Select, column, inspect, select, table

from holoscope.storage.tables import metadata
from holoscope.storage.unit_of_work import Database

_VERSION_TABLE = "alembic_version"
_REVISION_FILE = re.compile(r"rev_(\d{4})_\w+\.py")


class SchemaMismatch(RuntimeError):
    """The database cannot be used by this program; the text says why and what to do."""


def upgrade(database: Database) -> str:
    """Bring the tables to the newest revision and return its name; nothing happens if they are.

    Raises:
        SchemaMismatch: newer than this program, or half-migrated.
    """
    with database.rebuilding() as connection:
        present = _checked_revision(connection)
        head = _revisions()[-1]
        if present != head:
            migrate(connection, head)
            _require_tables(connection, head)
    return head


def revision_of(database: Database) -> str | None:
    """Return the revision the database is at; None for an empty one.

    Raises:
        SchemaMismatch: newer than this program, or half-migrated.
    """
    with database.reading() as connection:
        return _checked_revision(connection)


def require_current(database: Database) -> None:
    """Refuse a database that is not exactly at the newest revision; used where nothing may be changed.

    Raises:
        SchemaMismatch: older, newer or half-migrated.
    """
    present = revision_of(database)
    if present != _revisions()[-1]:
        raise SchemaMismatch("The database is older than this program: run `holoscope db upgrade`.")


def migrate(connection: Connection, revision: str) -> None:
    """Run the revisions up to `revision` in the caller's transaction; `upgrade` is the way in."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _revisions() -> list[str]:
    """List the packaged revisions, oldest first: their files are numbered."""
    names = (_REVISION_FILE.fullmatch(file.name) for file in (Path(__file__).parent / "versions").iterdir())
    found = sorted(name[1] for name in names if name is not None)
    if not found:
        raise SchemaMismatch("This installation lacks its migrations; install it again.")
    return found


def _checked_revision(connection: Connection) -> str | None:
    found = set(inspect(connection).get_table_names())
    version: Select[str] = select(column("version_num")).select_from(table(_VERSION_TABLE))
    present: str | None = connection.execute(version).scalar() if _VERSION_TABLE in found else None
    if present is None:
        if found - {_VERSION_TABLE}:
            raise SchemaMismatch(
                "The database has tables but no revision: it is half-migrated or belongs to another "
                "program. Restore a backup or name an empty database."
            )
        return None
    known = _revisions()
    if present not in known:
        raise SchemaMismatch(
            f"The database is at revision {present}, which this program does not know: a newer version "
            "wrote it. Install that version or restore a backup."
        )
    if present == known[-1]:
        _require_tables(connection, present)
    return present


def _require_tables(connection: Connection, revision: str) -> None:
    missing = sorted(set(metadata.tables) - set(inspect(connection).get_table_names()))
    if missing:
        raise SchemaMismatch(
            f"The database says revision {revision} but lacks {', '.join(missing)}: it is half-migrated. "
            "Restore a backup."
        )
