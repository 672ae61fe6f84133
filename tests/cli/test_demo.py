"""The operator's contract of `holoscope demo`, kept by real processes."""

import json
import re
import shlex
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

import httpx2
import pytest

from support.live import HOLOSCOPE, Live, clean_environment, live_server, run_holoscope, start_demo

KEYS = {"base_url", "api_key", "ca_file", "embed_secret", "model_id", "admin_email", "admin_password"}
QUERY = {
    "table": "order_items",
    "join_paths_from_topic_name": "order_items",
    "fields": ["products.category", "order_items.count"],
    "limit": 5,
}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as live:
        yield live


def client(live: Live) -> httpx2.Client:
    return httpx2.Client(
        base_url=live.base_url,
        verify=ssl.create_default_context(cafile=live.ca_file),
        headers=live.headers,
        trust_env=False,
        timeout=30,
    )


def ask(live: Live, **body: object) -> httpx2.Response:
    with client(live) as http:
        return http.post("/api/v1/query/run", json={"query": {"modelId": live.model_id, **QUERY}, **body})


def test_demo_json_has_what_tools_need_and_is_private(live: Live) -> None:
    path = live.folder / "demo.json"
    assert set(json.loads(path.read_text())) == KEYS
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"https://localhost:\d+", live.base_url)
    assert re.fullmatch(r"omni_osk_[0-9A-Za-z]{56}", live.api_key)
    assert len(live.embed_secret) >= 32


def test_https_works_and_plain_http_to_the_same_port_does_not(live: Live) -> None:
    with client(live) as http:
        assert http.get("/api/v1/whoami").status_code == 200
    with httpx2.Client(trust_env=False) as http:
        plain = http.get(live.base_url.replace("https", "http") + "/api/v1/whoami", headers=live.headers)
    assert plain.status_code == 403
    assert plain.json()["status"] == 403
    assert "HTTPS" in plain.json()["detail"]


def test_a_query_is_answered(live: Live) -> None:
    answer = ask(live, resultType="json")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()) == 5


def test_every_response_carries_a_request_id(live: Live) -> None:
    with client(live) as http:
        for path in ("/healthz", "/readyz", "/api/v1/whoami", "/api/nothing"):
            assert http.get(path).headers["x-request-id"]


