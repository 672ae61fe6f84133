"""An OpenID Connect provider that others wrote (oidc-provider-mock), in a process of its own on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx2

# The provider ends when its input does, so it never outlives who started it.
_PROGRAM = """
import os, signal, sys, threading
def watch():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
from oidc_provider_mock.__main__ import run
run(["--port", "0", "--require-registration", "true", "--require-nonce", "true"])
"""
_READY_SECONDS = 60.0


@dataclass(frozen=True)
class IndependentProvider:
    """The running provider; it knows nobody, and no client, until it is told."""

    issuer: str
    process: subprocess.Popen[bytes]

    def register(self, redirect_uri: str) -> tuple[str, str]:
        """Register a client (RFC 7591) and return its id and its secret."""
        said = httpx2.post(f"{self.issuer}/oauth2/clients", json={"redirect_uris": [redirect_uri]})
        assert said.status_code == 201, said.text
        return said.json()["client_id"], said.json()["client_secret"]

    def knows(self, subject: str, **claims: object) -> None:
        """Say what is claimed of a subject from now on."""
        said = httpx2.put(f"{self.issuer}/users/{quote(subject, safe='')}", json=claims)
        assert said.status_code == 204, said.text


@contextmanager
def independent_provider(folder: Path) -> Iterator[IndependentProvider]:
    """Run the provider on a free port of 127.0.0.1 until the block ends; its log is written to `folder`."""
    log = folder / "provider.log"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=file,
            env=environment,
        ) as process,
    ):
        try:
            until = time.monotonic() + _READY_SECONDS
            while not (found := re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
            yield IndependentProvider(found[1], process)
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
