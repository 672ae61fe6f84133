"""The profile: one's name, password, tokens, sessions and connected applications."""

from __future__ import annotations

from support.browser import needs_browser, open_page, shoot, sign_in
from support.settings_pages import HOSTILE, MIXED, ask, join, look_at, press

pytestmark = needs_browser


def test_name_time_zone_and_colours_are_saved_and_followed(page, browser, shop_server) -> None:
    email, password = join(shop_server, "First Name")
    sign_in(page, email, password, then="/profile")
    form = page.get_by_role("form", name="About you")
    form.get_by_label("Name").fill(HOSTILE)
    form.get_by_label("Time zone").fill("Nowhere/Else")
    form.get_by_label("Appearance").select_option("dark")
    press(page, "Save")
    assert "IANA" in form.get_by_role("alert").inner_text()
    form.get_by_label("Time zone").fill("Asia/Tokyo")
    press(page, "Save")
    page.get_by_text("Your profile is saved").wait_for()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert HOSTILE in page.get_by_role("banner").inner_text()
    look_at(page, "profile")
    with open_page(browser, shop_server) as other:
        sign_in(other, email, password, then="/profile")
        other.locator("html[data-theme=dark]").wait_for()
        assert other.get_by_label("Time zone").input_value() == "Asia/Tokyo"


def test_a_password_is_changed_and_the_other_sessions_end(page, browser, shop_server) -> None:
    email, password = join(shop_server, MIXED)
    fresh = "another long pass phrase"
    with open_page(browser, shop_server) as other:
        sign_in(other, email, password)
        sign_in(page, email, password, then="/profile")
        form = page.get_by_role("form", name="Password")
        form.get_by_label("Present password").fill("not it")
        form.get_by_label("New password").fill(fresh)
        press(page, "Change password")
        form.get_by_role("alert").wait_for()
        shoot(page, "profile-password")
        form.get_by_label("Present password").fill(password)
        press(page, "Change password")
        page.get_by_text("Your password is changed").wait_for()
        page.get_by_role("region", name="Active sessions").get_by_text("This session").wait_for()
        other.goto("/models")
        other.get_by_label("E-mail").wait_for()
        sign_in(other, email, fresh)
        page.reload()
        press(page, "End all others")
        press(page, "Yes, end them")
        page.get_by_text("Your other sessions have ended").wait_for()
        other.goto("/models")
        other.get_by_label("E-mail").wait_for()


def test_a_member_makes_and_revokes_a_token(page, shop_server) -> None:
    email, password = join(shop_server, MIXED)
    sign_in(page, email, password, then="/profile")
    page.get_by_text("No personal tokens yet").wait_for()
    page.get_by_text("No connected applications").wait_for()
    press(page, "Generate token")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(HOSTILE)
    press(page, "Generate")
    assert dialog.get_by_role("alert").inner_text(), "who may ask no model may hold no token"
    id_ = ask(shop_server, f"/api/v1/users?search={email}")[1]["records"][0]["id"]
    body = {"roleName": "QUERIER", "modelId": shop_server.model_id}
    assert ask(shop_server, f"/api/v1/users/{id_}/model-roles", method="POST", body=body)[0] == 200
    press(page, "Generate")
    key = dialog.get_by_role("textbox", name="Key").inner_text()
    shoot(page, "profile-token-made")
    press(page, "Done, I have copied it")
    assert ask(shop_server, "/api/v1/whoami", key=key)[1]["user"]["membershipId"] == id_
    assert key not in page.content()
    look_at(page, "profile-tokens")
    press(page, f"Revoke {HOSTILE}")
    press(page, "Yes, revoke")
    page.get_by_text("No personal tokens yet").wait_for()
    assert ask(shop_server, "/api/v1/whoami", key=key)[0] == 403
