"""A real browser before a live server: the distribution's Chromium, driven by Playwright.

Every test leaves a screenshot in `SCREENS`; look at them after a change of the web application.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.live import Live
from support.pages import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUILT = ROOT / "src/holoscope/web/static/index.html"
SCREENS = Path(os.environ.get("SCREENS_DIR", ROOT / ".screens"))
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
MOST_MILLISECONDS = 20_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return where the distribution's Chromium lies, if there is one."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


needs_browser = pytest.mark.skipif(
    chromium() is None or not BUILT.is_file(),
    reason="needs the distribution's Chromium (package chromium) and the built web application (make app)",
)


@contextmanager
def open_browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, live: Live, **options: object) -> Iterator[Page]:
    """A fresh profile's page at a live server; what the page complains about fails the test."""
    options.setdefault("viewport", {"width": 1360, "height": 860})
    context = browser.new_context(base_url=live.base_url, ignore_https_errors=True, **options)
    context.set_default_timeout(MOST_MILLISECONDS)
    page = context.new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _matters(said) else None)
    page.on(
        "request", lambda asked: foreign.append(asked.url) if _is_foreign(asked.url, live.base_url) else None
    )
    try:
        yield page
        assert not complaints, complaints
        assert not foreign, foreign
    finally:
        context.close()


def sign_in(page: Page, email: str, password: str, *, then: str = "/") -> None:
    """Sign in on the sign-in page, as a person does, and wait for the page that follows."""
    page.goto(f"/sign-in?returnTo={then}")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#main").wait_for()


def shoot(page: Page, name: str) -> Path:
    """Leave a screenshot."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path)
    return path


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.1 A and AA on the page as it is now."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 4)"
        ".map(n => n.html.slice(0, 160) + ' (' + n.failureSummary.slice(0, 300) + ')').join(' | ')))"
    )
    return list(found)


def _matters(said: object) -> bool:
    text, kind = said.text, said.type
    # A refusal that a test provokes is logged by the browser itself as a failed load.
    return kind == "error" and "Failed to load resource" not in text


def _is_foreign(url: str, own: str) -> bool:
    return not url.startswith((own, "data:", "blob:"))
