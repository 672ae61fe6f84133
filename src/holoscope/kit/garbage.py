"""Building many objects without the cycle collector walking over them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_waiting: list[bool] = []


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cycle collector of the process; for short work that makes no cycles.

    The last of several pausers, in any thread, lets it run again, if it was running before.
    """
    with _lock:
        _waiting.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            was_running = _waiting[0]
            _waiting.pop()
            if not _waiting and was_running:
                gc.enable()
