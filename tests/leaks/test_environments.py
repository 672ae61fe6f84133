"""Nothing of one environment reaches those who are led to another, by whatever they ask, in whatever order.

Every database holds a text of 128 bits and an amount of its own. Random members ask random questions, under
every cache policy, as themselves and through an organization's key, while values move between environments.
`LEAK_ENVIRONMENTS` sets how many questions (240 unless set), `LEAK_SEED` where they begin.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

import holoscope
from support.environments import LINKS, REGIONS, RUN, WAIT, Environments, build_environments, results
from support.seeds import seed_of

TOTAL = int(os.environ.get("LEAK_ENVIRONMENTS", "240"))
PLACES = ("shop", *REGIONS)
QUERIES: list[dict[str, Any]] = [
    {"table": "people", "fields": ["people.name"]},
    {"table": "people", "fields": ["people.name", "people.count"]},
    {"table": "people", "fields": ["people.id", "people.name"], "limit": 2},
    {"join_paths_from_topic_name": "orders", "fields": ["people.name", "orders.total"], "filters": {}},
    {"join_paths_from_topic_name": "orders", "fields": ["orders.total"], "filters": {}},
    {"table": "orders", "fields": ["orders.state", "orders.total"]},
    {"table": "orders", "fields": ["orders.total"]},
    {"userEditedSQL": "SELECT ${people.name} FROM ${people}"},
    {"userEditedSQL": "select name, 1 as one from people", "rewriteSql": False},
    {"table": "people", "fields": ["people.name", "orders.state"], "pivots": ["orders.state"],
     "join_paths_from_topic_name": "orders", "filters": {}},
]  # fmt: skip
CACHES = ("Standard", "SkipRequery", "SkipRequery", "SkipCache")
KINDS = (None, None, "csv", "json")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Environments]:
    made = build_environments(tmp_path)
    yield made
    made.house.close()


def mark(world: Environments, random: Random) -> dict[str, tuple[bytes, bytes]]:
    """Write a text and an amount into each database that no other one has, and return them by place."""
    marks = {}
    for place in PLACES:
        text, amount = f"{random.getrandbits(128):032x}", random.randrange(10**6, 10**7)
        database = duckdb.connect(str(world.folder / f"{place}.duckdb"))
        database.execute(
            f"UPDATE people SET name = '{text}'; UPDATE orders SET amount = {amount} + 0.01 * id"
        )
        database.close()
        marks[place] = (text.encode(), str(amount).encode())
    return marks


def test_no_answer_crosses(world: Environments) -> None:
    random = Random(f"{seed_of('LEAK_SEED')}/environments")
    marks = mark(world, random)
    leads = {region: region for region in REGIONS}
    members: list[tuple[str, str, TestClient]] = []
    for value in (*REGIONS, *REGIONS, "nowhere", ""):
        member_id, client = world.newcomer("member", *([value] if value else []))
        members.append((value, member_id, client))
    jobs: list[tuple[str, str, TestClient]] = []
    shown = 0
    for number in range(TOTAL):
        if number % 40 == 39:
            leads = swap(world, leads)
        value, member_id, client = random.choice(members)
        place = leads.get(value, "shop")
        kind = random.choice(KINDS)
        envelope: dict[str, Any] = {"cache": random.choice(CACHES)}
        if kind is not None:
            envelope["resultType"] = kind
        asks, params = client, {}
        if random.random() < 0.3:
            asks, params = world.admin, {"userId": member_id}
        query = random.choice(QUERIES)
        answer = asks.post(RUN, json=world.body(envelope, **query), params=params)
        assert answer.status_code == 200, answer.text
        shown += look(answer.content, place, marks, kind is None)
        if kind is None:
            job_id = answer.content.split(b'"job_id":"')[1][:36].decode()
            jobs.append((place, job_id, asks))
        if jobs and random.random() < 0.3:
            where, job_id, asker = random.choice(jobs)
            again = asker.get(WAIT, params={"jobIds": job_id})
            look(again.content, where, marks, True)
    assert shown > TOTAL / 3


def swap(world: Environments, leads: dict[str, str]) -> dict[str, str]:
    """Let the values of the two environments change places."""
    after = {value: leads[other] for value, other in zip(REGIONS, reversed(REGIONS), strict=True)}
    for values in ({}, {place: value for value, place in after.items()}):
        for region, id_ in world.links.items():
            said = {"userAttributeValues": [values[region]] if region in values else []}
            assert world.admin.put(f"{LINKS}/{id_}", json=said).status_code == 200
    return after


def look(content: bytes, place: str, marks: dict[str, tuple[bytes, bytes]], is_lines: bool) -> bool:
    """Fail when an answer holds what stands elsewhere; tell whether it holds what stands in `place`."""
    whole = content + decoded(content) if is_lines else content
    for other, found in marks.items():
        if other != place:
            assert not [text for text in found if text in whole], f"{other} shows in an answer of {place}"
    return any(text in whole for text in marks[place])


def decoded(content: bytes) -> bytes:
    """Return the results in lines, as one text of what their cells hold."""
    return "\n".join(str(row) for row in results(content)).encode()


def test_warehouses_are_reached_only_where_the_environment_is_chosen() -> None:
    """A new door to the data goes through `http/asking.py`, or says here why it need not."""
    rooms = Path(holoscope.__file__).parent
    found = {
        path.relative_to(rooms).as_posix()
        for path in (rooms / "http").rglob("*.py")
        if re.search(r"\.(warehouse_of|compiler\.(load|compile))\(|\bload_for\(", path.read_text("utf-8"))
    }
    assert found == {"http/asking.py", "http/routers/topics.py"}
