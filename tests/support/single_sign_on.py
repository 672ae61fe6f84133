"""A house that signs people in through the provider process of `support.oidc_provider`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from holoscope.access.oidc.login import OidcSignIn
from holoscope.access.oidc.provider import CALLBACK, Provider
from holoscope.kit.clock import system_clock
from holoscope.kit.secrets import SecretText
from support.house import House
from support.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider

PUBLIC = "https://testserver"
PEPPER = SecretText("pepper of single sign-on 0123456789 abcdefghij")


@pytest.fixture(scope="module")
def provider_process() -> Iterator[OidcProvider]:
    with oidc_provider(PUBLIC + CALLBACK) as running:
        yield running


@pytest.fixture
def provider(provider_process: OidcProvider) -> OidcProvider:
    """The module's provider, honest again; `subject-1` comes."""
    provider_process.be_honest()
    provider_process.is_("subject-1", "new@example.test")
    return provider_process


def join(house: House, provider: OidcProvider, **choices: Any) -> House:
    chosen = {
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": SecretText(CLIENT_SECRET),
        "public_url": PUBLIC,
        "allow_insecure_loopback": True,
        **choices,
    }
    oidc = OidcSignIn(house.database, house.services.sign_in, Provider(**chosen), PEPPER, system_clock)
    return replace(house, services=replace(house.services, oidc=oidc, public_url=PUBLIC))


def browser(house: House) -> TestClient:
    client = house.client(None)
    client.follow_redirects = False
    return client


def to_provider(client: TestClient, return_to: str = "/sign-in") -> str:
    """Set out, let the provider approve, and return the address it sends the browser back to."""
    sent = client.get("/sign-in/oidc", params={"returnTo": return_to})
    assert sent.status_code == 303, sent.text
    back = httpx2.get(sent.headers["location"], follow_redirects=False)
    assert back.status_code == 302
    location: str = back.headers["location"]
    return location


def come(client: TestClient, return_to: str = "/sign-in") -> Any:
    return client.get(to_provider(client, return_to))
