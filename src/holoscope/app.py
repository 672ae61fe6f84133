"""The composition root: settings in, an ASGI application and what it stands on out. No logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from starlette.types import ASGIApp

from holoscope.access.audit.queue import AuditQueue
from holoscope.access.doors import Doors, open_doors
from holoscope.access.embed.logins import EmbedLogins
from holoscope.access.embed.secrets import EmbedSecrets
from holoscope.access.keyring import KeyRing
from holoscope.access.oidc.provider import Provider
from holoscope.access.scope import Scopes
from holoscope.access.sessions import Sessions
from holoscope.access.sign_in import SignInRules
from holoscope.access.sweep import Kept, Sweeper
from holoscope.access.whoami import WhoAmI
from holoscope.http.application import create_app
from holoscope.http.buckets import Buckets, MemoryBuckets
from holoscope.http.peers import Peers
from holoscope.http.ports import Embedding, Services
from holoscope.http.rate_limit import RateLimiter
from holoscope.http.redis_buckets import RedisBuckets
from holoscope.http.shared_buckets import SharedBuckets
from holoscope.kit.clock import Clock
from holoscope.kit.errors import WarehouseError
from holoscope.kit.place import Place
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.connections import TIMEOUT, StoredConnection, driver_settings, load_connection
from holoscope.modelstore.jobs import LOST, fail_running
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.refresh import Refresher
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.request import RunLimits
from holoscope.runs.service import Runs
from holoscope.settings import InvalidSettings, Settings
from holoscope.storage import migrations
from holoscope.storage.changes import SharedChanges
from holoscope.storage.sealed import Sealer
from holoscope.storage.secret_file import load_or_create_secrets
from holoscope.storage.unit_of_work import Database, open_database
from holoscope.warehouses.base import Warehouse
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.nursery import Nursery
from holoscope.warehouses.duckdb.settings import DuckDBSettings, default_concurrency, default_threads
from holoscope.warehouses.duckdb.spill import clear_spill
from holoscope.warehouses.pool import Pool
from holoscope.warehouses.postgres.driver import open_postgres
from holoscope.warehouses.postgres.settings import read_settings
from holoscope.web.application import app_routes

KEY_PEPPER = "key_pepper"
EMBED_SECRET = "embed_secret"  # noqa: S105  (a name)
CONNECTION_KEY = "connection_key"
RESULT_SECRET = "result_files"  # noqa: S105  (a name)
_SPILL = "spill"
_RUN = "run"
_MARK = "changes"
_MIB = 1024 * 1024
_SECRETS = (KEY_PEPPER, EMBED_SECRET, CONNECTION_KEY, RESULT_SECRET)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that was built, for the commands that prepare it before it serves."""

    asgi: ASGIApp
    database: Database
    keys: KeyRing
    doors: Doors
    models: ModelStore
    compiler: ModelCompiler
    refresher: Refresher
    warehouses: Pool
    nursery: Nursery
    clock: Clock
    embed_secret: SecretText
    sealer: Sealer
    audit: AuditQueue
    sweeper: Sweeper | None

    def close(self) -> None:
        """Release everything; nothing may be asked afterwards."""
        if self.sweeper is not None:
            self.sweeper.close()
        self.refresher.close()
        self.doors.close()
        self.warehouses.close()
        self.nursery.close()
        self.audit.close()
        self.database.close()


def prepare(settings: Settings, folder: Path, *, clock: Clock) -> None:
    """Make a data folder fit for processes that start: secrets, tables, nothing left of former ones.

    Raises:
        WeakSecret: a stored secret must not guard anything.
        SchemaMismatch: the metadata database is of a newer version or damaged.
    """
    clear_spill(folder / _SPILL)
    _secrets(folder)
    database = _open(settings, folder)
    for left in (folder / _RUN).iterdir():
        if left.name != _MARK:
            left.unlink()
    try:
        migrations.upgrade(database)
        with database.writing() as connection:
            fail_running(connection, clock(), LOST)
    finally:
        database.close()


def build(settings: Settings, folder: Path, *, clock: Clock, place: Place | None = None) -> House:
    """Build one server process in a data folder that the caller holds: services and the application.

    With a `place` it is one of several and the folder was prepared; else it prepares the folder.

    Raises:
        WeakSecret: a stored secret must not guard anything.
        SchemaMismatch: the metadata database is not of this version, or damaged.
    """
    nursery = Nursery(spare=1)
    nursery.warm()  # it loads the engine while the rest is built
    if place is None:
        place = Place(folder / _RUN)
        prepare(settings, folder, clock=clock)
    ground = _ground(settings, folder, place, clock)
    doors = _doors(ground)
    audit = AuditQueue(ground.database)
    stored = _stored(ground, nursery)
    return House(
        asgi=create_app(_services(ground, doors, stored, audit), pages=app_routes()),
        database=ground.database,
        keys=doors.keys,
        doors=doors,
        models=stored.models,
        compiler=stored.compiler,
        refresher=stored.refresher,
        warehouses=stored.warehouses,
        nursery=nursery,
        clock=clock,
        embed_secret=ground.secrets[EMBED_SECRET],
        sealer=ground.sealer,
        audit=audit,
        sweeper=_sweeper(ground),
    )


