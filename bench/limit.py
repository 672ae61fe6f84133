"""The limit: a raw ASGI application that runs given SQL and sends Arrow IPC in base64, over TLS."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

import trustme

_APPLICATION = """
import io, sys, duckdb, pyarrow as pa, pybase64, uvicorn
file, cert, private, port = sys.argv[1:5]
connection = duckdb.connect(file, read_only=True, config={"threads": 2})

async def answer(scope, receive, send):
    if scope["type"] != "http":
        return
    sql = (await receive())["body"].decode()
    table = connection.cursor().sql(sql).to_arrow_table()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    body = b'{"result":"' + pybase64.b64encode(sink.getvalue()) + b'"}\\n'
    headers = [(b"content-type", b"text/ndjson")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

tls = {"ssl_certfile": cert, "ssl_keyfile": private}
quiet = {"log_level": "error", "access_log": False, "lifespan": "off", "timeout_keep_alive": 600}
uvicorn.run(answer, port=int(port), **quiet, **tls)
"""
_PORT = 18444


class Limit:
    """A connection to it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._connection = HTTPSConnection("localhost", _PORT, context=context, timeout=120)

    def ask(self, sql: str) -> bytes:
        self._connection.request("POST", "/", sql.encode())
        return self._connection.getresponse().read()


@contextmanager
def limit_server(database: Path, folder: Path) -> Iterator[Limit]:
    """Serve a DuckDB file that way, in a process of its own."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    cert, private = folder / "limit.pem", folder / "limit-key.pem"
    leaf.cert_chain_pems[0].write_to_path(str(cert))
    leaf.private_key_pem.write_to_path(str(private))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    command = [sys.executable, "-c", _APPLICATION, str(database), str(cert), str(private), str(_PORT)]
    process = subprocess.Popen(command)
    try:
        time.sleep(2)
        yield Limit(context)
    finally:
        process.kill()
        process.wait(10)
