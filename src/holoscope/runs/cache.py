"""Finished results by the text that made them: exact match, least recently used leaves first.

The key is the opened connection and the final SQL text, in which every literal stands: row rules, user
attributes, resolved dates and time zone included. So two people share an entry only when the
warehouse would have been asked the very same thing. Entries hold the encoded bytes: a hit encodes
nothing. Touched on the event loop only.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CacheKey = tuple[str, str, int, str, int | None]
_FORMAT = 1
"""Raised when the encoding or the types of results change."""
_OVERHEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A result: `data` is base64 of an Arrow stream of `arrow_bytes` bytes.

    `asked_at` is when the warehouse was asked, None when nobody noted it.
    """

    plan_key: str
    data: bytes
    num_rows: int
    arrow_bytes: int
    created_at: datetime
    asked_at: datetime | None = None

    @property
    def fresh_at(self) -> datetime:
        """Since when nothing is known about changes in the warehouse: its age counts from here."""
        return self.asked_at or self.created_at


class CacheType(StrEnum):
    """Where an answer came from, in words of the wire (query digest §1.6)."""

    EXACT = "EXACT"
    EXACT_STALE = "EXACT_STALE"
    PARTIAL = "PARTIAL"
    CUBE_REQUERY = "CUBE_REQUERY"
    MISS = "MISS"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Terms:
    """How old an answer may be for one asker.

    Younger than `max_age` it is fresh. From there to `hard_age` it is stale and may be used once more
    while a new one is fetched; beyond, or asked for before `since`, it is no answer. A clock that
    jumped back makes nothing young.
    """

    max_age: timedelta
    hard_age: timedelta
    since: datetime | None = None

    def judge(self, entry: Entry, now: datetime) -> CacheType | None:
        """Return EXACT, EXACT_STALE, or None for an entry that is of no use."""
        age = now - entry.fresh_at
        if self.is_reset(entry) or age < timedelta(0):
            return None
        if age < self.max_age:
            return CacheType.EXACT
        return CacheType.EXACT_STALE if age < self.hard_age else None

    def is_reset(self, entry: Entry) -> bool:
        """Tell whether the entry's policy was reset after it had been asked for."""
        return self.since is not None and entry.fresh_at < self.since


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry and what to call it."""

    entry: Entry
    cache_type: CacheType


def cache_key(state: str, dialect: str, sql: str, most_rows: int | None = None) -> CacheKey:
    """Name a result: the same statement to the same connection as it was opened, in the same encoding.

    `most_rows` is how many of its rows are taken at most, where its text does not say it.
    """
    return (state, dialect, _FORMAT, sql, most_rows)


class ResultCache:
    """At most `limit_bytes` of results."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._entries: OrderedDict[CacheKey, Entry] = OrderedDict()
        self.size_bytes = 0

    def find(self, key: CacheKey, terms: Terms, now: datetime) -> Hit | None:
        """Return an entry that is good enough on these terms; one that was reset is dropped."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        judged = terms.judge(entry, now)
        if judged is None:
            if terms.is_reset(entry):
                self.drop(key)
            return None
        self._entries.move_to_end(key)
        return Hit(entry, judged)

    def peek(self, key: CacheKey) -> Entry | None:
        """Return what is kept under a key, whatever its age, without counting that as a use."""
        return self._entries.get(key)

    def use(self, key: CacheKey) -> None:
        """Count a use of an entry that served in another way than `find` gives it out."""
        if key in self._entries:
            self._entries.move_to_end(key)

    def keep(self, key: CacheKey, entry: Entry) -> None:
        """Remember `entry`, pushing out the least recently used ones; too large a one is not kept."""
        self.drop(key)
        size = _size(key, entry)
        if size > self._limit_bytes:
            return
        self._entries[key] = entry
        self.size_bytes += size
        while self.size_bytes > self._limit_bytes:
            oldest, dropped = self._entries.popitem(last=False)
            self.size_bytes -= _size(oldest, dropped)

    def drop(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size_bytes -= _size(key, entry)

    def __len__(self) -> int:
        return len(self._entries)


def _size(key: CacheKey, entry: Entry) -> int:
    return len(entry.data) + len(key[3]) + _OVERHEAD_BYTES
