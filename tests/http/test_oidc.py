"""Single sign-on against a provider that really answers: the way in, and every forgery that stays out."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import trustme
from sqlalchemy import select

from holoscope.access.actors import MemberKind, OrgRole
from holoscope.access.oidc.provider import CALLBACK
from holoscope.access.people import deactivate_member, find_member_by_email, insert_member
from holoscope.kit.clock import system_clock
from holoscope.storage import tables
from support.house import House, build_house
from support.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    DISCOVERY,
    FORGERIES,
    OidcProvider,
    oidc_provider,
)
from support.processes import children_of
from support.single_sign_on import PUBLIC, browser, come, join, provider, provider_process, to_provider

__all__ = ["provider", "provider_process"]
COOKIE = "__Host-holoscope_oidc"


@pytest.fixture
def house(tmp_path: Path, provider: OidcProvider) -> Iterator[House]:
    built = build_house(tmp_path)
    joined = join(built, provider)
    yield joined
    joined.services.oidc.close()
    joined.close()


def members(house: House) -> dict[str, tuple[str, bool]]:
    with house.database.reading() as connection:
        rows = connection.execute(
            select(tables.users.c.email, tables.memberships.c.role, tables.memberships.c.active).join(
                tables.memberships, tables.memberships.c.user_id == tables.users.c.id
            )
        )
        return {row.email: (row.role, row.active) for row in rows}


def test_a_new_person_becomes_an_ordinary_member(house: House, provider: OidcProvider) -> None:
    client = browser(house)
    answer = come(client, "/oauth/authorize?client_id=omni-cli")
    assert (answer.status_code, answer.headers["location"]) == (303, "/oauth/authorize?client_id=omni-cli")
    session = client.get("/api/v1/session").json()
    assert (session["user"]["email"], session["user"]["orgRole"]) == ("new@example.test", "MEMBER")
    assert session["user"]["name"] == "subject-1"
    assert client.cookies.get(COOKIE) is None
    assert members(house)["new@example.test"] == ("MEMBER", True)
    with house.database.reading() as connection:
        told = connection.execute(select(tables.audit_events.c.action, tables.audit_events.c.details)).all()
    assert ("SIGN_IN", {"way": "single sign-on"}) in [(row.action, row.details) for row in told]


def test_coming_again_is_the_same_member_whatever_the_email(house: House, provider: OidcProvider) -> None:
    first, again = browser(house), browser(house)
    come(first)
    provider.is_("subject-1", "renamed@example.test", verified=False)
    come(again)
    ids = [client.get("/api/v1/session").json()["user"]["membershipId"] for client in (first, again)]
    assert ids[0] == ids[1]
    assert "renamed@example.test" not in members(house)


def test_a_known_member_is_recognised_by_a_verified_email(house: House, provider: OidcProvider) -> None:
    provider.is_("ada-at-the-provider", "ADA@Example.test")
    client = browser(house)
    come(client)
    assert client.get("/api/v1/session").json()["user"]["membershipId"] == house.admin_id


def test_nobody_takes_over_another_s_account(house: House, provider: OidcProvider) -> None:
    provider.is_("ada-at-the-provider", "ada@example.test")
    come(browser(house))
    provider.is_("somebody-else", "ada@example.test")
    client = browser(house)
    answer = come(client)
    assert answer.status_code == 403
    assert "belongs to another account" in answer.text
    assert client.get("/api/v1/session").status_code == 400


@pytest.mark.parametrize("verified", [False, None, "true", "false", 1, "yes", []])
def test_an_unverified_email_is_nobody_s(house: House, provider: OidcProvider, verified: object) -> None:
    for email in ("ada@example.test", "new@example.test"):
        provider.is_("x", email, verified=verified)
        answer = come(browser(house))
        assert answer.status_code == 403
        assert "does not vouch" in answer.text
    assert "new@example.test" not in members(house)


def test_who_was_deactivated_stays_out(house: House, provider: OidcProvider) -> None:
    come(browser(house))
    with house.database.writing() as connection:
        member = find_member_by_email(connection, house.organization_id, "new@example.test")
        deactivate_member(connection, house.organization_id, member.membership_id, system_clock())
    for subject in ("subject-1", "subject-2"):
        provider.is_(subject, "new@example.test")
        answer = come(browser(house))
        assert answer.status_code == 403
        assert "was deactivated" in answer.text
    with house.database.writing() as connection:
        again = insert_member(
            connection,
            house.organization_id,
            email="new@example.test",
            name="New",
            role=OrgRole.MEMBER,
            at=system_clock(),
        )
    provider.is_("subject-1", "new@example.test")
    client = browser(house)
    come(client)
    assert client.get("/api/v1/session").json()["user"]["membershipId"] == again.membership_id


def test_accounts_of_other_kinds_do_not_sign_in(house: House, provider: OidcProvider) -> None:
    with house.database.writing() as connection:
        connection.execute(
            tables.memberships.update()
            .where(tables.memberships.c.id == house.member_id)
            .values(kind=MemberKind.EMBED.value)
        )
    provider.is_("bo", "bo@example.test")
    assert come(browser(house)).status_code == 403


def test_only_the_domains_that_were_allowed(tmp_path: Path, provider: OidcProvider) -> None:
    house = join(build_house(tmp_path), provider, domains=("example.test",))
    come(browser(house))
    assert "new@example.test" in members(house)
    for email in ("a@evil.example", "a@sub.example.test", "a@example.test.evil.example", "a@xexample.test"):
        provider.is_(email, email)
        assert "of your domain may not" in come(browser(house)).text
    house.close()


# --- forgeries ------------------------------------------------------------------------------------


def stays_out(house: House, answer) -> None:
    assert answer.status_code == 401, answer.text
    assert "Signing in did not succeed" in answer.text
    assert "__Host-holoscope_session" not in answer.headers.get("set-cookie", "")
    assert "new@example.test" not in members(house)


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_tokens(house: House, provider: OidcProvider, name: str) -> None:
    provider.tell(forge=name)
    stays_out(house, come(browser(house)))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": ["somebody-else"]},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"aud": None},
        {"azp": "somebody-else"},
        {"aud": [CLIENT_ID, "x"], "azp": "x"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 32_503_680_000},
        {"iat": None},
        {"nbf": 32_503_680_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=str,
)
def test_wrong_claims(house: House, provider: OidcProvider, changes: dict[str, Any]) -> None:
    provider.tell(changes=changes)
    stays_out(house, come(browser(house)))


@pytest.mark.parametrize(
    "changes", [{"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "x"], "azp": CLIENT_ID}], ids=str
)
def test_right_claims_in_other_forms(house: House, provider: OidcProvider, changes: dict[str, Any]) -> None:
    provider.tell(changes=changes)
    assert come(browser(house)).status_code == 303


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(house: House) -> None:
    mine, other = browser(house), browser(house)
    place = to_provider(mine)
    stays_out(house, other.get(place))
    other.get("/sign-in/oidc")
    stays_out(house, other.get(place))
    assert mine.get(place).status_code == 303
    replayed = browser(house)
    replayed.cookies.set(COOKIE, parse_qs(urlsplit(place).query)["state"][0])
    assert replayed.get(place).status_code == 401


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=x", "?error=access_denied", "?state=&code="])
def test_answers_to_nothing(house: House, query: str) -> None:
    client = browser(house)
    client.get("/sign-in/oidc")
    stays_out(house, client.get(CALLBACK + query))


def test_an_error_or_another_issuer_in_a_right_answer(house: House) -> None:
    for more in ("&error=access_denied", "&iss=https%3A%2F%2Fevil.example"):
        client = browser(house)
        stays_out(house, client.get(to_provider(client) + more))


def test_a_new_key_of_the_provider_is_fetched(house: House, provider: OidcProvider) -> None:
    come(browser(house))
    house.services.oidc._discovery._tick = lambda: 1e12
    provider.tell(kid="second")
    assert come(browser(house)).status_code == 303


@pytest.mark.parametrize(
    "document",
    [
        "not json",
        "[]",
        "{" + " " * 300_000 + "}",
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://192.0.2.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://user:pass@evil.example/keys"},
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_provider_that_does_not_speak_right(house: House, provider: OidcProvider, document: Any) -> None:
    said = json.dumps({**provider.discovery(), **document}) if isinstance(document, dict) else document
    provider.tell(documents={DISCOVERY: said})
    answer = browser(house).get("/sign-in/oidc")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "location" not in answer.headers


def test_a_provider_that_is_not_there(tmp_path: Path, provider: OidcProvider) -> None:
    house = join(build_house(tmp_path), provider, issuer="http://127.0.0.1:9")
    assert browser(house).get("/sign-in/oidc").status_code == 503
    plain = join(house, provider, allow_insecure_loopback=False)
    assert browser(plain).get("/sign-in/oidc").status_code == 503
    assert not provider.asked, "plain HTTP is not even tried"
    house.close()


def test_a_provider_that_does_not_answer_holds_few_threads(house: House) -> None:
    oidc = house.services.oidc
    for _ in range(8):
        assert oidc._turns.acquire(blocking=False)
    answer = browser(house).get("/sign-in/oidc")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    oidc._turns.release(8)
    assert browser(house).get("/sign-in/oidc").status_code == 303


@pytest.mark.parametrize("status", [0, 500, 302, 404])
@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_a_provider_that_fails_half_way(house: House, provider: OidcProvider, path: str, status: int) -> None:
    provider.tell(statuses={path: status})
    client = browser(house)
    stays_out(house, come(client))
    provider.be_honest()
    assert come(client).status_code == 303, "it works again as soon as the provider does"


@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/keys"])
def test_a_provider_that_is_slow(
    house: House, provider: OidcProvider, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.services.oidc._fetcher._client, "timeout", 0.2)
    provider.tell(delays={path: 1.0})
    client = browser(house)
    if path == DISCOVERY:
        assert client.get("/sign-in/oidc").status_code == 503
    else:
        stays_out(house, come(client))


def test_the_provider_is_a_process_that_ends_with_its_block() -> None:
    with oidc_provider(PUBLIC + CALLBACK) as running:
        assert running.process.pid in children_of()
        assert httpx2.get(f"{running.issuer}{DISCOVERY}").json()["issuer"] == running.issuer
    assert running.process.returncode == 0
    assert running.process.pid not in children_of()


def test_over_https_with_an_authority_of_its_own(tmp_path: Path) -> None:
    authority = trustme.CA()
    ca_file, cert = tmp_path / "ca.pem", tmp_path / "cert.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(cert)
    authority.cert_pem.write_to_path(ca_file)
    with oidc_provider(PUBLIC + CALLBACK, cert) as provider:
        provider.is_("subject-1", "new@example.test")
        built = build_house(tmp_path)
        assert (
            browser(join(built, provider, allow_insecure_loopback=False)).get("/sign-in/oidc").status_code
            == 503
        )
        house = join(built, provider, allow_insecure_loopback=False, ca_file=ca_file)
        client = browser(house)
        sent = client.get("/sign-in/oidc")
        trusting = ssl.create_default_context(cafile=ca_file)
        back = httpx2.get(sent.headers["location"], verify=trusting)
        assert client.get(back.headers["location"]).status_code == 303
        house.close()


def test_no_secret_in_the_log_or_the_database(
    house: House, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="holoscope")
    client = browser(house)
    place = to_provider(client)
    state = parse_qs(urlsplit(place).query)["state"][0]
    with house.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(tables.sign_in_states)).mappings()]
    assert rows
    assert state not in json.dumps(rows, default=str)
    provider.tell(forge="alg none")
    client.get(place)
    assert CLIENT_SECRET not in caplog.text
    assert state not in caplog.text


def test_the_sign_in_page_has_the_button(house: House) -> None:
    methods = house.client(None).get("/api/v1/sign-in-methods").json()
    assert methods == {
        "hasPasswords": True,
        "singleSignOn": {"label": "Single sign-on", "url": "/sign-in/oidc"},
    }
    assert 'href="sign-in/oidc?returnTo=' in house.client(None).get("/sign-in").text


def test_without_a_provider_there_is_no_such_way(tmp_path: Path) -> None:
    built = build_house(tmp_path)
    for path in ("/sign-in/oidc", CALLBACK):
        assert browser(built).get(path).status_code == 404
    built.close()
