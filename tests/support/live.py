"""A real `holoscope demo` in its own process, for tests that speak HTTPS to it.

`live_server()` yields the values of demo.json; one server per session and kind is enough, so the
`live` fixture of tests/conftest.py or a module-scoped fixture around it is the way to use it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

READY_SECONDS = 120.0
HOLOSCOPE = (sys.executable, "-c", "from holoscope.cli import main; main()")


@dataclass
class Live:
    """A running demo. The first seven fields are those of demo.json."""

    base_url: str
    api_key: str = field(repr=False)
    ca_file: str
    embed_secret: str = field(repr=False)
    model_id: str
    admin_email: str
    admin_password: str = field(repr=False)
    folder: Path
    process: subprocess.Popen[str]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    @property
    def shop(self) -> Path:
        """The DuckDB file of the running shop; open a copy, or read it with `read_only=True`."""
        return self.folder / "shop.duckdb"

    def log(self) -> str:
        """Everything the server has written so far, to stdout and stderr."""
        return (self.folder / "test.log").read_text(encoding="utf-8")

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = 40) -> int:
        """Send a signal and return the exit code."""
        os.kill(self.process.pid, number)
        return self.process.wait(timeout=seconds)


def clean_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without anything that configures Holoscope or its clients."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOLOSCOPE_", "OMNI_"))}
    for name in (
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ):
        kept.pop(name, None)
    return {**kept, **more}


def run_holoscope(
    *arguments: object, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, `text` on its standard input."""
    return subprocess.run(
        [*HOLOSCOPE, *map(str, arguments)],
        input=text,
        capture_output=True,
        text=True,
        timeout=READY_SECONDS,
        env=clean_environment(**environment),
        check=False,
    )


def start_demo(folder: Path, *, rate_limit: int = 0, scale: float = 0.002, **environment: str) -> Live:
    """Start a demo in `folder` and wait until it is ready; the caller ends its process."""
    given = ["--rate-limit", rate_limit, "--scale", scale]
    return start_server(folder, "demo", *given, **environment)


def start_server(
    folder: Path, command: str, *given: object, program: Sequence[str] = HOLOSCOPE, **environment: str
) -> Live:
    """Start `demo` or `init` on `folder` and a free port, and wait for its file."""
    folder.mkdir(parents=True, exist_ok=True)
    ready = folder / f"{command}.json"
    stale = ready.stat().st_mtime_ns if ready.exists() else None
    arguments = [command, "--data-dir", folder, "--port", 0, *given]
    with (folder / "test.log").open("w") as log:
        process = subprocess.Popen(
            [*program, *map(str, arguments)],
            stdout=log,
            stderr=log,
            text=True,
            env=clean_environment(**environment),
        )
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if ready.stat().st_mtime_ns != stale:
                values: dict[str, Any] = json.loads(ready.read_text())
                return Live(**values, folder=folder, process=process)
        except FileNotFoundError:
            pass
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise AssertionError(f"The server did not get ready:\n{(folder / 'test.log').read_text()}")


@contextmanager
def live_server(*, rate_limit: int = 0, scale: float = 0.002, **environment: str) -> Iterator[Live]:
    """Run a demo in a folder of its own until the block ends."""
    with tempfile.TemporaryDirectory(prefix="holoscope-") as folder:
        live = start_demo(Path(folder), rate_limit=rate_limit, scale=scale, **environment)
        try:
            yield live
        finally:
            if live.process.poll() is None:
                live.process.terminate()
                try:
                    live.process.wait(timeout=40)
                except subprocess.TimeoutExpired:
                    live.process.kill()
                    live.process.wait()
