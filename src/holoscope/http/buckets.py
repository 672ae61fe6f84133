"""Buckets of tokens, one per caller: the rule, and buckets in the memory of one process.

A bucket is one number: the moment at which it is full again, if nobody takes a token until then (the
generic cell rate algorithm, ITU-T I.371). Taking a token moves that moment on by what one token takes
to come back; a bucket that would not be full within a minute is empty.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

WINDOW_SECONDS = 60.0
_ROUNDING = 1e-6


class Buckets(Protocol):
    """Buckets by digest of a credential, wherever they are kept."""

    async def take(self, digest: bytes, per_minute: int) -> int:
        """Take a token; 0 when there was one, else the whole seconds (1-60) until there is."""
        ...

    async def close(self) -> None:
        """Let go of what they are kept in."""
        ...


def after_taking(full_at: float, now: float, per_minute: int) -> tuple[float, int]:
    """Return when the bucket is full again, and 0 or the whole seconds (1-60) to wait for a token.

    A refusal changes nothing. All times are in seconds on one clock.
    """
    until_full = min(max(full_at - now, 0.0), WINDOW_SECONDS)
    then = now + until_full + WINDOW_SECONDS / per_minute
    lacking = then - now - WINDOW_SECONDS
    if lacking <= _ROUNDING:
        return then, 0
    return full_at, min(max(math.ceil(lacking - _ROUNDING), 1), int(WINDOW_SECONDS))


class MemoryBuckets:
    """Buckets of one process. Above `capacity` those are forgotten that were touched longest ago.

    That admits too much rather than refusing an honest caller.
    """

    def __init__(self, *, capacity: int = 50_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._full_at: OrderedDict[bytes, float] = OrderedDict()

    async def take(self, digest: bytes, per_minute: int) -> int:
        now = self._clock()
        full_at, wait = after_taking(self._full_at.get(digest, now), now, per_minute)
        self._full_at[digest] = full_at
        self._full_at.move_to_end(digest)
        if len(self._full_at) > self._capacity:
            self._full_at.popitem(last=False)
        return wait

    async def close(self) -> None:
        self._full_at.clear()

    def __len__(self) -> int:
        return len(self._full_at)
