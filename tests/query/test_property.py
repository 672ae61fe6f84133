"""Random queries over the shop and the bike-share world, every cell compared with the plain-Python evaluator.

`PROPERTY_EXAMPLES` sets how many queries are tried in all (1,500 unless set, up to 50,000 at night); any
value but the default also draws fresh ones instead of the same ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

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
from support.postgres import PostgresGround, PostgresRoom, why_no_server
from support.shop import SHOP_MODEL_FOLDER, shop_database
from support.vocabulary import Place, places

WORLD = Path(__file__).parent / "world"
SCALE = 0.0005  # 500 order items, the smallest shop there is
TOTAL = int(os.environ.get("PROPERTY_EXAMPLES", "1500"))
TOPICS = [
    "completed_order_items", "events", "margins", "order_items", "regional_order_items", "supply",
    "users", "web_traffic", "view orders", "view users", "view inventory_items", "view web_sessions",
]  # fmt: skip
_ELSEWHERE = 4  # of so many questions, one is asked of the second engine too
ZONES = st.sampled_from(["UTC", "UTC", "UTC", "America/New_York", "Asia/Tokyo"])
SHOP_PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from([("West",), ("East", "South"), ("ALL",), ("x' OR 1=1 --",)]),
        "team": st.sampled_from([("finance",), ("support",), ("finance", "support")]),
    },
)
WORLD_TOPICS = [
    "rides", "all_riders", "billing", "fares", "known_rides", "matched", "walk_right", "pairs", "trades",
    "real_rides", "busy", "regional", "wild", "two_rules",
]  # fmt: skip
WORLD_PEOPLE = st.fixed_dictionaries(
    {
        "region": st.sampled_from([("N",), ("S", "N"), ("ALL",)]),
        "station": st.sampled_from([("%e%",), ("C%", "M%")]),
    },
    optional={"country": st.just(("NL",)), "team": st.just(("finance",))},
)
CALM = settings(
    max_examples=max(1, TOTAL // (len(TOPICS) + len(WORLD_TOPICS))),
    derandomize="PROPERTY_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Ground]:
    with duckdb.connect(str(shop_database(scale=SCALE)), read_only=True) as connection:
        yield open_ground(connection, read_folder(SHOP_MODEL_FOLDER))


@pytest.fixture(scope="module")
def vocabulary(shop: Ground) -> dict[str, Place]:
    return places(shop)


@pytest.fixture(scope="module")
def world() -> Ground:
    """The shop joins by LEFT alone; this one has every kind of join, compound keys and duplicate rows."""
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    return open_ground(connection, read_folder(WORLD / "model"))


@pytest.fixture(scope="module")
def elsewhere(world: Ground, request: pytest.FixtureRequest) -> PostgresGround | None:
    """The same world in PostgreSQL, None where there is no server; the pages say so."""
    if why_no_server() is not None:
        return None
    room: PostgresRoom = request.getfixturevalue("postgres")
    return room.ground("", "", world.connection, lambda: read_folder(WORLD / "model"))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_cell_of_the_shop_is_what_plain_python_says(
    topic: str, shop: Ground, vocabulary: dict[str, Place]
) -> None:
    _try(shop, vocabulary[topic], SHOP_PEOPLE, datetime(2026, 6, 30, 15, 30, tzinfo=UTC))


@pytest.mark.parametrize("topic", WORLD_TOPICS)
def test_every_cell_of_the_world_is_what_plain_python_says(
    topic: str, world: Ground, elsewhere: PostgresGround | None
) -> None:
    _try(world, places(world)[topic], WORLD_PEOPLE, datetime(2026, 3, 10, 15, 0, tzinfo=UTC), elsewhere)


def _try(
    ground: Ground,
    place: Place,
    people: st.SearchStrategy[dict[str, Any]],
    now: datetime,
    elsewhere: PostgresGround | None = None,
) -> None:
    @CALM
    @given(queries(place), ZONES, people)
    def check(body: dict[str, Any], zone: str, attributes: dict[str, tuple[str, ...]]) -> None:
        ask: dict[str, Any] = {"attributes": attributes, "now": now, "time_zone": zone}
        expected = _expected(ground, body, ask)
        if isinstance(expected, Refusal):
            with pytest.raises(HoloscopeError) as caught:
                compile_body(ground.model, body, **ask)
            assert not expected.code.startswith(("plan_", "no_")) or caught.value.code == expected.code
            return
        compiled = compile_body(ground.model, body, **ask)
        note(compiled.sql)
        assert list(compiled.missing_fields) == expected.missing
        if expected.columns:
            names, rows = ground.run(compiled.sql)
            assert names == list(compiled.columns)
            assert difference(expected, names, rows) is None
        if expected.columns and elsewhere is not None and crc32(compiled.sql.encode()) % _ELSEWHERE == 0:
            there = compile_body(elsewhere.model, body, **ask, dialect=elsewhere.dialect)
            note(there.sql)
            names, rows = elsewhere.run(there.sql)
            assert difference(expected, names, rows) is None

    check()


def _expected(ground: Ground, body: dict[str, Any], ask: dict[str, Any]) -> Answer | Refusal:
    try:
        return evaluate(ground.model, body, ground.tables, **ask)
    except Refusal as refusal:
        return refusal
