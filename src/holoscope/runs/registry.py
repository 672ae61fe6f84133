"""Jobs by id, for as long as `wait` may ask for them.

A job belongs to an organization and is found only by it. Unfinished and undelivered jobs stay
until `keep_for` has passed; delivered ones stay too, so that asking twice answers twice, but make
room first when there are too many. Touched on the event loop only.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from holoscope.kit.errors import HoloscopeError
from holoscope.query.scope import Permission, Scope
from holoscope.runs.flight import Flight, Large
from holoscope.runs.lines import Prepared
from holoscope.runs.request import RunLimits, RunRequest
from holoscope.runs.statement import Statement
from holoscope.warehouses.base import Queued


class JobState(StrEnum):
    """Words of the wire (query digest §1.5)."""

    EXECUTING = "EXECUTING"
    PLANNED = "PLANNED"
    COMPLETE = "COMPLETE"
    ERROR = "ERROR"


@dataclass(slots=True, eq=False)
class Job:
    """One run of one asker. `line` is its finished NDJSON line in parts, `large` a result to stream.

    `begun` is the `perf_counter` when planning began; `is_told`: the audit log knows how it ended.
    `is_plan` wants the columns of its statement alone. `request` and `scope` are what was asked, and what
    the asker could see then.
    """

    id: str
    organization_id: str
    request: RunRequest
    scope: Scope
    born: float
    state: JobState = JobState.EXECUTING
    prepared: Prepared | None = None
    statement: Statement | None = None
    flight: Flight | None = None
    task: asyncio.Task[None] | None = None
    line: tuple[bytes, ...] = ()
    large: Large | None = None
    error: HoloscopeError | None = None
    begun: float = 0.0
    plan_ms: int = 0
    is_plan: bool = False
    is_delivered: bool = False
    is_told: bool = False

    @property
    def asker(self) -> str:
        """The key it was asked with."""
        return self.request.asker

    @property
    def client_result_id(self) -> str | None:
        return self.request.client_result_id

    @property
    def may_view_sql(self) -> bool:
        return self.scope.may(Permission.VIEW_SQL)

    @property
    def queued(self) -> Queued:
        """How its statement waited at the warehouse; not at all when there was none."""
        return Queued() if self.flight is None else self.flight.queued

    @property
    def size_bytes(self) -> int:
        return sum(len(part) for part in self.line)


class Registry:
    """Jobs of all organizations, within the limits; `time` is a monotonic clock in seconds."""

    def __init__(self, limits: RunLimits, time: Callable[[], float]) -> None:
        self._limits = limits
        self._time = time
        self._open: OrderedDict[str, Job] = OrderedDict()
        self._delivered: OrderedDict[str, Job] = OrderedDict()
        self._delivered_bytes = 0

    def add(self, job: Job) -> None:
        """Register a job that is not delivered yet."""
        self._forget_old()
        self._open[job.id] = job

    def find(self, job_id: str, organization_id: str) -> Job | None:
        """Return the organization's job, or None: another's job does not exist."""
        job = self._open.get(job_id) or self._delivered.get(job_id)
        return job if job is not None and job.organization_id == organization_id else None

    def unfinished(self, organization_id: str) -> list[Job]:
        """Return the organization's jobs that have not ended, the oldest first."""
        return [
            job
            for job in self._open.values()
            if job.organization_id == organization_id and job.state is JobState.EXECUTING
        ]

    def deliver(self, job: Job) -> None:
        """Note that the job's line has been handed over; from now on it may be pushed out."""
        if job.is_delivered:
            return
        job.is_delivered = True
        self._open.pop(job.id, None)
        self._delivered[job.id] = job
        self._delivered_bytes += job.size_bytes
        while (
            len(self._delivered) > self._limits.keep_jobs or self._delivered_bytes > self._limits.keep_bytes
        ):
            self._drop_delivered()

    def forget(self, job: Job) -> None:
        self._open.pop(job.id, None)
        if self._delivered.pop(job.id, None) is not None:
            self._delivered_bytes -= job.size_bytes

    def __len__(self) -> int:
        return len(self._open) + len(self._delivered)

    def _drop_delivered(self) -> None:
        _, dropped = self._delivered.popitem(last=False)
        self._delivered_bytes -= dropped.size_bytes

    def _forget_old(self) -> None:
        """Both tables are in order of birth or delivery, so the old ones come first."""
        horizon = self._time() - self._limits.keep_for.total_seconds()
        while self._delivered and next(iter(self._delivered.values())).born < horizon:
            self._drop_delivered()
        while self._open and (oldest := next(iter(self._open.values()))).born < horizon:
            self.forget(oldest)
        while len(self._open) > self._limits.keep_jobs:
            self._open.popitem(last=False)