def test_it_prints_url_key_authority_and_a_curl_line_that_works(live: Live) -> None:
    out = live.log()
    for text in (live.base_url, live.api_key, live.ca_file, "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        assert text in out
    command = out[out.index("curl ") :].split("\n\n")[0]
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3


def test_secrets_are_private(live: Live) -> None:
    for name in ("demo.json", "secrets.json", "tls/ca-key.pem", "tls/leaf-key.pem"):
        assert S_IMODE((live.folder / name).stat().st_mode) == 0o600, name
    for path in live.folder.rglob("*.sqlite*"):
        assert S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_key_text_is_nowhere_but_in_demo_json(live: Live) -> None:
    key, password = live.api_key.encode(), live.admin_password.encode()
    for path in live.folder.rglob("*"):
        if path.is_file() and path.name not in {"demo.json", "test.log"}:
            content = path.read_bytes()
            assert key not in content, path
            assert password not in content, path


def test_a_second_demo_on_the_folder_is_told_so_and_harms_nothing(live: Live) -> None:
    before = (live.folder / "demo.json").read_bytes()
    second = run_holoscope("demo", "--data-dir", live.folder, "--port", 0)
    assert second.returncode == 3
    assert second.stderr.startswith("holoscope: Another holoscope server (process ")
    assert str(live.process.pid) in second.stderr
    assert "Traceback" not in second.stderr
    assert (live.folder / "demo.json").read_bytes() == before
    assert ask(live, resultType="json").status_code == 200


def test_a_port_in_use_is_explained(live: Live, tmp_path: Path) -> None:
    port = live.base_url.rpartition(":")[2]
    other = run_holoscope("demo", "--data-dir", tmp_path, "--port", port)
    assert (other.returncode, "Cannot listen on localhost port" in other.stderr) == (3, True)
    assert not (tmp_path / "demo.json").exists()


def test_stopping_under_a_running_request_loses_nothing(tmp_path: Path) -> None:
    live = start_demo(tmp_path / "data", scale=0.02)
    outcomes: list[int] = []

    def asks() -> None:
        # A connection that came too late to be taken is refused; a request that was taken is answered.
        with suppress(httpx2.TransportError):
            outcomes.append(ask(live, cache="SkipCache", resultType="csv").status_code)

    asking = [threading.Thread(target=asks) for _ in range(8)]
    for thread in asking:
        thread.start()
    time.sleep(0.05)
    status = live.stop()
    for thread in asking:
        thread.join()
    assert status == 0
    assert set(outcomes) <= {200}
    assert "Traceback" not in live.log()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_restart_keeps_key_model_and_admin(tmp_path: Path, number: int) -> None:
    first = start_demo(tmp_path / "data")
    first.stop(number)
    ca = Path(first.ca_file).read_bytes()
    second = start_demo(tmp_path / "data")
    try:
        for name in KEYS - {"base_url"}:
            assert getattr(second, name) == getattr(first, name), name
        assert Path(second.ca_file).read_bytes() == ca
        assert ask(second, resultType="json").status_code == 200
    finally:
        assert second.stop() == 0


def test_a_restart_keeps_what_was_written_to_the_model(tmp_path: Path) -> None:
    first = start_demo(tmp_path / "data")
    url = f"/api/v1/models/{first.model_id}/yaml"
    with client(first) as http:
        added = {"fileName": "mine.topic", "yaml": "base_view: users\n"}
        assert http.post(url, json=added).status_code == 200
        before = http.get(url).json()
    first.stop(signal.SIGKILL)
    second = start_demo(tmp_path / "data")
    try:
        with client(second) as http:
            assert http.get(url).json() == before
    finally:
        second.stop()


def test_without_demo_json_a_new_key_is_made(tmp_path: Path) -> None:
    first = start_demo(tmp_path / "data")
    first.stop()
    (tmp_path / "data" / "demo.json").unlink()
    second = start_demo(tmp_path / "data")
    try:
        assert second.api_key != first.api_key
        assert (second.model_id, second.admin_email) == (first.model_id, first.admin_email)
        assert ask(second, resultType="json").status_code == 200
    finally:
        second.stop()


def test_killed_at_any_moment_of_its_first_start_it_starts_again(tmp_path: Path) -> None:
    for moment in (0.4, 0.8, 1.2, 1.6, 2.0, 2.4):
        arguments = [*HOLOSCOPE, "demo", "--data-dir", tmp_path / "data", "--port", "0", "--scale", "0.002"]
        process = subprocess.Popen(
            list(map(str, arguments)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
        )
        time.sleep(moment)
        process.kill()
        process.wait()
    live = start_demo(tmp_path / "data")
    try:
        assert ask(live, resultType="json").status_code == 200
        with client(live) as http:
            models = http.get("/api/v1/models", params={"modelKind": "SHARED"}).json()["records"]
        assert len(models) == 1
    finally:
        assert live.stop() == 0


def test_once_prints_sql_and_rows_and_ends(tmp_path: Path) -> None:
    done = run_holoscope("demo", "--once", "--data-dir", tmp_path, "--scale", "0.002")
    assert done.returncode == 0, done.stderr
    assert "SELECT" in done.stdout
    assert re.search(r"-\+-", done.stdout)
    assert re.search(r"\([\d,]+ rows?", done.stdout)
    assert "Traceback" not in done.stderr


def test_no_key_in_the_log_of_a_server_under_attack(tmp_path: Path) -> None:
    live = start_demo(tmp_path / "data", HOLOSCOPE_LOG_LEVEL="debug")
    until = time.monotonic() + 20
    while "Ctrl-C stops it" not in live.log() and time.monotonic() < until:
        time.sleep(0.05)
    printed = live.log().count(live.api_key)
    stranger = "omni_osk_" + "A" * 56
    with client(live) as http:
        http.get("/api/v1/whoami", params={"key": live.api_key, "authorization": f"Bearer {stranger}"})
        http.get(f"/api/v1/models/{live.api_key}")
        http.get("/api/v1/whoami", headers={"Authorization": f"Bearer {stranger}"})
        http.get("/api/v1/whoami", headers={"X-Request-Id": live.api_key, "Cookie": f"session={stranger}"})
        http.post("/api/v1/query/run", content=f'{{"query": "{live.api_key}"')
        http.post("/api/v1/query/run", json={"query": {"modelId": live.api_key, "fields": [live.api_key]}})
    live.stop()
    log = live.log()
    assert '"path"' in log, "the requests were logged"
    assert log.count(live.api_key) == printed
    assert stranger not in log
    assert live.admin_password not in log
