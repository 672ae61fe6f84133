"""A query runs on the environment of who asks, by whatever door, and its answer stays there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from holoscope.kit.clock import system_clock
from holoscope.storage.tables import connections
from support.environments import LINKS, RUN, WAIT, Environments, ask, build_environments, names, rows
from support.house import EMBED_SECRET

SAMPLES: list[dict[str, Any]] = [
    {"table": "people", "fields": ["people.name"]},
    {"join_paths_from_topic_name": "orders", "fields": ["people.name"], "filters": {}},
    {"userEditedSQL": "SELECT ${people.name} FROM ${people}"},
    {"userEditedSQL": "select name from people", "rewriteSql": False},
    {
        "table": "people",
        "fields": ["people.name"],
        "filters": {"people.id": {"type": "query", "field_name": "orders.person_id", "query_id": "q"}},
        "staticQueryReferences": {"q": {"table": "orders", "fields": ["orders.person_id"]}},
    },
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environments]:
    made = build_environments(tmp_path_factory.mktemp("environments"))
    yield made
    made.house.close()


@pytest.fixture
def world(built: Environments) -> Environments:
    built.begin()
    return built


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Environments]:
    """A world for those who break it."""
    made = build_environments(tmp_path)
    yield made
    made.house.close()


def where(job: dict[str, Any]) -> str | None:
    """Tell from the names of people whose database answered; never two."""
    found = {name.split()[0] if " " in name else None for name in names(job)}
    assert len(found) == 1, found
    return found.pop()


def test_everyone_is_answered_by_their_own_database(world: Environments) -> None:
    for regions, expected in (
        (("north",), "north"),
        (("south",), "south"),
        ((), None),
        (("elsewhere",), None),
        (("elsewhere", "south"), "south"),
    ):
        _, client = world.newcomer("somebody", *regions)
        assert names(ask(client, world.body())) == sorted(world.truth(expected))


@pytest.mark.parametrize("query", SAMPLES, ids=("view", "topic", "omni_sql", "sql", "query_filter"))
def test_every_kind_of_query_does_so_again_and_again(world: Environments, query: dict[str, Any]) -> None:
    askers = {None: world.admin}
    for region in ("north", "south"):
        askers[region] = world.newcomer(region, region)[1]
    kinds: dict[str | None, list[str]] = {}
    for _ in range(2):
        for region, client in askers.items():
            job = ask(client, world.body({"cache": "Standard"}, **query))
            assert where(job) == region
            kinds.setdefault(region, []).append(job["summary"]["cache_type"])
    # Kept answers are used, by those they belong to.
    assert {second for _, second in kinds.values()} == {"EXACT"}
    for region, client in askers.items():
        document = client.post(RUN, json=world.body({"resultType": "csv"}, **query))
        assert document.status_code == 200
        assert [name for name in ("north", "south") if name in document.text] == ([region] if region else [])


def test_derived_answers_stay_in_their_environment(world: Environments) -> None:
    _, north = world.newcomer("north", "north")
    _, south = world.newcomer("south", "south")
    detail = {"table": "orders", "fields": ["orders.state", "orders.total"]}
    coarse = {"table": "orders", "fields": ["orders.total"]}
    ask(north, world.body(**detail))
    asked = ask(south, world.body(**coarse))
    assert float(rows(asked)[0]["orders.total"]) == 13675.00  # 136.75 a hundredfold
    assert asked["summary"]["cache_type"] == "MISS"
    derived = ask(north, world.body(**coarse))
    assert float(rows(derived)[0]["orders.total"]) == 1367.50
    assert derived["summary"]["cache_type"] != "MISS"


def test_an_organization_key_asks_on_the_environment_of_whom_it_acts_as(world: Environments) -> None:
    member_id, _ = world.newcomer("north", "north")
    assert where(ask(world.admin, world.body(), userId=member_id)) == "north"
    assert where(ask(world.admin, world.body({"userId": member_id}))) == "north"
    assert where(ask(world.admin, world.body())) is None


def test_a_default_counts_for_those_without_a_value(own: Environments) -> None:
    listed = own.admin.get("/api/v1/user-attributes").json()["records"]
    id_ = next(each["id"] for each in listed if each["name"] == "region")
    _, nobody = own.newcomer("nobody")
    _, south = own.newcomer("south", "south")
    own.admin.patch(f"/api/v1/user-attributes/{id_}", json={"default_value": ["north"]})
    assert where(ask(nobody, own.body())) == "north"
    assert where(ask(south, own.body())) == "south"
    # A definition that is gone chooses nothing, whatever the connection says of values.
    own.choose_by("region", ["home"])
    assert own.admin.delete(f"/api/v1/user-attributes/{id_}").status_code == 200
    for client in (nobody, south):
        assert where(ask(client, own.body())) is None


def test_a_base_with_values_of_its_own_wants_one_of_everybody(world: Environments) -> None:
    _, home = world.newcomer("home", "home")
    member_id, nobody = world.newcomer("nobody")
    assert where(ask(nobody, world.body())) is None
    world.choose_by("region", ["home"])
    assert where(ask(home, world.body())) is None
    for answer in (
        nobody.post(RUN, json=world.body()),
        nobody.get(f"/api/v1/models/{world.house.model_id}/topic"),
        world.admin.post(RUN, json=world.body(), params={"userId": member_id}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "environment_unset")
        assert '"region"' in answer.json()["detail"]


def test_values_that_lead_to_two_databases_lead_nowhere(world: Environments) -> None:
    world.choose_by("region", ["home"])
    for regions in (("north", "south"), ("north", "home")):
        _, client = world.newcomer("both", *regions)
        answer = client.post(RUN, json=world.body())
        assert (answer.status_code, answer.json()["code"]) == (400, "environment_ambiguous")


def test_an_environment_that_was_deleted_is_nobody_else_s(own: Environments) -> None:
    _, north = own.newcomer("north", "north")
    _, south = own.newcomer("south", "south")
    assert where(ask(north, own.body())) == "north"
    with own.house.database.writing() as connection:
        gone = connections.c.id == own.connections["north"]
        connection.execute(update(connections).where(gone).values(deleted_at=system_clock()))
    answer = north.post(RUN, json=own.body())
    assert (answer.status_code, answer.json()["code"]) == (400, "environment_gone")
    assert where(ask(south, own.body())) == "south"
    # It can still be put away, and its askers are then as those whose value leads nowhere.
    assert own.admin.delete(f"{LINKS}/{own.links['north']}").status_code == 200
    assert where(ask(north, own.body())) is None


def test_a_database_that_is_not_there_is_explained(own: Environments) -> None:
    with own.house.database.writing() as connection:
        lost = connections.c.id == own.connections["north"]
        connection.execute(update(connections).where(lost).values(settings={"path": "absent.duckdb"}))
    _, north = own.newcomer("north", "north")
    answer = north.post(RUN, json=own.body())
    assert answer.status_code in {400, 502, 503}
    assert answer.json()["detail"]
    assert "Ada" not in answer.text


def test_a_job_is_collected_only_while_it_is_of_the_same_environment(world: Environments) -> None:
    _, north = world.newcomer("north", "north")

    def is_known(job_id: str) -> bool:
        line = orjson.loads(north.get(WAIT, params={"jobIds": job_id}).content.splitlines()[0])
        return bool(line["status"] == "COMPLETE")

    job_id = ask(north, world.body())["job_id"]
    assert is_known(job_id)
    # Values move from one environment to the other: whoever asks is the same, and sees the same of the model.
    for region, values in (("north", []), ("south", ["north"])):
        world.admin.put(f"{LINKS}/{world.links[region]}", json={"userAttributeValues": values})
    assert not is_known(job_id)
    assert where(ask(north, world.body())) == "south"


def test_one_environment_can_be_asked_for(world: Environments) -> None:
    _, north = world.newcomer("north", "north")
    on = {region: {"connectionEnvironmentId": id_} for region, id_ in world.links.items()}
    assert where(ask(world.admin, world.body(on["south"]))) == "south"
    assert where(ask(north, world.body(on["north"]))) == "north"
    unknown = {"connectionEnvironmentId": world.house.model_id}
    told = [north.post(RUN, json=world.body(each)) for each in (on["south"], unknown)]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].json()["detail"] == (
        f"Connection environment with id {world.links['south']} does not exist"
    )


def test_an_embedded_session_asks_where_its_link_says(world: Environments) -> None:
    house = world.house
    for region, expected in (("north", "north"), ("south", "south"), (None, None)):
        body = {
            "contentPath": "/my",
            "externalId": "tenant",
            "name": "Tenant",
            "secret": EMBED_SECRET.reveal(),
            "connectionRoles": json.dumps({house.connection_id: "RESTRICTED_QUERIER"}),
            **({"userAttributes": json.dumps({"region": [region]})} if region else {}),
        }
        made = house.client(None).post("/embed/sso/generate-url", json=body)
        assert made.status_code == 200, made.text
        opened = house.client(None).get(made.json()["url"], follow_redirects=False)
        cookie = opened.cookies["__Host-holoscope_embed"]
        client = house.client(
            None, Cookie=f"__Host-holoscope_embed={cookie}", **{"Sec-Fetch-Site": "same-origin"}
        )
        client.headers["X-CSRF-Token"] = house.services.sessions.csrf_token(cookie)
        topic = {"join_paths_from_topic_name": "orders", "fields": ["people.name"], "filters": {}}
        assert where(ask(client, world.body(**topic))) == expected


def test_clearing_the_attribute_brings_everybody_home(world: Environments) -> None:
    _, north = world.newcomer("north", "north")
    assert where(ask(north, world.body())) == "north"
    world.choose_by(None)
    assert where(ask(north, world.body())) is None


def test_types_and_tables_are_those_of_the_environment(own: Environments, tmp_path: Path) -> None:
    """`people.name` is a number in the south: the same topic says so to those who are led there."""
    database = duckdb.connect(str(tmp_path / "south.duckdb"))
    database.execute("ALTER TABLE people ALTER name TYPE INTEGER USING id * 7")
    database.close()

    def kind(client: TestClient) -> str:
        topic = client.get(f"/api/v1/models/{own.house.model_id}/topic/orders").json()["topic"]
        view = next(each for each in topic["views"] if each["name"] == "people")
        return next(str(f["data_type"]) for f in view["dimensions"] if f["field_name"] == "name")

    _, north = own.newcomer("north", "north")
    _, south = own.newcomer("south", "south")
    assert (kind(own.admin), kind(north), kind(south)) == ("STRING", "STRING", "NUMBER")
    assert names(ask(south, own.body())) == ["14", "21", "7"]


def test_a_refresh_goes_on_with_databases_that_were_replaced(own: Environments, tmp_path: Path) -> None:
    _, south = own.newcomer("south", "south")
    assert where(ask(south, own.body())) == "south"
    again = tmp_path / "again.duckdb"
    again.write_bytes((tmp_path / "south.duckdb").read_bytes())
    database = duckdb.connect(str(again))
    database.execute("UPDATE people SET name = 'south anew'; ALTER TABLE people ADD COLUMN age INTEGER")
    database.close()
    again.replace(tmp_path / "south.duckdb")
    own.house.services.refresher.ensure(own.house.connection_id)
    assert names(ask(south, own.body())) == ["south anew"]
    model = own.house.services.compiler.load(own.house.model_id, own.connections["south"])
    assert "age" in model.catalog.tables["main.people"]
