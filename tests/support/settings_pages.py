"""What tests of the settings do over and over: ask the API beside the browser, look in both themes."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from support.browser import shoot, violations
from support.live import Live

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = "<img src=x onerror=\"document.title='taken'\">"
MIXED = "Ключ 鍵 🔑 مفتاح"
TURNED = f"{MIXED} \u202edrawkcab"
LONG = "W" * 128


def ask(
    live: Live, path: str, *, key: str | None = None, method: str = "GET", body: object = None
) -> tuple[int, Any]:
    """Ask the server without the browser, with an API key, and return status and parsed body."""
    headers = {"Authorization": f"Bearer {key or live.api_key}"}
    sent = None if body is None else json.dumps(body).encode()
    if sent:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"{live.base_url}{path}", data=sent, headers=headers, method=method)
    context = ssl.create_default_context(cafile=live.ca_file)
    try:
        with urllib.request.urlopen(request, context=context, timeout=20) as answer:
            return answer.status, _parsed(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, _parsed(refused.read())


def _parsed(body: bytes) -> Any:
    """What a body says: JSON, or a list where it holds several lines of it."""
    lines = [json.loads(line) for line in body.splitlines()]
    return lines[0] if len(lines) == 1 else lines


def join(live: Live, name: str, *, role: str = "MEMBER") -> tuple[str, str]:
    """Let somebody become a member by invitation, and return e-mail and password to sign in with."""
    email, password = f"{uuid4().hex[:12]}@people.example", "a long enough pass phrase"
    status, made = ask(live, "/api/v1/invitations", method="POST", body={"emails": email, "role": role})
    assert status == 201, made
    token = parse_qs(urlsplit(made["records"][0]["url"]).query)["token"][0]
    body = {"token": token, "name": name, "password": password}
    status, said = ask(live, "/api/v1/invitations/accept", method="POST", body=body)
    assert status == 200, said
    return email, password


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look_at(page: Page, name: str) -> None:
    """Leave screenshots of a page as it is, light and dark, and hold both to WCAG AA."""
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        shoot(page, f"{name}-{theme}")
        found = violations(page)
        assert not found, f"{name} in {theme}: {found}"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
