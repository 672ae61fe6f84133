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

CacheKey = tuple[str, str, int, str]
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


def cache_key(state: str, dialect: str, sql: str) -> CacheKey:
    """Name a result: the same statement to the same connection as it was opened, in the same encoding."""
    return (state, dialect, _FORMAT, sql)


class ResultCache:
    """At most `limit_bytes` of results."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._entries: OrderedDict[CacheKey, Entry] = OrderedDict()
        self.size_bytes = 0

    def find(
        self, key: CacheKey, *, now: datetime, max_age: timedelta, since: datetime | None = None
    ) -> Entry | None:
        """Return an entry younger than `max_age`; a clock that jumped back makes none young.

        What was asked for before `since` is dropped.
        """
        entry = self._entries.get(key)
        if entry is not None and since is not None and (entry.asked_at or entry.created_at) < since:
            self.drop(key)
            return None
        if entry is None or not timedelta(0) <= now - entry.created_at < max_age:
            return None
        self._entries.move_to_end(key)
        return entry

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
