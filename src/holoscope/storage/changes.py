"""A mark that differs after every write, seen by every process that shares it.

Caches of verdicts (`access.verdicts`) keep the mark they were made under; another mark means that
what they remember may be out of date.
"""

from __future__ import annotations

import mmap
import os
from itertools import count
from pathlib import Path
from typing import Protocol

_MARK_BYTES = 8


class Changes(Protocol):
    """The mark: compare it for equality, nothing else."""

    @property
    def mark(self) -> int: ...

    def advance(self) -> None:
        """Make the mark one that it never was."""


class LocalChanges:
    """The mark of one process."""

    def __init__(self) -> None:
        self._counter = count(1)
        self.mark = 0

    def advance(self) -> None:
        self.mark = next(self._counter)


class SharedChanges:
    """The mark of all processes of this machine that open the same file.

    The mark is drawn at random, so that two who advance it at once need no lock, and a process that is
    stopped in the middle holds up nobody. Reading it is reading eight bytes of memory.

    Raises:
        OSError: the file cannot be made or mapped.
    """

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_size < _MARK_BYTES:
                os.ftruncate(descriptor, _MARK_BYTES)
            self._memory = mmap.mmap(descriptor, _MARK_BYTES)
        finally:
            os.close(descriptor)
        self._mark = memoryview(self._memory).cast("Q")

    @property
    def mark(self) -> int:
        return self._mark[0]

    def advance(self) -> None:
        self._mark[0] = int.from_bytes(os.urandom(_MARK_BYTES), "little")
