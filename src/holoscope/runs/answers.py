"""From a finished job to its answer: line parts, streamed lines, tables for documents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pyarrow as pa

from holoscope.kit.clock import Clock
from holoscope.kit.errors import HoloscopeError, WarehouseError
from holoscope.kit.ids import new_id
from holoscope.runs import lines
from holoscope.runs.arrow import decode, schema_of
from holoscope.runs.cache import CacheType, Entry
from holoscope.runs.flight import Large
from holoscope.runs.flights import Flights
from holoscope.runs.late import with_fields_of
from holoscope.runs.registry import Job, JobState, Registry
from holoscope.runs.request import RunLimits

_TOO_LARGE = "The result is too large for one document: set a limit or add filters."


class Answers:
    """Hands out what finished jobs have. A large result is read once; asked again, it is run again."""

    def __init__(self, flights: Flights, jobs: Registry, limits: RunLimits, clock: Clock) -> None:
        self._flights = flights
        self._jobs = jobs
        self._limits = limits
        self._clock = clock

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
                result = await self._claimed(job, as_text=True)
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

    async def table(self, job: Job) -> pa.Table:
        """Return a finished job's rows; raises the job's error, told as its line would tell it."""
        if job.error is not None:
            raise _told(job.error, may_view_sql=job.may_view_sql)
        data = job.line[1] if job.large is None else b""
        if job.large is not None:
            result = await self._claimed(job, as_text=False)
            if isinstance(result, Large):
                return await self._gathered(result)
            data = result.data
        return await asyncio.get_running_loop().run_in_executor(self._flights.executor, decode, data)

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

    async def _claimed(self, job: Job, *, as_text: bool) -> Entry | Large:
        """Become the reader of the job's large result, or run the statement again for this job alone."""
        if job.large is not None and job.large.claim(as_text=as_text):
            return job.large
        if job.flight is not None:
            job.flight.members.discard(job.id)
        sql, rows = known(job).compiled.sql, job.most_rows
        flight = self._flights.launch(
            job.id, job.warehouse, sql, shared=False, asker=job.asker, most_rows=rows
        )
        job.flight = flight
        try:
            result = await asyncio.shield(flight.outcome)
        except asyncio.CancelledError:
            flight.stop()
            raise
        if isinstance(result, Large):
            result.claim(as_text=as_text)
            job.large = result
        return result

    async def _gathered(self, large: Large) -> pa.Table:
        batches: list[pa.RecordBatch] = []
        size = 0
        async with aclosing(large.pieces()) as pieces:
            async for batch in pieces:
                batches.append(batch)
                size += batch.nbytes
                if size > self._limits.document_bytes:
                    raise WarehouseError(_TOO_LARGE)
        return pa.Table.from_batches(batches, large.schema)


def known(job: Job) -> lines.Prepared:
    """Return the compiled query of a job that got that far."""
    if job.prepared is None:
        raise LookupError(job.id)
    return job.prepared


def milliseconds(begun: float) -> int:
    """Whole milliseconds since a `perf_counter` reading."""
    return int((time.perf_counter() - begun) * 1000)


def _told(error: HoloscopeError, *, may_view_sql: bool) -> HoloscopeError:
    text = lines.error_text(error, may_view_sql=may_view_sql)
    return error if text == error.detail else WarehouseError(text)
