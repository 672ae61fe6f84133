"""One house for each module: its tests read, or change only what they made themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def admin(house: House) -> TestClient:
    return house.client()
