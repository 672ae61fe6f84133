"""A server on a PostgreSQL database, over the wire: answers, hang-ups, time limits, lost sessions."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from holoscope.app import build
from holoscope.cli.init_world import prepare_world
from holoscope.cli.sources import find_source
from holoscope.client import Client
from holoscope.kit.clock import system_clock
from holoscope.settings import load_settings
from support.live import Live, run_holoscope, start_server
from support.postgres import Own, own_database

RUN = "/api/v1/query/run"
TABLES = (
    "CREATE TABLE riders (id serial PRIMARY KEY, \"Full Name\" text NOT NULL, city text, token uuid)",
    "INSERT INTO riders (\"Full Name\", city, token) VALUES ('Ana', 'Delft', "
    "'00000000-0000-0000-0000-00000000000a'), ('Ben', 'Gent', NULL), ('Chloé', NULL, NULL)",
    "CREATE TABLE rides (id int PRIMARY KEY, rider_id int REFERENCES riders, fare numeric(8, 2), "
    "weight numeric, started timestamptz, extra jsonb)",
    "INSERT INTO rides VALUES (1, 1, 4.50, 1.25, '2026-01-31 23:30:00+00', '{\"a\": 1}'), "
    "(2, 1, 6.25, 2, '2026-02-01 10:00:00+00', NULL), (3, 2, 10.00, 0.1, '2026-02-02 10:00:00+00', NULL), "
    "(4, NULL, 1.00, NULL, NULL, NULL)",
    "CREATE VIEW slow AS SELECT g AS no FROM generate_series(1, 2000000000) g WHERE g % 7 <> 8",
    "CREATE VIEW million AS SELECT g AS no, g * 1.25 AS loose, (g * 1.01)::numeric(12, 2) AS price, "
    "'name ' || g AS name, timestamp '2026-01-01' + g * interval '1 s' AS at "
    "FROM generate_series(1, 1000000) g",
    "ANALYZE",
)  # fmt: skip


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_database() as database:
        database.do(*TABLES)
        yield database


@pytest.fixture(scope="module")
def live(own: Own, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    data = tmp_path_factory.mktemp("postgres") / "data"
    live = start_server(data, "init", "--connect", own.url, HOLOSCOPE_QUERY_TIMEOUT_SECONDS="120")
    try:
        yield live
    finally:
        live.process.terminate()
        live.process.wait(timeout=40)


@pytest.fixture(scope="module")
def client(live: Live) -> Iterator[httpx2.Client]:
    context = ssl.create_default_context(cafile=live.ca_file)
    with httpx2.Client(base_url=live.base_url, headers=live.headers, verify=context, timeout=60) as client:
        yield client


def ask(client: httpx2.Client, live: Live, result: str | None = "json", **query: Any) -> httpx2.Response:
    body: dict[str, Any] = {"query": {"modelId": live.model_id, **query}}
    return client.post(RUN, json=body if result is None else {**body, "resultType": result})


def until(is_so: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_answers_over_the_wire(client: httpx2.Client, live: Live) -> None:
    asked = {
        "table": "rides",
        "fields": ["riders.full_name", "rides.started[month]", "rides.count"],
        "join_via_map": {},
        "sorts": [{"column_name": "rides.started[month]"}, {"column_name": "riders.full_name"}],
    }
    answer = ask(client, live, **asked)
    assert answer.status_code == 200, answer.text
    assert [row["Full Name"] for row in answer.json()] == [None, "Ana", "Ana", "Ben"]
    plain = ask(client, live, table="rides", fields=["rides.fare", "rides.weight", "rides.extra"],
                sorts=[{"column_name": "rides.fare", "sort_descending": True}])  # fmt: skip
    assert [list(row.values()) for row in plain.json()] == [
        [10.0, 0.1, None], [6.25, 2, None], [4.5, 1.25, '{"a": 1}'], [1.0, None, None],
    ]  # fmt: skip
    uuids = ask(
        client,
        live,
        table="riders",
        fields=["riders.token"],
        filters={"riders.id": {"type": "number", "kind": "EQUALS", "values": [1]}},
    )
    assert list(uuids.json()[0].values()) == ["00000000-0000-0000-0000-00000000000a"]


def test_the_first_query_and_the_command_line(live: Live) -> None:
    done = run_holoscope(
        *("query", live.folder / "first-query.json", "--base-url", live.base_url),
        *("--ca-file", live.ca_file, "--format", "csv"),
        HOLOSCOPE_API_KEY=live.api_key,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 2


def test_mistakes_are_the_servers_sentences(client: httpx2.Client, live: Live, own: Own) -> None:
    own.do("ALTER TABLE rides RENAME COLUMN weight TO mass")
    try:
        answer = ask(client, live, table="rides", fields=["rides.weight", "rides.id"])
        assert 'column "rides.weight"' in answer.text or "column rides.weight does not exist" in answer.text
        assert "127.0.0.1" not in answer.text
    finally:
        own.do("ALTER TABLE rides RENAME COLUMN mass TO weight")


def test_connections_tell_neither_place_nor_password(client: httpx2.Client) -> None:
    answer = client.get("/api/v1/connections").json()["connections"]
    assert [(one["dialect"], one["defaultSchema"]) for one in answer] == [("postgres", "public")]
    assert "host" not in json.dumps(answer)
    assert "sealed" not in json.dumps(answer)


def test_a_hang_up_stops_the_statement(client: httpx2.Client, live: Live, own: Own) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        client.post(
            RUN,
            json={"query": {"modelId": live.model_id, "table": "slow", "fields": ["slow.count"], "limit": 5}},
            timeout=1.5,
        )
    assert until(lambda: own.running("slow") == 0, 10), "it would have run on"


def test_the_time_limit(own: Own, tmp_path: Path) -> None:
    """In this process, where the limit may be one second without hurrying the other tests."""
    source = find_source(own.url, tmp_path)
    settings = load_settings({"data_dir": tmp_path, "query_timeout_seconds": 1}, {})
    house = build(settings, tmp_path, clock=system_clock)
    try:
        world = prepare_world(house, source.wanted("limited"), None)
        with TestClient(
            house.asgi,
            base_url="https://localhost",
            headers={"Authorization": f"Bearer {world.api_key.reveal()}"},
        ) as client:
            query = {"modelId": world.model_id, "table": "slow", "fields": ["slow.count"]}
            answer = client.post(RUN, json={"query": query})
            assert "time limit" in answer.text
            assert until(lambda: own.running("slow") == 0)
    finally:
        house.close()


def test_lost_sessions_are_replaced(client: httpx2.Client, live: Live, own: Own) -> None:
    for field in ("id", "token", "full_name"):  # a question that nothing kept answers, each time
        answer = ask(client, live, table="riders", fields=[f"riders.{field}"], filters={
            "riders.id": {"type": "number", "kind": "LESS_THAN", "values": [90 + len(field)]}
        })  # fmt: skip
        assert answer.status_code == 200, answer.text
        assert len(answer.json()) >= 2
        assert own.terminate() >= 1


def test_a_million_rows_in_bounded_memory(live: Live) -> None:
    query = {
        "table": "million",
        "fields": ["million.no", "million.loose", "million.price", "million.name"],
        "limit": None,
    }
    with Client(live.base_url, live.api_key, ca_file=live.ca_file) as asking:
        assert asking.run({"modelId": live.model_id, **query, "limit": 10}).table.num_rows == 10
        before = memory(live)
        table = asking.run({"modelId": live.model_id, **query}).table
    assert table.num_rows == 1_000_000
    assert sum(table.column("million.no").to_pylist()) == 500_000_500_000
    assert memory(live) - before < 250


def test_a_refresh_finds_new_tables(client: httpx2.Client, live: Live, own: Own) -> None:
    own.do('CREATE TABLE "Late Comers" (id int PRIMARY KEY, "When" date)')
    own.do("INSERT INTO \"Late Comers\" VALUES (1, '2026-05-05')")
    begun = client.post(f"/api/v1/models/{live.model_id}/refresh").json()
    job = begun.get("job_id") or begun.get("jobId")
    assert until(lambda: "COMPLETED" in client.get(f"/api/v1/jobs/{job}/status").text), begun
    answer = ask(client, live, table="late_comers", fields=["late_comers.when", "late_comers.count"])
    assert [list(row.values()) for row in answer.json()] == [["2026-05-05", 1]], answer.text


def memory(live: Live) -> float:
    """MiB that the server's process has held at most."""
    text = Path(f"/proc/{live.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmHWM"))) / 1024
