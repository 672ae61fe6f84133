"""One browser and one demo server for all the tests of this folder that a worker runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.browser import chromium, open_browser, open_page, sign_in
from support.live import Live, live_server


@pytest.fixture(scope="package")
def shop_server() -> Iterator[Live]:
    with live_server() as live:
        yield live


@pytest.fixture(scope="package")
def browser():
    if chromium() is None:
        pytest.skip("needs the distribution's Chromium (package chromium)")
    with open_browser() as opened:
        yield opened


@pytest.fixture
def page(browser, shop_server):
    with open_page(browser, shop_server) as opened:
        yield opened


@pytest.fixture
def admin_page(page, shop_server):
    sign_in(page, shop_server.admin_email, shop_server.admin_password)
    return page
