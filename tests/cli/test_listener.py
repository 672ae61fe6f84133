"""One port: TLS is served, anything else is told so and closed, and nobody can hold it up."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

TESTS = Path(__file__).parents[1]


class Toy:
    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "support.toy", str(folder), *options],
            cwd=TESTS,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        first = self.process.stdout.readline().split()
        assert first[:1] == ["ready"], self.process.communicate()
        self.port = int(first[1])

    def get(
        self, path: str, *, scheme: str = "https", host: str = "localhost", **headers: str
    ) -> httpx2.Response:
        context = ssl.create_default_context(cafile=self.folder / "ca.pem") if scheme == "https" else True
        with httpx2.Client(verify=context, trust_env=False) as client:
            return client.get(f"{scheme}://{host}:{self.port}{path}", headers=headers)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, list[str]]:
        os.kill(self.process.pid, number)
        out, _ = self.process.communicate(timeout=30)
        return self.process.returncode, out.splitlines()


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Toy]:
    toy = Toy(folder, *options)
    try:
        yield toy
    finally:
        if toy.process.poll() is None:
            toy.process.kill()
        toy.process.communicate()


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    with running(tmp_path_factory.mktemp("tls")) as toy:
        yield toy


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_https_is_served(toy: Toy, host: str) -> None:
    answer = toy.get("/a", host=host)
    assert answer.json() == {"client": "127.0.0.1", "scheme": "https"}


def test_tls_is_modern_and_http_1(toy: Toy) -> None:
    context = ssl.create_default_context(cafile=toy.folder / "ca.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", toy.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        assert secure.version() == "TLSv1.3"
        assert secure.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_plain_http_is_refused_and_never_redirected(toy: Toy, method: str) -> None:
    with httpx2.Client(trust_env=False) as client:
        answer = client.request(
            method,
            f"http://localhost:{toy.port}/api/v1/whoami",
            headers={"Authorization": "Bearer x"},
            content=b"x" * 1_000_000 if method == "POST" else None,
        )
    assert answer.status_code == 403
    assert "location" not in answer.headers
    assert answer.headers["connection"] == "close"
    if method != "HEAD":
        assert answer.json()["status"] == 403
        assert "HTTPS" in answer.json()["detail"]


def test_a_plain_connection_is_closed_after_its_refusal(toy: Toy) -> None:
    with socket.create_connection(("127.0.0.1", toy.port)) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n")
        received = b""
        while part := plain.recv(65536):
            received += part
    assert received.count(b"HTTP/1.1 403") == 1


@pytest.mark.parametrize("first", [b"\x00", b"\x80\x2e\x01", b"SSH-2.0-x\r\n", b"\xff" * 100_000])
def test_noise_is_refused_too(toy: Toy, first: bytes) -> None:
    with socket.create_connection(("127.0.0.1", toy.port), timeout=5) as plain:
        plain.sendall(first)
        assert plain.recv(12) == b"HTTP/1.1 403"


def test_a_broken_handshake_hurts_nobody(toy: Toy) -> None:
    with socket.create_connection(("127.0.0.1", toy.port), timeout=5) as plain:
        plain.sendall(b"\x16\x03\x01\x00\x05hello" + b"\x00" * 50)
        while plain.recv(4096):
            pass
    assert toy.get("/a").status_code == 200


def test_silent_and_half_open_connections_do_not_slow_others(toy: Toy) -> None:
    silent = [socket.create_connection(("127.0.0.1", toy.port)) for _ in range(300)]
    for connection in silent[:100]:
        connection.sendall(b"\x16")
    for connection in silent[100:150]:
        connection.close()
    began = time.monotonic()
    for _ in range(5):
        assert toy.get("/a").status_code == 200
    assert time.monotonic() - began < 3
    for connection in silent:
        connection.close()


def test_the_application_never_sees_a_plain_request(tmp_path: Path) -> None:
    with running(tmp_path) as toy:
        assert toy.get("/plain", scheme="http").status_code == 403
        assert toy.get("/secure").status_code == 200
        status, out = toy.stop()
    assert status == 0
    assert out == ["asked /secure", "closed"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_request_ends_before_the_server_does(tmp_path: Path, number: int) -> None:
    with running(tmp_path) as toy:
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(toy.get("/slow/1.5").status_code))
        idle = socket.create_connection(("127.0.0.1", toy.port))
        asking.start()
        assert toy.process.stdout is not None
        assert toy.process.stdout.readline() == "asked /slow/1.5\n"
        os.kill(toy.process.pid, number)
        time.sleep(0.5)
        with pytest.raises(OSError, match=r"refused|reset"):
            socket.create_connection(("127.0.0.1", toy.port)).close()
        out, err = toy.process.communicate(timeout=10)
        asking.join()
        idle.close()
    assert answers == [200]
    assert (toy.process.returncode, out.splitlines(), err) == (0, ["closed"], "")


def ask(toy: Toy, path: str) -> str:
    try:
        return str(toy.get(path).status_code)
    except httpx2.HTTPError:
        return "broken"


def test_a_request_that_does_not_end_is_cut_off_in_time(tmp_path: Path) -> None:
    with running(tmp_path, "stop_timeout_seconds=1") as toy:
        outcome: list[str] = []
        asking = threading.Thread(target=lambda: outcome.append(ask(toy, "/slow/5")))
        asking.start()
        assert toy.process.stdout is not None
        toy.process.stdout.readline()
        began = time.monotonic()
        status, _ = toy.stop()
        assert time.monotonic() - began < 4
        asking.join()
    assert status == 0
    assert outcome in (["500"], ["broken"])


def test_insecure_http_serves_plain_requests_on_loopback(tmp_path: Path) -> None:
    with running(tmp_path, "insecure_http=true") as toy:
        assert toy.get("/a", scheme="http").json() == {"client": "127.0.0.1", "scheme": "http"}


HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("headers", "status", "client"),
    [
        ({}, 403, None),
        ({"X-Forwarded-Proto": "http"}, 403, None),
        ({"X-Forwarded-Proto": "https, http"}, 403, None),
        (HTTPS, 200, "127.0.0.1"),
        (HTTPS | {"X-Forwarded-For": "203.0.113.9"}, 200, "203.0.113.9"),
        (HTTPS | {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 127.0.0.3"}, 200, "203.0.113.9"),
        (HTTPS | {"X-Forwarded-For": "6.6.6.6, nonsense"}, 200, "127.0.0.1"),
    ],
)
def test_a_trusted_proxy_must_say_https(
    proxied: Toy, headers: dict[str, str], status: int, client: str | None
) -> None:
    answer = proxied.get("/a", scheme="http", host="127.0.0.1", **headers)
    assert answer.status_code == status
    if client:
        assert answer.json() == {"client": client, "scheme": "https"}
    else:
        assert "HTTPS" in answer.json()["detail"]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    folder = tmp_path_factory.mktemp("proxy")
    with running(folder, "behind_proxy=true", "trusted_proxies=127.0.0.0/8") as toy:
        yield toy


def test_an_untrusted_peer_is_refused_whatever_it_says(tmp_path: Path) -> None:
    with running(tmp_path, "behind_proxy=true", "trusted_proxies=10.0.0.0/8") as toy:
        answer = toy.get("/a", scheme="http", host="127.0.0.1", **HTTPS)
        assert answer.status_code == 403
        assert json.loads(answer.content)["status"] == 403
        assert toy.stop()[1] == ["closed"]
