"""The numbers of the bodies that wait for a part of the engine."""

from __future__ import annotations

import re

import pytest

WAITING = {
    3: "periods compared",
}
"""Bodies that are written and not yet answered; each leaves this list as its part arrives."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        number = re.match(r"test_(\d\d)_", item.name)
        if number and "query/bodies" in item.nodeid and int(number[1]) in WAITING:
            item.add_marker(pytest.mark.xfail(reason=WAITING[int(number[1])], strict=False))
