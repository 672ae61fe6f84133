"""A PostgreSQL database of a test module's own, where there is a server to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.postgres import Own, own_database


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_database() as database:
        yield database
