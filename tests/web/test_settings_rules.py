"""User attributes and custom roles in the settings."""

from __future__ import annotations

from support.browser import needs_browser, shoot
from support.settings_pages import HOSTILE, ask, look_at, press

pytestmark = needs_browser


def attribute(live, name: str) -> dict | None:
    records = ask(live, "/api/v1/user-attributes")[1]["records"]
    return next((each for each in records if each["name"] == name), None)


def test_an_attribute_is_made_changed_and_deleted_after_a_warning(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/attributes")
    press(page, "New attribute")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reference").fill("sales_region")
    dialog.get_by_label("Label").fill(HOSTILE)
    dialog.get_by_label("May hold several values").check()
    dialog.get_by_label("Default value").fill("East\nWest")
    look_at(page, "settings-attributes-form")
    press(page, "Create attribute")
    page.get_by_role("row", name=HOSTILE).wait_for()
    made = attribute(shop_server, "sales_region")
    assert made is not None
    assert (made["multiple_values"], made["default_value"]) == (True, ["East", "West"])
    look_at(page, "settings-attributes")

    press(page, f"Change {HOSTILE}")
    dialog.get_by_label("Type").select_option("Number")
    press(page, "Save")
    assert "not a number" in dialog.get_by_role("alert").inner_text()
    dialog.get_by_label("Default value").fill("7")
    press(page, "Save")
    dialog.wait_for(state="detached")
    assert attribute(shop_server, "sales_region")["default_value"] == ["7"]

    press(page, f"Delete {HOSTILE}")
    assert "refuse to run" in dialog.inner_text()
    shoot(page, "settings-attributes-delete")
    press(page, "Yes, delete")
    page.get_by_role("row", name=HOSTILE).wait_for(state="detached")
    assert attribute(shop_server, "sales_region") is None


def test_a_custom_role_is_made_refused_changed_and_deleted(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/roles")
    table = page.get_by_role("region", name="Built-in roles")
    assert table.get_by_role("row", name="Query topics").inner_text().count("✓") == 4
    page.get_by_text("No custom roles yet").wait_for()
    press(page, "New role")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Querier without AI")
    dialog.get_by_label("Query all views").check()
    press(page, "Create role")
    assert "QUERY_SQL reaches" in dialog.get_by_role("alert").inner_text()
    look_at(page, "settings-roles-form")
    dialog.get_by_label("Query all views").uncheck()
    dialog.get_by_label("Ask AI").check()
    press(page, "Create role")
    row = page.get_by_role("row", name="Querier without AI")
    row.wait_for()
    look_at(page, "settings-roles")
    (made,) = ask(shop_server, "/api/v1/custom-roles")[1]["records"]
    assert (made["baseRole"], made["deniedPermissions"]) == ("QUERIER", ["USE_AI"])

    admin = ask(shop_server, "/api/v1/whoami")[1]["user"]["membershipId"]
    connection = ask(shop_server, "/api/v1/connections")[1]["connections"][0]["id"]
    place = f"/api/v1/users/{admin}/model-roles"
    for role in (made["name"], "NO_ACCESS"):
        body = {"roleName": role, "connectionId": connection}
        assert ask(shop_server, place, method="POST", body=body)[0] == 200
        row.get_by_role("button", name="Delete").click()
        press(page, "Yes, delete")
        if role == made["name"]:
            assert "is given by 1 assignment" in dialog.get_by_role("alert").inner_text()
            press(page, "Cancel")
    row.wait_for(state="detached")
