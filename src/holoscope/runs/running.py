"""Queries under way as people look at them: who asks what, since when, and in which words."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from holoscope.kit.clock import Clock
from holoscope.runs.registry import Job
from holoscope.runs.told import name_of


class RunningState(StrEnum):
    """What a query does: looks for a kept result, waits for its turn, or is worked on."""

    LOOKING = "LOOKING"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True)
class RunningQuery:
    """One query under way. `sql` is what the warehouse is asked, for whoever may know it."""

    id: str
    model_id: str
    branch_id: str | None
    topic: str | None
    view: str | None
    member: str
    credential_id: str
    credential_kind: str
    impersonated_by: str | None
    state: RunningState
    started_at: datetime
    seconds: float
    sql: str | None
    may_view_sql: bool


def describe_jobs(jobs: Iterable[Job], clock: Clock) -> list[RunningQuery]:
    """Describe jobs that have not ended."""
    now, ticks = clock(), time.monotonic()
    return [_described(job, now, ticks - job.born) for job in jobs]


def _described(job: Job, now: datetime, seconds: float) -> RunningQuery:
    request = job.request
    state = RunningState.LOOKING
    if job.flight is not None:
        state = RunningState.RUNNING if job.flight.has_turn else RunningState.QUEUED
    return RunningQuery(
        id=job.id,
        model_id=request.model_id,
        branch_id=request.branch_id,
        topic=name_of(request.query.get("join_paths_from_topic_name")),
        view=name_of(request.query.get("table")),
        member=request.member,
        credential_id=request.asker,
        credential_kind=request.asker_kind,
        impersonated_by=request.impersonated_by,
        state=state,
        started_at=now - timedelta(seconds=seconds),
        seconds=round(seconds, 3),
        sql=None if job.prepared is None else job.prepared.compiled.sql,
        may_view_sql=job.may_view_sql,
    )
