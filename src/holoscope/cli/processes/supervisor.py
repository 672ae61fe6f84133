"""Starts the server processes, starts those anew that end unasked, and ends them all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from holoscope.cli.house import CannotStart
from holoscope.cli.processes.orders import READY, Orders

_LOOK_SECONDS = 0.1
_STEADY_SECONDS = 10.0
_LONGEST_PAUSE = 30.0
_GRACE_SECONDS = 5.0
_COMMAND = [sys.executable, "-m", "holoscope.cli.processes.child"]


class _Child:
    """One place of the server, and whoever fills it now."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.is_ready = threading.Event()
        self._pause = 0.0
        self._again_at = 0.0
        self._start()

    def _start(self) -> None:
        self._begun = time.monotonic()
        self.is_ready.clear()
        self.process = subprocess.Popen(  # noqa: S603  (our own program)
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=self._orders.sockets
        )
        assert self.process.stdin is not None  # noqa: S101  (a pipe was asked for)
        with suppress(BrokenPipeError):
            self.process.stdin.write(self._orders.written())
            self.process.stdin.flush()
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101  (a pipe was asked for)
        for line in process.stdout:
            if line == READY:
                self.is_ready.set()

    def look_after(self) -> None:
        """Start the process anew if it ended: at once when it ran well, else after a growing pause."""
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if not self._again_at:
            ran_well = now - self._begun > _STEADY_SECONDS
            self._pause = 0.0 if ran_well else min(max(self._pause * 2, 0.5), _LONGEST_PAUSE)
            self._again_at = now + self._pause
            print(
                f"holoscope: server process {self._orders.index} ended ({self.process.returncode}); "
                "another takes its place",
                file=sys.stderr,
            )
        if now >= self._again_at:
            self._again_at = 0.0
            self._start()

    def end(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)


def supervise(orders: Orders, on_ready: Callable[[], None]) -> None:
    """Run `orders.settings.processes` processes until SIGTERM or SIGINT, then end them gracefully.

    Each gets `orders` with its own index. `on_ready` is called once all of them accept connections. A
    process that ends unasked is replaced. A second signal does not wait.

    Raises:
        CannotStart: one of them ended before all were ready.
    """
    asked: list[int] = []
    former = {
        number: signal.signal(number, lambda number, _: asked.append(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    children: list[_Child] = []
    try:
        children = [_Child(replace(orders, index=index)) for index in range(orders.settings.processes)]
        if _all_ready(children, asked):
            on_ready()
        while not asked:
            for child in children:
                child.look_after()
            time.sleep(_LOOK_SECONDS)
    finally:
        _end(children, asked, orders.settings.stop_timeout_seconds + _GRACE_SECONDS)
        for number, handler in former.items():
            signal.signal(number, handler)


def _all_ready(children: Sequence[_Child], asked: Sequence[int]) -> bool:
    while not all(child.is_ready.is_set() for child in children):
        if asked:
            return False
        if any(child.process.poll() is not None for child in children):
            raise CannotStart("A server process ended before it could serve.")
        time.sleep(_LOOK_SECONDS / 2)
    return True


def _end(children: Sequence[_Child], asked: list[int], seconds: float) -> None:
    before = len(asked)
    for child in children:
        child.end(signal.SIGTERM)
    until = time.monotonic() + seconds
    while any(child.process.poll() is None for child in children):
        if time.monotonic() > until or len(asked) > max(before, 1):
            for child in children:
                child.end(signal.SIGKILL)
        time.sleep(_LOOK_SECONDS / 2)
