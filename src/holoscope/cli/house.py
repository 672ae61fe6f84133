"""Opening the server's parts for a command.

`holoscope.app` is imported here, and only when asked: that takes a second, which commands that
need no server shall not cost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from holoscope.cli.files import hold_data_folder, make_data_folder
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import HoloscopeError
from holoscope.kit.secrets import WeakSecret
from holoscope.settings import Settings, load_settings

if TYPE_CHECKING:
    from holoscope.access.doors import Doors
    from holoscope.access.invitations import Invitations
    from holoscope.access.keyring import KeyRing
    from holoscope.app import House
    from holoscope.kit.place import Place
    from holoscope.storage.unit_of_work import Database


class CannotStart(HoloscopeError):
    """A secret, the database or its tables are not fit to serve with; nothing was started."""

    code = "cannot_start"


@contextmanager
def built(settings: Settings, folder: Path, place: Place | None = None) -> Iterator[House]:
    """Build a server process in a data folder that the caller holds, and take it down at the end.

    With a `place` it is one of several, in a folder that was `prepared`.

    Raises:
        CannotStart: says why.
    """
    from holoscope import app

    with _explained():
        house = app.build(settings, folder, clock=system_clock, place=place)
    try:
        yield house
    finally:
        house.close()


def prepare(settings: Settings, folder: Path) -> None:
    """Make a data folder that the caller holds fit for several processes.

    Raises:
        CannotStart: says why.
    """
    from holoscope import app

    with _explained():
        app.prepare(settings, folder, clock=system_clock)


@contextmanager
def opened_keys(data_dir: Path | None, database_url: str | None) -> Iterator[tuple[Database, KeyRing]]:
    """Open the keys of a data folder, beside a server that may be running.

    Raises:
        CannotStart: says why.
    """
    with _opened(data_dir, database_url) as (database, doors):
        yield database, doors.keys


@contextmanager
def opened_invitations(
    data_dir: Path | None, database_url: str | None
) -> Iterator[tuple[Database, Invitations]]:
    """Open the invitations of a data folder, beside a server that may be running.

    Raises:
        CannotStart: says why.
    """
    with _opened(data_dir, database_url) as (database, doors):
        yield database, doors.invitations


@contextmanager
def _opened(data_dir: Path | None, database_url: str | None) -> Iterator[tuple[Database, Doors]]:
    from holoscope import app

    settings = load_settings({"data_dir": data_dir, "database_url": database_url}, os.environ)
    with _explained():
        database, doors = app.open_beside(settings, make_data_folder(settings.data_dir), clock=system_clock)
    try:
        yield database, doors
    finally:
        doors.close()
        database.close()


def upgrade(data_dir: Path | None, database_url: str | None) -> str:
    """Upgrade the database of a data folder that no server holds, and return its revision.

    Raises:
        CannotStart: says why.
        DataFolderBusy: a server is running on it.
    """
    from holoscope import app

    settings = load_settings({"data_dir": data_dir, "database_url": database_url}, os.environ)
    folder = make_data_folder(settings.data_dir)
    with hold_data_folder(folder), _explained():
        return app.upgrade(settings, folder)


@contextmanager
def _explained() -> Iterator[None]:
    from sqlite3 import DatabaseError as SQLiteError

    from sqlalchemy.exc import DatabaseError

    from holoscope.storage.migrations import SchemaMismatch
    from holoscope.storage.unit_of_work import BadDatabaseUrl

    try:
        yield
    except (WeakSecret, BadDatabaseUrl, SchemaMismatch) as error:
        raise CannotStart(str(error)) from None
    except DatabaseError as error:
        reason = str(error.orig) if isinstance(error.orig, SQLiteError) else type(error.orig).__name__
        raise CannotStart(f"The metadata database cannot be used ({reason}). Restore a backup.") from None
