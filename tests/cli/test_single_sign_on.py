"""A browser, `holoscope serve` and an independent provider: three processes that speak HTTP to each other."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from sqlalchemy import insert, select

from holoscope.access.actors import OrgRole
from holoscope.access.passwords import hash_password
from holoscope.access.people import insert_member, insert_organization, store_password_hash
from holoscope.kit.clock import system_clock
from holoscope.kit.secrets import SecretText
from holoscope.storage.migrations import upgrade
from holoscope.storage.tables import invitations
from holoscope.storage.unit_of_work import open_database
from support.independent_provider import IndependentProvider, independent_provider
from support.live import run_holoscope
from support.serving import serving

PASSWORD = "correct horse battery staple"
ROOT, ADA = "root@example.test", "ada@example.test"


@dataclass(frozen=True)
class Ground:
    """The server's address and folder, and the provider it takes people from."""

    url: str
    folder: Path
    provider: IndependentProvider
    opened: ExitStack

    def browser(self) -> httpx2.Client:
        """A client with cookies of its own, which trusts the server's authority."""
        trusting = ssl.create_default_context(cafile=self.folder / "tls" / "ca.pem")
        client = httpx2.Client(verify=trusting, base_url=self.url, trust_env=False, timeout=60)
        return self.opened.enter_context(client)

    def operator(self, *arguments: str) -> str:
        done = run_holoscope(*arguments, "--data-dir", self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _populate(folder: Path) -> None:
    database = open_database(folder / "metadata.sqlite")
    upgrade(database)
    with database.writing() as connection:
        home = insert_organization(connection, "Home", system_clock())
        for email, role in ((ROOT, OrgRole.ADMIN), (ADA, OrgRole.MEMBER)):
            member = insert_member(connection, home.id, email=email, name=email, role=role, at=system_clock())
            store_password_hash(connection, member.user_id, hash_password(SecretText(PASSWORD)))
        connection.execute(insert(invitations).values(_old_invitation(home.id)))
    database.close()


def _old_invitation(organization_id: str) -> dict[str, object]:
    long_ago = system_clock() - timedelta(days=40)
    return {
        "id": "old",
        "organization_id": organization_id,
        "digest": "old",
        "email": "old@example.test",
        "email_key": "old@example.test",
        "role": "MEMBER",
        "group_ids": [],
        "created_at": long_ago,
        "expires_at": long_ago + timedelta(days=7),
    }


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("sign-on")
    _populate(folder)
    port = _free_port()
    with ExitStack() as stack:
        provider = stack.enter_context(independent_provider(folder))
        client_id, secret = provider.register(f"https://localhost:{port}/sign-in/oidc/callback")
        (folder / "secret").write_text(secret)
        options = {
            "--port": port,
            "--public-url": f"https://localhost:{port}",
            "--oidc-issuer": provider.issuer,
            "--oidc-client-id": client_id,
            "--oidc-client-secret-file": folder / "secret",
            "--break-glass-email": ROOT,
        }
        given = [part for pair in options.items() for part in pair]
        url, _ = stack.enter_context(serving(folder, *given, "--oidc-allow-insecure-loopback", "--sso-only"))
        with ExitStack() as opened:
            yield Ground(url, folder, provider, opened)
    assert provider.process.returncode is not None


def sign_in(browser: httpx2.Client, subject: str) -> httpx2.Response:
    """From the button of our page over the provider's form and back, as a browser goes."""
    page = browser.get("/sign-in", headers={"Accept": "text/html"})
    button = re.search(r'href="(/?sign-in/oidc[^"]*)"', page.text)
    assert button is not None, page.text
    sent = browser.get(urljoin(str(page.url), unescape(button[1])))
    assert sent.status_code == 303, sent.text
    there = sent.headers["location"]
    with httpx2.Client(trust_env=False, timeout=60) as outside:
        form = outside.get(there)
        assert 'name="sub"' in form.text
        back = outside.post(there, data={"sub": subject})
    assert back.status_code == 302, back.text
    return browser.get(urljoin(there, back.headers["location"]))


def who(browser: httpx2.Client) -> tuple[str, str]:
    user = browser.get("/api/v1/session").json()["user"]
    return user["email"], user["orgRole"]


def test_a_new_person_comes_in_and_is_the_same_the_next_time(ground: Ground) -> None:
    ground.provider.knows("s-1", email="new@example.test", email_verified=True, name="Nova")
    first, again = ground.browser(), ground.browser()
    arrived = sign_in(first, "s-1")
    assert arrived.status_code == 303
    cookie = arrived.headers["set-cookie"]
    assert "__Host-holoscope_session=" in cookie
    assert "HttpOnly" in cookie
    assert who(first) == ("new@example.test", "MEMBER")
    assert sign_in(again, "s-1").status_code == 303
    ids = [each.get("/api/v1/session").json()["user"]["membershipId"] for each in (first, again)]
    assert ids[0] == ids[1]


def test_an_unverified_address_stays_out_and_a_verified_one_gets_its_invitation(ground: Ground) -> None:
    ground.operator("users", "invite", "boss@example.test", "--admin")
    ground.provider.knows("s-2", email="boss@example.test", email_verified=False)
    browser = ground.browser()
    assert sign_in(browser, "s-2").status_code == 403
    ground.provider.knows("s-2", email="boss@example.test", email_verified=True)
    assert sign_in(browser, "s-2").status_code == 303
    assert who(browser) == ("boss@example.test", "ORG_ADMIN")
    assert "INVITATION_ACCEPT" in ground.operator("audit", "list", "--action", "INVITATION_ACCEPT")


def test_who_was_deactivated_is_refused_and_loses_the_open_session(ground: Ground) -> None:
    ground.provider.knows("s-3", email="gone@example.test", email_verified=True)
    browser = ground.browser()
    assert sign_in(browser, "s-3").status_code == 303
    ground.operator("users", "deactivate", "gone@example.test")
    refused = sign_in(browser, "s-3")
    assert refused.status_code == 403
    assert "was deactivated" in refused.text
    assert browser.get("/api/v1/session").status_code == 401


def test_passwords_open_nothing_but_the_one_that_breaks_the_glass(ground: Ground) -> None:
    answers = [
        ground.browser().post(
            "/api/v1/session",
            json={"email": email, "password": PASSWORD},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        for email in (ADA, ROOT)
    ]
    assert [answer.status_code for answer in answers] == [401, 200]
    ground.provider.knows("s-4", email=ADA, email_verified=True)
    browser = ground.browser()
    assert sign_in(browser, "s-4").status_code == 303
    assert who(browser) == (ADA, "MEMBER")


def test_the_server_sweeps_what_nobody_can_use(ground: Ground) -> None:
    database = open_database(ground.folder / "metadata.sqlite")
    until = time.monotonic() + 60
    left = select(invitations.c.id).where(invitations.c.id == "old")
    while time.monotonic() < until:
        with database.reading() as connection:
            if connection.execute(left).first() is None:
                break
        time.sleep(0.2)
    else:
        raise AssertionError("the invitation of last month is still there")
    database.close()
