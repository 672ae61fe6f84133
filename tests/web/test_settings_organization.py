"""Settings of the organization, connections, embed secrets, sessions, and whom the settings are for."""

from __future__ import annotations

from support.browser import needs_browser, open_page, shoot, sign_in
from support.settings_pages import HOSTILE, MIXED, ask, join, look_at, press

pytestmark = needs_browser


def test_a_member_is_told_whom_the_settings_are_for(page, shop_server) -> None:
    sign_in(page, *join(shop_server, MIXED), then="/settings")
    page.get_by_role("heading", name="Settings are for administrators").wait_for()
    assert page.get_by_role("link", name="Settings").count() == 0
    look_at(page, "settings-member")
    page.get_by_role("link", name="Go to my profile").click()
    page.get_by_role("heading", name="Profile").wait_for()


def test_settings_of_the_organization_hold_at_once(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/organization")
    page.get_by_label("Default time zone").fill("Mars/Olympus")
    press(page, "Save")
    assert "Time zone" in page.get_by_role("alert").inner_text()
    page.get_by_label("Default time zone").fill("Europe/Vienna")
    page.get_by_label("Members may have personal tokens").uncheck()
    look_at(page, "settings-organization")
    press(page, "Save")
    page.get_by_text("saved and hold").wait_for()
    said = ask(shop_server, "/api/v1/organization")[1]
    assert (said["defaultTimeZone"], said["personalTokens"]) == ("Europe/Vienna", False)
    page.get_by_label("Default time zone").fill("")
    page.get_by_label("Members may have personal tokens").check()
    press(page, "Save")
    page.locator("[role=log] > div").nth(1).wait_for()
    said = ask(shop_server, "/api/v1/organization")[1]
    assert (said["defaultTimeZone"], said["personalTokens"]) == (None, True)


def test_connections_are_shown_without_what_opens_them(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/connections")
    (known,) = ask(shop_server, "/api/v1/connections")[1]["connections"]
    row = page.get_by_role("row", name=known["name"])
    assert known["dialect"] in row.inner_text()
    look_at(page, "settings-connections")


def test_an_embed_secret_is_shown_once_and_deleted(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/embed")
    press(page, "Create new secret")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(HOSTILE)
    press(page, "Create")
    secret = dialog.get_by_role("textbox", name="Secret").inner_text()
    shoot(page, "settings-embed-made")
    press(page, "Done, I have copied it")
    page.get_by_role("row", name=HOSTILE).wait_for()
    assert secret not in page.content()
    assert secret not in str(ask(shop_server, "/api/v1/embed/secrets"))
    look_at(page, "settings-embed")
    press(page, f"Delete {HOSTILE}")
    press(page, "Yes, delete")
    page.get_by_text("is deleted. Addresses").wait_for()
    records = ask(shop_server, "/api/v1/embed/secrets")[1]["records"]
    assert all(each["revokedAt"] for each in records if each["name"] == HOSTILE)


def test_a_session_that_is_ended_here_has_to_sign_in_again(admin_page, browser, shop_server) -> None:
    page = admin_page
    email, password = join(shop_server, HOSTILE)
    with open_page(browser, shop_server) as other:
        sign_in(other, email, password)
        page.goto("/settings/sessions")
        row = page.get_by_role("row", name=email).first
        assert "Chrome" in row.inner_text()
        look_at(page, "settings-sessions")
        row.get_by_role("button", name="End all").click()
        shoot(page, "settings-sessions-end")
        press(page, "Yes, end all")
        page.get_by_role("row", name=email).first.wait_for(state="detached")
        other.goto("/models")
        other.get_by_label("E-mail").wait_for()


def test_applications_that_nobody_connected_are_explained(admin_page, shop_server) -> None:
    for grant in ask(shop_server, "/api/v1/oauth-grants?all=true")[1]["records"]:  # of other tests
        ask(shop_server, f"/api/v1/oauth-grants/{grant['id']}", method="DELETE")
    admin_page.goto("/settings/applications")
    admin_page.get_by_text("No connected applications").wait_for()
    look_at(admin_page, "settings-applications")
