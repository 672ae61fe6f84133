"""The workbook: from a topic to a question, its answer, and back."""

from __future__ import annotations

import pytest

from support.browser import needs_browser, shoot, violations

pytestmark = needs_browser


@pytest.fixture
def book(admin_page, shop_server):
    page = admin_page
    page.goto(f"/explore/{shop_server.model_id}/order_items")
    page.get_by_role("region", name="Fields").wait_for()
    return page


def add(page, name: str) -> None:
    page.get_by_role("searchbox", name="Search fields").fill(name)
    page.get_by_role("listitem").locator("button[aria-pressed=false]").first.click()
    page.get_by_role("searchbox", name="Search fields").fill("")


def run(page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("grid").wait_for()


def test_from_the_start_page_to_rows(admin_page) -> None:
    page = admin_page
    page.goto("/explore")
    page.get_by_role("link", name="What was sold").click()
    page.get_by_role("heading", name="Ask something").wait_for()
    shoot(page, "explore-empty")
    add(page, "category")
    add(page, "total sales")
    run(page)
    assert page.get_by_role("columnheader", name="Category").count() == 1
    assert page.get_by_role("gridcell").nth(1).inner_text().startswith("$")
    shoot(page, "explore-rows")
    assert violations(page) == []
