"""What the browser itself holds the application to: its policy, its cookies, its stores, its frames."""

from __future__ import annotations

import re

import pytest

from support.areas import question, walk
from support.browser import needs_browser, shoot
from support.ide_pages import make_branch, write
from support.settings_pages import HOSTILE, TURNED

pytestmark = needs_browser

BROKEN_OUT = '"></span><script>document.title="taken"</script>'
HUGE = "Long " + "w" * 10_000

# Puts code into the page in the ways that hostile text would; gives what ran and what the policy refused.
INJECTED = """
() => new Promise((done) => {
  window.ran = []; const refused = [];
  document.addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective));
  const script = document.createElement('script');
  script.textContent = "window.ran.push('script')";
  document.body.append(script);
  const place = document.createElement('div');
  place.innerHTML = `<img src="x:" onerror="window.ran.push('onerror')">`
    + `<a href="javascript:window.ran.push('link')">`;
  document.body.append(place);
  place.querySelector('a').click();
  // Later, since what a debugger evaluates at once is free of the policy.
  setTimeout(() => {
    try { new Function("window.ran.push('text')")(); } catch { /* refused, which is counted */ }
  });
  const style = document.createElement('style');
  style.textContent = '#root { display: none }';
  document.body.append(style);
  setTimeout(() => {
    const hidden = getComputedStyle(document.getElementById('root')).display === 'none';
    place.remove(); script.remove(); style.remove();
    done([[...window.ran, ...(hidden ? ['style'] : [])], refused.sort()]);
  }, 500);
})
"""


def test_the_policy_runs_nothing_that_is_not_a_file_of_the_server(browser, shop_server) -> None:
    # A context of its own: what is refused is an error in the console, which other tests forbid.
    context = browser.new_context(base_url=shop_server.base_url, ignore_https_errors=True)
    try:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("E-mail").fill(shop_server.admin_email)
        page.get_by_label("Password").fill(shop_server.admin_password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.locator("#main h1").wait_for()
        ran, refused = page.evaluate(INJECTED)
    finally:
        context.close()
    assert ran == []
    assert {"script-src-attr", "script-src-elem", "script-src", "style-src-elem"} <= set(refused)


def test_nothing_secret_is_kept_or_written_into_an_address_by_any_area(admin_page, shop_server) -> None:
    page = admin_page
    secrets = [cookie["value"] for cookie in page.context.cookies()]
    secrets += [shop_server.admin_password, shop_server.api_key, shop_server.embed_secret]
    secrets.append(page.evaluate("fetch('api/v1/session').then((r) => r.json()).then((s) => s.csrfToken)"))
    assert all(len(each) > 8 for each in secrets)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for area in walk(page, shop_server):
        kept = page.evaluate(
            "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
            ".then((others) => [Object.keys(localStorage), Object.keys(sessionStorage),"
            " ...others.map((each) => each.length), document.cookie])"
        )
        assert set(kept[0]) <= {"holoscope.appearance"}, area
        assert kept[1:] == [[], 0, 0, 0, ""], area
        asked.append(page.url)
    assert not [url for url in asked for each in secrets if each in url]


def test_the_cookies_of_a_session_are_out_of_reach(admin_page) -> None:
    cookies = admin_page.context.cookies()
    assert cookies
    for cookie in cookies:
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] in ("Lax", "Strict")
        assert cookie["name"].startswith("__Host-"), cookie["name"]


@pytest.mark.parametrize("path", ["/", "/settings/keys", "/sign-in"])
def test_another_site_cannot_put_the_application_into_a_frame(browser, shop_server, path: str) -> None:
    context = browser.new_context(ignore_https_errors=True)
    try:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.set_content(f'<iframe src="{shop_server.base_url}{path}"></iframe>')
        page.wait_for_function("window.frames.length === 1")
        for _ in range(50):
            if said:
                break
            page.wait_for_timeout(100)
        assert re.search(r"frame-ancestors|X-Frame-Options", " ".join(said)), said
        assert page.frames[1].url.startswith("chrome-error:")
    finally:
        context.close()


def view(label: str) -> str:
    quoted = HOSTILE.replace("'", "''")
    said = label.replace("\\", "\\\\").replace('"', '\\"')
    return f"""schema: main
table_name: orders
label: "{said}"
dimensions:
  id:
    primary_key: true
    hidden: true
  worst:
    sql: CASE WHEN ${{id}} % 2 = 0 THEN '{quoted}' ELSE '{TURNED}' END
    label: "{said}"
    group_label: "{said}"
    description: "{said}"
measures:
  many:
    aggregate_type: count
    label: "Count {said}"
"""


@pytest.mark.parametrize(
    "label", [HOSTILE, BROKEN_OUT, TURNED, HUGE], ids=["image", "script", "turned", "huge"]
)
def test_hostile_names_and_values_are_text_everywhere(admin_page, shop_server, label: str) -> None:
    page, live = admin_page, shop_server
    branch, _ = make_branch(live)
    write(live, "hostile.view", view(label), branch_id=branch)
    write(live, "hostile.topic", f"base_view: hostile\nlabel: |-\n  {label}\n", branch_id=branch)
    at = f"branch={branch}&q={question(['hostile.worst', 'hostile.many'])}"
    name = re.match(r"\W*(\w+)", label)[1].lower()
    page.goto(f"/explore/{live.model_id}/hostile?{at}")
    page.get_by_role("grid").wait_for()
    fields = page.get_by_role("region", name="Fields")
    assert label in fields.inner_text().replace("\n", "")
    grid = page.get_by_role("grid")
    assert HOSTILE in grid.inner_text()
    assert label in grid.inner_text()
    shoot(page, f"hostile-rows-{name}")
    page.goto(f"/explore/{live.model_id}/hostile?{at}&tab=chart")
    page.locator("#main canvas, #main svg.marks").first.wait_for()
    shoot(page, f"hostile-chart-{name}")
    page.goto(f"/models/{live.model_id}/ide?file=hostile.view&branch={branch}")
    page.locator(".cm-content").wait_for()
    shoot(page, f"hostile-editor-{name}")
    assert "taken" not in page.title()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.goto(f"/explore?branch={branch}")
    page.locator("#main a").first.wait_for()
