"""The model editor: from a branch and a mistake to the merged model."""

from __future__ import annotations

from support.browser import needs_browser, shoot, violations
from support.ide_pages import at_end, make_branch, open_file, press, save, texts

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
