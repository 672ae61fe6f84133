"""What tests of the workbook do over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def add(page: Page, *searches: str) -> None:
    """Search a field by each text and add the first that is found."""
    fields = page.get_by_role("region", name="Fields")
    box = page.get_by_role("searchbox", name="Search fields")
    for search in searches:
        box.fill(search)
        fields.get_by_role("status").wait_for()
        fields.locator("button[aria-pressed=false]").first.click()
    box.fill("")


def run(page: Page) -> None:
    """Run the query and wait for its rows."""
    page.get_by_role("button", name="Run", exact=True).click()
    settle(page)
    page.get_by_role("grid").wait_for()


def settle(page: Page) -> None:
    """Wait until no query runs."""
    page.get_by_role("button", name="Run", exact=True).wait_for()


def cells(page: Page, column: int) -> list[str]:
    """Return the texts of a column, counted from 1, of the rows in sight."""
    return page.locator(f"[role=gridcell][aria-colindex='{column}']").all_inner_texts()
