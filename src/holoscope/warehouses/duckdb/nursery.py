"""Workers that have loaded their libraries and opened nothing yet, so that a new one is there at once."""

from __future__ import annotations

import threading

from holoscope.warehouses.duckdb.process import Worker

_LATER_SECONDS = 3.0
"""So that loading the next one does not slow down the start of the server or the question that took one."""


class Nursery:
    """Keeps up to `spare` workers ready; with none it starts them on demand. Safe in several threads."""

    def __init__(self, spare: int = 0) -> None:
        self._spare = spare
        self._ready: list[Worker] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def warm(self) -> None:
        """Start what is missing; the new processes load by themselves, nobody waits for them."""
        with self._lock:
            while not self._is_closed and len(self._ready) < self._spare:
                self._ready.append(Worker())

    def take(self) -> Worker:
        """Give a worker away; a moment later another is started in its place."""
        with self._lock:
            worker = self._ready.pop(0) if self._ready else None
        if worker is None or not worker.is_alive:
            if worker is not None:
                worker.end()
            worker = Worker()
        if self._spare:
            later = threading.Timer(_LATER_SECONDS, self.warm)
            later.daemon = True
            later.start()
        return worker

    def close(self) -> None:
        """End those that nobody took."""
        with self._lock:
            self._is_closed = True
            left, self._ready = self._ready, []
        for worker in left:
            worker.end()
