"""The web application in a real browser: what the first page loads, when it answers, scrolling, typing.

`python -m bench web` wants the built application (`make app`) and the distribution's Chromium.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.first_load import first_load
from bench.live import Live, live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SCALE = 0.06
ROWS = 50_000
VIEWS, FIELDS = 20, 500
SLOWER = 4
COLUMNS = (
    "id",
    "order_id",
    "user_id",
    "inventory_item_id",
    "status",
    "sale_price",
    "created_at",
    "shipped_at",
)
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]

# Long tasks, as the browser itself counts them.
_WATCH = """
window.__tasks = [];
new PerformanceObserver((list) => window.__tasks.push(...list.getEntries().map((each) => each.duration)))
  .observe({type: 'longtask', buffered: true});
"""

# The moment after the paint that first shows the page's heading and its rows.
_STANDS = """
new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(performance.now());
  const look = () => document.querySelector('#main h1') && document.querySelector('#main table')
    ? requestAnimationFrame(() => port2.postMessage(0))
    : requestAnimationFrame(look);
  look();
})
"""

# Scrolls the grid by `step` rows a frame for `frames` frames (0: anywhere); gives the frames' lengths in ms.
_SCROLL = """
([step, frames]) => new Promise((done) => {
  const grid = document.querySelector('[role=grid]');
  const lengths = []; let last, at = 0, seed = 1;
  grid.scrollTop = 0;
  const tick = (now) => {
    if (last !== undefined) lengths.push(now - last);
    last = now;
    seed = (seed * 48271) % 2147483647;
    if (step) grid.scrollTop += step * 28; else grid.scrollTop = (seed / 2147483647) * grid.scrollHeight;
    if (at++ < frames) requestAnimationFrame(tick); else done(lengths);
  };
  requestAnimationFrame(tick);
})
"""

# From a key to the paint of the letter, and to the paint of the last change of the list it caused.
_TYPED = """
() => {
  const box = document.querySelector('input[type=search]');
  const list = box.closest('section');
  window.__typed = [];
  let begun, entry;
  const painted = (then) => requestAnimationFrame(() => {
    const c = new MessageChannel(); c.port1.onmessage = then; c.port2.postMessage(0); });
  box.addEventListener('keydown', (event) => {
    begun = event.timeStamp; entry = [0, 0]; window.__typed.push(entry);
    const mine = entry, from = begun;
    painted(() => { mine[0] = performance.now() - from; });
  }, true);
  new MutationObserver(() => {
    const mine = entry, from = begun;
    if (mine) painted(() => { mine[1] = performance.now() - from; });
  }).observe(list, {childList: true, subtree: true, characterData: true, attributes: true});
}
"""


def run() -> None:
    """Measure and print everything about the web application."""
    files = first_load()
    print(f"\n## Web application: first load {sum(files.values()) / 1000:.0f} KB gzip in {len(files)} files")
    with live(SCALE) as server, _browser() as browser:
        _loading(browser, server)
        _scrolling(browser, server)
        _typing(browser, server)


def _loading(browser: Browser, server: Live) -> None:
    print(f"\n## From the address to a page that answers, CPU {SLOWER} times slower")
    for name, is_warm in (("nothing kept by the browser", False), ("files kept by the browser", True)):
        times, blocked = [], []
        for _ in range(7):
            with _page(browser, server) as page:
                if is_warm:
                    page.goto("/")
                    page.evaluate(_STANDS)
                else:
                    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
                    page.goto("about:blank")
                _slow(page, SLOWER)
                page.goto("/", wait_until="commit")
                times.append(page.evaluate(_STANDS))
                blocked.append(sum(length - 50 for length in page.evaluate("window.__tasks")))
        print(f"{name:32s} {_spread(times)} ms, of it in long tasks {_spread(blocked)} ms")


def _scrolling(browser: Browser, server: Live) -> None:
    fields = [f"order_items.{name}" for name in COLUMNS]
    word = base64.urlsafe_b64encode(json.dumps({"f": fields, "l": ROWS}).encode()).decode().rstrip("=")
    with _page(browser, server) as page:
        page.goto(f"/explore/{server.model_id}/order_items?q=1.{word}")
        page.locator("[role=grid]").or_(page.get_by_role("button", name="Run", exact=True)).first.wait_for()
        if not page.locator("[role=grid]").count():
            page.get_by_role("button", name="Run", exact=True).click()
        page.locator("[role=grid]").wait_for(timeout=60_000)
        rows = int(page.locator("[role=grid]").get_attribute("aria-rowcount") or 0) - 1
        print(f"\n## Scrolling {rows:,} rows of {len(fields)} columns; frames in ms")
        for name, step in (("3 rows a frame", 3), ("40 rows a frame", 40), ("anywhere each frame", 0)):
            page.wait_for_timeout(500)
            browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
            lengths = sorted(page.evaluate(_SCROLL, [step, 300]))
            busy = _busy(json.loads(browser.stop_tracing()))
            print(
                f"{name:32s} median {statistics.median(lengths):.1f}, 99th of 100 {lengths[-3]:.1f}, "
                f"longest {lengths[-1]:.1f}, {sum(each > 50 for each in lengths)} of {len(lengths)} over 50; "
                f"longest task {busy[-1]:.1f} of the thread's own time, 99th of 100 {busy[-3]:.1f}"
            )


def _busy(trace: dict[str, Any]) -> list[float]:
    """Milliseconds of its own time that the page's main thread spent in each of the 300 longest tasks."""
    events = trace["traceEvents"]
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    spent = [each.get("tdur", 0) / 1000 for each in events if (each["pid"], each["tid"]) in mains]
    return sorted(spent)[-300:]


