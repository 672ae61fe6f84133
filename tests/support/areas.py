"""A walk through every area of the web application, each with what shows that it stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.live import Live

if TYPE_CHECKING:
    from playwright.sync_api import Page

SETTINGS = (
    *("keys", "users", "groups", "attributes", "roles", "organization", "connections", "embed"),
    *("sessions", "applications", "running", "limits", "audit"),
)


@dataclass(frozen=True)
class Area:
    """One address, and a selector of what is there when it is ready to be looked at."""

    name: str
    path: str
    ready: str


def question(fields: list[str], **more: object) -> str:
    """Return a query as the workbook's address has it (web/src/explore/query/codec.ts)."""
    text = json.dumps({"f": fields, **more})
    return "1." + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def areas(live: Live) -> list[Area]:
    """Return every area that an administrator sees."""
    book = f"/explore/{live.model_id}/order_items"
    asked = f"{book}?q={question(['order_items.created_at[month]', 'order_items.total_sale_price'])}"
    return [
        Area("home", "/", "#main table"),
        Area("explore", "/explore", "#main a[href*='/explore/']"),
        Area("workbook", book, "section[aria-label=Fields] button"),
        Area("rows", asked, "[role=grid]"),
        Area("chart", f"{asked}&tab=chart", "#main canvas, #main svg[class]"),
        Area("sql", f"{asked}&tab=sql", ".cm-content"),
        Area("models", "/models", "#main table"),
        Area("editor", f"/models/{live.model_id}/ide?file=main/orders.view", ".cm-content"),
        *(
            Area(f"settings-{each}", f"/settings/{each}", "#main :is(table, form, dl, [class*=empty])")
            for each in SETTINGS
        ),
        Area("profile", "/profile", "#main form"),
        Area("reference", "/api-reference", "#main h1"),
        Area("reference-query", "/api-reference/queryRun", "#main h1"),
    ]


def walk(page: Page, live: Live) -> Iterator[Area]:
    """Go to each area in turn and stand there."""
    for area in areas(live):
        page.goto(area.path)
        page.locator(area.ready).first.wait_for()
        yield area
