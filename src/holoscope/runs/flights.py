"""Equal statements under way run once: who comes second joins who came first."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from holoscope.kit.clock import Clock
from holoscope.runs.cache import CacheKey, Entry, ResultCache
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.flight import Flight, Large
from holoscope.runs.request import RunLimits, TooManyRuns
from holoscope.runs.statement import Statement


class Flights:
    """All flights of a process. Results of shareable ones go to the cache when they land."""

    def __init__(
        self, limits: RunLimits, cache: ResultCache, clock: Clock, disk: DiskCache | None = None
    ) -> None:
        self._disk = disk
        self._limits = limits
        self._cache = cache
        self._clock = clock
        self._executor = ThreadPoolExecutor(limits.threads, thread_name_prefix="run")
        self._shared: dict[CacheKey, Flight] = {}
        self._under_way: set[Flight] = set()

    @property
    def executor(self) -> ThreadPoolExecutor:
        """Threads for blocking work."""
        return self._executor

    def __len__(self) -> int:
        return len(self._under_way)

    def held_by(self) -> Counter[str]:
        """Count the statements under way by who asked for them."""
        return Counter(flight.asker for flight in self._under_way)

    def join(
        self, job_id: str, statement: Statement, since: datetime | None = None, *, asker: str = ""
    ) -> Flight | None:
        """Take part in an equal flight, begun no earlier than `since`, that can still be joined."""
        flight = self.find(statement, since)
        if flight is not None:
            flight.join(job_id, asker)
        return flight

    def find(self, statement: Statement, since: datetime | None = None) -> Flight | None:
        """Return an equal flight that could be joined."""
        flight = self._shared.get(statement.key)
        if flight is not None and since is not None and flight.begun_at < since:
            return None
        return flight

    def launch(self, job_id: str, statement: Statement, *, shared: bool, asker: str = "") -> Flight:
        """Start a statement for `asker`; a `shared` one can be joined and its result is kept.

        Raises:
            TooManyRuns: the server has as many under way as it takes, and `asker` has a fair part of
                them; or `asker` has as many as one may have.
        """
        most = self._limits.active_for_one
        if most is not None and sum(flight.asker == asker for flight in self._under_way) >= most:
            raise TooManyRuns(
                f"This key has {most} queries under way, which is the most it may. Try again shortly."
            )
        if len(self._under_way) >= self._limits.active and self._has_its_share(asker):
            raise TooManyRuns("The server has too many queries under way. Try again shortly.")
        key = statement.key
        execution = statement.warehouse.execute(
            statement.sql,
            timeout=self._limits.time_limit,
            asker=asker,
            most_rows=statement.most_rows,
        )
        flight = Flight(execution, self._limits, self._clock, asker)
        flight.members.add(job_id)
        self._under_way.add(flight)
        if shared:
            self._shared[key] = flight

        def land(outcome: asyncio.Future[Entry | Large]) -> None:
            self._under_way.discard(flight)
            self._unshare(flight)
            if shared and not outcome.cancelled() and outcome.exception() is None:
                result = outcome.result()
                if isinstance(result, Entry):
                    self._cache.keep(key, result)
                    if self._disk is not None:
                        self._disk.keep(key, result)

        flight.outcome.add_done_callback(land)
        flight.start(self._executor)
        return flight

    def leave(self, flight: Flight, job_id: str) -> None:
        """Take a job off its flight; a flight without jobs is stopped and cannot be joined any more."""
        if flight.leave(job_id):
            self._unshare(flight)

    def close(self) -> None:
        """Stop every flight."""
        for flight in list(self._under_way):
            flight.stop()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _has_its_share(self, asker: str) -> bool:
        """Tell whether an asker has under way what everybody would have in equal parts."""
        held = self.held_by()
        askers = len(held.keys() | {asker})
        return held[asker] >= self._limits.active // askers

    def _unshare(self, flight: Flight) -> None:
        for key in [key for key, other in self._shared.items() if other is flight]:
            del self._shared[key]
