"""The numbers of the acceptance cases that wait for a part of the engine."""

from __future__ import annotations

import re

import pytest

WAITING = {
    39: "periods compared",
}
"""Cases that are written and not yet answered; each leaves this list as its part arrives."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        number = re.match(r"test_(\d\d)_", item.name)
        if number and "acceptance" in item.nodeid and "query" in item.nodeid and int(number[1]) in WAITING:
            item.add_marker(pytest.mark.xfail(reason=WAITING[int(number[1])], strict=False))
