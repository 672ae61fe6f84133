"""The composition root: settings in, an ASGI application and what it stands on out. No logic."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from holoscope.access.authenticate import Authenticator
from holoscope.access.keyring import KeyRing
from holoscope.access.scope import Scopes
from holoscope.access.whoami import WhoAmI
from holoscope.http.application import create_app
from holoscope.http.ports import Services
from holoscope.http.rate_limit import RateLimiter
from holoscope.kit.clock import Clock
from holoscope.kit.secrets import SecretText
from holoscope.settings import Settings
from holoscope.storage import migrations
from holoscope.storage.secret_file import load_or_create_secrets
from holoscope.storage.unit_of_work import Database, open_database

KEY_PEPPER = "key_pepper"
EMBED_SECRET = "embed_secret"  # noqa: S105  (a name)
_SECRETS = (KEY_PEPPER, EMBED_SECRET)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that was built, for the commands that prepare it before it serves."""

    asgi: ASGIApp
    database: Database
    keys: KeyRing
    clock: Clock
    embed_secret: SecretText

    def close(self) -> None:
        """Release everything; nothing may be asked afterwards."""
        self.database.close()


def build(settings: Settings, folder: Path, *, clock: Clock) -> House:
    """Build the server in a data folder that the caller holds: secrets, database, services, application.

    Raises:
        WeakSecret: a stored secret must not guard anything.
        SchemaMismatch: the metadata database is of a newer version or damaged.
    """
    secrets = _secrets(folder)
    database = _open(settings, folder)
    migrations.upgrade(database)
    keys = KeyRing(database, secrets[KEY_PEPPER], clock)
    scopes = Scopes(database)
    services = Services(
        database=database,
        authenticator=Authenticator(keys),
        scopes=scopes,
        whoami=WhoAmI(database, scopes),
        keys=keys,
        limiter=RateLimiter(settings.rate_limit),
        is_ready=lambda: True,
    )
    return House(
        asgi=create_app(services),
        database=database,
        keys=keys,
        clock=clock,
        embed_secret=secrets[EMBED_SECRET],
    )


def open_keys(settings: Settings, folder: Path, *, clock: Clock) -> tuple[Database, KeyRing]:
    """Open what key commands need, beside a server that may be running; the caller closes the database.

    Raises:
        SchemaMismatch: the tables are not those of this version.
    """
    database = _open(settings, folder)
    migrations.require_current(database)
    return database, KeyRing(database, _secrets(folder)[KEY_PEPPER], clock)


def upgrade(settings: Settings, folder: Path) -> str:
    """Bring the metadata database to this version's tables and return their revision.

    Raises:
        SchemaMismatch: it is of a newer version, or damaged.
    """
    database = _open(settings, folder)
    try:
        return migrations.upgrade(database)
    finally:
        database.close()


def _open(settings: Settings, folder: Path) -> Database:
    return open_database(settings.database_url or folder / "metadata.sqlite")


def _secrets(folder: Path) -> dict[str, SecretText]:
    return load_or_create_secrets(folder / "secrets.json", _SECRETS)
