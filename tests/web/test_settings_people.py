"""Users, invitations and groups in the settings."""

from __future__ import annotations

from uuid import uuid4

from support.browser import needs_browser, shoot
from support.settings_pages import HOSTILE, LONG, ask, join, look_at, press

pytestmark = needs_browser


def test_a_user_is_found_changed_and_deactivated(admin_page, shop_server) -> None:
    page = admin_page
    email, _ = join(shop_server, HOSTILE)
    group = ask(shop_server, "/api/v1/user-groups", method="POST", body={"name": f"Team {uuid4().hex[:6]}"})[
        1
    ]
    page.goto("/settings/users")
    page.get_by_role("row", name=email).wait_for()
    look_at(page, "settings-users")
    page.get_by_label("Search by name or e-mail").fill(email[:8].upper())
    page.get_by_text("1 in all").wait_for()
    page.get_by_role("link", name=email).click()
    page.get_by_role("heading", name=HOSTILE).wait_for()

    page.get_by_label("Add to a group").fill(group["name"][2:])
    press(page, f"Add {group['name']}")
    page.get_by_role("list", name="Groups").get_by_text(group["name"]).wait_for()

    press(page, "Change Sales Region")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Values, one a line").fill("East\nWest")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    row = page.get_by_role("region", name="User attributes").get_by_role("row", name="Sales Region")
    assert "East, West" in row.inner_text()
    assert "Set for this user" in row.inner_text()

    press(page, "Give a role")
    dialog.get_by_label("Role").select_option("MODELER")
    shoot(page, "settings-user-role")
    press(page, "Give role")
    dialog.wait_for(state="detached")
    given = page.get_by_role("region", name="Roles on models").last.get_by_role("row", name="Modeler")
    assert "Given directly" in given.inner_text()
    assert "Counts" in given.inner_text()
    look_at(page, "settings-user")

    id_ = page.url.rsplit("/", 1)[1]
    said = ask(shop_server, f"/api/v1/users/{id_}")[1]
    assert [each["id"] for each in said["groups"]] == [group["id"]]
    assert {"USER"} <= {each["from"]["type"] for each in said["modelRoles"]}
    press(page, "Deactivate")
    press(page, "Yes, deactivate")
    page.get_by_text("This user is deactivated").wait_for()
    assert ask(shop_server, f"/api/v1/users/{id_}")[1]["active"] is False


def test_the_last_administrator_stays_one_and_the_page_says_why(admin_page, shop_server) -> None:
    page = admin_page
    id_ = ask(shop_server, "/api/v1/whoami")[1]["user"]["membershipId"]
    page.goto(f"/settings/users/{id_}")
    form = page.get_by_role("form", name="Profile")
    form.get_by_label("Role").select_option("MEMBER")
    press(page, "Save")
    assert "administrator" in form.get_by_role("alert").inner_text()
    press(page, "Deactivate")
    press(page, "Yes, deactivate")
    assert "administrator" in page.get_by_role("dialog").get_by_role("alert").inner_text()
    look_at(page, "settings-last-administrator")
    press(page, "Cancel")


def test_an_invitation_is_shown_once_and_withdrawn(admin_page, shop_server) -> None:
    page = admin_page
    first, second = (f"{uuid4().hex[:8]}@people.example" for _ in range(2))
    page.goto("/settings/users")
    page.get_by_role("tab", name="Invitations").click()
    press(page, "Invite people")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail addresses").fill("nobody")
    press(page, "Create links")
    assert "nobody" in dialog.get_by_role("alert").inner_text()
    dialog.get_by_label("E-mail addresses").fill(f"{first}\n{second}")
    look_at(page, "settings-invite")
    press(page, "Create links")
    link = dialog.get_by_role("textbox", name=f"Link for {first}").inner_text()
    assert link.startswith(shop_server.base_url)
    look_at(page, "settings-invite-links")
    press(page, "Done, I have copied them")
    page.get_by_role("row", name=first).wait_for()
    assert link not in page.content()
    look_at(page, "settings-invitations")
    press(page, f"Withdraw the invitation of {first}")
    press(page, "Yes, withdraw")
    page.get_by_role("row", name=first).wait_for(state="detached")
    open_ = [each["email"] for each in ask(shop_server, "/api/v1/invitations")[1]["records"]]
    assert second in open_
    assert first not in open_


def test_a_group_is_made_filled_given_a_role_and_deleted(admin_page, shop_server) -> None:
    page = admin_page
    email, _ = join(shop_server, LONG)
    name = f"{HOSTILE} {uuid4().hex[:6]}"
    page.goto("/settings/groups")
    press(page, "New group")
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    press(page, "Create group")
    page.get_by_role("heading", name=name).wait_for()
    page.get_by_label("Add a member").fill(email)
    press(page, f"Add {LONG}")
    page.get_by_role("list", name="Members").get_by_text(email).wait_for()
    press(page, "Give a role")
    press(page, "Give role")
    page.get_by_role("region", name="Roles on models").last.get_by_role("row", name="Querier").wait_for()
    look_at(page, "settings-group")
    id_ = page.url.rsplit("/", 1)[1]
    assert [each["email"] for each in ask(shop_server, f"/api/v1/user-groups/{id_}")[1]["members"]] == [email]
    page.get_by_role("link", name="All groups").click()
    page.get_by_role("row", name=name).wait_for()
    look_at(page, "settings-groups")
    page.get_by_role("link", name=name).click()
    press(page, "Delete group")
    press(page, "Yes, delete")
    page.get_by_text("is deleted. Look whether").wait_for()
    page.wait_for_url("**/settings/groups")
    assert ask(shop_server, f"/api/v1/user-groups/{id_}")[0] == 404
