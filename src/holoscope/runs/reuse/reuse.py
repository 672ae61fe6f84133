"""Answering a question from a kept result that contains it, in milliseconds or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from holoscope.kit.clock import Clock
from holoscope.kit.ids import new_id
from holoscope.query.compiled import CompiledQuery
from holoscope.query.reuse.containment import Derivation, How, contain, is_provable
from holoscope.query.reuse.signature import Signature
from holoscope.runs.arrow import encode
from holoscope.runs.cache import CacheKey, CacheType, Entry, Hit, ResultCache, Terms
from holoscope.runs.request import RunLimits
from holoscope.runs.reuse.engine import Engine, Stop
from holoscope.runs.reuse.index import Held, Index
from holoscope.runs.reuse.kept import Kept
from holoscope.runs.reuse.unproven import UnprovenError

log = logging.getLogger(__name__)
_TRIED = 4
"""So many results are looked at for one question; the rest of the time is better spent asking."""
_MEMORY_MIB = 256
_AT_ONCE = 2
_READY_FROM_ROWS = 2_000
_READY_UP_TO = 4
"""Rows of a result are made ready before anybody asks when they take at most every n-th byte there is."""

Candidate = tuple[Held, Entry]


@dataclass(frozen=True, slots=True)
class Question:
    """A query whose answer is not kept: its own place in the cache, what it asks, and how old it may be."""

    key: CacheKey
    signature: Signature
    candidates: tuple[Candidate, ...]


class Reuse:
    """Finds, proves and derives. What it finds is chosen on the event loop, the work is done on threads."""

    def __init__(self, cache: ResultCache, limits: RunLimits, clock: Clock) -> None:
        self._cache = cache
        self._limits = limits
        self._clock = clock
        self.index = Index()
        self._engine = Engine(_MEMORY_MIB)
        self.kept = Kept(self._engine, limits.reuse_bytes)
        self._executor = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="reuse")
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="reuse-ahead")
        self._under_way = 0

    def note(self, key: CacheKey, compiled: CompiledQuery, entry: Entry) -> None:
        """Remember that the result of a query is kept, so that others may be answered from it."""
        if not self._limits.reuse_bytes or not self.index.note(key, compiled):
            return
        is_small = entry.arrow_bytes * _READY_UP_TO <= self._limits.reuse_bytes
        if entry.num_rows >= _READY_FROM_ROWS and is_small:
            self._ahead.submit(self._make_ready, entry)

    def question(
        self, key: CacheKey, compiled: CompiledQuery, terms: Terms, resets: Mapping[str, datetime]
    ) -> Question | None:
        """List the kept results that may contain an answer and are fresh enough; None when there are none."""
        if not self._limits.reuse_bytes or self._under_way >= _AT_ONCE:
            return None
        signature = compiled.signature
        if signature is None:
            return None
        found: list[Candidate] = []
        for held in self.index.candidates(key, signature):
            entry = self._cache.peek(held.key)
            if entry is None:
                self.index.forget(held)
            elif held.key != key and self._is_fresh(held, entry, terms, resets):
                found.append((held, entry))
        if not found or not is_provable(signature):
            return None
        return Question(key, signature, tuple(found[:_TRIED]))

    def _is_fresh(self, held: Held, entry: Entry, terms: Terms, resets: Mapping[str, datetime]) -> bool:
        """Tell whether a result is fresh for who asks, and its own policies were not reset since."""
        if any(name in resets and entry.fresh_at < resets[name] for name in held.policies):
            return False
        return terms.judge(entry, self._clock()) is CacheType.EXACT

    async def answer(self, question: Question) -> Hit | None:
        """Derive an answer and keep it; None when nothing is proven, or it takes too long."""
        self._under_way += 1
        stop = Stop()
        work = asyncio.get_running_loop().run_in_executor(self._executor, self._derive, question, stop)
        work.add_done_callback(lambda _: self._done())
        try:
            found = await asyncio.wait_for(asyncio.shield(work), self._limits.reuse_within.total_seconds())
        except TimeoutError:
            return None
        finally:
            stop()
        if found is None:
            return None
        held, hit = found
        self._cache.use(held.key)
        known = self._cache.peek(question.key)
        if known is None or known.fresh_at <= hit.entry.fresh_at:
            self._cache.keep(question.key, hit.entry)
        return hit

    def close(self) -> None:
        """Let go of everything."""
        for executor in (self._executor, self._ahead):
            executor.shutdown(wait=False, cancel_futures=True)

    def _make_ready(self, entry: Entry) -> None:
        try:
            self.kept.take(entry)
        except Exception as error:  # noqa: BLE001  (it is tried again when it is needed)
            log.debug("rows could not be made ready: %s", error)

    def _done(self) -> None:
        self._under_way -= 1

    def _derive(self, question: Question, stop: Stop) -> tuple[Held, Hit] | None:
        for held, entry in question.candidates:
            if stop.is_stopped:
                return None
            wide = held.signature
            is_whole = wide.limit_rows is None or entry.num_rows < wide.limit_rows
            found = contain(wide, question.signature, is_whole=is_whole, engine=self._engine.dialect)
            if not isinstance(found, Derivation):
                continue
            try:
                return held, Hit(self._run(found, entry, stop), _word(found))
            except UnprovenError:
                continue
            except Exception:
                log.exception("an answer could not be derived")
                return None
        return None

    def _run(self, derivation: Derivation, entry: Entry, stop: Stop) -> Entry:
        table = self._engine.run(derivation, self.kept.take(entry), stop)
        data, arrow_bytes = encode(table.schema, table.to_batches())
        return Entry(new_id(), data, table.num_rows, arrow_bytes, entry.created_at, entry.asked_at)


def _word(found: Derivation) -> CacheType:
    return CacheType.CUBE_REQUERY if found.how is How.REGROUPED else CacheType.PARTIAL
