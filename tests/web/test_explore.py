"""The workbook: from a topic to a question, its answer, and what can be done with it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.browser import needs_browser, shoot, violations
from support.explore_pages import add, cells, run, settle

pytestmark = needs_browser


@pytest.fixture
def book(admin_page, shop_server):
    page = admin_page
    page.goto(f"/explore/{shop_server.model_id}/order_items")
    page.get_by_role("region", name="Fields").wait_for()
    return page


def test_from_the_start_page_to_rows_and_a_file(admin_page, tmp_path: Path) -> None:
    page = admin_page
    page.goto("/explore")
    page.get_by_role("link", name="What was sold").click()
    page.get_by_role("heading", name="Ask something").wait_for()
    shoot(page, "explore-empty")
    add(page, "product category", "total sales")
    run(page)
    assert cells(page, 2)[0].startswith("$")
    shoot(page, "explore-rows")
    page.get_by_role("columnheader", name="Total Sales").get_by_role("button").click()
    page.locator("[aria-sort=descending]").wait_for()
    settle(page)
    shown = [float(each.replace("$", "").replace(",", "")) for each in cells(page, 2)]
    assert shown == sorted(shown, reverse=True)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as made:
        page.get_by_role("menuitem", name="CSV", exact=True).click()
    made.value.save_as(tmp_path / "rows.csv")
    written = list(csv.reader(io.StringIO((tmp_path / "rows.csv").read_text())))
    assert written[0] == ["Product Category", "Total Sales"]
    assert [float(row[1]) for row in written[1:]] == shown


def test_filters_are_read_in_words_and_hold(book) -> None:
    page = book
    add(page, "status", "is:measure count")
    page.get_by_role("searchbox", name="Search fields").fill("sold")
    page.get_by_role("button", name="Filter by Sold", exact=True).first.click()
    box = page.get_by_role("combobox", name="Filter on Order Items Sold")
    box.fill("last 2 complete month")
    page.get_by_text("complete month").wait_for()
    shoot(page, "explore-filter-words")
    box.fill("2025-01 to 2025-07")
    page.get_by_text("2025-01-01 up to 2025-07-01").wait_for()
    page.get_by_role("searchbox", name="Search fields").fill("status")
    page.get_by_role("button", name="Filter by Status", exact=True).first.click()
    box = page.get_by_role("combobox", name="Filter on Order Items Status")
    box.fill("comp")
    option = page.get_by_role("option", name="Complete", exact=True)
    option.wait_for()
    shoot(page, "explore-filter-values")
    option.click()
    page.keyboard.press("Control+Enter")
    page.get_by_role("grid").wait_for()
    assert cells(page, 1) == ["Complete"]
    page.get_by_role("button", name="Options of Order Items Status").click()
    shoot(page, "explore-filter-menu")
    page.get_by_role("menuitem", name="One of several is enough").click()
    page.get_by_text("And one at least of these").wait_for()
    page.get_by_role("combobox", name="Filter on Order Items Sold").fill("last x days")
    page.get_by_role("alert").wait_for()
    shoot(page, "explore-filter-wrong")
    assert violations(page) == []


def test_a_pivoted_result_is_wide_with_totals_and_sorts_by_one_of_its_columns(book) -> None:
    page = book
    add(page, "order status", "is:measure total sales", "sold quarter")
    page.get_by_role("button", name="Options of Status").click()
    page.get_by_role("menuitemradio", name="Values as columns").click()
    for total in ("Total row", "Total column"):
        page.get_by_role("button", name="Layout").click()
        page.get_by_role("menuitemradio", name=total).click()
    run(page)
    page.get_by_role("columnheader", name="Total Sales Returned").get_by_role("button").click()
    page.locator("[aria-sort=descending]").wait_for()
    settle(page)
    shoot(page, "explore-pivot")
    column = page.get_by_role("columnheader", name="Total Sales Returned").get_attribute("aria-colindex")
    shown = [float(each.replace("$", "").replace(",", "") or 0) for each in cells(page, int(column or 0))]
    assert shown[:-1] == sorted(shown[:-1], reverse=True)
    assert shown[-1] == pytest.approx(sum(shown[:-1]))
    assert violations(page) == []


def test_a_narrow_window_has_everything_and_all_columns_of_a_wide_result(book) -> None:
    page = book
    page.set_viewport_size({"width": 768, "height": 900})
    add(page, "is:measure total sales", "product category", "sold year")
    page.get_by_role("button", name="Options of Product Category").click()
    page.get_by_role("menuitemradio", name="Values as columns").click()
    run(page)
    page.get_by_role("grid").press("End")
    shoot(page, "explore-narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
    assert violations(page) == []
