"""Buckets that the processes of one machine share, in a file that is mapped into their memory."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

from holoscope.http.buckets import after_taking

_SLOT = struct.Struct("=16sd")
_WAYS = 8
_ROWS = 8192
_TRIES = 200
_ROW_BYTES = _SLOT.size * _WAYS


class SharedBuckets:
    """At most 65,536 buckets, in rows of eight; a digest says which row, and the fullest one of it leaves.

    Nothing waits: when the lock cannot be had in a few hundred tries, as when its holder was stopped
    in the middle, the request is admitted.

    Raises:
        OSError: the file cannot be made or mapped.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = _ROWS * _ROW_BYTES
        if os.fstat(self._file).st_size < size:
            os.ftruncate(self._file, size)
        self._memory = mmap.mmap(self._file, size)

    async def take(self, digest: bytes, per_minute: int) -> int:
        if not self._lock():
            return 0
        try:
            return self._take(digest, per_minute)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    async def close(self) -> None:
        if self._file >= 0:
            self._memory.close()
            os.close(self._file)
            self._file = -1

    def _take(self, digest: bytes, per_minute: int) -> int:
        now = self._clock()
        row = int.from_bytes(digest[:4], "little") % _ROWS * _ROW_BYTES
        place, full_at = row, float("inf")
        for at in range(row, row + _ROW_BYTES, _SLOT.size):
            owner, until = _SLOT.unpack_from(self._memory, at)
            if owner == digest:
                place, full_at = at, until
                break
            if until < full_at:
                place, full_at = at, until
        else:
            full_at = now
        full_at, wait = after_taking(full_at, now, per_minute)
        _SLOT.pack_into(self._memory, place, digest, full_at)
        return wait

    def _lock(self) -> bool:
        for _ in range(_TRIES):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0)
            else:
                return True
        return False
