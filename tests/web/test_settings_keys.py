"""API keys on the settings page: made there, used over the API, switched off, revoked."""

from __future__ import annotations

from support.browser import needs_browser, shoot
from support.settings_pages import HOSTILE, LONG, MIXED, TURNED, ask, look_at

pytestmark = needs_browser


def generate(page, name: str) -> str:
    """Make a key as a person does, and return its text as the dialog shows it."""
    page.get_by_role("button", name="Generate new key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Generate", exact=True).click()
    return dialog.get_by_role("textbox", name="Key").inner_text()


def test_a_key_made_here_opens_the_api_until_it_is_revoked(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings")
    page.get_by_role("button", name="Generate new key").click()
    dialog = page.get_by_role("dialog")
    assert "initials" in dialog.inner_text()
    assert "inherits your user attributes" in dialog.inner_text()
    look_at(page, "settings-keys-name")
    dialog.get_by_label("Name").fill("Nightly report, AB")
    dialog.get_by_role("button", name="Generate", exact=True).click()
    key = dialog.get_by_role("textbox", name="Key").inner_text()
    assert key.startswith("omni_osk_")
    assert "shown only this once" in dialog.inner_text()
    command = dialog.get_by_role("textbox", name="Try it").inner_text()
    assert command == f'curl -H "Authorization: Bearer {key}" {shop_server.base_url}/api/v1/whoami'
    look_at(page, "settings-keys-made")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Copy key").click()
    dialog.get_by_role("button", name="Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == key

    status, said = ask(shop_server, "/api/v1/whoami", key=key)
    assert (status, said["keyScope"]) == (200, "organization")

    dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("row", name="Nightly report, AB")
    assert shop_server.admin_email in row.inner_text()
    assert key not in page.content(), "after the dialog the text is nowhere"
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert key not in kept

    row.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Yes, disable").click()
    row.get_by_text("Disabled", exact=True).wait_for()
    assert ask(shop_server, "/api/v1/whoami", key=key)[0] == 403
    row.get_by_role("button", name="Enable").click()
    row.get_by_text("Enabled", exact=True).wait_for()
    page.reload()
    row.get_by_role("button", name="Revoke").click()
    shoot(page, "settings-keys-revoke")
    page.get_by_role("button", name="Yes, revoke").click()
    row.wait_for(state="detached")
    assert "is revoked" in page.get_by_role("log").inner_text()
    assert ask(shop_server, "/api/v1/whoami", key=key)[0] == 403


def test_names_are_text_whatever_they_hold(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/keys")
    for name in (HOSTILE, MIXED, LONG):
        generate(page, name)
        page.keyboard.press("Escape")
        page.get_by_role("row", name=name).wait_for()
    assert page.title() == "API keys · Holoscope"
    assert page.locator("td img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look_at(page, "settings-keys")
    page.set_viewport_size({"width": 768, "height": 900})
    shoot(page, "settings-keys-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_refused_name_is_said_in_the_dialog_and_stays(admin_page) -> None:
    page = admin_page
    page.goto("/settings/keys")
    page.get_by_role("button", name="Generate new key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(TURNED)  # holds a character that turns the text round
    dialog.get_by_role("button", name="Generate", exact=True).click()
    assert "visible characters" in dialog.get_by_role("alert").inner_text()
    assert dialog.get_by_label("Name").input_value() == TURNED


def test_an_empty_list_says_what_would_be_there(admin_page) -> None:
    page = admin_page
    page.goto("/settings/keys")
    page.get_by_role("tab", name="Personal tokens").click()
    page.get_by_text("No personal tokens yet").wait_for()
    look_at(page, "settings-keys-empty")
