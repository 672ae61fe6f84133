"""The session cookie works for pages of this server alone: reads by origin, writes by a token too."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from support.house import PASSWORD, House
from support.refusals import INVALID_KEY, NO_SCIM, refused, refused_credential, refused_scim

SESSION = "/api/v1/session"


def sign_in(client: TestClient):
    return client.post(SESSION, json={"email": "ada@example.test", "password": PASSWORD})


OWN, FOREIGN = "https://testserver", "https://evil.example"
READS = [
    ({}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": OWN}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
    ({"Origin": FOREIGN}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://testserver"}, False),
    ({"Origin": "https://testserver:444"}, False),
    ({"Origin": "https://testserver.evil.example"}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": FOREIGN}, False),
]


@pytest.mark.parametrize(("headers", "passes"), READS)
def test_reads_with_the_cookie(house: House, headers: dict[str, str], passes: bool) -> None:
    client = house.client(None)
    sign_in(client)
    for path in ("/api/v1/whoami", "/api/v1/models", SESSION):
        answer = client.get(path, headers=headers)
        assert answer.status_code == (200 if passes else 403), answer.text
        if not passes:
            assert answer.json()["code"] == "cross_origin"


WRITES = [
    ({"Sec-Fetch-Site": "same-origin"}, None),
    ({"Origin": OWN}, None),
    ({"Sec-Fetch-Site": "same-origin", "Origin": OWN}, None),
    ({}, "cross_origin"),
    ({"Sec-Fetch-Site": "none"}, "cross_origin"),
    ({"Sec-Fetch-Site": "same-site", "Origin": OWN}, "cross_origin"),
    ({"Sec-Fetch-Site": "cross-site"}, "cross_origin"),
    ({"Sec-Fetch-Site": "cross-site", "Origin": FOREIGN}, "cross_origin"),
    ({"Origin": FOREIGN}, "cross_origin"),
    ({"Origin": "null"}, "cross_origin"),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, "cross_origin"),
]


@pytest.mark.parametrize("token", ["right", "none", "empty", "wrong", "another"])
@pytest.mark.parametrize(("headers", "code"), WRITES)
def test_writes_with_the_cookie(house: House, headers: dict[str, str], code: str | None, token: str) -> None:
    client, other = house.client(None), house.client(None)
    own = sign_in(client).json()["csrfToken"]
    tokens = {"right": own, "empty": "", "wrong": own[:-1] + ("0" if own[-1] != "0" else "1")}
    tokens["another"] = sign_in(other).json()["csrfToken"]
    sent = dict(headers) | ({"X-CSRF-Token": tokens[token]} if token in tokens else {})
    expected = code or (None if token == "right" else "wrong_csrf_token")
    key_id = house.foreign_key_id
    for method, path in (("DELETE", f"/api/v1/api-keys/{key_id}"), ("POST", "/api/v1/query/run")):
        answer = client.request(method, path, headers=sent, content=b"" if method == "DELETE" else b"{}")
        if expected is None:
            assert answer.status_code in {400, 404}, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, expected)


def test_a_key_needs_no_token_and_wins_over_the_cookie(house: House) -> None:
    client = house.browser()
    del client.headers["X-CSRF-Token"]
    with_key = {"Authorization": f"Bearer {house.personal_key}", "Sec-Fetch-Site": "cross-site"}
    who = client.get("/api/v1/whoami", headers=with_key).json()
    assert who["user"]["membershipId"] == house.member_id
    refused_credential(client.get("/api/v1/whoami", headers={"Authorization": "Bearer x"}), 403, INVALID_KEY)
    refused(client.get(SESSION, headers=with_key), 404, "This credential is not a session")


def test_another_site_cannot_sign_a_browser_in(house: House) -> None:
    client = house.client(None)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": FOREIGN}, {"Origin": "null"}):
        answer = client.post(
            SESSION, json={"email": "ada@example.test", "password": PASSWORD}, headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")
        assert "set-cookie" not in answer.headers


def test_the_directory_refuses_sessions(house: House) -> None:
    refused_scim(house.browser().get("/api/scim/v2/Users"), 403, NO_SCIM)
