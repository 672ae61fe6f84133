"""Schema refresh: a SCHEMA model is brought level with its database (modeling digest §19.3, §19.4)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail
from holoscope.access.errors import PermissionDenied
from holoscope.access.roles_tiers import Held
from holoscope.kit.errors import BadRequest, HoloscopeError
from holoscope.kit.ids import new_id
from holoscope.modeling.generate.former import TablePlace, read_former
from holoscope.modeling.generate.schema import Rules, Selection, generate
from holoscope.modeling.tables import Tables
from holoscope.modelstore import jobs, model_rows
from holoscope.modelstore.connections import INCLUDED_SCHEMAS, SCOPED_NAMES, load_connection
from holoscope.modelstore.environment_rows import environments_of
from holoscope.modelstore.errors import NoSuchJob, NoSuchModel, RefreshRunning
from holoscope.modelstore.history import Authored, record_change, write_files
from holoscope.modelstore.jobs import REFRESH_SCHEMA, Job, JobStatus
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.ports import Sources
from holoscope.query.scope import Permission
from holoscope.storage.tables import models

"""The setting of a connection that puts catalog and schema into the names of all its views."""
_WORKERS = 2
_MESSAGE = "Schema refresh"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """What `POST /v1/models/{id}/refresh` asks for.

    A hard refresh also removes what the database no longer has. `schemas` and `tables` (`table` or
    `schema.table`, letter case ignored) name what a soft one looks at; none means everything.
    """

    hard: bool = True
    schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    branch_id: str | None = None

    @property
    def selection(self) -> Selection:
        return Selection(_folded(self.schemas), _folded(self.tables))

    @property
    def text(self) -> str:
        """Equal requests have equal texts."""
        names = self.selection
        return json.dumps([self.hard, sorted(names.schemas), sorted(names.tables)])


class Refresher:
    """Generates SCHEMA models and refreshes them in the background. Safe between threads.

    `sources` gives the tables of a connection; `process` is the number of this server process.
    """

    def __init__(self, store: ModelStore, sources: Sources, process: int = 0) -> None:
        self._process = process
        self._store = store
        self._sources = sources
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="refresh")

    def generate(self, connection_id: str) -> dict[str, str]:
        """Return the files of the SCHEMA model of a connection, as if there were none yet.

        Raises:
            WarehouseError: the connection cannot be read.
        """
        return generate(self._look(connection_id), self._rules(connection_id))

    def start(self, actor: Actor, model_id: str, wanted: RefreshRequest) -> Job:
        """Begin to refresh the SCHEMA model under a model, or join a refresh that is just that.

        Needs Connection Admin; Modeler will do where the connection has one shared model.

        Raises:
            NoSuchModel: unknown, or none of the actor's business.
            PermissionDenied: the role does not cover it.
            BadRequest: a branch, or a selection for a hard refresh.
            RefreshRunning: another refresh of the same connection is under way.
        """
        model = self._store.find_model(actor, model_id)
        self._require(actor, model)
        _check(wanted)
        job = Job(
            id=new_id(),
            organization_id=model.organization_id,
            connection_id=model.connection_id,
            model_id=model.id,
            membership_id=actor.membership_id,
            kind=REFRESH_SCHEMA,
            request=wanted.text,
            status=JobStatus.RUNNING,
            created_at=self._store.clock(),
        )
        by = Authored(job.created_at, actor, _MESSAGE)
        begun = self._begin(job, model, wanted, by)
        if begun.id == job.id:
            # The context goes along: what is written says which request asked for it.
            self._workers.submit(copy_context().run, self._run, job, wanted, actor)
        elif begun.request != job.request:
            raise RefreshRunning(begun.id)
        return begun

    def find_job(self, actor: Actor, job_id: str) -> Job:
        """Return a job as it stands, for whoever has a role on its model.

        Raises:
            NoSuchJob: unknown, or another organization's.
            PermissionDenied: no role on the connection.
        """
        with self._store.database.reading() as connection:
            job = jobs.find_job(connection, actor.organization_id, job_id.lower())
        if job is None:
            raise NoSuchJob
        if not self._held_on(actor, job).is_access:
            raise PermissionDenied
        return job

    def refresh(self, connection_id: str, wanted: RefreshRequest, by: Authored) -> StoredModel:
        """Bring the SCHEMA model of a connection level with its database, here and now.

        Raises:
            NoSuchModel: the connection has no SCHEMA model.
            WarehouseError: the connection cannot be read.
            BadRequest: the selection names what is not there.
        """
        tables = self._look(connection_id)
        selection = wanted.selection
        database = self._store.database
        with database.reading() as connection:
            model = model_rows.find_schema_model(connection, connection_id)
            if model is None:
                raise NoSuchModel(connection_id)
            own = model_rows.load_own_files(connection, model.id)
        before = {path: file.text for path, file in own.items()}
        former = read_former(before)
        places = [*former.views, *((table.schema, table.name) for table in tables.tables)]
        _require_known(places, selection)
        files = generate(
            tables,
            self._rules(connection_id),
            former=former,
            keep_gone=not wanted.hard,
            selection=selection,
        )
        gone: dict[str, str | None] = dict.fromkeys(before)
        with database.writing() as connection:
            present = model_rows.find_schema_model(connection, connection_id)
            if present is None:
                raise NoSuchModel(model.id)
            return write_files(connection, present, {**gone, **files}, by)

    def ensure(self, connection_id: str) -> StoredModel:
        """Make the SCHEMA model of a connection, or bring the one that is there level, here and now.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: the connection cannot be read.
        """
        with self._store.database.reading() as connection:
            present = model_rows.find_schema_model(connection, connection_id)
        if present is None:
            return self._store.create_schema_model(connection_id, self.generate(connection_id))
        return self.refresh(connection_id, RefreshRequest(), Authored(self._store.clock(), None, _MESSAGE))

    def fail_lost(self) -> None:
        """Fail the jobs of a process that is gone; called once, before the one in its place takes any."""
        with self._store.database.writing() as connection:
            jobs.fail_running(connection, self._store.clock(), jobs.LOST, self._process)

    def close(self) -> None:
        """Wait for what is under way; what has not begun will be found lost at the next start."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _look(self, connection_id: str) -> Tables:
        """Read the tables anew; nobody goes on with a database that was replaced, nor one that stands in."""
        self._sources.reopen(connection_id)
        self._renew_environments(connection_id)
        self._store.database.touch()
        tables = self._sources.look(connection_id)
        with self._store.database.reading() as connection:
            wanted = load_connection(connection, connection_id).settings.get(INCLUDED_SCHEMAS)
        if not wanted:
            return tables
        return replace(tables, tables=tuple(each for each in tables.tables if each.schema in wanted))

    def _renew_environments(self, connection_id: str) -> None:
        with self._store.database.reading() as connection:
            known = environments_of(connection, connection_id)
        for environment in known:
            try:
                self._sources.renew(environment.connection_id)
            except HoloscopeError as failure:  # who is led there hears of it; the refresh is of the base
                _log.warning("environment %s cannot be opened: %s", environment.id, failure.detail)

    def _rules(self, connection_id: str) -> Rules:
        with self._store.database.reading() as connection:
            stored = load_connection(connection, connection_id)
        return Rules(stored.dialect, always_scope=stored.settings.get(SCOPED_NAMES) is True)

    def _begin(self, job: Job, model: StoredModel, wanted: RefreshRequest, by: Authored) -> Job:
        """Insert the job, or return the one that runs already."""
        database = self._store.database
        try:
            with database.writing() as connection:
                running = jobs.find_running(connection, job.connection_id, job.kind)
                if running is None:
                    jobs.insert_job(connection, job, self._process)
                    told: dict[str, Detail] = {"jobId": job.id, "hard": wanted.hard}
                    told |= {"schemas": list(wanted.schemas), "tables": list(wanted.tables)}
                    record_change(connection, model, Action.SCHEMA_REFRESH, by, told)
                return running or job
        except IntegrityError:
            with database.reading() as connection:
                running = jobs.find_running(connection, job.connection_id, job.kind)
            if running is None:
                raise
            return running

    def _run(self, job: Job, wanted: RefreshRequest, actor: Actor) -> None:
        error: str | None = None
        try:
            by = Authored(self._store.clock(), actor, _MESSAGE)
            self.refresh(job.connection_id, wanted, by)
        except HoloscopeError as failure:
            error = failure.detail
        except Exception:  # noqa: BLE001  (whatever it is, the job has ended and must say so)
            _log.exception("job %s failed", job.id)
            error = f"The refresh failed. The server log has the details under job {job.id}."
        with self._store.database.writing() as connection:
            jobs.end_job(connection, job.id, self._store.clock(), error)

    def _require(self, actor: Actor, model: StoredModel) -> None:
        held = self._store.scopes.roles_of(actor).held_on(model.role_model_id, model.connection_id)
        if held.may(Permission.MANAGE_MODEL):
            return
        if not held.may(Permission.UPDATE) or self._shared_models_on(model.connection_id) != 1:
            raise PermissionDenied

    def _held_on(self, actor: Actor, job: Job) -> Held:
        """Return what the actor holds on the model of a job; roles on its base count for a branch."""
        owner = select(func.coalesce(models.c.role_model_id, models.c.id)).where(models.c.id == job.model_id)
        with self._store.database.reading() as connection:
            model_id = connection.execute(owner).scalar_one()
        return self._store.scopes.roles_of(actor).held_on(model_id, job.connection_id)

    def _shared_models_on(self, connection_id: str) -> int:
        wanted = select(func.count()).where(
            models.c.connection_id == connection_id,
            models.c.kind == ModelKind.SHARED.value,
            models.c.deleted_at.is_(None),
        )
        with self._store.database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())


def _check(wanted: RefreshRequest) -> None:
    if wanted.branch_id is not None:
        raise BadRequest(
            "Bad Request: branch_id: branch-based schema refresh is not enabled for this connection"
        )
    if wanted.hard and wanted.selection:
        name = "schemas" if wanted.schemas else "tables"
        raise BadRequest(f"Bad Request: {name}: a selection needs hard_refresh=false")


def _require_known(places: Iterable[TablePlace], selection: Selection) -> None:
    """Refuse a selection that names what never was there: it would do nothing, in silence."""
    schemas: set[str] = set()
    named: set[str] = set()
    for schema, table in places:
        schemas.add(schema.lower())
        named |= {table.lower(), f"{schema}.{table}".lower()}
    unknown = sorted((selection.schemas - schemas) | (selection.tables - named))
    if unknown:
        raise BadRequest(f"The database has no {', '.join(unknown)}.")


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in names if name.strip())
