"""`holoscope serve` on a prepared data folder, in processes of its own."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from support.live import HOLOSCOPE, clean_environment, start_demo

READY_SECONDS = 180.0


def prepare(folder: Path) -> Path:
    """Make a data folder with an organization, a key and a model, held by nobody."""
    live = start_demo(folder)
    assert live.stop() == 0
    return live.folder


@contextmanager
def serving(folder: Path, *options: object, **environment: str) -> Iterator[tuple[str, Path]]:
    """Run `serve`; yield its base URL and its log file, then stop it and expect exit code 0."""
    with served(folder, *options, **environment) as (url, log, process):
        yield url, log
        process.terminate()
        assert process.wait(timeout=40) == 0, log.read_text()


@contextmanager
def served(
    folder: Path, *options: object, **environment: str
) -> Iterator[tuple[str, Path, subprocess.Popen[bytes]]]:
    """Run `serve`; yield its base URL, its log file and its process, and kill it in the end."""
    log = folder / "serve.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [*HOLOSCOPE, "serve", "--data-dir", str(folder), "--port", "0", *map(str, options)],
            stdout=file,
            stderr=file,
            env=clean_environment(**environment),
        )
    try:
        until = time.monotonic() + READY_SECONDS
        while not (found := re.search(r"Holoscope serves (\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield found[1], log, process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def headers(folder: Path, **more: str) -> dict[str, str]:
    """Return the headers of the key that the demo left in its folder."""
    key = json.loads((folder / "demo.json").read_text())["api_key"]
    return {"Authorization": f"Bearer {key}", **more}


def client_of(folder: Path, url: str, **more: str) -> httpx2.Client:
    """Return a client with a connection pool of its own, trusting the folder's authority."""
    context = ssl.create_default_context(cafile=folder / "tls" / "ca.pem")
    return httpx2.Client(
        verify=context, trust_env=False, base_url=url, headers=headers(folder, **more), timeout=60
    )
