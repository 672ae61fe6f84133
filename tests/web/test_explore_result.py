"""The workbook's SQL, inspector, chart, history and grid of many rows."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from support.browser import needs_browser, shoot, sign_in, violations
from support.explore_pages import add, cells, run, settle
from support.settings_pages import HOSTILE, ask, join, look_at

pytestmark = needs_browser


@pytest.fixture
def book(admin_page, shop_server):
    page = admin_page
    page.goto(f"/explore/{shop_server.model_id}/order_items")
    page.get_by_role("region", name="Fields").wait_for()
    return page


def write_sql(page, sql: str) -> None:
    page.get_by_role("tab", name="SQL").click()
    page.get_by_role("button", name="Write SQL").click()
    page.get_by_role("textbox", name="SQL by hand").fill(sql)
    page.keyboard.press("Control+Enter")
    page.get_by_role("grid").wait_for()


def rewrite(page, sql: str) -> None:
    """Empty the editor by its own keys first: over coloured text the browser would put styles of its own."""
    box = page.get_by_role("textbox", name="SQL by hand")
    box.press("Control+a")
    box.press("Delete")
    box.fill(sql)


def test_the_sql_of_a_query_is_shown_and_may_be_edited(book) -> None:
    page = book
    add(page, "order status", "is:measure count")
    page.get_by_role("tab", name="SQL").click()
    page.get_by_text("GROUP BY").first.wait_for()
    look_at(page, "explore-sql")
    page.get_by_role("button", name="Edit as SQL").click()
    page.get_by_role("textbox", name="SQL by hand").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_role("grid").wait_for()
    look_at(page, "explore-sql-by-hand")
    page.get_by_role("button", name="Back to fields").click()
    page.get_by_role("button", name="Options of Status").wait_for()


def test_a_member_without_the_right_to_see_sql_has_rows_and_a_sentence(page, shop_server) -> None:
    email, password = join(shop_server, "Topic Asker")
    member = ask(shop_server, f"/api/v1/users?search={email}")[1]["records"][0]["id"]
    given = {"roleName": "QUERY_TOPICS", "modelId": shop_server.model_id}
    assert ask(shop_server, f"/api/v1/users/{member}/model-roles", method="POST", body=given)[0] == 200
    sign_in(page, email, password, then=f"/explore/{shop_server.model_id}/order_items")
    add(page, "order status", "is:measure count")
    run(page)
    page.get_by_role("tab", name="SQL").click()
    page.get_by_text("You may not see the SQL of this model").wait_for()
    assert page.get_by_role("button", name="SQL").count() == 0
    look_at(page, "explore-no-sql")


def test_back_and_forward_lead_from_question_to_question(book) -> None:
    page = book
    add(page, "order status", "is:measure count")
    run(page)
    first = page.url
    add(page, "is:measure total sales")
    run(page)
    assert urlsplit(page.url).query != urlsplit(first).query
    page.go_back()
    page.get_by_role("columnheader", name="Total Sales").wait_for(state="detached")
    assert page.url == first
    page.go_forward()
    page.get_by_role("columnheader", name="Total Sales").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The query has changed since it ran.").wait_for()
    page.keyboard.press("Control+Shift+Z")
    page.get_by_text("The query has changed since it ran.").wait_for(state="detached")
    page.reload()
    page.get_by_role("columnheader", name="Total Sales").wait_for()


def test_keys_open_what_the_help_says_and_the_inspector_tells(book) -> None:
    page = book
    page.locator("body").press("/")
    assert page.get_by_role("searchbox", name="Search fields").evaluate(
        "node => node === document.activeElement"
    )
    page.keyboard.press("Escape")
    add(page, "order status", "is:measure count")
    page.keyboard.press("Control+Enter")
    page.get_by_role("grid").press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    shoot(page, "explore-help")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+i")
    page.get_by_text("asked of the database").or_(page.get_by_text("answered from the cache")).wait_for()
    page.keyboard.press("Control+Shift+Enter")
    settle(page)
    page.get_by_text("asked of the database").wait_for()
    look_at(page, "explore-inspector")


def test_names_and_values_that_look_like_markup_are_text(book) -> None:
    page = book
    value = HOSTILE.replace("'", "''")
    write_sql(page, f"select '{value}' as \"{HOSTILE.replace(chr(34), '')}\", count(*) as n from users")
    assert cells(page, 1) == [HOSTILE]
    assert page.title() != "taken"
    assert page.locator("[role=grid] img").count() == 0
    shoot(page, "explore-hostile")


def test_a_query_that_takes_long_counts_its_seconds_and_is_cancelled(book, shop_server) -> None:
    page = book
    slow = "select count(*) from order_items a, order_items b, order_items c where a.id + b.id > c.id * 7"
    page.get_by_role("tab", name="SQL").click()
    page.get_by_role("button", name="Write SQL").click()
    page.get_by_role("textbox", name="SQL by hand").fill(slow)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Running, 1 s").wait_for()
    shoot(page, "explore-running")
    page.get_by_role("button", name="Cancel").click()
    settle(page)
    for _ in range(50):
        if not ask(shop_server, "/api/v1/running-queries")[1]["records"]:
            break
        page.wait_for_timeout(100)
    assert ask(shop_server, "/api/v1/running-queries")[1]["records"] == []
    rewrite(page, "select nothing from nowhere")
    page.keyboard.press("Control+Enter")
    assert "nowhere" in page.get_by_role("alert").inner_text()
    rewrite(page, "select  from ${order_items}")
    page.keyboard.press("Control+Home")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    add(page, "order status")
    assert "select ${order_items.status} from" in page.get_by_role("textbox", name="SQL by hand").inner_text()


def test_chosen_cells_are_copied_as_a_spreadsheet_takes_them(book, shop_server) -> None:
    page = book
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=shop_server.base_url)
    write_sql(page, "select 'a' as one, 1 as two union all select 'b', 2 order by 1")
    grid = page.get_by_role("grid")
    grid.press("Control+a")
    grid.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "one\ttwo\na\t1\nb\t2"
    page.locator("#cell-1-0").click()
    grid.press("Shift+ArrowRight")
    grid.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "b\t2"


def test_fifty_thousand_rows_scroll_without_long_frames(book) -> None:
    page = book
    write_sql(
        page,
        "select a.id as one, b.id as other, a.sale_price, a.status, a.created_at"
        " from order_items a, order_items b order by 1, 2 limit 50000",
    )
    page.get_by_role("tab", name="Table").click()
    page.get_by_text("50,000 rows").wait_for()
    median = page.evaluate(
        """async () => {
          const grid = document.querySelector('[role=grid]');
          const frames = [];
          let last = performance.now();
          for (let at = 0; at < 90; at += 1) {
            grid.scrollTop += at < 60 ? 160 : 40_000;
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            frames.push(now - last);
            last = now;
          }
          return frames.sort((a, b) => a - b)[45];
        }"""
    )
    assert page.get_by_role("row").count() < 150
    assert median < 50
    grid = page.get_by_role("grid")
    grid.press("Control+End")
    page.locator("#cell-49999-4").wait_for()
    shoot(page, "explore-many")
    assert violations(page) == []


def test_a_chart_is_drawn_and_kept_as_a_picture(book) -> None:
    page = book
    add(page, "order status", "is:measure count")
    run(page)
    page.get_by_role("tab", name="Chart").click()
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as made:
        page.get_by_role("menuitem", name="Chart as PNG").click()
    assert made.value.path().read_bytes().startswith(b"\x89PNG")
    look_at(page, "explore-chart")