def open_beside(settings: Settings, folder: Path, *, clock: Clock) -> tuple[Database, Doors]:
    """Open keys and invitations, beside a server that may be running; the caller closes both.

    Raises:
        SchemaMismatch: the tables are not those of this version.
    """
    database = _open(settings, folder)
    migrations.require_current(database)
    return database, open_doors(database, _secrets(folder)[KEY_PEPPER], clock, SignInRules())


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
    """Open the metadata database; whoever else opens it here learns at once of what is written."""
    where = settings.database_url or folder / "metadata.sqlite"
    (folder / _RUN).mkdir(mode=0o700, exist_ok=True)
    return open_database(where, SharedChanges(folder / _RUN / _MARK))


def _secrets(folder: Path) -> dict[str, SecretText]:
    return load_or_create_secrets(folder / "secrets.json", _SECRETS)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every room stands on: the operator's choices, the folder, and what was opened in it."""

    settings: Settings
    folder: Path
    place: Place
    clock: Clock
    database: Database
    secrets: Mapping[str, SecretText]
    sealer: Sealer


@dataclass(frozen=True, slots=True)
class _Stored:
    """Models and the warehouses they are of."""

    models: ModelStore
    compiler: ModelCompiler
    refresher: Refresher
    warehouses: Pool


def _ground(settings: Settings, folder: Path, place: Place, clock: Clock) -> _Ground:
    clear_spill(_spill(folder, place))
    secrets = _secrets(folder)
    database = _open(settings, folder)
    migrations.require_current(database)
    return _Ground(settings, folder, place, clock, database, secrets, Sealer(secrets[CONNECTION_KEY]))


def _doors(ground: _Ground) -> Doors:
    settings = ground.settings
    return open_doors(
        ground.database,
        ground.secrets[KEY_PEPPER],
        ground.clock,
        SignInRules(
            lifetime=timedelta(hours=settings.session_hours),
            sso_only=settings.sso_only,
            break_glass=settings.break_glass_email,
        ),
        idle=timedelta(hours=settings.session_idle_hours),
        session_rate_limit=settings.session_rate_limit,
        provider=_provider(settings),
    )


def _sweeper(ground: _Ground) -> Sweeper | None:
    """Begin to sweep, in the first of the processes only; one that dies is replaced in its place."""
    if ground.place.index:
        return None
    settings = ground.settings
    kept = Kept(timedelta(hours=settings.session_idle_hours), settings.audit_retention_days)
    sweeper = Sweeper(ground.database, ground.clock, kept)
    sweeper.start()
    return sweeper


def _stored(ground: _Ground, nursery: Nursery) -> _Stored:
    models = ModelStore(ground.database, Scopes(ground.database), ground.clock)
    opener = _Opener(ground, nursery)
    warehouses = Pool(opener.open, opener.revision_of)
    refresher = Refresher(models, warehouses, ground.place.index)
    refresher.fail_lost()
    return _Stored(models, ModelCompiler(ground.database, warehouses), refresher, warehouses)


def _runs(ground: _Ground, audit: AuditQueue) -> Runs:
    return Runs(
        limits=_run_limits(ground.settings, ground.place),
        clock=ground.clock,
        disk=_disk_cache(ground),
        new_job_id=ground.place.new_job_id,
        tell=audit.add if ground.settings.audit_queries else None,
    )


def _services(ground: _Ground, doors: Doors, stored: _Stored, audit: AuditQueue) -> Services:
    settings, place, database, warehouses = ground.settings, ground.place, ground.database, stored.warehouses
    return Services(
        database=database,
        authenticator=doors.authenticator,
        scopes=stored.models.scopes,
        whoami=WhoAmI(database, stored.models.scopes),
        keys=doors.keys,
        sessions=doors.sessions,
        sign_in=doors.sign_in,
        grants=doors.grants,
        invitations=doors.invitations,
        oidc=doors.oidc,
        models=stored.models,
        compiler=stored.compiler,
        refresher=stored.refresher,
        embed=_embedding(ground, doors.sessions),
        runs=_runs(ground, audit),
        audit=audit,
        dialect_of=warehouses.dialect_of,
        warehouse_of=warehouses.warehouse,
        sealer=ground.sealer,
        limiter=RateLimiter(settings.rate_limit, _buckets(settings, place)),
        is_ready=database.is_reachable,
        refuses_queries=settings.refuse_queries,
        public_url=settings.public_url,
        base_path=settings.base_path,
        peers=Peers(place) if place.count > 1 else None,
    )


def _embedding(ground: _Ground, sessions: Sessions) -> Embedding:
    settings, database = ground.settings, ground.database
    secrets = EmbedSecrets(database, ground.sealer, ground.secrets[EMBED_SECRET], ground.clock)
    logins = EmbedLogins(
        database,
        secrets,
        sessions,
        ground.clock,
        lifetime=timedelta(hours=settings.embed_session_hours),
        allows_boost=settings.embed_allow_boost,
    )
    return Embedding(logins, secrets, settings.embed_urls, settings.embed_parents)


