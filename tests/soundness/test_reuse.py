"""Random pairs of questions: whenever one is answered from the other's result, the warehouse says the same.

`REUSE_EXAMPLES` sets how many pairs are tried in each of four settings (340 unless set, thousands at night);
any value but the default also draws fresh ones, whose seed is printed when one fails.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from holoscope.kit.errors import HoloscopeError
from holoscope.query.reuse.containment import Refusal
from holoscope.runs.reuse import loaded
from holoscope.runs.reuse.engine import Engine
from support.asking import compile_body
from support.containing import Bench, asking, difference, pairs
from support.ground import Ground, open_ground, read_folder
from support.vocabulary import Place, places

WORLD = Path(__file__).parents[1] / "query" / "world"
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TOTAL = int(os.environ.get("REUSE_EXAMPLES", "340"))
TOPICS = [
    "rides", "all_riders", "billing", "fares", "known_rides", "matched", "walk_right", "pairs", "trades",
    "real_rides", "busy", "regional", "wild", "sunday", "view trips", "view riders", "view passes",
]  # fmt: skip
PEOPLE = st.fixed_dictionaries(
    {"region": st.sampled_from([("N",), ("S", "N"), ("ALL",)]), "station": st.just(("%e%",))},
    optional={"country": st.just(("NL",)), "team": st.just(("finance",))},
)
CALM = settings(
    max_examples=max(1, TOTAL // len(TOPICS)),
    derandomize="REUSE_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=[0, 1])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The bike-share world by hand, and one of random rows in the same tables."""
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    if request.param:
        _scatter(connection, random.Random(request.param))
    yield open_ground(connection, read_folder(WORLD / "model"))
    connection.close()


def _scatter(connection: duckdb.DuckDBPyConnection, dice: random.Random) -> None:
    """Put random rows into the tables: NULLs, keys that point nowhere, equal rows where keys allow them."""
    start = datetime(2025, 10, 20)

    def maybe(value: object) -> object:
        return None if dice.random() < 0.15 else value

    connection.execute("DELETE FROM trips; DELETE FROM passes; DELETE FROM invoices; DELETE FROM fare_lines;")
    for number in range(1, 61):
        begun = maybe(
            start + timedelta(hours=dice.randrange(0, 3600), seconds=dice.choice([0, 0, 1799, 3599]))
        )
        ended = begun + timedelta(minutes=dice.randrange(1, 99)) if isinstance(begun, datetime) else None
        fare = maybe(round(dice.choice([0, 1.1, 4.5, 5, 7.75, 99.99]), 2))
        row = (number, maybe(dice.randrange(1, 9)), maybe(dice.randrange(1, 6)), maybe(dice.randrange(1, 6)),
               begun, ended, fare, maybe(dice.choice([0.1, 0.2, 0.7, 2.5, 8])),
               maybe(dice.choice(["done", "lost", "void", "", "pending"])), maybe(dice.random() < 0.3),
               maybe(start.replace(tzinfo=UTC) + timedelta(hours=dice.randrange(0, 3600))))  # fmt: skip
        connection.execute("INSERT INTO trips VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)
        for line in range(dice.choice([0, 1, 1, 2])):
            connection.execute(
                "INSERT INTO fare_lines VALUES (?,?,?,?)", (number, line, dice.choice(["base", "fee"]), fare)
            )
    for number in range(1, 26):
        day = (start + timedelta(days=dice.randrange(0, 140))).date()
        connection.execute(
            "INSERT INTO passes VALUES (?,?,?,?)",
            (maybe(dice.randrange(1, 9)), dice.choice(["day", "month"]), maybe(5), maybe(day)),
        )
        connection.execute(
            "INSERT INTO invoices VALUES (?,?,?,?,?,?)",
            (number, maybe(dice.randrange(1, 9)), maybe(dice.randrange(0, 50)), maybe(day),
             maybe(dice.random() < 0.5), maybe(dice.choice(["ok", "OK", ""]))),
        )  # fmt: skip


@pytest.fixture(scope="module", params=["as it is", "numbered"])
def bench(ground: Ground, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The engine reads rows as they are, as it does with few, or with numbered groups, as with many."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numbered":
            patch.setattr(loaded, "_PAYS_FROM", 0)
            patch.setattr(loaded, "_PAYS_BY", 0)
        yield Bench(asking(ground.connection), Engine(256))


@pytest.fixture(scope="module")
def known(ground: Ground) -> dict[str, Place]:
    return places(ground)


TRIED: Counter[str] = Counter()
ACCEPTED: Counter[str] = Counter()


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_derived_is_what_the_warehouse_says(
    ground: Ground, bench: Bench, known: dict[str, Place], topic: str
) -> None:
    @CALM
    @given(
        pair=pairs(known[topic]),
        people=PEOPLE,
        others=st.none() | st.none() | PEOPLE,
        zone=st.sampled_from(["UTC", "UTC", "America/New_York", "Asia/Kolkata"]),
    )
    def check(pair: Any, people: Any, others: Any, zone: str) -> None:
        wide, narrow = pair
        note(f"{wide}\n{narrow}")
        try:
            theirs = compile_body(ground.model, wide, attributes=people, now=NOW, time_zone=zone)
            asked = compile_body(ground.model, narrow, attributes=others or people, now=NOW, time_zone=zone)
        except HoloscopeError:
            return
        TRIED[topic] += 1
        derived = bench.derive(theirs, asked)
        if isinstance(derived, Refusal):
            return
        ACCEPTED[topic] += 1
        note(f"{theirs.sql}\n{asked.sql}")
        own = bench.ask(asked.sql)
        assert not difference(derived, own, ordered="default_group_by" not in narrow)

    check()


def test_a_fair_part_of_the_pairs_was_derived() -> None:
    """Runs after the others, over their count: a proof that always declines would be sound, too."""
    if sum(TRIED.values()) >= 100:
        assert sum(ACCEPTED.values()) >= 0.2 * sum(TRIED.values()), (ACCEPTED, TRIED)
