"""A server to measure: `holoscope demo` in a process of its own, without a rate limit."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Live:
    """A running demo and a plain connection to it; nothing of Holoscope's client is in the way."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.pid = process.pid
        values = json.loads((folder / "demo.json").read_text())
        self.base_url, self.api_key = values["base_url"], values["api_key"]
        self.ca_file, self.model_id = values["ca_file"], values["model_id"]
        self.headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        address = urlsplit(self.base_url)
        self.context = ssl.create_default_context(cafile=self.ca_file)
        self.connection = HTTPSConnection(
            address.hostname or "", address.port, context=self.context, timeout=120
        )

    def post(self, path: str, body: dict[str, Any]) -> bytes:
        self.connection.request("POST", path, json.dumps(body), self.headers)
        return self._read()

    def get(self, path: str) -> bytes:
        self.connection.request("GET", path, headers=self.headers)
        return self._read()

    def _read(self) -> bytes:
        response = self.connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {content[:300]!r}")
        return content

    def run(self, query: dict[str, Any], cache: str = "SkipCache") -> list[dict[str, Any]]:
        """Run a query and give its lines."""
        body = {"query": {"modelId": self.model_id, **query}, "cache": cache}
        return [json.loads(line) for line in self.post("/api/v1/query/run", body).splitlines()]

    def resident_mb(self) -> tuple[float, float]:
        """Present and peak resident memory of the server."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        values = {
            line.split(":")[0]: line.split()[1]
            for line in status.splitlines()
            if ":" in line and line.split()[1:]
        }
        return int(values["VmRSS"]) / 1024, int(values["VmHWM"]) / 1024


@contextmanager
def live(scale: float) -> Iterator[Live]:
    """Start a demo and wait until it serves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        command = [
            sys.executable,
            "-c",
            "from holoscope.cli import main; main()",
            "demo",
            "--data-dir",
            str(folder),
            "--port",
            "0",
        ]
        command += ["--scale", str(scale), "--rate-limit", "0"]
        with (Path(name) / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
            try:
                for _ in range(600):
                    if (folder / "demo.json").exists() or process.poll() is not None:
                        break
                    time.sleep(0.1)
                if process.poll() is not None:
                    raise RuntimeError((Path(name) / "log").read_text())
                served = Live(folder, process)
                yield served
                served.connection.close()
            finally:
                process.terminate()
                process.wait(60)
