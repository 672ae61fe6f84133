"""One worker process as the server sees it: started, told what to open, asked, stopped, killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from holoscope.kit.errors import WarehouseError
from holoscope.warehouses.duckdb.failures import NOT_STARTED, explained, why_not_opened
from holoscope.warehouses.duckdb.frames import NUMBER, Broken, Kind, Statement, receive, send_json
from holoscope.warehouses.duckdb.settings import DuckDBSettings

_PROGRAM = "holoscope.warehouses.duckdb.worker"
_START_SECONDS = 60.0
_END_SECONDS = 2.0
_PIPE_BYTES = 1024 * 1024
_SET_PIPE_SIZE = 1031


class Lost(Exception):
    """The worker is gone, or answers what no worker answers."""


class Worker:
    """A process that runs statements on one file, one at a time.

    `start` and `open_file` come first. `stop`, `kill` and `is_alive` may be used from any thread, the rest
    only by whoever has the worker at the moment.
    """

    def __init__(self) -> None:
        """Start the program; it loads its libraries while the caller goes on.

        The new process has an empty environment, no descriptors but its three pipes, and a session of its
        own, so that what is typed at a terminal does not reach it.
        """
        ask_read, ask_write = os.pipe()
        tell_read, tell_write = os.pipe()
        stop_read, stop_write = os.pipe()
        theirs = (ask_read, tell_write, stop_read)
        if sys.platform == "linux":
            import fcntl

            with suppress(OSError):  # the system may allow less; the pipe works all the same
                fcntl.fcntl(tell_write, _SET_PIPE_SIZE, _PIPE_BYTES)
        try:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-I", "-m", _PROGRAM, *map(str, theirs)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=theirs,
                env={},
                start_new_session=True,
            )
        finally:
            for pipe in theirs:
                os.close(pipe)
        os.set_blocking(stop_write, False)
        self._ask, self._control = ask_write, stop_write
        self._answers = os.fdopen(tell_read, "rb", buffering=64 * 1024)
        self._folder: Path | None = None
        self._lock = threading.Lock()
        self._is_ended = self._is_killed = False
        self._number = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether the process still runs and was not given up."""
        with self._lock:
            return not self._is_killed and not self._is_ended and self._process.poll() is None

    def open_file(self, path: Path, settings: DuckDBSettings) -> None:
        """Have the worker confine itself and open a file.

        Raises:
            UnsafeWarehouse: the sandbox could not be made.
            WarehouseError: the file cannot be opened.
        """
        patience = threading.Timer(_START_SECONDS, self.kill)
        patience.daemon = True
        patience.start()
        try:
            self._receive(Kind.READY)
            self._folder = Path(tempfile.mkdtemp(prefix="holoscope-worker-", dir=settings.temp_directory))
            limits = {
                "memory_mib": settings.memory_mib,
                "threads": settings.threads,
                "temp_mib": settings.temp_mib,
                "longest_seconds": settings.longest_seconds,
            }
            order = {"path": str(path), "folder": str(self._folder), "settings": limits}
            send_json(self._ask, Kind.OPEN, order)
            kind, payload = receive(self._answers)
        except (Broken, Lost, BrokenPipeError):
            raise WarehouseError(NOT_STARTED) from None
        finally:
            patience.cancel()
        if kind is Kind.FAILED:
            raise why_not_opened(json.loads(payload), path)

    def ask(self, statement: Statement) -> int:
        """Send a statement and return its number. Raises `Lost`."""
        self._number += 1
        try:
            send_json(self._ask, Kind.ASK, statement.order(self._number))
        except BrokenPipeError:
            raise Lost from None
        return self._number

    def receive_schema(self) -> pa.Schema:
        """Wait for the result to begin.

        Raises:
            Lost: the worker is gone.
            WarehouseError: the statement failed, was refused or stopped.
        """
        payload = self._receive(Kind.SCHEMA)
        with _as_loss():
            return pa.ipc.read_schema(pa.py_buffer(payload))

    def receive_batch(self, schema: pa.Schema) -> pa.RecordBatch | None:
        """Wait for the next batch; None at the end. Its columns lie in the bytes that were received."""
        payload = self._receive(Kind.BATCH, Kind.END)
        if not payload:
            return None
        with _as_loss():
            batch = pa.ipc.read_record_batch(pa.py_buffer(payload), schema)
            batch.validate()
            return batch

    def skip_to_the_end(self) -> None:
        """Read and forget what is left of a result. Raises `Lost`."""
        with _as_loss():
            while receive(self._answers)[0] not in (Kind.END, Kind.FAILED):
                pass

    def stop(self, number: int) -> None:
        """Ask for the end of a statement; never blocks."""
        with self._lock, suppress(BlockingIOError, BrokenPipeError):
            if not self._is_ended:
                os.write(self._control, NUMBER.pack(number))

    def kill(self) -> None:
        """End the process at once; whoever reads from it sees it gone."""
        with self._lock:
            self._is_killed = True
            if not self._is_ended and self._process.poll() is None:
                self._process.send_signal(signal.SIGKILL)

    def end(self) -> None:
        """Let go of the process and its folder; returns when both are gone."""
        with self._lock:
            if self._is_ended:
                return
            self._is_ended = True
        os.close(self._ask)
        os.close(self._control)
        self._answers.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _receive(self, *expected: Kind) -> bytes:
        with _as_loss():
            kind, payload = receive(self._answers)
        if kind is Kind.FAILED:
            raise explained(json.loads(payload))
        if kind not in expected:
            raise Lost
        return payload


@contextmanager
def _as_loss() -> Iterator[None]:
    try:
        yield
    except (Broken, OSError, ValueError, pa.ArrowException):
        raise Lost from None
