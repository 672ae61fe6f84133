"""Several server processes behind one port: one server to whoever asks."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx2
import orjson
import pytest

from support.live import run_holoscope
from support.processes import children_of
from support.serving import client_of, prepare, served, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("alone") / "data")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = prepare(tmp_path_factory.mktemp("two") / "data")
    with serving(folder, "--processes", 2, "--rate-limit", 0) as (url, _log):
        yield folder, url


def servers(pid: int) -> set[int]:
    """The server processes under the watching one."""
    found = set()
    for child in children_of(pid):
        with suppress(FileNotFoundError):
            if b"holoscope.cli.processes.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.add(child)
    return found


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def statuses(folder: Path, url: str, *, times: int = 24, **more: str) -> list[int]:
    """Ask who one is over fresh connections, so that every process answers some."""

    def ask(_: int) -> int:
        with client_of(folder, url, **more) as http:
            return http.get("/api/v1/whoami").status_code

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, range(times)))


def submit(folder: Path, url: str, number: int) -> str:
    """Ask for a number and return the job's id."""
    model_id = orjson.loads((folder / "demo.json").read_bytes())["model_id"]
    query = {"userEditedSQL": f"select {number} as x", "rewriteSql": False, "modelId": model_id}
    with client_of(folder, url) as http:
        answer = http.post("/api/v1/query/run", json={"query": query})
    (job_id,) = orjson.loads(answer.content.splitlines()[0])["jobs_submitted"]
    return job_id


def wait(folder: Path, url: str, job_ids: list[str]) -> tuple[dict[str, str], dict[str, object]]:
    with client_of(folder, url) as http:
        answer = http.get("/api/v1/query/wait", params={"jobIds": ",".join(job_ids)})
    *told, footer = [orjson.loads(line) for line in answer.content.splitlines()]
    return {line["job_id"]: line["status"] for line in told}, footer


def test_jobs_can_be_waited_for_at_any_process(two: tuple[Path, str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        job_ids = list(pool.map(lambda number: submit(*two, number), range(24)))
        assert {job_id[-2:] for job_id in job_ids} == {"00", "01"}, "both processes were asked"
        for done, footer in pool.map(lambda _: wait(*two, job_ids), range(8)):
            assert done == dict.fromkeys(job_ids, "COMPLETE")
            assert footer == {"remaining_job_ids": [], "timed_out": "false"}


def test_a_query_is_seen_and_cancelled_at_any_process(two: tuple[Path, str]) -> None:
    model_id = orjson.loads((two[0] / "demo.json").read_bytes())["model_id"]
    sql = "select sum(hash(a.range * 31 + b.range)) as n from range(4000000) a, range(4000000) b"
    query = {"userEditedSQL": sql, "rewriteSql": False, "modelId": model_id}

    def ask(_: int) -> list[dict[str, object]]:
        with client_of(*two) as http:
            answer = http.post("/api/v1/query/run", json={"query": query, "cache": "SkipCache"})
        return [orjson.loads(line) for line in answer.content.splitlines()]

    def listed() -> list[str]:
        with client_of(*two) as http:
            answer = http.get("/api/v1/running-queries").json()
        assert answer["isComplete"] is True
        return [record["id"] for record in answer["records"]]

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, number) for number in range(6)]
        eventually(lambda: len(listed()) == 6)
        seen = [set(listed()) for _ in range(6)]
        assert all(each == seen[0] for each in seen), "whoever is asked knows of all"
        assert {job_id[-2:] for job_id in seen[0]} == {"00", "01"}
        for job_id in sorted(seen[0]):
            with client_of(*two) as http:
                assert http.delete(f"/api/v1/running-queries/{job_id}").status_code == 200
                again = http.delete(f"/api/v1/running-queries/{job_id}")
            assert (again.status_code, again.json()["code"]) == (404, "not_found")
        assert [done.result()[1]["error_type"] for done in asked] == ["KILL"] * 6
        assert listed() == []


def test_a_stranger_to_a_job_learns_nothing_at_any_process(two: tuple[Path, str]) -> None:
    job_id = submit(*two, 1)
    for _ in range(8):
        with client_of(*two, Authorization="Bearer nonsense") as http:
            answer = http.get("/api/v1/query/wait", params={"jobIds": job_id})
        assert answer.status_code == 403
        assert answer.json() == {"error": {"code": 403, "message": "Invalid bearer token"}}


def test_a_revoked_key_is_dead_in_every_process(two: tuple[Path, str]) -> None:
    folder, url = two
    admin = orjson.loads((folder / "demo.json").read_bytes())["admin_email"]
    options = ("--data-dir", folder, "--member", admin, "--name", "brief")
    made = run_holoscope("keys", "create", *options).stdout
    text = next(word for word in made.split() if word.startswith("omni_osk_"))
    bearer = {"Authorization": f"Bearer {text}"}
    assert set(statuses(folder, url, **bearer)) == {200}
    with client_of(folder, url) as http:
        key = next(each for each in http.get("/api/v1/api-keys").json()["records"] if each["name"] == "brief")
        assert http.delete(f"/api/v1/api-keys/{key['id']}").status_code == 200
    assert set(statuses(folder, url, **bearer)) == {403}


def test_requests_are_counted_together(prepared: Path) -> None:
    with serving(prepared, "--processes", 2, "--rate-limit", 20) as (url, _log):
        begun = time.monotonic()
        answers = statuses(prepared, url, times=60)
        refilled = int((time.monotonic() - begun) / 3) + 1
    assert 20 <= answers.count(200) <= 20 + refilled
    assert set(answers) == {200, 429}


def test_a_killed_process_is_replaced_and_the_others_serve(prepared: Path) -> None:
    with served(prepared, "--processes", 2, "--rate-limit", 0) as (url, log, watcher):
        before = servers(watcher.pid)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        eventually(lambda: victim not in servers(watcher.pid))
        assert statuses(prepared, url, times=4) == [200] * 4
        eventually(lambda: len(servers(watcher.pid)) == 2)
        with ThreadPoolExecutor(8) as pool:
            eventually(
                lambda: len({job[-2:] for job in pool.map(lambda n: submit(prepared, url, n), range(8))}) == 2
            )
        assert "another takes its place" in log.read_text()
        watcher.terminate()
        assert watcher.wait(timeout=40) == 0
        assert all(not Path(f"/proc/{pid}").exists() for pid in before)


def test_processes_end_with_the_one_that_watches_them(prepared: Path) -> None:
    with served(prepared, "--processes", 2) as (url, _log, watcher):
        running = servers(watcher.pid)
        assert len(running) == 2
        watcher.kill()
        watcher.wait(timeout=10)
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))
        with pytest.raises(httpx2.ConnectError), client_of(prepared, url) as http:
            http.get("/healthz")


def test_what_cannot_start_says_so(prepared: Path) -> None:
    refused = run_holoscope(
        *("serve", "--data-dir", prepared, "--port", 0, "--processes", 2, "--result-disk-mib", 8),
        *("--result-disk-dir", "/dev/null/nowhere"),
    )
    assert refused.returncode != 0
    assert "folder for results cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr
