"""The client over real sockets and real TLS: trust, broken connections, large answers."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
import pytest
import trustme

from holoscope.client import CannotConnect, CertificateNotTrusted, Client, ConnectionLost, RetryPolicy
from support.lines import MODEL, complete, footer, header, ndjson
from support.web import KEY, FakeTime

QUERY = {"modelId": MODEL, "fields": ["a.b"]}
Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@contextmanager
def serving(authority: trustme.CA, answer: Answer) -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def in_pieces(body: bytes, size: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/ndjson")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def test_a_large_answer_in_pieces(authority: trustme.CA, ca_file: Path) -> None:
    table = pa.table({"a.b": pa.array(range(200_000), pa.int64())})
    body = ndjson(header(), complete(table), footer())
    with (
        serving(authority, in_pieces(body, 7_777)) as (url, seen),
        Client(url, KEY, ca_file=ca_file) as client,
    ):
        assert client.run(QUERY).table.equals(table)
    assert seen == ["POST /api/v1/query/run"]


def test_an_unknown_authority_is_refused_before_the_key_is_sent(
    authority: trustme.CA, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    with (
        serving(authority, in_pieces(b"", 1)) as (url, seen),
        Client(url, KEY, ca_file=other) as client,
        pytest.raises(CertificateNotTrusted),
    ):
        client.whoami()
    assert seen == []


def test_an_answer_that_breaks_off_is_not_asked_again(authority: trustme.CA, ca_file: Path) -> None:
    def torn(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(ndjson(header()))
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    with (
        serving(authority, torn) as (url, seen),
        Client(url, KEY, ca_file=ca_file) as client,
        pytest.raises(ConnectionLost, match="may have run"),
    ):
        client.run(QUERY)
    assert len(seen) == 1


def test_nobody_listens(ca_file: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{free.getsockname()[1]}"
    time = FakeTime()
    client = Client(url, KEY, ca_file=ca_file, retries=RetryPolicy(attempts=3), timing=time.timing())
    with client, pytest.raises(CannotConnect):
        client.run(QUERY)
    assert time.pauses == [0.25, 0.5]
