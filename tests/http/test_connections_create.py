"""`POST /v1/connections`: what is made, what is refused, and that what is made can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from holoscope.kit.secrets import SecretText
from holoscope.modelstore.connections import load_connection
from holoscope.storage.tables import audit_events
from support.environments import ask, names
from support.house import House, build_house
from support.postgres import own_database

CONNECTIONS = "/api/v1/connections"
LEAST = {
    "name": "Lake",
    "dialect": "postgres",
    "host": "db.example.test",
    "database": "lake",
    "username": "reader",
    "passwordUnencrypted": "a very secret one",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = build_house(tmp_path_factory.mktemp("house"))
    yield made
    made.close()


def create(house: House, **said: Any) -> Any:
    body = {key: value for key, value in {**LEAST, **said}.items() if value is not ...}
    return house.client().post(CONNECTIONS, json=body)


def test_it_is_listed_and_its_password_sealed(house: House) -> None:
    answer = create(house, port="6543", baseRole="RESTRICTED_QUERIER", defaultSchema="ponds", host="10.0.0.7")
    assert answer.status_code == 201, answer.text
    assert answer.json()["success"] is True
    id_ = answer.json()["data"]
    listed = house.client().get(CONNECTIONS).json()["connections"]
    told = next(each for each in listed if each["id"] == id_)
    assert (told["name"], told["dialect"], told["database"]) == ("Lake", "postgres", "lake")
    assert (told["defaultSchema"], told["baseRole"]) == ("ponds", "QUERY_TOPICS")
    with house.database.reading() as connection:
        stored = load_connection(connection, id_)
        events = select(audit_events).where(audit_events.c.action == "CONNECTION_CREATE")
        event = connection.execute(events).one()
    assert stored.password(house.services.sealer) == SecretText("a very secret one")
    assert "a very secret one" not in str(stored.settings) + str(event) + str(listed)
    assert (stored.settings["port"], stored.settings["host"]) == (6543, "10.0.0.7")
    assert (event.object_id, event.membership_id) == (id_, house.admin_id)
    again = create(house)
    assert (again.status_code, again.json()["detail"]) == (400, 'A connection named "Lake" already exists')


def test_a_member_gets_no_access_unless_it_is_said(house: House) -> None:
    id_ = create(house, name="Quiet").json()["data"]
    with house.database.reading() as connection:
        assert load_connection(connection, id_).base_role == "NO_ACCESS"
    assert id_ not in house.client(house.personal_key).get(CONNECTIONS).text
    assert house.client(house.personal_key).post(CONNECTIONS, json=LEAST).status_code == 403


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"dialect": "dbase"}, "Invalid connection dialect"),
        ({"dialect": "snowflake"}, "makes no snowflake connections"),
        ({"dialect": "duckdb"}, "holoscope init"),
        ({"name": "  "}, "name: a name has"),
        ({"name": ...}, "name: Required"),
        ({"passwordUnencrypted": ...}, "passwordUnencrypted: Required"),
        ({"host": "a b"}, "host"),
        ({"host": "db.example.test/?x=1"}, "host"),
        ({"port": 70000}, "port"),
        ({"port": "1" * 5000}, "port"),
        ({"name": "Lake\u202e"}, "name: Control characters"),
        ({"database": ...}, "database is missing"),
        ({"username": ""}, "user is missing"),
        ({"baseRole": "KING"}, "baseRole: Invalid role"),
        ({"queryTimeoutSeconds": 3601}, "1 to 3600"),
        ({"queryTimezone": "Europe/Paris"}, "queryTimezone"),
        ({"inferRelationshipsFromColumnNames": False}, "inferRelationshipsFromColumnNames"),
        ({"privateKey": "x"}, "privateKey"),
        ({"trustServerCertificate": True}, "trustServerCertificate"),
        ({"offloadedSchemas": ["a"]}, "offloadedSchemas"),
        ({"colour": "green"}, "Unrecognized key(s) in object: 'colour'"),
    ],
)
def test_what_cannot_be_or_would_not_be_heeded_is_refused(
    house: House, said: dict[str, Any], told: str
) -> None:
    before = house.client().get(CONNECTIONS).json()
    answer = create(house, **{"name": "Other", **said})
    assert answer.status_code == 400, answer.text
    assert told in answer.json()["detail"]
    assert "a very secret one" not in answer.text
    assert house.client().get(CONNECTIONS).json() == before


def test_what_is_made_can_be_modelled_and_asked(house: House) -> None:
    with own_database() as own:
        own.do(
            "CREATE TABLE rivers AS SELECT * FROM (VALUES (1, 'Rhine'), (2, 'Seine')) AS r (id, name)",
            "CREATE SCHEMA drafts",
            "CREATE TABLE drafts.ideas (id int)",
        )
        at = own.settings
        said = {"host": at.host, "port": at.port, "database": own.name, "username": at.user}
        password = at.password.reveal() if at.password else ""
        made = create(
            house,
            **{**said, "name": "Rivers", "passwordUnencrypted": password},
            includeSchemas="public, nowhere",
            queryTimeoutSeconds=900,
            useMachineAuth=False,
            systemTimezone="UTC",
        )
        assert made.status_code == 201, made.text
        client, id_ = house.client(), made.json()["data"]
        schema = client.post("/api/v1/models", json={"connectionId": id_, "modelKind": "SCHEMA"})
        assert schema.status_code == 200, schema.text
        shared = client.post(
            "/api/v1/models", json={"connectionId": id_, "modelKind": "SHARED", "modelName": "Rivers"}
        )
        model_id = shared.json()["model"]["id"]
        views = client.get(f"/api/v1/models/{model_id}/view").json()["views"]
        assert [view["name"] for view in views] == ["rivers"]
        query = {"modelId": model_id, "table": "rivers", "fields": ["rivers.name"]}
        assert names(ask(client, {"query": query})) == ["Rhine", "Seine"]
        house.pool.warehouse(id_).close()
