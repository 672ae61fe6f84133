"""The audit log, limits and running queries in the settings."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.browser import needs_browser
from support.settings_pages import ask, join, look_at, press

pytestmark = needs_browser
SLOW = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"


def test_events_are_filtered_read_and_taken_along(admin_page, shop_server, tmp_path: Path) -> None:
    page = admin_page
    email, _ = join(shop_server, "Audited Person")
    page.goto("/settings/audit")
    page.get_by_role("row", name="Signed in").first.wait_for()
    look_at(page, "settings-audit")
    page.get_by_label("What happened").select_option(label="Signed in")
    page.get_by_label("By whom").fill(email)
    press(page, "Add Audited Person")
    page.get_by_text("1 in all").wait_for()
    press(page, "Details of Signed in")
    look_at(page, "settings-audit-event")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSON lines").click()
    path = tmp_path / "audit.jsonl"
    download.value.save_as(path)
    (event,) = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert event["action"] == "SIGN_IN"
    assert event["actor"]["email"] == email
    press(page, "Show everybody")
    page.get_by_label("Until").fill("2020-01-01T00:00")
    page.get_by_text("No such events").wait_for()


def test_limits_are_those_of_the_server(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/limits")
    page.get_by_text("Longest query").wait_for()
    said = ask(shop_server, "/api/v1/rate-limits")[1]
    shown = page.get_by_role("main").inner_text()
    assert f"{said['querySeconds']:.0f} seconds" in shown
    assert f"{said['mostQueries']:,}" in shown
    look_at(page, "settings-limits")


def test_a_query_under_way_is_seen_and_cancelled(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/settings/running")
    page.get_by_text("Nothing runs").wait_for()
    look_at(page, "settings-running-none")
    query = {"modelId": shop_server.model_id, "userEditedSQL": SLOW, "rewriteSql": False}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, shop_server, "/api/v1/query/run", method="POST", body={"query": query})
        page.get_by_role("button", name="Cancel the query of Shop Admin").wait_for()
        look_at(page, "settings-running")
        press(page, "Show SQL")
        assert "range(1000000)" in page.get_by_role("dialog").inner_text()
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        press(page, "Cancel the query of Shop Admin")
        press(page, "Yes, cancel it")
        page.get_by_text("Nothing runs").wait_for()
        assert "cancelled" in str(asked.result(timeout=20)).lower()
