"""A command line client is let in by a person at a real browser, whichever loopback address it listens at."""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from support.browser import MOST_MILLISECONDS, needs_browser
from support.live import Live

pytestmark = needs_browser
VERIFIER = "v" * 64


@contextmanager
def listening(family: socket.AddressFamily) -> Iterator[tuple[int, list[str]]]:
    """A client program's listener on loopback; yields its port and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "8")
            self.end_headers()
            self.wfile.write(b"Welcome.")

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        address_family = family

    with Server(("::1" if family is socket.AF_INET6 else "127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


def trusting(live: Live) -> httpx2.Client:
    context = ssl.create_default_context(cafile=live.ca_file)
    return httpx2.Client(verify=context, trust_env=False, base_url=live.base_url, timeout=60)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_allowing_leads_back_to_the_client(browser, shop_server: Live, host: str) -> None:
    family = socket.AF_INET6 if host == "[::1]" else socket.AF_INET
    with listening(family) as (port, asked):
        redirect = f"http://{host}:{port}/callback"
        challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        wanted = urlencode(
            {
                "client_id": "omni-cli",
                "redirect_uri": redirect,
                "response_type": "code",
                "scope": "user:default",
                "state": "s" * 32,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        context = browser.new_context(base_url=shop_server.base_url, ignore_https_errors=True)
        context.set_default_timeout(MOST_MILLISECONDS)
        page = context.new_page()
        page.goto(f"/oauth/authorize?{wanted}")
        page.get_by_label("E-mail").fill(shop_server.admin_email)
        page.get_by_label("Password").fill(shop_server.admin_password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name="Allow", exact=True).click()
        page.wait_for_url(f"{redirect}?**")
        context.close()
    said = {name: values[0] for name, values in parse_qs(urlsplit(asked[0]).query).items()}
    assert said["state"] == "s" * 32
    form = {
        "grant_type": "authorization_code",
        "client_id": "omni-cli",
        "code": said["code"],
        "redirect_uri": redirect,
        "code_verifier": VERIFIER,
    }
    with trusting(shop_server) as client:
        tokens = client.post("/oauth/token", data=form).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        told, admin = (
            client.get("/api/v1/whoami", headers=headers).json()["user"]
            for headers in (bearer, shop_server.headers)
        )
    assert told["membershipId"] == admin["membershipId"]


def test_an_embedded_page_and_the_application_in_one_browser(browser, shop_server: Live) -> None:
    """What the browser itself says of its pages is enough to tell them apart."""
    said = {
        "contentPath": "/dashboards/x",
        "externalId": "both",
        "name": "Embedded",
        "secret": shop_server.embed_secret,
    }
    with trusting(shop_server) as client:
        url = client.post("/embed/sso/generate-url", json=said).json()["url"]
    context = browser.new_context(base_url=shop_server.base_url, ignore_https_errors=True, bypass_csp=True)
    context.set_default_timeout(MOST_MILLISECONDS)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(shop_server.admin_email)
    page.get_by_label("Password").fill(shop_server.admin_password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#main").wait_for()
    ask = "() => fetch('/api/v1/session').then(r => r.json()).then(b => b.user.name)"
    before = page.evaluate(ask)
    page.goto(url)
    assert "/embed/dashboards/x" in page.url
    names = {cookie["name"] for cookie in context.cookies()}
    assert {"__Host-holoscope_session", "__Host-holoscope_embed"} <= names
    assert page.evaluate(ask) == "Embedded"
    page.goto("/")
    page.locator("#main").wait_for()
    assert page.evaluate(ask) == before != "Embedded"
    context.close()
