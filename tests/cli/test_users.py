"""`holoscope users` beside a running server."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator

import httpx2
import pytest

from support.live import Live, live_server, run_holoscope

VIC = "analyst-west@shop.example"


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as live:
        yield live


def users(live: Live, *given: str) -> tuple[int, str, str]:
    done = run_holoscope("users", *given, "--data-dir", live.folder)
    return done.returncode, done.stdout, done.stderr


def org_role(live: Live, key: str) -> str:
    context = ssl.create_default_context(cafile=live.ca_file)
    with httpx2.Client(verify=context, trust_env=False) as http:
        answer = http.get(f"{live.base_url}/api/v1/whoami", headers={"Authorization": f"Bearer {key}"})
    return answer.json()["orgRole"] if answer.status_code == 200 else str(answer.status_code)


def test_a_member_s_way_up_down_and_out(live: Live) -> None:
    key = run_holoscope(
        "keys", "create", "--data-dir", live.folder, "--member", VIC, "--kind", "user"
    ).stdout.strip()
    assert org_role(live, key) == "MEMBER"
    assert users(live, "promote", VIC)[0] == 0
    time.sleep(1.1)
    assert org_role(live, key) == "ORG_ADMIN"
    assert users(live, "demote", VIC.upper())[0] == 0
    time.sleep(1.1)
    assert org_role(live, key) == "MEMBER"
    assert VIC in users(live, "list")[1].lower()
    assert users(live, "deactivate", VIC)[0] == 0
    time.sleep(1.1)
    assert org_role(live, key) == "403"
    assert VIC not in users(live, "list")[1].lower()


def test_the_last_administrator_stays(live: Live) -> None:
    for verb in ("demote", "deactivate"):
        code, _, said = users(live, verb, live.admin_email)
        assert (code, "last active administrator" in said) == (1, True)
    assert org_role(live, live.api_key) == "ORG_ADMIN"


def test_attributes_and_mistakes(live: Live) -> None:
    assert users(live, "promote", "nobody@shop.example")[::2] == (
        1,
        "holoscope: No active member is nobody@shop.example.\n",
    )
    code, _, said = users(live, "set-attribute", live.admin_email, "nope", "1")
    assert (code, "nope" in said) == (1, True)


def test_inviting(live: Live) -> None:
    code, said, wrong = users(live, "invite", "ana@example.com, ben@example.com")
    assert (code, wrong) == (0, "")
    links = dict(line.split("  ") for line in said.splitlines())
    assert links.keys() == {"ana@example.com", "ben@example.com"}
    token = links["ana@example.com"].partition("/accept-invitation?token=")[2]
    context = ssl.create_default_context(cafile=live.ca_file)
    body = {"token": token, "name": "Ana", "password": "a passphrase of mine"}
    with httpx2.Client(verify=context, trust_env=False, base_url=live.base_url) as http:
        answer = http.post("/api/v1/invitations/accept", json=body)
        assert answer.status_code == 200, answer.text
        assert http.get("/api/v1/session").json()["user"]["orgRole"] == "MEMBER"
    assert "ana@example.com" in users(live, "list")[1]
    assert "already exists" in users(live, "invite", "ana@example.com")[2]
    assert users(live, "invite", "nonsense")[0] == 1
