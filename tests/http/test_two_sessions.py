"""A browser that is signed in to the web application and has embedded content open: who asks?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from holoscope.http.page_kind import PageKind, headers_with_page, kind_of_page
from support.house import House, build_house

APP, EMBEDDED, NOBODY = "Ada Ünal", "Embedded", None
HERE = "https://testserver"
WEB_COOKIE, EMBED_COOKIE = "__Host-holoscope_session", "__Host-holoscope_embed"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def cookies(house: House) -> dict[str, str]:
    """The cookies of a browser with both sessions."""
    web = house.browser().cookies[WEB_COOKIE]
    said = {"contentPath": "/dashboards/x", "externalId": "u-1", "name": EMBEDDED, "secret": secret(house)}
    url = house.client(None).post("/embed/sso/generate-url", json=said).json()["url"]
    client = house.client(None)
    client.follow_redirects = False
    return {WEB_COOKIE: web, EMBED_COOKIE: client.get(url).cookies[EMBED_COOKIE]}


def secret(house: House) -> str:
    (only,) = house.services.embed.secrets.active()
    return only.text.reveal()


def client_with(house: House, cookies: dict[str, str]) -> TestClient:
    client = house.client(None, **{"Sec-Fetch-Site": "same-origin"})
    for name, value in cookies.items():
        client.cookies.set(name, value)
    return client


def who(client: TestClient, **headers: str) -> str | None:
    answer = client.get("/api/v1/session", headers=headers)
    return answer.json()["user"]["name"] if answer.status_code == 200 else None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, APP),
        ({"Referer": f"{HERE}/"}, APP),
        ({"Referer": f"{HERE}/settings/embed/secrets"}, APP),
        ({"Referer": f"{HERE}/embedding"}, APP),
        ({"Referer": f"{HERE}/embed/dashboards/12db1a0a?theme=dawn"}, EMBEDDED),
        ({"Referer": "HTTPS://TESTSERVER/embed/x"}, EMBEDDED),
        ({"Referer": "https://acme.example.test/embed/x"}, APP),
        ({"Referer": "http://testserver/embed/x"}, APP),
        ({"Referer": "https://[broken/embed/x"}, APP),
        ({"X-Holoscope-Page": "embed"}, EMBEDDED),
        ({"X-Holoscope-Page": "embed", "Referer": f"{HERE}/"}, EMBEDDED),
        ({"X-Holoscope-Page": "app", "Referer": f"{HERE}/embed/x"}, APP),
        ({"X-Holoscope-Page": "other", "Referer": f"{HERE}/embed/x"}, EMBEDDED),
    ],
)
def test_with_both_the_page_decides(
    house: House, cookies: dict[str, str], headers: dict[str, str], expected: str
) -> None:
    assert who(client_with(house, cookies), **headers) == expected


@pytest.mark.parametrize(
    ("left", "headers", "expected"),
    [
        (EMBED_COOKIE, {}, EMBEDDED),
        (EMBED_COOKIE, {"Referer": f"{HERE}/embed/x"}, EMBEDDED),
        (EMBED_COOKIE, {"Referer": f"{HERE}/"}, NOBODY),
        (WEB_COOKIE, {"Referer": f"{HERE}/"}, APP),
        (WEB_COOKIE, {"Referer": f"{HERE}/embed/x"}, NOBODY),
        (WEB_COOKIE, {"X-Holoscope-Page": "embed"}, NOBODY),
    ],
)
def test_no_page_lives_by_the_other_s_session(
    house: House, cookies: dict[str, str], left: str, headers: dict[str, str], expected: str | None
) -> None:
    assert who(client_with(house, {left: cookies[left]}), **headers) == expected


def test_a_write_needs_the_token_of_the_session_it_lives_by(house: House, cookies: dict[str, str]) -> None:
    client = client_with(house, cookies)
    pages = {"app": {"Referer": f"{HERE}/"}, "embed": {"Referer": f"{HERE}/embed/x"}}
    tokens = {
        kind: client.get("/api/v1/session", headers=page).json()["csrfToken"] for kind, page in pages.items()
    }
    assert tokens["app"] != tokens["embed"]
    codes = {
        (page, token): client.post(
            "/api/v1/query/run", json={}, headers={**pages[page], "X-CSRF-Token": tokens[token]}
        )
        .json()
        .get("code")
        for page in pages
        for token in tokens
    }
    assert [pair for pair, code in codes.items() if code == "wrong_csrf_token"] == [
        ("app", "embed"),
        ("embed", "app"),
    ]


def test_below_a_path_of_its_host(tmp_path: Path) -> None:
    """The path that the server lies below is no part of what tells the pages apart."""
    house = build_house(tmp_path)
    house = replace(house, services=replace(house.services, base_path="/bi"))
    said = {"contentPath": "/dashboards/x", "externalId": "u-1", "name": EMBEDDED, "secret": secret(house)}
    url = house.client(None).post("/embed/sso/generate-url", json=said).json()["url"]
    client = house.client(None)
    client.follow_redirects = False
    both = {
        WEB_COOKIE: house.browser().cookies[WEB_COOKIE],
        EMBED_COOKIE: client.get(url).cookies[EMBED_COOKIE],
    }
    browser = client_with(house, both)
    assert who(browser, Referer=f"{HERE}/bi/embed/x") == EMBEDDED
    assert who(browser, Referer=f"{HERE}/bi/settings") == APP
    house.close()


def test_another_process_is_told_whose_page_it_is() -> None:
    """A process asks another at another address, where no `Referer` is of its own origin."""
    headers = [(b"host", b"testserver"), (b"referer", b"https://testserver/embed/x"), (b"accept", b"*/*")]
    scope = {"type": "http", "scheme": "https", "path": "/api/v1/query/wait", "headers": headers}
    assert headers_with_page(HTTPConnection(scope), None)["x-holoscope-page"] == "embed"
    told = HTTPConnection({**scope, "headers": [(b"host", b"localhost"), (b"x-holoscope-page", b"embed")]})
    assert kind_of_page(told, None) is PageKind.EMBED
    assert "x-holoscope-page" not in headers_with_page(
        HTTPConnection({**scope, "headers": headers[:1]}), None
    )
