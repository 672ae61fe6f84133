"""Answers that are there already: which one serves a query, and what is fetched anew behind it.

An answer past its freshness may be given once more while a new one is fetched, if the server allows
any staleness at all: for `RunLimits.stale_for` longer, but never for longer than it was fresh. So a
policy of one minute never gives anything older than two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from holoscope.kit.clock import Clock
from holoscope.kit.errors import HoloscopeError
from holoscope.runs.cache import CacheType, Entry, Hit, ResultCache, Terms
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.flight import Large
from holoscope.runs.flights import Flights
from holoscope.runs.lines import Prepared
from holoscope.runs.request import RunLimits
from holoscope.runs.statement import Statement

_REFRESH = "refresh"
"""Takes a job's place in a flight that nobody waits for."""


class Recall:
    """Looks up finished results; touched on the event loop only."""

    def __init__(
        self,
        cache: ResultCache,
        flights: Flights,
        limits: RunLimits,
        clock: Clock,
        disk: DiskCache | None = None,
    ) -> None:
        self._cache = cache
        self._disk = disk
        self._flights = flights
        self._stale_for = limits.stale_for
        self._clock = clock

    def terms(self, prepared: Prepared, resets: Mapping[str, datetime]) -> Terms:
        """Say how old an answer to this query may be, after resets of the policies it obeys."""
        policies = prepared.compiled.cache_policies
        since = max((resets[name] for name in policies if name in resets), default=None)
        age = prepared.cache_age
        return Terms(age, age + min(age, self._stale_for), since)

    def find(self, statement: Statement, terms: Terms) -> Hit | None:
        """Return an answer that is there; a stale one is fetched anew meanwhile."""
        hit = self._cache.find(statement.key, terms, self._clock())
        if hit is not None and hit.cache_type is CacheType.EXACT_STALE:
            self._refresh(statement, terms)
        return hit

    def may_fetch(self, statement: Statement) -> bool:
        """Tell whether a file may hold an answer that memory does not."""
        return self._disk is not None and self._disk.may_have(statement.key)

    async def fetch(self, statement: Statement, terms: Terms) -> Hit | None:
        """Bring an answer from its file to memory and return it, if it is good enough on these terms."""
        key = statement.key
        entry = None if self._disk is None else await self._disk.load(key)
        if self._disk is not None and entry is not None:
            if terms.is_reset(entry):
                self._disk.drop(key)
            elif terms.judge(entry, self._clock()) is not None and self._cache.peek(key) is None:
                self._cache.keep(key, entry)
        return self.find(statement, terms)

    def _refresh(self, statement: Statement, terms: Terms) -> None:
        """Ask the warehouse again, unless that is under way; a busy server does without."""
        if self._flights.find(statement, terms.since) is not None:
            return
        try:
            flight = self._flights.launch(_REFRESH, statement, shared=True)
        except HoloscopeError:
            return

        def let_go(outcome: asyncio.Future[Entry | Large]) -> None:
            """A result that has grown too large to keep is of use only to jobs that joined."""
            if outcome.cancelled() or outcome.exception() is not None or flight.members != {_REFRESH}:
                return
            result = outcome.result()
            if isinstance(result, Large):
                result.close()

        flight.outcome.add_done_callback(let_go)
