"""The workers of one connection: started when they are needed, used again, replaced when they die."""

from __future__ import annotations

import threading
from pathlib import Path

from holoscope.kit.errors import WarehouseError
from holoscope.warehouses.duckdb.failures import REPLACED
from holoscope.warehouses.duckdb.nursery import Nursery
from holoscope.warehouses.duckdb.process import Worker
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.underway import CLOSED

Identity = tuple[int, int, int, int]


def identity_of(path: Path) -> Identity | None:
    """Say which file stands at a path, and in which state."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class Workers:
    """Workers that have one file open. `lease` and `give_back` may be called from any thread.

    All have opened the same file: when another stands at the path by now, no worker is added, and those
    that are left go on with the old one.
    """

    def __init__(self, path: Path, settings: DuckDBSettings, nursery: Nursery) -> None:
        """Open the file with a first worker; raises what `Worker.open_file` raises."""
        self._path = path
        self._settings = settings
        self._nursery = nursery
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._leased: set[Worker] = set()
        self._is_closed = False
        self.identity, first = self._open_first()
        self._idle.append(first)

    def lease(self) -> Worker:
        """Take a worker that is idle, or a new one.

        Raises:
            WarehouseError: closed, or the file was replaced and no worker is left that has it open.
        """
        while True:
            with self._changed:
                self._raise_if_closed()
                worker = self._idle.pop() if self._idle else None
                if worker is not None:
                    self._leased.add(worker)
            if worker is None:
                break
            if worker.is_alive:
                return worker
            self.give_back(worker)
        return self._additional()

    def give_back(self, worker: Worker) -> None:
        """Return a worker after its statement; one that is dead is let go."""
        is_kept = worker.is_alive
        with self._changed:
            self._leased.discard(worker)
            is_kept = is_kept and not self._is_closed
            if is_kept:
                self._idle.append(worker)
            self._changed.notify_all()
        if not is_kept:
            worker.end()

    def close(self) -> None:
        """End every worker, those that are leased by force."""
        with self._changed:
            self._is_closed = True
            idle, leased = list(self._idle), list(self._leased)
            self._idle.clear()
            self._changed.notify_all()
        for worker in leased:
            worker.kill()
        for worker in idle:
            worker.end()

    def _open_first(self) -> tuple[Identity | None, Worker]:
        """Open the file and name it; tried again when it is replaced meanwhile."""
        while True:
            before = identity_of(self._path)
            worker = self._start()
            if identity_of(self._path) == before:
                return before, worker
            worker.end()

    def _additional(self) -> Worker:
        worker: Worker | None = None
        if identity_of(self._path) == self.identity:
            worker = self._start()
            if identity_of(self._path) != self.identity:  # replaced while it was opened: either may be open
                worker.end()
                worker = None
        with self._changed:
            if worker is None:
                self._changed.wait_for(lambda: self._idle or not self._leased or self._is_closed)
                if not self._idle and not self._is_closed:
                    raise WarehouseError(REPLACED)
                self._raise_if_closed()
                worker = self._idle.pop()
            if not self._is_closed:
                self._leased.add(worker)
                return worker
        worker.end()
        raise WarehouseError(CLOSED)

    def _start(self) -> Worker:
        worker = self._nursery.take()
        try:
            worker.open_file(self._path, self._settings)
        except BaseException:
            worker.end()
            raise
        return worker

    def _raise_if_closed(self) -> None:
        if self._is_closed:
            raise WarehouseError(CLOSED)
