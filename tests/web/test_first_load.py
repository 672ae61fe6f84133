"""What a browser loads before the first page stands stays small; charts and editors come when asked for."""

from __future__ import annotations

import pytest
from bench.first_load import STATIC, first_load

MOST_BYTES = 200_000
LATER = ("ChartPanel", "Code", "ExplorePage", "IdePage", "ReferencePage", "SettingsPage")

pytestmark = pytest.mark.skipif(
    not (STATIC / "index.html").is_file(), reason="needs the built web application (make app)"
)


def test_the_way_from_sign_in_to_the_home_page_is_light() -> None:
    files = first_load()
    assert sum(files.values()) < MOST_BYTES, files
    assert not [name for name in files if name.startswith(LATER)]


def test_no_page_brings_charts_or_editors_before_they_are_shown() -> None:
    for page in ("ExplorePage", "SettingsPage", "ProfilePage"):
        assert not [name for name in first_load(page) if name.startswith(("ChartPanel", "Code-"))]
