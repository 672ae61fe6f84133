"""From a finished job to its answer: line parts, streamed lines, tables for documents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from holoscope.kit.clock import Clock
from holoscope.kit.errors import HoloscopeError, WarehouseError
from holoscope.kit.ids import new_id
from holoscope.runs import lines
from holoscope.runs.arrow import decode, encode_in_parts, schema_of
from holoscope.runs.cache import CacheType, Entry
from holoscope.runs.flight import Large, Write
from holoscope.runs.flights import Flights
from holoscope.runs.late import with_fields_of
from holoscope.runs.registry import Job, JobState, Registry
from holoscope.runs.statement import Statement
from holoscope.runs.told import Tell, event_of

_IN_ONE_BYTES = 1024 * 1024
"""Results up to this size, in base64, become documents in one step."""


class Answers:
    """Hands out what finished jobs have. A large result is read once; asked again, it is run again."""

    def __init__(self, flights: Flights, jobs: Registry, clock: Clock, tell: Tell | None = None) -> None:
        self._flights = flights
        self._jobs = jobs
        self._clock = clock
        self._tell = tell

    def finish(self, job: Job, result: Entry | Large, *, cache_type: CacheType, run_ms: int) -> None:
        """Note a job's result."""
        if known(job).compiled.is_opaque:
            schema = schema_of(result.data) if isinstance(result, Entry) else result.schema
            job.prepared = with_fields_of(known(job), schema)
        if job.is_plan:
            job.state = JobState.PLANNED
            job.line = (lines.planned(job.id, job.client_result_id, known(job), plan_ms=job.plan_ms),)
            return
        job.state = JobState.COMPLETE
        rows = None if isinstance(result, Large) else result.num_rows
        self._note(job, rows=rows, cache_type=cache_type)
        if isinstance(result, Large):
            job.large = result
        else:
            job.line = lines.complete(
                job.id, job.client_result_id, known(job), result,
                cache_type=cache_type, plan_ms=job.plan_ms, run_ms=run_ms, queued=job.queued,
            )  # fmt: skip

    def fail(self, job: Job, error: HoloscopeError) -> None:
        """Note a job's failure."""
        job.state = JobState.ERROR
        job.error = error
        self._note(job)
        job.line = (lines.failed(job.id, job.client_result_id, error, may_view_sql=job.may_view_sql),)

    async def line(self, job: Job) -> AsyncGenerator[bytes, None]:
        """Yield a finished job's line.

        A large result that breaks in the middle ends with an unterminated line and leaves the state
        EXECUTING: no footer may follow.
        """
        if job.large is not None:
            begun = time.perf_counter()
            job.state = JobState.EXECUTING
            try:
                result = await self._claimed(job, encode_in_parts)
            except HoloscopeError as error:
                job.large = None
                self.fail(job, error)
            else:
                if isinstance(result, Large):
                    async with aclosing(self._streamed(job, result, begun)) as parts:
                        async for part in parts:
                            yield part
                    return
                job.large = None
                self.finish(job, result, cache_type=CacheType.MISS, run_ms=milliseconds(begun))
        for part in job.line:
            yield part
        self._jobs.deliver(job)

    def _note(self, job: Job, *, rows: int | None = None, cache_type: CacheType | None = None) -> None:
        """Tell the audit log, once; a query that was only planned is not executed."""
        if self._tell is None or job.is_told or job.request.plan_only:
            return
        job.is_told = True
        self._tell(event_of(job, duration_ms=milliseconds(job.begun), rows=rows, cache_type=cache_type))

    @staticmethod
    def is_small(job: Job) -> bool:
        """Tell whether `written` yields a single piece."""
        return job.large is None and len(job.line[1]) <= _IN_ONE_BYTES

    async def written(self, job: Job, write: Write) -> AsyncGenerator[bytes, None]:
        """Yield what `write` makes of a finished job's rows, while they arrive; small results in one piece.

        Raises what breaks a run that arrives, told as its line would tell it.
        """
        data = job.line[1] if job.large is None else b""
        if job.large is not None:
            try:
                result = await self._claimed(job, write)
                if isinstance(result, Large):
                    async with aclosing(result.pieces()) as pieces:
                        async for piece in pieces:
                            yield piece
                    return
                data = result.data
            except HoloscopeError as error:
                raise _redacted(job, error) from None
        async for piece in self._rewritten(data, write):
            yield piece

    async def _rewritten(self, data: bytes, write: Write) -> AsyncGenerator[bytes, None]:
        """Write a result that is at hand, each step on a thread."""
        loop, executor = asyncio.get_running_loop(), self._flights.executor

        def begin() -> Iterator[bytes]:
            table = decode(data)
            pieces = write(table.schema, iter(table.to_batches()))
            return pieces if len(data) > _IN_ONE_BYTES else iter([b"".join(pieces)])

        pieces = await loop.run_in_executor(executor, begin)
        while piece := await loop.run_in_executor(executor, next, pieces, b""):
            yield piece

    async def _streamed(self, job: Job, large: Large, begun: float) -> AsyncGenerator[bytes, None]:
        prepared, run_ms = known(job), milliseconds(begun)
        yield lines.streamed_open(
            job.id, job.client_result_id, prepared, plan_ms=job.plan_ms, run_ms=run_ms, queued=job.queued
        )
        try:
            async with aclosing(large.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        except HoloscopeError as error:
            yield lines.broken(error, may_view_sql=job.may_view_sql)
            return
        told = Entry(new_id(), b"", large.num_rows, large.arrow_bytes, self._clock())
        yield lines.streamed_close(prepared, told, milliseconds(begun))
        job.state = JobState.COMPLETE
        self._jobs.deliver(job)

    async def _claimed(self, job: Job, write: Write) -> Entry | Large:
        """Become the reader of the job's large result, or run the statement again for this job alone."""
        if job.large is not None and job.large.claim(write):
            return job.large
        if job.flight is not None:
            job.flight.members.discard(job.id)
        flight = self._flights.launch(job.id, asked(job), shared=False, asker=job.asker)
        job.flight = flight
        try:
            result = await asyncio.shield(flight.outcome)
        except asyncio.CancelledError:
            flight.stop()
            raise
        if isinstance(result, Large):
            result.claim(write)
            job.large = result
        return result


def known(job: Job) -> lines.Prepared:
    """Return the compiled query of a job that got that far."""
    if job.prepared is None:
        raise LookupError(job.id)
    return job.prepared


def asked(job: Job) -> Statement:
    """Return the statement of a job that asks its warehouse."""
    if job.statement is None:
        raise LookupError(job.id)
    return job.statement


def milliseconds(begun: float) -> int:
    """Whole milliseconds since a `perf_counter` reading."""
    return int((time.perf_counter() - begun) * 1000)


def told(job: Job) -> HoloscopeError:
    """Return the error of a failed job as its asker may see it."""
    if job.error is None:
        raise LookupError(job.id)
    return _redacted(job, job.error)


def _redacted(job: Job, error: HoloscopeError) -> HoloscopeError:
    text = lines.error_text(error, may_view_sql=job.may_view_sql)
    return error if text == error.detail else WarehouseError(text)
