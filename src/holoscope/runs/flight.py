"""One statement under way and everyone who waits for it.

The warehouse works on a thread; everything else here happens on the event loop. A result up to a
limit becomes an `Entry` that all share. A larger one becomes a `Large`, handed over batch by batch
to the first who claims it while the warehouse still produces; the others ask again for themselves.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Executor
from itertools import chain
from typing import Any

import pyarrow as pa

from holoscope.kit.clock import Clock
from holoscope.kit.errors import RunKilled
from holoscope.kit.ids import new_id
from holoscope.runs.arrow import encode
from holoscope.runs.cache import Entry
from holoscope.runs.request import RunLimits, TooManyRows
from holoscope.warehouses.base import BatchStream, Execution, Queued

Write = Callable[[pa.Schema, Iterator[pa.RecordBatch]], Iterator[Any]]
"""Makes pieces of a result while it arrives, on the statement's thread."""
_AHEAD = 2
"""Pieces of a large result that may wait for their reader; each holds about one batch."""
_LOOK_SECONDS = 0.5
_NOT_COLLECTED = "The result was too large to keep and nobody collected it in time."
_SHUT_DOWN = "The server is shutting down."
_CLOSED = "The reader of this result went away."


class Large:
    """A result that leaves while it arrives. `claim` first, then read `pieces` once."""

    def __init__(self, schema: pa.Schema, loop: asyncio.AbstractEventLoop, limits: RunLimits) -> None:
        self.schema = schema
        self.num_rows = 0
        self.arrow_bytes = 0
        self._loop = loop
        self._limits = limits
        self._claimed: Write | None = None
        self._has_reader = threading.Event()
        self._is_closed = False
        self._room = threading.Semaphore(_AHEAD)
        self._queue: asyncio.Queue[Any] = asyncio.Queue()

    def claim(self, write: Write) -> bool:
        """Become the only reader, of what `write` makes of it; False when there is one already."""
        if self._claimed is not None or self._is_closed:
            return False
        self._claimed = write
        self._has_reader.set()
        return True

    async def pieces(self) -> AsyncGenerator[Any, None]:
        """Yield the pieces; leaving early stops the statement. Raises what the statement raises."""
        try:
            while True:
                piece = await self._queue.get()
                self._room.release()
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Take no more pieces: the producing thread ends soon."""
        self._is_closed = True
        self._has_reader.set()
        self._room.release()

    def produce(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Hand over everything; runs on the statement's thread and waits for the reader."""
        try:
            self._await_reader()
            if self._claimed is not None:
                for piece in self._claimed(self.schema, self._counted(batches)):
                    self._give(piece)
            self._give(None)
        except Exception as error:  # noqa: BLE001  (it is raised again where the pieces are read)
            self._loop.call_soon_threadsafe(self._queue.put_nowait, error)

    def _await_reader(self) -> None:
        if not self._has_reader.wait(self._limits.uncollected.total_seconds()):
            self._is_closed = True
            raise RunKilled(_NOT_COLLECTED)

    def _counted(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            self.num_rows += batch.num_rows
            self.arrow_bytes += batch.nbytes
            yield batch

    def _give(self, piece: Any) -> None:  # noqa: ANN401
        patience = time.monotonic() + self._limits.time_limit.total_seconds()
        while not self._room.acquire(timeout=_LOOK_SECONDS):
            if time.monotonic() > patience:
                self._is_closed = True
                raise RunKilled(_NOT_COLLECTED)
        if self._is_closed:
            raise RunKilled(_CLOSED)
        self._loop.call_soon_threadsafe(self._queue.put_nowait, piece)


class Flight:
    """One execution. `members` are the jobs that want its outcome; the last to leave stops it.

    `has_turn`: it waits no more for its turn at the warehouse.
    """

    def __init__(self, execution: Execution, limits: RunLimits, clock: Clock, asker: str = "") -> None:
        self.loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Entry | Large] = self.loop.create_future()
        self.members: set[str] = set()
        self.asker = asker
        self._execution = execution
        self._limits = limits
        self._clock = clock
        self.begun_at = clock()
        self.has_turn = False

    @property
    def queued(self) -> Queued:
        """How the statement waited for its turn at the warehouse."""
        return self._execution.queued

    def start(self, executor: Executor) -> None:
        """Ask for a turn; no thread waits for it."""

        def take_off() -> None:
            try:
                executor.submit(self._fly)
            except RuntimeError:
                self._tell(self._fail, RunKilled(_SHUT_DOWN))

        self._execution.queue_up(take_off)

    def join(self, job_id: str, asker: str) -> None:
        """Let one more job wait for the outcome."""
        self.members.add(job_id)
        self._execution.share(asker)

    def leave(self, job_id: str) -> bool:
        """Take a job off; True when it was the last and the statement has been told to stop."""
        self.members.discard(job_id)
        if self.members:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """Stop the statement and whatever hands out its result."""
        self._execution.cancel()
        if self.outcome.done() and not self.outcome.cancelled() and self.outcome.exception() is None:
            result = self.outcome.result()
            if isinstance(result, Large):
                result.close()

    def _fly(self) -> None:
        self.has_turn = True
        try:
            with self._execution.open() as stream:
                self._read(stream)
        except BaseException as error:  # noqa: BLE001  (raised again where the outcome is awaited)
            self._tell(self._fail, error)

    def _read(self, stream: BatchStream) -> None:
        batches: list[pa.RecordBatch] = []
        size = 0
        arriving = _capped(stream.batches, self._limits.result_rows)
        for batch in arriving:
            batches.append(batch)
            size += batch.nbytes
            if size > self._limits.stream_above_bytes:
                large = Large(stream.schema, self.loop, self._limits)
                self._tell(self._finish, large)
                large.produce(chain(_emptied(batches), arriving))
                return
        data, arrow_bytes = encode(stream.schema, batches)
        rows = sum(batch.num_rows for batch in batches)
        self._tell(self._finish, Entry(new_id(), data, rows, arrow_bytes, self._clock(), self.begun_at))

    def _tell(self, what: Callable[[Any], None], value: object) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(what, value)

    def _finish(self, result: Entry | Large) -> None:
        if not self.outcome.done():
            self.outcome.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.outcome.done():
            self.outcome.set_exception(error)
            self.outcome.exception()  # nobody may be left to look at it


def _capped(batches: Iterator[pa.RecordBatch], most_rows: int | None) -> Iterator[pa.RecordBatch]:
    """Yield batches.

    Raises:
        TooManyRows: they hold more than `most_rows` rows.
    """
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        if most_rows is not None and rows > most_rows:
            raise TooManyRows(most_rows)
        yield batch


def _emptied(batches: list[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches and let go of each."""
    batches.reverse()
    while batches:
        yield batches.pop()
