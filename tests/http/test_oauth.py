"""OAuth for client programs: the whole way, and every way that must lead nowhere."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.people import deactivate_member
from holoscope.kit.clock import system_clock
from holoscope.storage import tables
from support.house import PASSWORD, House, build_house
from support.refusals import NO_SCIM, refused, refused_credential, refused_scim

VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
REDIRECT = "http://localhost:51234/callback"
ASKED = {
    "client_id": "omni-cli",
    "redirect_uri": REDIRECT,
    "response_type": "code",
    "scope": "user:default",
    "state": "0123456789abcdef0123456789abcdef",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
LAPSED = "The access token has expired or was revoked"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.close()


@pytest.fixture
def browser(house: House) -> TestClient:
    client = house.browser("bo@example.test")
    client.follow_redirects = False
    return client


def decide(browser: TestClient, decision: str = "allow", **changes: str):
    form = {**ASKED, "csrfToken": browser.headers["X-CSRF-Token"], "decision": decision, **changes}
    return browser.post("/oauth/authorize", data=form)


def answer_of(response) -> dict[str, str]:
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(f"{REDIRECT}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def code_of(browser: TestClient) -> str:
    return answer_of(decide(browser))["code"]


def exchange(house: House, code: str, **changes: str):
    form = {
        "grant_type": "authorization_code",
        "client_id": "omni-cli",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        **changes,
    }
    return house.client(None).post("/oauth/token", data=form)


def refresh(house: House, text: str):
    form = {"grant_type": "refresh_token", "client_id": "omni-cli", "refresh_token": text}
    return house.client(None).post("/oauth/token", data=form)


def tokens(house: House, browser: TestClient) -> dict[str, str]:
    body: dict[str, str] = exchange(house, code_of(browser)).json()
    return body


def denied(response, error: str, status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.text
    assert response.headers["cache-control"] == "no-store"


def whoami(house: House, token: str):
    return house.client(token).get("/api/v1/whoami")


def test_the_whole_way(house: House, browser: TestClient) -> None:
    shown = browser.get(f"/oauth/authorize?{urlencode(ASKED)}")
    assert shown.status_code == 200
    assert "bo@example.test" in shown.text
    assert REDIRECT in shown.text
    policy = shown.headers["content-security-policy"]
    assert "form-action 'self' http://localhost:51234;" in policy
    assert "script" not in shown.text
    answer = answer_of(decide(browser))
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == (ASKED["state"], "https://testserver")
    response = exchange(house, answer["code"])
    assert response.status_code == 200
    assert (response.headers["cache-control"], response.headers["pragma"]) == ("no-store", "no-cache")
    body = response.json()
    assert body | {"access_token": "", "refresh_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 28_800,
        "refresh_token": "",
        "scope": "user:default",
    }
    client = house.client(body["access_token"])
    who = client.get("/api/v1/whoami").json()
    assert (who["user"]["membershipId"], who["keyScope"]) == (house.member_id, "user")
    refused_scim(client.get("/api/scim/v2/Users"), 403, NO_SCIM)
    asked = {"query": {"modelId": house.model_id, "table": "orders", "fields": ["orders.count"]}}
    other = client.post(f"/api/v1/query/run?userId={house.admin_id}", json=asked)
    refused(other, 403, "User-scoped API keys can only be used to act on behalf of the authenticated user.")


def test_whoever_is_not_signed_in_does_so_first_and_comes_back(house: House) -> None:
    client = house.client(None)
    client.follow_redirects = False
    sent = client.get(f"/oauth/authorize?{urlencode(ASKED)}", headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 303
    place = urlsplit(sent.headers["location"])
    assert (place.path, place.netloc) == ("/sign-in", "")
    back = parse_qs(place.query)["returnTo"][0]
    assert parse_qs(urlsplit(back).query)["redirect_uri"] == [REDIRECT]
    form = {"email": "bo@example.test", "password": PASSWORD, "returnTo": back}
    signed_in = client.post("/sign-in", data=form, headers={"Origin": "https://testserver"})
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, back)
    assert client.get(back).status_code == 200


def test_saying_no(browser: TestClient) -> None:
    for decision in ("deny", "", "Allow"):
        answer = answer_of(decide(browser, decision))
        assert (answer["error"], answer["state"]) == ("access_denied", ASKED["state"])
        assert "code" not in answer


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "none"}],
)
def test_no_other_site_decides(browser: TestClient, headers: dict[str, str]) -> None:
    form = {**ASKED, "csrfToken": browser.headers["X-CSRF-Token"], "decision": "allow"}
    answer = browser.post("/oauth/authorize", data=form, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")


@pytest.mark.parametrize("token", ["", "x", None])
def test_nothing_is_decided_without_the_page_s_token(browser: TestClient, token: str | None) -> None:
    form = {**ASKED, "decision": "allow"} | ({} if token is None else {"csrfToken": token})
    assert browser.post("/oauth/authorize", data=form).json()["code"] == "wrong_csrf_token"


REDIRECTS = [
    "",
    "http://localhost/callback",
    "http://localhost:0/callback",
    "http://localhost:65536/callback",
    "http://localhost:051234/callback",
    "http://localhost:51234/callback/",
    "http://localhost:51234/callback/../evil",
    "http://localhost:51234/Callback",
    "http://localhost:51234/callback?x=1",
    "http://localhost:51234/callback#x",
    "http://localhost:51234/callback\n",
    " http://localhost:51234/callback",
    "https://localhost:51234/callback",
    "HTTP://localhost:51234/callback",
    "http://LOCALHOST:51234/callback",
    "http://localhost.evil.example:51234/callback",
    "http://evil.example:51234/callback",
    "http://localhost:51234@evil.example:80/callback",
    "http://evil.example#@localhost:51234/callback",
    "http://user:pass@localhost:51234/callback",
    "http://localhost:51234\\@evil.example/callback",
    "http://127.0.0.2:51234/callback",
    "http://127.1:51234/callback",
    "http://[::ffff:127.0.0.1]:51234/callback",
    "http://0.0.0.0:51234/callback",
    "//localhost:51234/callback",
    "javascript:alert(1)//localhost:51234/callback",
    "http://localhost:٥١٢٣٤/callback",
]


@pytest.mark.parametrize("uri", REDIRECTS)
def test_answers_go_nowhere_else(browser: TestClient, uri: str) -> None:
    asked = {**ASKED, "redirect_uri": uri}
    for answer in (browser.get(f"/oauth/authorize?{urlencode(asked)}"), decide(browser, redirect_uri=uri)):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "uri",
    ["http://localhost:1/callback", "http://127.0.0.1:65535/callback", "http://[::1]:8080/callback"],
)
def test_every_port_of_this_machine_will_do(browser: TestClient, uri: str) -> None:
    shown = browser.get(f"/oauth/authorize?{urlencode({**ASKED, 'redirect_uri': uri})}")
    allowed = uri.removesuffix("/callback").replace("[::1]", "*")
    assert f"form-action 'self' {allowed};" in shown.headers["content-security-policy"]
    assert decide(browser, redirect_uri=uri).headers["location"].startswith(f"{uri}?code=")


def test_an_unknown_client_is_sent_nowhere(browser: TestClient) -> None:
    asked = {**ASKED, "client_id": "other"}
    answer = browser.get(f"/oauth/authorize?{urlencode(asked)}")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
    ],
)
def test_what_a_client_may_not_ask(browser: TestClient, changes: dict[str, str], error: str) -> None:
    asked = {**ASKED, **changes}
    for answer in (browser.get(f"/oauth/authorize?{urlencode(asked)}"), decide(browser, **changes)):
        said = answer_of(answer)
        assert (said["error"], said["state"]) == (error, ASKED["state"])
        assert "code" not in said


@pytest.mark.parametrize("name", ["response_type", "code_challenge", "code_challenge_method"])
def test_what_a_client_must_ask(browser: TestClient, name: str) -> None:
    asked = {key: value for key, value in ASKED.items() if key != name}
    assert "error" in answer_of(browser.get(f"/oauth/authorize?{urlencode(asked)}"))


def test_a_parameter_twice(house: House, browser: TestClient) -> None:
    twice = browser.get(f"/oauth/authorize?{urlencode(ASKED)}&redirect_uri={REDIRECT}")
    assert (twice.status_code, "location" in twice.headers) == (400, False)
    body = urlencode({"grant_type": "refresh_token", "client_id": "omni-cli", "refresh_token": "x"})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = house.client(None).post("/oauth/token", content=f"{body}&client_id=omni-cli", headers=headers)
    denied(answer, "invalid_request")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "x"}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:51234/callback"}, "invalid_grant"),
        ({"redirect_uri": REDIRECT + "/"}, "invalid_grant"),
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": CHALLENGE}, "invalid_grant"),
        ({"code_verifier": VERIFIER + "\n"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"scope": "admin"}, "invalid_scope"),
    ],
)
def test_what_gives_no_tokens(house: House, browser: TestClient, changes: dict[str, str], error: str) -> None:
    code = code_of(browser)
    denied(exchange(house, code, **changes) if "code" not in changes else exchange(house, **changes), error)
    assert exchange(house, code).status_code == 200, "a failed attempt does not use the code up"


def test_only_the_public_client(house: House, browser: TestClient) -> None:
    code = code_of(browser)
    denied(exchange(house, code, client_id="other"), "invalid_client", 401)
    denied(exchange(house, code, client_secret="x"), "invalid_client", 401)
    basic = house.client(None, Authorization="Basic b21uaS1jbGk6eA==")
    denied(basic.post("/oauth/token", data={"client_id": "omni-cli"}), "invalid_client", 401)
    for sent in ({"json": {"grant_type": "refresh_token"}}, {"content": b"\xff" * 10}, {"content": b"a=%ff"}):
        denied(house.client(None).post("/oauth/token", **sent), "invalid_request")


def test_a_code_that_comes_twice_ends_the_grant(house: House, browser: TestClient) -> None:
    code = code_of(browser)
    first = exchange(house, code).json()
    assert whoami(house, first["access_token"]).status_code == 200
    denied(exchange(house, code), "invalid_grant")
    refused_credential(whoami(house, first["access_token"]), 401, LAPSED)
    denied(refresh(house, first["refresh_token"]), "invalid_grant")


def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_grant(
    house: House, browser: TestClient
) -> None:
    first = tokens(house, browser)
    second = refresh(house, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert whoami(house, second["access_token"]).status_code == 200
    assert whoami(house, first["access_token"]).status_code == 200
    third = refresh(house, second["refresh_token"]).json()
    denied(refresh(house, second["refresh_token"]), "invalid_grant")
    for each in (first, second, third):
        refused_credential(whoami(house, each["access_token"]), 401, LAPSED)
    denied(refresh(house, third["refresh_token"]), "invalid_grant")


def test_a_token_is_good_for_its_own_purpose_only(house: House, browser: TestClient) -> None:
    body = tokens(house, browser)
    assert whoami(house, body["refresh_token"]).status_code == 403
    denied(refresh(house, body["access_token"]), "invalid_grant")
    denied(refresh(house, house.admin_key), "invalid_grant")
    denied(refresh(house, body["refresh_token"][:-1] + "_"), "invalid_grant")
    assert refresh(house, body["refresh_token"]).status_code == 200


def test_lifetimes(tmp_path: Path) -> None:
    house = build_house(tmp_path)
    browser = _follows_nothing(house.browser("bo@example.test"))
    grants = house.services.grants
    now = [system_clock()]
    grants._clock = lambda: now[0]
    late = code_of(browser)
    now[0] += timedelta(seconds=60)
    denied(exchange(house, late), "invalid_grant")
    body = tokens(house, browser)
    now[0] += timedelta(hours=8) - timedelta(seconds=1)
    house.database.touch()
    assert whoami(house, body["access_token"]).status_code == 200
    now[0] += timedelta(seconds=1)
    house.database.touch()
    answer = whoami(house, body["access_token"])
    refused_credential(answer, 401, LAPSED)
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    body = refresh(house, body["refresh_token"]).json()
    now[0] += timedelta(days=90)
    denied(refresh(house, body["refresh_token"]), "invalid_grant")
    house.close()


def test_grants_are_listed_and_ended(house: House, browser: TestClient) -> None:
    body = tokens(house, browser)
    mine = browser.get("/api/v1/oauth-grants").json()["records"]
    assert {record["membershipId"] for record in mine} == {house.member_id}
    newest = mine[0]
    assert (newest["clientId"], newest["scope"]) == ("omni-cli", "user:default")
    refused(browser.get("/api/v1/oauth-grants?all=true"), 403, "Permission denied")
    admin = house.browser()
    hers = tokens(house, _follows_nothing(admin))
    her_grant = admin.get("/api/v1/oauth-grants").json()["records"][0]["id"]
    refused(
        browser.delete(f"/api/v1/oauth-grants/{her_grant}"), 404, f"Grant with id {her_grant} does not exist"
    )
    assert newest["id"] in [each["id"] for each in admin.get("/api/v1/oauth-grants?all=1").json()["records"]]
    assert admin.delete(f"/api/v1/oauth-grants/{newest['id']}").status_code == 200
    refused_credential(whoami(house, body["access_token"]), 401, LAPSED)
    assert whoami(house, hers["access_token"]).status_code == 200
    assert newest["id"] not in [each["id"] for each in browser.get("/api/v1/oauth-grants").json()["records"]]


def _follows_nothing(client: TestClient) -> TestClient:
    client.follow_redirects = False
    return client


def test_the_client_revokes(house: House, browser: TestClient) -> None:
    body = tokens(house, browser)
    client = house.client(None)
    for text in ("nonsense", body["refresh_token"], body["refresh_token"]):
        answer = client.post("/oauth/revoke", data={"client_id": "omni-cli", "token": text})
        assert answer.status_code == 200
    refused_credential(whoami(house, body["access_token"]), 401, LAPSED)
    denied(client.post("/oauth/revoke", data={"client_id": "omni-cli"}), "invalid_request")


def test_deactivating_the_member_ends_it(tmp_path: Path) -> None:
    house = build_house(tmp_path)
    browser = _follows_nothing(house.browser("bo@example.test"))
    body = tokens(house, browser)
    assert whoami(house, body["access_token"]).status_code == 200
    with house.database.writing() as connection:
        deactivate_member(connection, house.organization_id, house.member_id, system_clock())
    refused_credential(whoami(house, body["access_token"]), 401, LAPSED)
    denied(refresh(house, body["refresh_token"]), "invalid_grant")
    house.close()


def test_only_digests_are_kept_and_everything_is_told(house: House, browser: TestClient) -> None:
    code = code_of(browser)
    body = exchange(house, code).json()
    secrets = [code, body["access_token"], body["refresh_token"]]
    with house.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                text = json.dumps(dict(row), default=str)
                assert not any(secret in text for secret in secrets), table.name
        told = set(connection.execute(select(tables.audit_events.c.action)).scalars())
    assert {"OAUTH_GRANT_CREATE"} <= told


def test_texts_have_the_form_that_scanners_know(house: House, browser: TestClient) -> None:
    body = tokens(house, browser)
    assert re.fullmatch(r"omni_oat_[0-9A-Za-z]{56}", body["access_token"])
    assert re.fullmatch(r"omni_ort_[0-9A-Za-z]{56}", body["refresh_token"])


def test_the_server_describes_itself(house: House) -> None:
    body = house.client(None).get("/.well-known/oauth-authorization-server").json()
    assert body["token_endpoint"] == "https://testserver/oauth/token"
    assert body["code_challenge_methods_supported"] == ["S256"]
