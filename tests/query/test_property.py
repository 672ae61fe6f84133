"""Random queries over the shop, every cell compared with the plain-Python evaluator.

`PROPERTY_EXAMPLES` sets how many queries are tried in all (600 unless set, up to 50,000 at night); any
value but the default also draws fresh ones instead of the same ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from holoscope.kit.errors import HoloscopeError
from support.answers import difference
from support.asking import compile_body
from support.ground import Ground, open_ground, read_folder
from support.inquiries import queries
from support.naive import Answer, Refusal, evaluate
from support.shop import SHOP_MODEL_FOLDER, shop_database
from support.vocabulary import Place, places

SCALE = 0.0005  # 500 order items, the smallest shop there is
TOTAL = int(os.environ.get("PROPERTY_EXAMPLES", "600"))
NOW = datetime(2026, 6, 30, 15, 30, tzinfo=UTC)
TOPICS = [
    "completed_order_items", "events", "margins", "order_items", "regional_order_items", "supply",
    "users", "web_traffic", "view orders", "view users", "view inventory_items", "view web_sessions",
]  # fmt: skip
ZONES = st.sampled_from(["UTC", "UTC", "UTC", "America/New_York", "Asia/Tokyo"])
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from([("West",), ("East", "South"), ("ALL",), ("x' OR 1=1 --",)]),
        "team": st.sampled_from([("finance",), ("support",), ("finance", "support")]),
    },
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Ground]:
    with duckdb.connect(str(shop_database(scale=SCALE)), read_only=True) as connection:
        yield open_ground(connection, read_folder(Path(SHOP_MODEL_FOLDER)))


@pytest.fixture(scope="module")
def vocabulary(shop: Ground) -> dict[str, Place]:
    return places(shop)


CALM = settings(
    max_examples=max(1, -(-TOTAL // len(TOPICS))),
    derandomize="PROPERTY_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_cell_is_what_plain_python_says(topic: str, shop: Ground, vocabulary: dict[str, Place]) -> None:
    @CALM
    @given(queries(vocabulary[topic]), ZONES, ATTRIBUTES)
    def check(body: dict[str, Any], zone: str, attributes: dict[str, tuple[str, ...]]) -> None:
        ask: dict[str, Any] = {"attributes": attributes, "now": NOW, "time_zone": zone}
        expected = _expected(shop, body, ask)
        if isinstance(expected, Refusal):
            with pytest.raises(HoloscopeError) as caught:
                compile_body(shop.model, body, **ask)
            assert not expected.code.startswith(("plan_", "no_")) or caught.value.code == expected.code
            return
        compiled = compile_body(shop.model, body, **ask)
        note(compiled.sql)
        assert list(compiled.missing_fields) == expected.missing
        if expected.columns:
            names, rows = shop.run(compiled.sql)
            assert names == list(compiled.columns)
            assert difference(expected, names, rows) is None

    check()


def _expected(shop: Ground, body: dict[str, Any], ask: dict[str, Any]) -> Answer | Refusal:
    try:
        return evaluate(shop.model, body, shop.tables, **ask)
    except Refusal as refusal:
        return refusal
