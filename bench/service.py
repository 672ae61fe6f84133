"""The service over HTTPS: questions, extraction, cached answers and whoami, against raw references."""

from __future__ import annotations

import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pybase64
import trustme

from bench.clock import paired, ratio_line, seconds
from bench.limit import Limit
from bench.live import Live
from bench.questions import QUESTIONS

WIDE = [
    *(f"order_items.{name}" for name in ("id", "order_id", "user_id", "inventory_item_id", "status")),
    *(f"order_items.{name}" for name in ("sale_price", "created_at", "shipped_at", "delivered_at")),
    *("order_items.returned_at", "order_items.is_gift", "order_items.is_returned", "order_items.price_band"),
    *("users.state", "users.age"),
]


def end_to_end(server: Live, connection: duckdb.DuckDBPyConnection, limit: Limit) -> None:
    """Server cost: the same SQL over HTTPS, on raw DuckDB to Arrow, and by the raw ASGI server."""
    print("\n## Server cost: query/run over HTTPS, cache off; the same SQL on raw DuckDB, then by raw ASGI")
    for question in QUESTIONS:
        if question.time_zone != "UTC":
            continue
        sql = server.run(question.body)[1]["summary"]["display_sql"]
        mine, raw = paired(
            lambda body=question.body: server.run(body),
            lambda text=sql: connection.sql(text).to_arrow_table(),
        )
        more = statistics.median(a - b for a, b in zip(mine, raw, strict=True)) * 1000
        print(f"{ratio_line(question.name, mine, raw)}   {more:+.1f} ms")
        mine, raw = paired(lambda body=question.body: server.run(body), lambda text=sql: limit.ask(text))
        print(ratio_line("   over raw ASGI with TLS", mine, raw))


def extraction(server: Live, connection: duckdb.DuckDBPyConnection, limit: Limit, rows: int) -> None:
    """A million rows of 15 columns as NDJSON; DuckDB to Arrow IPC to base64 in one process; raw ASGI."""
    print(f"\n## Extraction of {rows:,} rows x {len(WIDE)} columns")
    body = {
        "table": "order_items",
        "join_paths_from_topic_name": "order_items",
        "fields": WIDE,
        "default_group_by": False,
        "limit": None,
    }
    request = {"query": {"modelId": server.model_id, **body}, "cache": "SkipCache"}
    plan = {"query": {"modelId": server.model_id, **body}, "planOnly": True}
    sql = json.loads(server.post("/api/v1/query/run", plan).splitlines()[1])["summary"]["display_sql"]
    before, _ = server.resident_mb()

    def raw() -> None:
        table = connection.sql(sql).to_arrow_table()
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        pybase64.b64encode(sink.getbuffer())

    def ours() -> bytes:
        return server.post("/api/v1/query/run", request)

    mine, theirs = paired(ours, raw, rounds=5)
    print(ratio_line("NDJSON over HTTPS", mine, theirs))
    print(
        f"{rows / statistics.median(mine):,.0f} rows/s against {rows / statistics.median(theirs):,.0f} rows/s"
    )
    print(ratio_line("   over raw ASGI with TLS", *paired(ours, lambda: limit.ask(sql), rounds=5)))
    print(f"server memory: {before:.0f} MB before, {server.resident_mb()[1]:.0f} MB peak")


def cached(server: Live) -> None:
    """Latency of a small answer from the cache, one connection."""
    print("\n## Cached small answer, one connection over HTTPS")
    body = {"query": {"modelId": server.model_id, **QUESTIONS[0].body}}
    server.post("/api/v1/query/run", body)
    times = sorted(seconds(lambda: server.post("/api/v1/query/run", body)) for _ in range(500))
    print(f"median {times[250] * 1000:.2f} ms, 99th of 100 {times[495] * 1000:.2f} ms")


_MINIMAL = """
import hashlib, hmac, sys, ssl
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
import uvicorn
key, cert, private, port, body = sys.argv[1:6]
known = {hmac.digest(b"pepper", key.encode(), "sha256"): "member"}
async def answer(request):
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if hmac.digest(b"pepper", token.encode(), "sha256") not in known:
        return Response(status_code=403)
    return Response(body, media_type="application/json")
routes = [Route("/api/v1/whoami", answer), Route("/api/v1/query/run", answer, methods=["POST"])]
tls = {"ssl_certfile": cert, "ssl_keyfile": private}
uvicorn.run(Starlette(routes=routes), port=int(port), log_level="error", access_log=False, **tls)
"""


def throughput(server: Live) -> None:
    """Requests a second of whoami and of a cached answer, against a minimal Starlette app, by wrk."""
    print("\n## Requests a second, 16 connections (wrk, three interleaved rounds)")
    if shutil.which("wrk") is None:
        print("skipped: wrk is not installed")
        return
    body = {"query": {"modelId": server.model_id, **QUESTIONS[0].body}}
    answer = server.post("/api/v1/query/run", body).decode()
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "post.lua"
        text = json.dumps(body).replace("\\", "\\\\").replace("'", "\\'")
        script.write_text(f"wrk.method = 'POST'\nwrk.body = '{text}'\n")
        for label, path, extra, reply in (
            ("whoami", "/api/v1/whoami", [], server.get("/api/v1/whoami").decode()),
            ("cached query/run", "/api/v1/query/run", ["-s", str(script)], answer),
        ):
            with _minimal(server, Path(name), reply) as (process, port):
                try:
                    rounds = [
                        (
                            _wrk(server, server.base_url, path, extra),
                            _wrk(server, f"https://localhost:{port}", path, extra),
                        )
                        for _ in range(3)
                    ]
                finally:
                    process.terminate()
                    process.wait(10)
            ratios = sorted(ours / theirs for ours, theirs in rounds)
            ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(
                f"{label:20s} {ours:8,.0f}/s against {theirs:8,.0f}/s   x{ratios[1]:.2f} "
                f"[{ratios[0]:.2f}-{ratios[2]:.2f}] of minimal Starlette over TLS"
            )


class _minimal:  # noqa: N801  (reads as a function)
    def __init__(self, server: Live, folder: Path, reply: str) -> None:
        self._server, self._folder, self._reply = server, folder, reply

    def __enter__(self) -> tuple[subprocess.Popen[bytes], int]:
        leaf = trustme.CA().issue_cert("localhost")
        cert, private = self._folder / "cert.pem", self._folder / "key.pem"
        leaf.cert_chain_pems[0].write_to_path(str(cert))
        leaf.private_key_pem.write_to_path(str(private))
        port = 18443
        command = [sys.executable, "-c", _MINIMAL, self._server.api_key, str(cert), str(private), str(port)]
        process = subprocess.Popen([*command, self._reply])
        time.sleep(2)
        return process, port

    def __exit__(self, *_: object) -> None:
        return None


def _wrk(server: Live, base_url: str, path: str, extra: list[str]) -> float:
    command = ["wrk", "-t1", "-c16", "-d4s", "-H", f"Authorization: Bearer {server.api_key}"]
    done = subprocess.run([*command, *extra, f"{base_url}{path}"], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0
