"""One document instead of lines: its first piece within a time, the rest as it is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import timedelta

from holoscope.query.compiled import CompiledQuery
from holoscope.runs.answers import Answers, known, told
from holoscope.runs.exports import Export
from holoscope.runs.registry import Job
from holoscope.runs.request import RunTimedOut


@dataclass(frozen=True, slots=True)
class Document:
    """A document of which the first piece is there; `is_whole` says that it is all.

    Reading `rest` raises what breaks the run in the middle: what was sent by then is no document.
    Closing it early stops the run. `is_cut`: the result has rows that the document cannot hold.
    """

    media_type: str
    first: bytes
    rest: AsyncGenerator[bytes, None]
    is_whole: bool
    is_cut: bool

    async def read(self) -> bytes:
        """Give the whole document; raises what breaks the run."""
        return self.first + b"".join([piece async for piece in self.rest])


async def settled(job: Job, window: timedelta) -> bool:
    """Wait for a job up to `window`; True when it has ended."""
    if job.task is None:
        return True
    await asyncio.wait({job.task}, timeout=window.total_seconds())
    return job.task.done()


async def open_document(
    answers: Answers, job: Job, export_of: Callable[[CompiledQuery], Export], window: timedelta
) -> Document:
    """Wait for a job and the first piece of its document.

    Raises:
        RunTimedOut: not there within `window`; the job goes on.
        HoloscopeError: the run failed.
    """
    try:
        async with asyncio.timeout(window.total_seconds()):
            if job.task is not None:
                await asyncio.wait({job.task})
            if job.error is not None:
                raise told(job)
            export = export_of(known(job).compiled)
            pieces = answers.written(job, export.pieces)
            first = await anext(pieces)
    except TimeoutError:
        raise RunTimedOut(job.id) from None
    return Document(export.media_type, first, pieces, answers.is_small(job), export.is_cut)
