"""Signing in, the frame around every page, and what a page may load."""

from __future__ import annotations

import pytest

from support.browser import needs_browser, open_page, shoot, sign_in, violations
from support.live import live_server

pytestmark = needs_browser


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(page, shop_server) -> None:
    page.goto("/models")
    page.get_by_label("E-mail").wait_for()
    shoot(page, "sign-in")
    assert violations(page) == []
    page.get_by_label("E-mail").fill(shop_server.admin_email)
    page.get_by_label("Password").fill(shop_server.admin_password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("navigation", name="Areas").wait_for()
    assert page.url == f"{shop_server.base_url}/models"


def test_a_wrong_password_is_said_in_words(page, shop_server) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(shop_server.admin_email)
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "wrong" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_frame_is_accessible_in_both_themes(admin_page, theme: str) -> None:
    page = admin_page
    page.locator("header button[aria-haspopup=menu]").click()
    page.get_by_role("menuitemradio", name=theme).click()
    assert page.evaluate("document.documentElement.dataset.theme") == theme.lower()
    shoot(page, f"home-{theme.lower()}")
    assert violations(page) == []


def test_signing_out_ends_the_session(admin_page, shop_server) -> None:
    page = admin_page
    page.locator("header button[aria-haspopup=menu]").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("E-mail").wait_for()
    page.goto("/explore")
    page.get_by_label("E-mail").wait_for()


def test_a_session_that_ended_is_renewed_in_place(page, shop_server) -> None:
    sign_in(page, shop_server.admin_email, shop_server.admin_password)
    page.goto("/api-reference/limits")  # nothing there asks the server again by itself
    page.get_by_role("heading", name="Rate limits").wait_for()
    page.context.clear_cookies()
    page.get_by_role("link", name="Holoscope, home").click()
    page.get_by_role("dialog").wait_for()
    shoot(page, "session-ended")
    page.get_by_label("Password").fill(shop_server.admin_password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("dialog").wait_for(state="detached")


def test_it_works_below_a_path_of_its_host(browser) -> None:
    with (
        live_server(HOLOSCOPE_BASE_PATH="/analytics") as live,
        open_page(browser, live) as page,
    ):
        page.goto("/analytics/models")
        page.get_by_label("E-mail").fill(live.admin_email)
        page.get_by_label("Password").fill(live.admin_password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="Holoscope, home").click()
        page.get_by_role("heading", name="Welcome").wait_for()
        assert page.url.rstrip("/") == f"{live.base_url}/analytics"
        shoot(page, "sub-path")
