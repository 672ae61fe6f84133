"""Bodies that are broken in every way: what comes of them is an answer or a sentence, never a crash."""

from __future__ import annotations

import copy
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from holoscope.kit.errors import HoloscopeError
from support.asking import compile_body
from support.cases import NOW, read_pages
from support.ground import Ground, open_model, read_folder

HERE = Path(__file__).parents[1]
ODD: list[Any] = [
    None, True, False, 0, -1, 1e300, 10**18, "", " ", "x", "'", '"; DROP TABLE trips; --', "%", "\\", "\\,",
    ",", "null", "not", "-", "--", ">", "1e999", "nan", "last 99999999999 years", "0001-01-01", "9999-12-31",
    "9999999 years ago", "\N{FULLWIDTH DIGIT NINE}", "é" * 300, "\x00", "\N{GRINNING FACE}", [], {}, [[]],
    [None], [{}], {"type": None}, {"type": "composite"}, {"type": "composite", "filters": "x"},
    {"values": [None]}, {"filters": [{}]}, ["x"] * 3, {"type": "date", "kind": "QUERY_OFFSET"}, {"data": 1},
    {"": ""}, "trips.id[month]", "trips.id[10]", "trips.",
]  # fmt: skip
PAGES = [*read_pages(HERE / "language"), *read_pages(HERE / "cases")]
BODIES = [
    case.query
    for case in PAGES
    if case.page in ("controls", "query_offset", "expression_strings", "composite")
    or case.page.startswith("filters")
]


@pytest.fixture(scope="module")
def ground() -> Ground:
    connection = duckdb.connect()
    connection.execute((HERE / "world" / "tables.sql").read_text("utf-8"))
    return open_model(connection, read_folder(HERE / "world" / "model"))


def spots(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List every place in a body."""
    found = [path] if path else []
    if isinstance(node, dict):
        return found + [spot for key, value in node.items() for spot in spots(value, (*path, key))]
    if isinstance(node, list):
        return found + [spot for key, value in enumerate(node) for spot in spots(value, (*path, key))]
    return found


def broken(body: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    for _ in range(luck.randint(1, 3)):
        all_spots = spots(changed)
        if not all_spots:
            break
        *way, last = luck.choice(all_spots)
        node: Any = changed
        for step in way:
            node = node[step]
        if luck.random() < 0.15 and isinstance(node, dict):
            del node[last]
        else:
            node[last] = copy.deepcopy(luck.choice(ODD))
    return changed


def outcome(ground: Ground, body: dict[str, Any], zone: str) -> str | None:
    """Tell what is wrong with what came of a body; None for an answer or a sentence."""
    try:
        compiled = compile_body(
            ground.model, body, attributes={}, now=datetime.fromisoformat(NOW), time_zone=zone
        )
        ground.run(compiled.sql)
    except HoloscopeError as error:
        return None if 400 <= error.status < 500 and len(error.detail) < 2500 else f"{error.status} {error}"
    except Exception as error:  # the point of the test
        return f"{type(error).__name__}: {error}"
    return "answered"


@pytest.mark.parametrize("seed", range(8))
def test_a_broken_body_is_answered_or_refused(ground: Ground, seed: int) -> None:
    luck = random.Random(seed)
    found = []
    for _ in range(250):
        body = broken(luck.choice(BODIES), luck)
        zone = luck.choice(["UTC", "America/New_York", "Asia/Kathmandu"])
        told = outcome(ground, body, zone)
        assert told in (None, "answered"), f"{told}\n{body}"
        found.append(told)
    assert found.count("answered") > 5