def _typing(browser: Browser, server: Live) -> None:
    server.post(f"/api/v1/models/{server.model_id}/yaml", {"fileName": "wide.topic", "yaml": _wide_topic()})
    for number in range(VIEWS):
        body = {"fileName": f"wide_{number}.view", "yaml": _wide_view(number)}
        server.post(f"/api/v1/models/{server.model_id}/yaml", body)
    with _page(browser, server) as page:
        page.goto(f"/explore/{server.model_id}/wide")
        box = page.get_by_role("searchbox", name="Search fields")
        box.wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        page.evaluate(_TYPED)
        print(f"\n## Typing in the field search, {VIEWS * FIELDS:,} fields; key to paint in ms")
        box.focus()
        for _ in range(3):
            for letter in "dimension 12":
                page.keyboard.press("Space" if letter == " " else letter)
                page.wait_for_timeout(200)
            for _ in "dimension 12":
                page.keyboard.press("Backspace")
                page.wait_for_timeout(200)
        typed: list[list[float]] = page.evaluate("window.__typed")
        print(f"{'the letter':32s} {_spread([each[0] for each in typed])}, {_over(typed, 0)} over 50")
        print(
            f"{'the list':32s} {_spread([each[1] for each in typed if each[1]])}, {_over(typed, 1)} over 50"
        )


def _wide_view(number: int) -> str:
    half = FIELDS // 2
    text = "schema: main\ntable_name: users\ndimensions:\n  id:\n    primary_key: true\n"
    text += "".join(
        f"  d{m}:\n    sql: ${{id}} + {m}\n    label: Dimension {number * half + m}\n    description: {m}\n"
        for m in range(half - 1)
    )
    return (
        text
        + "measures:\n"
        + "".join(
            f"  m{m}:\n    sql: ${{d{m % (half - 1)}}}\n    aggregate_type: sum\n    label: Sum {m}\n"
            for m in range(half)
        )
    )


def _wide_topic() -> str:
    joins = "".join(f"  wide_{number}: {{}}\n" for number in range(1, VIEWS))
    links = "".join(
        f"  - join_from_view: wide_0\n    join_to_view: wide_{number}\n"
        f"    on_sql: ${{wide_0.id}} = ${{wide_{number}.id}}\n    relationship_type: one_to_one\n"
        for number in range(1, VIEWS)
    )
    return f"base_view: wide_0\njoins:\n{joins}relationships:\n{links}"


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):.0f} [{ordered[0]:.0f}-{ordered[-1]:.0f}]" if ordered else "none"


def _over(typed: list[list[float]], part: int) -> str:
    return f"{sum(each[part] > 50 for each in typed)} of {len(typed)}"


def _slow(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


@contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _page(browser: Browser, server: Live) -> Iterator[Page]:
    """A signed-in page of a fresh profile."""
    options: dict[str, Any] = {"viewport": {"width": 1360, "height": 860}, "ignore_https_errors": True}
    context = browser.new_context(base_url=server.base_url, **options)
    try:
        page = context.new_page()
        page.goto("/sign-in")
        values = json.loads((server.folder / "demo.json").read_text())
        page.get_by_label("E-mail").fill(values["admin_email"])
        page.get_by_label("Password").fill(values["admin_password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.locator("#main").wait_for()
        page.add_init_script(_WATCH)
        yield page
    finally:
        context.close()
