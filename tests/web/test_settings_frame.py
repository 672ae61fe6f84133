"""What holds for every page of the settings: a title, narrow windows, addresses that do not exist."""

from __future__ import annotations

import pytest

from support.browser import needs_browser, shoot
from support.settings_pages import ask

pytestmark = needs_browser


def test_every_area_has_a_title_and_fits_a_narrow_window(admin_page, shop_server) -> None:
    page = admin_page
    page.set_viewport_size({"width": 768, "height": 900})
    page.goto("/settings")
    links = page.get_by_role("navigation", name="Settings").get_by_role("link")
    links.first.wait_for()
    assert links.count() == 13
    for index in range(links.count()):
        name = links.nth(index).inner_text()
        links.nth(index).click()
        page.get_by_role("heading", name=name, level=1).wait_for()
        assert page.title() == f"{name} · Holoscope"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    shoot(page, "settings-narrow")
    id_ = ask(shop_server, "/api/v1/whoami")[1]["user"]["membershipId"]
    page.goto(f"/settings/users/{id_}")
    page.get_by_role("heading", name="Roles on models").wait_for()
    shoot(page, "settings-user-narrow")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/settings/nowhere", "no such page"),
        ("/settings/users/8a0b0000-0000-4000-8000-000000000000", "does not exist"),
        ("/settings/groups/nogroup1", "does not exist"),
    ],
)
def test_addresses_of_nothing_say_so(admin_page, path: str, said: str) -> None:
    admin_page.goto(path)
    admin_page.get_by_text(said).wait_for()
    assert admin_page.get_by_role("navigation", name="Settings").is_visible()
