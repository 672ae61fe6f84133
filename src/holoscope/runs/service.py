"""The one way to run a query: compile, look in the cache, join an equal run or start one, answer.

Everything here runs on the event loop; compiling takes about a millisecond and is done in line, but
for long queries; the warehouse and the encoding work on threads of their own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Any

from holoscope.kit.clock import Clock, system_clock
from holoscope.kit.errors import BadRequest, HoloscopeError, RunKilled
from holoscope.kit.ids import new_id
from holoscope.modeling.model import Model
from holoscope.query.scope import Scope
from holoscope.runs import lines
from holoscope.runs.answers import Answers, asked, known, milliseconds
from holoscope.runs.cache import CacheType, Entry, ResultCache, Terms
from holoscope.runs.compiling import Compile, Preparer, compile_request
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.documents import Document, open_document, settled
from holoscope.runs.exports import Export
from holoscope.runs.flight import Flight
from holoscope.runs.flights import Flights
from holoscope.runs.recall import Recall
from holoscope.runs.registry import Job, JobState, Registry
from holoscope.runs.request import ResultType, RunLimits, RunRequest
from holoscope.runs.reuse.reuse import Question, Reuse
from holoscope.runs.running import RunningQuery, describe_jobs
from holoscope.runs.statement import Statement
from holoscope.runs.told import Tell
from holoscope.warehouses.base import Warehouse

MayCollect = Callable[[Job], Awaitable[bool]]
"""Tells whether the caller may have the answer of a job, now."""

log = logging.getLogger(__name__)
_PLANNERS = 2
RUN_WINDOW = timedelta(seconds=10)
WAIT_WINDOW = timedelta(seconds=30)
DOCUMENT_WINDOW = timedelta(seconds=60)


class Internal(HoloscopeError):
    """Something broke that we cannot explain to the asker; the log has it."""

    code = "internal"


class Run:
    """A run as its asker sees it: `whole` if it is answered already, else `header` and then `rest`."""

    def __init__(self, runs: Runs, job: Job) -> None:
        self._runs = runs
        self.job = job
        self.header = lines.header(job.id, job.client_result_id)

    @property
    def whole(self) -> bytes | None:
        """The complete body, when nothing has to be waited for: a cache hit, a plan, an error."""
        if self.job.task is not None:
            return None
        self._runs.jobs.deliver(self.job)
        return b"".join((self.header, *self.job.line, lines.footer()))

    def rest(self, window: timedelta = RUN_WINDOW) -> AsyncGenerator[bytes, None]:
        """Yield what follows the header, waiting up to `window`; closing this early hangs up."""
        return _Rest(self, window)

    async def parts(self, window: timedelta) -> AsyncGenerator[bytes, None]:
        """What `rest` yields; it hangs up only if it was begun."""
        is_over = False
        try:
            if await settled(self.job, window):
                async with aclosing(self._runs.answers.line(self.job)) as parts:
                    async for part in parts:
                        yield part
                is_over = True
                if self.job.state is not JobState.EXECUTING:
                    yield lines.footer()
            else:
                is_over = True
                yield lines.footer((self.job.id,))
        finally:
            if not is_over:
                self.hang_up()

    def hang_up(self) -> None:
        """The asker is gone: cancel, unless others wait for the same statement."""
        self._runs.cancel(self.job.id, self.job.organization_id)


class _Rest(AsyncGenerator[bytes, None]):
    """`Run.parts` that also hangs up when it is closed before its first step."""

    def __init__(self, run: Run, window: timedelta) -> None:
        self._run = run
        self._parts = run.parts(window)
        self._is_begun = False

    async def asend(self, value: None) -> bytes:
        self._is_begun = True
        return await self._parts.asend(value)

    async def athrow(self, *error: Any) -> bytes:  # noqa: ANN401  (the signature has three forms)
        return await self._parts.athrow(*error)

    async def aclose(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            self._run.hang_up()
        await self._parts.aclose()


class Runs:
    """Runs queries, shares equal ones, keeps results. Build one per process and event loop.

    `tell` takes the event of each query that ends, for the audit log; it must not wait.
    """

    def __init__(
        self,
        *,
        limits: RunLimits | None = None,
        compile: Compile = compile_request,
        clock: Clock = system_clock,
        disk: DiskCache | None = None,
        new_job_id: Callable[[], str] = new_id,
        tell: Tell | None = None,
    ) -> None:
        self._disk = disk
        self._new_job_id = new_job_id
        self._limits = limits or RunLimits()
        self._clock = clock
        self._preparer = Preparer(compile, self._limits.default_cache_age)
        self._planners = ThreadPoolExecutor(_PLANNERS, thread_name_prefix="plan")
        self.cache = ResultCache(self._limits.cache_bytes)
        self.jobs = Registry(self._limits, time.monotonic)
        self.flights = Flights(self._limits, self.cache, clock, disk)
        self.recall = Recall(self.cache, self.flights, self._limits, clock, disk)
        self.reuse = Reuse(self.cache, self._limits, clock)
        self.answers = Answers(self.flights, self.jobs, clock, tell)

    def start(
        self,
        request: RunRequest,
        *,
        organization_id: str,
        scope: Scope,
        model: Model,
        warehouse: Warehouse,
    ) -> Run:
        """Begin a run; returns at once, with the whole answer if nothing had to be asked.

        What is wrong with the query, or forbidden, is part of the answer (query digest §1.2).

        Raises:
            BadRequest: the query object does not have the documented shape.
        """
        plan = partial(self._preparer.prepare, request, model, scope, warehouse.dialect, self._clock())
        return self._start(plan, request, organization_id, scope, warehouse, time.perf_counter())

    async def begin(
        self,
        request: RunRequest,
        *,
        organization_id: str,
        scope: Scope,
        model: Model,
        warehouse: Warehouse,
    ) -> Run:
        """As `start`, but a long query is planned on a thread, and others are served meanwhile."""
        begun = time.perf_counter()
        plan = partial(self._preparer.prepare, request, model, scope, warehouse.dialect, self._clock())
        if self._preparer.is_long(request):
            planned = asyncio.get_running_loop().run_in_executor(self._planners, plan)
            await asyncio.wait({planned})
            plan = partial(planned.result)
        return self._start(plan, request, organization_id, scope, warehouse, begun)

    def _start(
        self,
        plan: Callable[[], lines.Prepared],
        request: RunRequest,
        organization_id: str,
        scope: Scope,
        warehouse: Warehouse,
        begun: float,
    ) -> Run:
        """Begin what `plan` gives, or fails with; `begun` is when planning began."""
        job = Job(
            id=self._new_job_id(),
            organization_id=organization_id,
            request=request,
            scope=scope,
            born=time.monotonic(),
            begun=begun,
        )
        try:
            job.prepared = plan()
            job.plan_ms = milliseconds(begun)
            self._begin(job, job.prepared, request, warehouse)
        except BadRequest:
            raise
        except HoloscopeError as error:
            self.answers.fail(job, error)
        except Exception:
            log.exception("a query could not be planned")
            self.answers.fail(job, Internal("Something went wrong while planning the query."))
        self.jobs.add(job)
        return Run(self, job)

    async def document(
        self,
        request: RunRequest,
        kind: ResultType,
        *,
        organization_id: str,
        scope: Scope,
        model: Model,
        warehouse: Warehouse,
        formatted: bool = False,
        window: timedelta = DOCUMENT_WINDOW,
    ) -> Document:
        """Run a query and return its result as a document, begun; cancelling the call cancels the run.

        Raises:
            RunTimedOut: not ready within `window`; the job goes on.
            HoloscopeError: whatever the line of a failed job would have said, redacted alike.
        """
        run = await self.begin(
            request,
            organization_id=organization_id,
            scope=scope,
            model=model,
            warehouse=warehouse,
        )
        job = run.job
        try:
            document = await open_document(
                self.answers,
                job,
                lambda compiled: Export(
                    compiled,
                    kind,
                    formatted=formatted,
                    now=self._clock(),
                    wide_bytes=self._limits.document_bytes,
                ),
                window,
            )
        except asyncio.CancelledError:
            self.cancel(job.id, organization_id)
            raise
        self.jobs.deliver(job)
        return document

    async def wait(
        self,
        job_ids: Iterable[str],
        organization_id: str,
        window: timedelta = WAIT_WINDOW,
        *,
        may_collect: MayCollect,
    ) -> AsyncGenerator[bytes, None]:
        """Yield the lines of jobs as they finish, then the footer; asking again answers again.

        A job that the caller may not collect is as unknown as one that never was.
        """
        jobs: dict[str, Job] = {}
        for job_id in dict.fromkeys(job_ids):
            job = self.jobs.find(job_id, organization_id)
            if job is None or not await may_collect(job):
                yield lines.unknown(job_id)
            else:
                jobs[job_id] = job
        until = time.monotonic() + window.total_seconds()
        while jobs:
            ready = [job for job in jobs.values() if job.task is None or job.task.done()]
            for job in ready:
                del jobs[job.id]
                if not await may_collect(job):  # what could be seen has changed while it ran
                    yield lines.unknown(job.id)
                    continue
                async with aclosing(self.answers.line(job)) as parts:
                    async for part in parts:
                        yield part
                if job.state is JobState.EXECUTING:
                    return
            if ready:
                continue
            left = until - time.monotonic()
            if left <= 0:
                break
            tasks = [job.task for job in jobs.values() if job.task is not None]
            await asyncio.wait(tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        yield lines.footer(jobs)

    def cancel(self, job_id: str, organization_id: str) -> bool:
        """Stop a job; its statement stops when no other job waits for it. False if there is none."""
        job = self.jobs.find(job_id, organization_id)
        if job is None:
            return False
        if job.task is not None:
            job.task.cancel()
        if job.flight is not None:
            self.flights.leave(job.flight, job.id)
        if not job.line and job.large is None:
            self.answers.fail(job, RunKilled("The query was cancelled."))
        return True

    def running(self, organization_id: str) -> list[RunningQuery]:
        """Describe the organization's queries under way in this process, the oldest first."""
        return describe_jobs(self.jobs.unfinished(organization_id), self._clock)

    @property
    def limits(self) -> RunLimits:
        """What this process allows itself."""
        return self._limits

    async def close(self) -> None:
        """Stop everything under way."""
        self._planners.shutdown(wait=False, cancel_futures=True)
        self.flights.close()
        self.reuse.close()
        if self._disk is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._disk.close)

    def _begin(self, job: Job, prepared: lines.Prepared, request: RunRequest, warehouse: Warehouse) -> None:
        """Answer at once where nothing has to be waited for; else begin whatever answers."""
        compiled = prepared.compiled
        if request.plan_only and not compiled.is_opaque:
            job.state = JobState.PLANNED
            job.line = (lines.planned(job.id, job.client_result_id, prepared, plan_ms=job.plan_ms),)
            return
        job.is_plan = request.plan_only  # only the warehouse knows the columns: it is asked for them alone
        most_rows = 0 if job.is_plan else self._limits.verbatim_rows if compiled.is_capped else None
        job.statement = statement = Statement(warehouse, compiled.sql, most_rows)
        is_shared = bool(prepared.cache_age)
        flight: Flight | None = None
        if is_shared and request.cache.may_use_cache:
            terms = self.recall.terms(prepared, request.resets)
            hit = self.recall.find(statement, terms)
            if hit is not None:
                self.answers.finish(job, hit.entry, cache_type=hit.cache_type, run_ms=0)
                return
            flight = self.flights.join(job.id, statement, terms.since, asker=job.asker)
            if flight is None:
                question = self.reuse.question(statement.key, compiled, terms, request.resets)
                if question is not None or self.recall.may_fetch(statement):
                    work = self._look_first(job, statement, terms, question)
                    job.task = asyncio.get_running_loop().create_task(work)
                    return
        if flight is None:
            flight = self.flights.launch(job.id, statement, shared=is_shared, asker=job.asker)
        job.flight = flight
        job.task = asyncio.get_running_loop().create_task(self._follow(job, flight))

    async def _look_first(
        self, job: Job, statement: Statement, terms: Terms, question: Question | None
    ) -> None:
        """Look on disk, then for a kept result that contains the answer; ask the warehouse after that."""
        begun = time.perf_counter()
        try:
            hit = await self.recall.fetch(statement, terms)
            if hit is None and question is not None:
                hit = await self.reuse.answer(question)
            if hit is not None:
                self.answers.finish(job, hit.entry, cache_type=hit.cache_type, run_ms=milliseconds(begun))
                return
            flight = self.flights.join(job.id, statement, terms.since, asker=job.asker)
            flight = flight or self.flights.launch(job.id, statement, shared=True, asker=job.asker)
        except HoloscopeError as error:
            self.answers.fail(job, error)
            return
        except Exception:
            log.exception("a run could not be begun")
            self.answers.fail(job, Internal("Something went wrong while running the query."))
            return
        job.flight = flight
        await self._follow(job, flight)

    async def _follow(self, job: Job, flight: Flight) -> None:
        begun = time.perf_counter()
        try:
            result = await asyncio.shield(flight.outcome)
        except HoloscopeError as error:
            self.answers.fail(job, error)
        except Exception:
            log.exception("a run broke")
            self.answers.fail(job, Internal("Something went wrong while running the query."))
        else:
            prepared = known(job)
            if isinstance(result, Entry) and prepared.cache_age:
                self.reuse.note(asked(job).key, prepared.compiled, result)
            self.answers.finish(job, result, cache_type=CacheType.MISS, run_ms=milliseconds(begun))
