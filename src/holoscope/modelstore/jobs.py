"""Jobs as records: work in the background, and how it ended (API digest §3.1, §3.13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from holoscope.storage.tables import jobs

LOST = "The server stopped before this refresh had ended; start it again."
REFRESH_SCHEMA = "refresh_schema"


class JobStatus(StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `request` says what was asked for, in a form that can be compared.

    At most one job of a kind runs on a connection. No member means the server itself asked.
    """

    id: str
    organization_id: str
    connection_id: str
    model_id: str
    membership_id: str | None
    kind: str
    request: str
    status: JobStatus
    created_at: datetime
    error: str | None = None
    ended_at: datetime | None = None


def insert_job(connection: Connection, job: Job, process: int = 0) -> None:
    connection.execute(
        insert(jobs).values(
            id=job.id,
            organization_id=job.organization_id,
            connection_id=job.connection_id,
            model_id=job.model_id,
            membership_id=job.membership_id,
            kind=job.kind,
            request=job.request,
            process=process,
            status=job.status.value,
            created_at=job.created_at,
        )
    )


def find_running(connection: Connection, connection_id: str, kind: str) -> Job | None:
    """Find the job of a kind that runs on a connection."""
    row = connection.execute(
        select(jobs).where(
            jobs.c.connection_id == connection_id,
            jobs.c.kind == kind,
            jobs.c.status == JobStatus.RUNNING.value,
        )
    ).one_or_none()
    return None if row is None else _job(row)


def find_job(connection: Connection, organization_id: str, job_id: str) -> Job | None:
    """Find a job of an organization."""
    row = connection.execute(
        select(jobs).where(jobs.c.id == job_id, jobs.c.organization_id == organization_id)
    ).one_or_none()
    return None if row is None else _job(row)


def end_job(connection: Connection, job_id: str, at: datetime, error: str | None) -> None:
    """Note that a job has ended; with an error it has failed."""
    status = JobStatus.COMPLETED if error is None else JobStatus.FAILED
    connection.execute(
        update(jobs).where(jobs.c.id == job_id).values(status=status.value, error=error, ended_at=at)
    )


def fail_running(connection: Connection, at: datetime, error: str, process: int | None = None) -> int:
    """Fail every job that a process is said to run, or any process, and return how many."""
    gone = jobs.c.status == JobStatus.RUNNING.value
    if process is not None:
        gone &= jobs.c.process == process
    done = connection.execute(
        update(jobs).where(gone).values(status=JobStatus.FAILED.value, error=error, ended_at=at)
    )
    return int(done.rowcount)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        organization_id=row.organization_id,
        connection_id=row.connection_id,
        model_id=row.model_id,
        membership_id=row.membership_id,
        kind=row.kind,
        request=row.request,
        status=JobStatus(row.status),
        created_at=row.created_at,
        error=row.error,
        ended_at=row.ended_at,
    )
