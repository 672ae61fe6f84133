"""What the system lets this process use; what lies beyond fails inside it and nowhere else.

On systems without these limits nothing is set: see docs/how-to/isolation.md.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "linux":
    import resource

_MIB = 1024 * 1024
_OPEN_FILES = 64
_BESIDE_MIB = 512
_SLACK_SECONDS = 60


def before_opening(temp_mib: int) -> None:
    """Bound files: how many are open, how long a written one becomes, and no core file."""
    if sys.platform == "linux":
        _bound(resource.RLIMIT_CORE, 0)
        _bound(resource.RLIMIT_NOFILE, _OPEN_FILES)
        _bound(resource.RLIMIT_FSIZE, temp_mib * _MIB)


def after_opening(memory_mib: int) -> None:
    """Bound the address space: what is taken now, what the engine may use, and as much as half of it beside.

    The engine counts what it keeps in its own buffers; expressions, long texts and Arrow batches are the
    memory beside.
    """
    if sys.platform == "linux":
        beside = max(_BESIDE_MIB, memory_mib // 2)
        _bound(resource.RLIMIT_AS, _address_space() + (memory_mib + beside) * _MIB)


def allow_processor_time(seconds: int) -> None:
    """Let this process use so much more processor time; at the end of it the system ends the process.

    It is the last resort for a worker whose server cannot stop it any more.
    """
    if sys.platform == "linux":
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + seconds + _SLACK_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _bound(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _address_space() -> int:
    with open("/proc/self/statm", "rb") as status:  # as bytes: nobody may be allowed to load a codec
        return int(status.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
