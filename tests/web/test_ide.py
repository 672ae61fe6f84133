"""The model editor: from a branch and a mistake to the merged model."""

from __future__ import annotations

from support.browser import needs_browser, shoot, violations
from support.ide_pages import at_end, make_branch, middle_of, open_file, own_text, press, save, texts, write
from support.settings_pages import look_at

pytestmark = needs_browser


def test_models_show_what_they_stand_on(admin_page) -> None:
    page = admin_page
    page.goto("/models")
    page.get_by_role("link", name="Shop", exact=True).wait_for()
    page.get_by_text("Shop warehouse").wait_for()
    shoot(page, "models")
    assert violations(page) == []


def test_a_mistake_is_seen_while_typing_and_saved_on_the_branch_alone(admin_page, shop_server) -> None:
    page, live = admin_page, shop_server
    before = texts(live, "main/orders.view")["text"]
    page.goto(f"/models/{live.model_id}/ide?file=main/orders.view")
    page.get_by_role("button", name="Where to work").click()
    page.get_by_role("menuitem", name="New branch").click()
    page.get_by_label("Name", exact=True).fill("fees/highest")
    press(page, "Create")
    page.get_by_text("On the branch fees/highest").wait_for()
    at_end(page, "  highest_fee:\n    sql: ${shipping_fee}\n    agregate_type: max\n")
    page.get_by_role("button", name="error").click()
    row = page.get_by_role("region", name="Problems").get_by_role("listitem")
    fix = row.get_by_role("button", name='Rename to "aggregate_type"')
    fix.wait_for()
    shoot(page, "ide-problem")
    assert violations(page) == []
    fix.click()
    page.get_by_role("button", name="No problems").wait_for()
    save(page)
    assert texts(live, "main/orders.view")["text"] == before


def test_completion_knows_keys_by_their_place_and_fields_by_their_view(admin_page, shop_server) -> None:
    page = admin_page
    branch_id, _ = make_branch(shop_server)
    open_file(page, shop_server, "main/orders.view", branch_id=branch_id)
    at_end(page, "  highest_fee:\n    ")
    page.keyboard.type("aggr")
    page.get_by_role("option", name="aggregate_type").wait_for()
    shoot(page, "ide-completion")
    page.get_by_role("option", name="aggregate_type").click()
    page.get_by_role("option", name="max", exact=True).click()
    page.keyboard.type("\nsql: ${total_ship")
    page.get_by_role("option", name="total_shipping_fee").click()
    assert page.locator(".cm-content").inner_text().rstrip().endswith("sql: ${total_shipping_fee}")


def test_a_name_leads_to_its_definition_and_says_what_it_is(admin_page, shop_server) -> None:
    page = admin_page
    open_file(page, shop_server, "margins.topic")
    x, y = middle_of(page, "inventory_items.cost")
    page.mouse.move(x, y)
    page.locator(".cm-explanation").get_by_text("inventory_items.cost").wait_for()
    shoot(page, "ide-hover")
    page.keyboard.down("Control")
    page.mouse.click(x, y)
    page.keyboard.up("Control")
    page.get_by_label("Text of main/inventory_items.view").wait_for()
    page.locator(".cm-activeLine", has_text="cost:").wait_for()
    page.go_back()
    page.get_by_label("Text of margins.topic").wait_for()
    page.keyboard.press("Control+p")
    page.get_by_role("combobox").fill("users.region")
    page.get_by_role("option", name="users.region").wait_for()
    shoot(page, "ide-quick-open")
    page.keyboard.press("Enter")
    page.locator(".cm-activeLine", has_text="region:").wait_for()


def test_a_mirrored_table_is_read_only_until_the_model_says_more(admin_page, shop_server) -> None:
    page, live = admin_page, shop_server
    own = own_text(live, "distribution_centers.view")
    write(live, "distribution_centers.view", "", mode="extension")
    try:
        open_file(page, live, "main/distribution_centers.view", problems=True)
        page.get_by_text("Schema, as in the database").wait_for()
        page.get_by_text("Read only: this file mirrors").wait_for()
        shoot(page, "ide-schema")
        assert page.locator(".cm-content").get_attribute("contenteditable") == "false"
        press(page, "Change it in this model")
        at_end(page, "label: Warehouses\n")
        page.get_by_text("not saved", exact=True).first.wait_for()
    finally:
        write(live, "distribution_centers.view", own, mode="extension")


def test_the_schema_is_refreshed_and_its_job_followed(admin_page) -> None:
    page = admin_page
    page.goto("/models")
    press(page, "Refresh schema")
    page.get_by_role("dialog").get_by_role("button", name="Refresh schema").click()
    page.get_by_text("The schema is as the database is now.").wait_for()


def test_the_page_is_usable_on_a_tablet(admin_page, shop_server) -> None:
    page = admin_page
    page.set_viewport_size({"width": 768, "height": 1024})
    open_file(page, shop_server, "order_items.topic")
    press(page, "Try a query")
    page.get_by_label("Find a field").wait_for()
    look_at(page, "ide-tablet")
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
