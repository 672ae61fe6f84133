"""An environment of another dialect, and in a schema of another name: the model's files are the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from holoscope.access.roles import Role
from holoscope.cli.servers import read_url, stored_settings
from holoscope.kit.clock import system_clock
from holoscope.modelstore.connections import WantedConnection, ensure_connection
from support.environments import LINKS, Environments, ask, build_environments, rows
from support.house_model import ROWS
from support.postgres import own_database

TENANT = (
    "CREATE SCHEMA main",
    "CREATE TABLE main.people AS SELECT 1 AS id, 1 AS region_id, 'another tenant''s' AS name",
    "CREATE SCHEMA tenant_a",
    "SET search_path = tenant_a",
    *(statement for statement in ROWS.split(";\n") if statement.strip()),
    "UPDATE people SET name = 'west ' || name",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environments]:
    with own_database() as own:
        own.do(*TENANT)
        made = build_environments(tmp_path_factory.mktemp("dialects"))
        house = made.house
        server = read_url(f"{own.url}?schema=tenant_a", {})
        stored = ensure_connection(
            house.database,
            system_clock,
            house.organization_id,
            WantedConnection(
                "west", "postgres", server.database, server.schema, Role.NO_ACCESS, stored_settings(server)
            ),
        )
        ids = {"baseConnectionId": house.connection_id, "environmentConnectionIds": stored.id}
        link = made.admin.post(LINKS, json=ids).json()["data"][0]["id"]
        made.admin.put(f"{LINKS}/{link}", json={"userAttributeValues": "west, occident"})
        yield made
        house.close()


@pytest.fixture(scope="module")
def west(world: Environments) -> TestClient:
    return world.newcomer("west", "west")[1]


SAMPLES: list[dict[str, Any]] = [
    {"table": "people", "fields": ["people.name"]},
    {"join_paths_from_topic_name": "orders", "fields": ["people.name"], "filters": {}},
    {"userEditedSQL": "SELECT ${people.name} FROM ${people}"},
    {"userEditedSQL": "select name from people", "rewriteSql": False},
]


@pytest.mark.parametrize("query", SAMPLES, ids=("view", "topic", "omni_sql", "sql"))
def test_views_of_the_default_schema_are_those_of_the_environment_s(
    world: Environments, west: TestClient, query: dict[str, Any]
) -> None:
    found = {str(next(iter(row.values()))) for row in rows(ask(west, world.body(**query)))} - {"None"}
    expected = {"west Ada", "west Bo", "west 名"}
    assert found == (expected if "join_paths_from_topic_name" not in query else expected & found)
    assert found


def test_the_sql_is_that_of_the_environment_s_dialect(world: Environments, west: TestClient) -> None:
    query: dict[str, Any] = {
        "join_paths_from_topic_name": "orders",
        "fields": ["orders.placed_at[month]", "orders.total"],
        "filters": {"orders.placed_at": {"type": "null", "is_negative": True}},
        "sorts": [{"column_name": "orders.placed_at[month]"}],
    }
    told = [ask(client, world.body(**query)) for client in (west, world.admin)]
    for job in told:
        assert [float(row["orders.total"]) for row in rows(job)] == [30.5, 6.25]
    there, here = (job["summary"]["display_sql"] for job in told)
    assert there != here
    topic = west.get(f"/api/v1/models/{world.house.model_id}/topic/orders").json()["topic"]
    assert {view["name"] for view in topic["views"]} >= {"orders", "people"}