def _spill(folder: Path, place: Place) -> Path:
    return folder / _SPILL / str(place.index)


def _provider(settings: Settings) -> Provider | None:
    """Read the identity provider that the operator chose, its secret from the file where there is one.

    Raises:
        InvalidSettings: the file cannot be read or is empty, or the issuer's address may not be called.
    """
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret
    if settings.oidc_client_secret_file is not None:
        try:
            secret = settings.oidc_client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise InvalidSettings("The file with the OpenID Connect client secret cannot be read.") from None
    if not secret:
        raise InvalidSettings("The OpenID Connect client secret is empty.")
    provider = Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id or "",
        client_secret=SecretText(secret),
        public_url=f"{settings.public_url or ''}{settings.base_path}",
        scopes=settings.oidc_scopes,
        domains=settings.oidc_domains,
        label=settings.oidc_label,
        ca_file=settings.oidc_ca_file,
        allow_insecure_loopback=settings.oidc_allow_insecure_loopback,
    )
    if not provider.may_call(provider.issuer):
        raise InvalidSettings(
            "--oidc-issuer must be an https address; plain HTTP needs --oidc-allow-insecure-loopback."
        )
    if provider.ca_file is not None and not provider.ca_file.is_file():
        raise InvalidSettings("The file of --oidc-ca-file cannot be read.")
    return provider


def _disk_cache(ground: _Ground) -> DiskCache | None:
    """Open the files of results, in a folder below the chosen one that is this process's cache's alone."""
    settings, place = ground.settings, ground.place
    if not settings.result_disk_mib:
        return None
    name = f"results-{place.index}" if place.index else "results"
    limit = place.share_of(settings.result_disk_mib) * _MIB
    try:
        within = settings.result_disk_dir or ground.folder
        return DiskCache(within / name, limit, ground.secrets[RESULT_SECRET].reveal_bytes())
    except OSError as error:
        raise InvalidSettings(f"The folder for results cannot be used: {error.strerror}.") from None


def _buckets(settings: Settings, place: Place) -> Buckets:
    here = SharedBuckets(place.folder / "buckets") if place.count > 1 else MemoryBuckets()
    if settings.redis_url is None:
        return here
    try:
        return RedisBuckets(settings.redis_url, here)
    except ImportError:
        raise InvalidSettings(
            "A Redis URL is set, and its driver is missing: install holoscope[redis]."
        ) from None
    except ValueError:
        raise InvalidSettings("The Redis URL does not parse: it is like redis://host:6379/0.") from None


def _run_limits(settings: Settings, place: Place) -> RunLimits:
    return RunLimits(
        time_limit=timedelta(seconds=settings.query_timeout_seconds),
        cache_bytes=place.share_of(settings.result_cache_mib) * _MIB,
        reuse_bytes=place.share_of(settings.result_reuse_mib) * _MIB,
        result_rows=settings.result_row_limit or None,
        stale_for=timedelta(seconds=settings.result_stale_seconds),
        verbatim_rows=settings.sql_limit_rows,
        active_for_one=place.share_of(settings.key_queries) or None,
    )


@dataclass(frozen=True, slots=True)
class _Opener:
    """Opens warehouses with what this process may use of them."""

    ground: _Ground
    nursery: Nursery

    def open(self, connection_id: str) -> Warehouse:
        """Open the warehouse of a stored connection; a relative path is one within the data folder."""
        with self.ground.database.reading() as connection:
            stored = load_connection(connection, connection_id)
        if stored.dialect == "postgres":
            return self._open_postgres(stored)
        if stored.dialect != "duckdb":
            raise WarehouseError(f"This server has no driver for {stored.dialect} connections.")
        return open_duckdb(
            self.ground.folder / str(stored.settings["path"]),
            connection_id=connection_id,
            settings=self._duckdb_limits(),
            nursery=self.nursery,
        )

    def revision_of(self, connection_id: str) -> str:
        """Name what `open` goes by; another one means that the connection has to be opened again."""
        with self.ground.database.reading() as connection:
            return load_connection(connection, connection_id).revision

    def _duckdb_limits(self) -> DuckDBSettings:
        settings, place = self.ground.settings, self.ground.place
        return DuckDBSettings(
            memory_mib=settings.warehouse_memory_mib,
            threads=settings.warehouse_threads or default_threads(),
            concurrency=place.share_of(settings.warehouse_workers or default_concurrency()),
            queue_limit=place.share_of(settings.warehouse_queue),
            temp_directory=_spill(self.ground.folder, place),
            temp_mib=settings.warehouse_spill_mib,
            longest_seconds=settings.query_timeout_seconds + 60,
        )

    def _open_postgres(self, stored: StoredConnection) -> Warehouse:
        settings, place = self.ground.settings, self.ground.place
        longest = settings.query_timeout_seconds + 60
        said = replace(
            read_settings(driver_settings(stored), stored.password(self.ground.sealer)),
            longest_seconds=min(longest, stored.settings.get(TIMEOUT, longest)),
            concurrency=place.share_of(settings.warehouse_sessions),
            queue_limit=place.share_of(settings.warehouse_queue),
        )
        return open_postgres(said, connection_id=stored.id)
