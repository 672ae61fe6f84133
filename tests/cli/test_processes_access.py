"""Who may come in is the same at every process, at once: sessions, administrators, and refusals to start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import orjson
import pytest

from support.live import run_holoscope
from support.serving import client_of, prepare, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several processes share mapped memory")
TIMES = 16


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = prepare(tmp_path_factory.mktemp("access") / "data")
    with serving(folder, "--processes", 2, "--rate-limit", 0, "--session-rate-limit", 0) as (url, _log):
        yield folder, url


class Browser:
    """Somebody who signed in; every request goes over a connection of its own, to any process."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        demo = orjson.loads((folder / "demo.json").read_bytes())
        credentials = {"email": demo["admin_email"], "password": demo["admin_password"]}
        with self._client() as http:
            answer = http.post("/api/v1/session", json=credentials)
        assert answer.status_code == 200, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.id, self.token = answer.json()["id"], answer.json()["csrfToken"]

    def _client(self) -> httpx2.Client:
        http = client_of(self.folder, self.url, Origin=self.url)
        del http.headers["Authorization"]
        return http

    def ask(self, method: str, path: str) -> int:
        return self.answer(method, path).status_code

    def answer(self, method: str, path: str, **more: object) -> httpx2.Response:
        with self._client() as http:
            sent = {"Cookie": self.cookie, "X-CSRF-Token": self.token}
            return http.request(method, path, headers=sent, **more)

    def everywhere(self) -> set[int]:
        with ThreadPoolExecutor(8) as pool:
            return set(pool.map(lambda _: self.ask("GET", "/api/v1/session"), range(TIMES)))


def test_a_revoked_session_is_over_in_every_process(two: tuple[Path, str]) -> None:
    browser, other = Browser(*two), Browser(*two)
    assert browser.everywhere() == {200}
    assert other.ask("DELETE", f"/api/v1/sessions/{browser.id}") == 200
    assert browser.everywhere() == {401}
    assert other.ask("DELETE", "/api/v1/session") == 200
    assert other.everywhere() == {401}


def test_a_browser_waits_for_its_queries_at_any_process(two: tuple[Path, str]) -> None:
    browser = Browser(*two)
    model_id = orjson.loads((two[0] / "demo.json").read_bytes())["model_id"]

    def submit(number: int) -> str:
        query = {"userEditedSQL": f"select {number} as x", "rewriteSql": False, "modelId": model_id}
        answer = browser.answer("POST", "/api/v1/query/run", json={"query": query})
        (job_id,) = orjson.loads(answer.content.splitlines()[0])["jobs_submitted"]
        return job_id

    def wait(_: int) -> set[str]:
        answer = browser.answer("GET", "/api/v1/query/wait", params={"jobIds": ",".join(job_ids)})
        return {line["status"] for line in map(orjson.loads, answer.content.splitlines()[:-1])}

    with ThreadPoolExecutor(8) as pool:
        job_ids = list(pool.map(submit, range(TIMES)))
        assert {job_id[-2:] for job_id in job_ids} == {"00", "01"}, "both processes were asked"
        assert list(pool.map(wait, range(8))) == [{"COMPLETE"}] * 8


def test_a_deactivated_member_is_out_in_every_process(two: tuple[Path, str]) -> None:
    folder, url = two
    with client_of(folder, url) as http:
        made = http.post(
            "/api/scim/v2/Users", json={"userName": "brief@shop.example", "displayName": "Brief"}
        ).json()
        model_id = orjson.loads((folder / "demo.json").read_bytes())["model_id"]
        role = {"roleName": "QUERIER", "modelId": model_id}
        given = http.post(f"/api/v1/users/{made['id']}/model-roles", json=role)
        assert given.status_code == 200, given.text
    made_key = run_holoscope(
        *("keys", "create", "--data-dir", folder, "--member", "brief@shop.example", "--kind", "user")
    )
    assert made_key.returncode == 0, made_key.stderr
    key = made_key.stdout.strip()

    def ask(_: int) -> int:
        with client_of(folder, url, Authorization=f"Bearer {key}") as http:
            return http.get("/api/v1/whoami").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(TIMES))) == {200}
        with client_of(folder, url) as http:
            assert http.delete(f"/api/scim/v2/Users/{made['id']}").status_code == 204
        assert set(pool.map(ask, range(TIMES))) == {403}


def test_two_administrators_cannot_put_each_other_out(two: tuple[Path, str]) -> None:
    """However the requests fall on the processes, one administrator stays."""
    folder, url = two
    demo = orjson.loads((folder / "demo.json").read_bytes())
    with client_of(folder, url) as http:
        first = http.get("/api/v1/whoami").json()["user"]["membershipId"]
        assert demo["admin_email"] in http.get(f"/api/scim/v2/Users/{first}").text
        made = http.post(
            "/api/scim/v2/Users", json={"userName": "second@shop.example", "displayName": "Second"}
        ).json()["id"]
        assert run_holoscope("users", "promote", "second@shop.example", "--data-dir", folder).returncode == 0
    second_key = run_holoscope(
        "keys", "create", "--data-dir", folder, "--member", "second@shop.example"
    ).stdout.strip()
    keys = {first: f"Bearer {second_key}", made: f"Bearer {demo['api_key']}"}

    def put_out(membership_id: str) -> int:
        with client_of(folder, url, Authorization=keys[membership_id]) as http:
            return http.delete(f"/api/scim/v2/Users/{membership_id}").status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(put_out, [first, made]))
    assert answers[0] == 204
    assert answers[1] >= 400
    listed = run_holoscope("users", "list", "--data-dir", folder).stdout
    assert sum("ORG_ADMIN" in line for line in listed.splitlines()) == 1


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda folder: (folder / "secrets.json").write_text('{"key_pepper": "changeme"}'), "key_pepper"),
        (lambda folder: (folder / "metadata.sqlite").write_bytes(b"no database" * 1000), "database"),
    ],
    ids=["a weak secret", "a damaged database"],
)
def test_what_must_not_serve_does_not_start(tmp_path: Path, break_it, sentence: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    break_it(folder)
    refused = run_holoscope("serve", "--data-dir", folder, "--port", 0, "--processes", 2)
    assert refused.returncode != 0
    assert sentence in refused.stderr.lower()
    assert "Traceback" not in refused.stderr
    assert "Holoscope serves" not in refused.stderr
