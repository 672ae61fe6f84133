"""The pages that need no script: what they say, what they refuse, and where they never lead."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from support.house import PASSWORD, House

OWN = {"Origin": "https://testserver"}


def visitor(house: House) -> TestClient:
    client = house.client(None)
    client.follow_redirects = False
    return client


def sign_in(client: TestClient, return_to: str = "/sign-in", **changes: str):
    form = {"email": "ada@example.test", "password": PASSWORD, "returnTo": return_to, **changes}
    return client.post("/sign-in", data=form, headers=OWN)


def test_signing_in_and_out(house: House) -> None:
    client = visitor(house)
    shown = client.get("/sign-in")
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert sign_in(client).headers["location"] == "/sign-in"
    welcome = client.get("/sign-in")
    assert "ada@example.test" in welcome.text
    token = re.search(r'name="csrfToken" value="([0-9a-f]+)"', welcome.text)[1]
    assert client.post("/sign-out", data={"csrfToken": "x"}, headers=OWN).status_code == 403
    out = client.post("/sign-out", data={"csrfToken": token}, headers=OWN)
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert "ada@example.test" not in client.get("/sign-in").text


def test_a_strict_policy_that_the_page_keeps(house: House) -> None:
    shown = visitor(house).get("/sign-in")
    policy = shown.headers["content-security-policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; form-action 'self'; base-uri 'none'; "
        r"frame-ancestors 'none'",
        policy,
    )
    assert shown.headers["x-frame-options"] == "DENY"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "same-origin"
    assert "<script" not in shown.text
    assert not re.search(r"\son\w+=|style=", shown.text)


def test_a_wrong_password_is_said_without_repeating_it(house: House) -> None:
    answer = sign_in(visitor(house), password="wr0ng-t3xt", email='"><script>alert(1)</script>')
    assert answer.status_code == 401
    assert "E-mail or password is wrong." in answer.text
    assert "wr0ng-t3xt" not in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "",
    ],
)
def test_nobody_is_led_elsewhere(house: House, place: str) -> None:
    client = visitor(house)
    assert sign_in(client, place).headers["location"] == "/"
    assert client.get("/sign-in", params={"returnTo": place}).headers["location"] == "/"


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_no_other_site_signs_somebody_in_or_out(house: House, headers: dict[str, str]) -> None:
    for path in ("/sign-in", "/sign-out"):
        answer = visitor(house).post(path, data={"email": "a", "password": "b"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body", [b"email=a&email=b", b"email=%ff", b"&".join(b"a%d=1" % n for n in range(40)), b"\xff\xfe"]
)
def test_malformed_forms(house: House, body: bytes) -> None:
    headers = {**OWN, "Content-Type": "application/x-www-form-urlencoded"}
    assert visitor(house).post("/sign-in", content=body, headers=headers).status_code == 400
    assert visitor(house).post("/sign-in", json={"email": "a"}, headers=OWN).status_code == 400
    large = visitor(house).post("/sign-in", content=b"a=" + b"x" * 20_000, headers=headers)
    assert large.status_code == 413
