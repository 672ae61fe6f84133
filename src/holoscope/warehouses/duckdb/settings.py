"""The limits of a DuckDB connection. The worker program reads this too, so it imports no engine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from holoscope.kit.errors import HoloscopeError


class UnsafeWarehouse(HoloscopeError):
    """A setting of the sandbox did not take: the file is not served."""

    code = "unsafe_warehouse"


def default_concurrency() -> int:
    """Give the number of workers of a connection: twice the processors, at least 4 and at most 16."""
    return max(4, min(16, 2 * (os.cpu_count() or 2)))


def default_threads() -> int:
    """Give the number of threads of a worker: one for each processor."""
    return os.cpu_count() or 2


@dataclass(frozen=True, slots=True)
class DuckDBSettings:
    """Limits of one DuckDB connection, and of each worker process in it.

    `concurrency` workers run one statement each at once, `queue_limit` more may wait. Each worker has
    `memory_mib` and `threads` of its own. `temp_directory` is where workers have their folders for what
    does not fit in memory, up to `temp_mib` each; None stands for the system's. `longest_seconds` is the
    engine's own last resort above every time limit asked for (DuckDB 2.0).
    """

    memory_mib: int = 1024
    threads: int = field(default_factory=default_threads)
    concurrency: int = field(default_factory=default_concurrency)
    queue_limit: int = 256
    temp_directory: Path | None = None
    temp_mib: int = 4096
    longest_seconds: int = 900
