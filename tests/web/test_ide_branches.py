"""Branches in the model editor: tried, compared, merged; and what stands against a merge."""

from __future__ import annotations

import pytest

from support.browser import needs_browser, shoot, violations
from support.ide_pages import at_end, make_branch, open_file, press, save, texts, write
from support.settings_pages import look_at

pytestmark = needs_browser
FILE = "main/users.view"
MEASURE = "  oldest_age:\n    sql: ${age}\n    aggregate_type: max\n"


def test_from_a_branch_over_a_query_to_the_merged_model(admin_page, shop_server) -> None:
    page, live = admin_page, shop_server
    branch_id, name = make_branch(live)
    open_file(page, live, FILE, branch_id=branch_id)
    at_end(page, MEASURE)
    save(page)
    press(page, "Try a query")
    page.get_by_label("Topic", exact=True).select_option("users")
    for field in ("Oldest Age", "Gender"):
        page.get_by_label("Find a field").fill(field)
        page.get_by_role("button", name=field).first.click()
    page.keyboard.press("Control+Enter")
    page.get_by_role("grid").get_by_text("Oldest Age").wait_for()
    page.get_by_role("tab", name="SQL").click()
    page.get_by_text("MAX(users.age)").wait_for()
    link = page.get_by_role("link", name="Open in Explore").get_attribute("href") or ""
    assert f"/explore/{live.model_id}/users?branch={branch_id}&q=" in link
    page.get_by_role("button", name="Changes 1").click()
    page.get_by_role("heading", name=FILE).wait_for()
    page.locator(".cm-merge-b").get_by_text("oldest_age").wait_for()
    look_at(page, "ide-changes")
    assert "oldest_age" not in texts(live, FILE)["text"]
    press(page, "Merge…")
    page.get_by_label("What this changes").fill("The oldest of each group")
    look_at(page, "ide-merge")
    press(page, "Merge")
    page.get_by_text(f"Merged {name}").wait_for()
    page.get_by_role("button", name="Where to work: Shared model").wait_for()
    assert "oldest_age" in texts(live, FILE)["text"]


def test_what_stands_against_a_merge_is_named(admin_page, shop_server) -> None:
    page, live = admin_page, shop_server
    branch_id, _ = make_branch(live)
    model = texts(live, "model")["text"]
    write(live, "model", model.replace("label: Shop", "label: Branch shop"), branch_id=branch_id)
    write(live, "model", model.replace("label: Shop", "label: Another shop"))
    try:
        open_file(page, live, "model", branch_id=branch_id)
        press(page, "Merge…")
        page.get_by_role("alert").get_by_text("model: label").wait_for()
        assert page.get_by_role("button", name="Merge", exact=True).is_disabled()
        shoot(page, "ide-merge-conflict")
        assert violations(page) == []
    finally:
        write(live, "model", model)


def test_a_new_topic_is_written_saved_renamed_and_deleted(admin_page, shop_server) -> None:
    page, live = admin_page, shop_server
    branch_id, _ = make_branch(live)
    open_file(page, live, FILE, branch_id=branch_id)
    press(page, "File")
    page.get_by_role("menuitem", name="New topic").click()
    page.get_by_label("Name", exact=True).fill("../people")
    press(page, "Create")
    page.get_by_role("alert").get_by_text("Use letters").wait_for()
    page.get_by_label("Name", exact=True).fill("people")
    press(page, "Create")
    page.get_by_label("Text of people.topic").wait_for()
    save(page)
    assert texts(live, "people.topic", branch_id=branch_id)["text"].startswith("base_view: users")
    press(page, "File")
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("persons")
    press(page, "Rename")
    page.get_by_label("Text of persons.topic").wait_for()
    press(page, "File")
    page.get_by_role("menuitem", name="Delete…", exact=True).click()
    press(page, "Delete")
    page.get_by_text("There is no file persons.topic here.").wait_for()


@pytest.mark.parametrize("answer", ["Stay", "Leave"])
def test_leaving_asks_about_what_is_not_saved(admin_page, shop_server, answer: str) -> None:
    page, live = admin_page, shop_server
    open_file(page, live, "events.topic")
    at_end(page, "hidden: true\n")
    page.get_by_role("link", name="Explore", exact=True).click()
    page.get_by_text("typed in 1 file and not saved").wait_for()
    if answer == "Leave":
        press(page, "Leave")
        page.wait_for_url("**/explore")
    else:
        press(page, "Cancel")
        assert "hidden: true" in page.locator(".cm-content").inner_text()
        page.get_by_role("button", name="Save", exact=True).wait_for()
