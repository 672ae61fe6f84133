"""Keys made, listed and revoked beside a running server."""

import ssl
import time
from collections.abc import Iterator

import httpx2
import pytest

from support.live import Live, live_server, run_holoscope


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as live:
        yield live


def whoami(live: Live, key: str) -> httpx2.Response:
    context = ssl.create_default_context(cafile=live.ca_file)
    with httpx2.Client(verify=context, trust_env=False) as http:
        return http.get(f"{live.base_url}/api/v1/whoami", headers={"Authorization": f"Bearer {key}"})


def listed(live: Live) -> dict[str, list[str]]:
    done = run_holoscope("keys", "list", "--data-dir", live.folder)
    rows = [[cell.strip() for cell in line.split(" | ")] for line in done.stdout.splitlines()[2:]]
    return {row[1]: row for row in rows}


def test_a_key_is_made_used_listed_and_revoked(live: Live) -> None:
    made = run_holoscope("keys", "create", "--data-dir", live.folder, "--name", "Nightly")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    assert whoami(live, key).status_code == 200

    row = listed(live)[key[:15]]
    assert row[2:5] == ["organization", "Nightly", "yes"]
    assert key not in run_holoscope("keys", "list", "--data-dir", live.folder).stdout

    revoked = run_holoscope("keys", "revoke", row[0], "--data-dir", live.folder)
    assert (revoked.returncode, revoked.stdout) == (0, f"Key {row[0]} is revoked.\n")
    time.sleep(1.1)
    assert whoami(live, key).status_code == 403
    assert key[:15] not in listed(live)
    assert run_holoscope("keys", "revoke", row[0], "--data-dir", live.folder).returncode == 1


def test_a_personal_token_acts_as_its_member(live: Live) -> None:
    options = ("--member", "Analyst-West@shop.example", "--kind", "user", "--key-limit", 5)
    made = run_holoscope("keys", "create", "--data-dir", live.folder, *options)
    key = made.stdout.strip()
    answer = whoami(live, key)
    assert answer.status_code == 200
    assert answer.json()["keyScope"] != whoami(live, live.api_key).json()["keyScope"]
    assert answer.json()["user"] != whoami(live, live.api_key).json()["user"]
    assert listed(live)[key[:15]][5] == "5"


def test_mistakes(live: Live) -> None:
    stranger = run_holoscope("keys", "create", "--data-dir", live.folder, "--member", "nobody@shop.example")
    assert (stranger.returncode, stranger.stdout) == (1, "")
    assert "nobody@shop.example" in stranger.stderr
    assert run_holoscope("keys", "revoke", "nothing", "--data-dir", live.folder).returncode == 1
    assert run_holoscope("keys", "create", "--key-limit", -1, "--data-dir", live.folder).returncode == 2


def test_the_database_is_not_upgraded_under_a_running_server(live: Live) -> None:
    done = run_holoscope("db", "upgrade", "--data-dir", live.folder)
    assert (done.returncode, "Another holoscope server" in done.stderr) == (3, True)
