"""`PATCH /v1/connections/{id}` and the records of environments: what they take, refuse, and leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.access.roles_custom import CustomRole, create_custom_role
from holoscope.kit.clock import system_clock
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.connections import WantedConnection, ensure_connection, load_connection
from holoscope.query.scope import Permission
from holoscope.storage.tables import audit_events
from support.house import House, build_house

LINKS, CONNECTIONS = "/api/v1/connection-environments", "/api/v1/connections"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = build_house(tmp_path_factory.mktemp("house"))
    with made.database.writing() as connection:
        wanted = AttributeDefinition("", "region", "Region", AttributeType.STRING, multiple_values=True)
        define_attribute(connection, made.organization_id, wanted, system_clock())
    yield made
    made.close()


def add(house: House, name: str, dialect: str = "duckdb", **more: Any) -> str:
    settings = {"path": f"{name}.duckdb"} if dialect == "duckdb" else {"host": "db.example.test"}
    wanted = WantedConnection(name, dialect, name, "main", Role.NO_ACCESS, settings, **more)
    sealer = house.services.sealer
    return ensure_connection(house.database, system_clock, house.organization_id, wanted, sealer).id


def events(house: House, action: str) -> list[dict[str, Any]]:
    with house.database.reading() as connection:
        found = connection.execute(select(audit_events).where(audit_events.c.action == action))
        return [dict(row) for row in found.mappings()]


def record(house: House) -> dict[str, Any]:
    listed = house.client().get(CONNECTIONS).json()["connections"]
    return next(dict(each) for each in listed if each["id"] == house.connection_id)


def patch(house: House, id_: str | None = None, key: str = "", **body: Any) -> Any:
    return house.client(key).patch(f"{CONNECTIONS}/{id_ or house.connection_id}", json=body)


def test_the_sentence_tells_what_changed(house: House) -> None:
    attribute = {"attributeName": "region", "defaultValues": ["home", "abroad"]}
    role, settings = "default role", "environment user attribute settings"
    for body, said in (
        ({"baseRole": "RESTRICTED_QUERIER"}, f"Updated connection {role}."),
        ({"baseRole": "QUERY_TOPICS"}, "No updates were made to the connection."),
        ({"environmentUserAttribute": attribute}, f"Updated connection {settings}."),
        ({"environmentUserAttribute": attribute}, "No updates were made to the connection."),
        (
            {"baseRole": "viewer", "environmentUserAttribute": None},
            f"Updated connection {role} and {settings}.",
        ),
    ):
        answer = patch(house, **body)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"message": said, "success": True}
    assert record(house)["baseRole"] == "VIEWER"
    told = [(event["details"], event["object_id"]) for event in events(house, "UPDATE_CONNECTION_BASE_ROLE")]
    assert told == [
        ({"role": "QUERY_TOPICS", "former_role": "QUERIER"}, house.connection_id),
        ({"role": "VIEWER", "former_role": "QUERY_TOPICS"}, house.connection_id),
    ]
    assert [event["details"] for event in events(house, "CONNECTION_UPDATE")] == [{"changed": [settings]}] * 2
    assert {event["membership_id"] for event in events(house, "CONNECTION_UPDATE")} == {house.admin_id}


def test_the_attribute_is_listed_in_both_spellings(house: House) -> None:
    names = ("userAttributeNameForConnectionEnvironments", "userAttributeNameForConnectionsEnvironments")
    values = "userAttributeValuesForDefaultEnvironment"
    assert [record(house)[key] for key in (*names, values)] == [None, None, None]
    patch(house, environmentUserAttribute={"attributeName": "region", "defaultValues": "home, abroad"})
    assert [record(house)[key] for key in (*names, values)] == ["region", "region", ["home", "abroad"]]
    patch(house, environmentUserAttribute={"attributeName": "omni_user_groups", "defaultValues": None})
    assert [record(house)[key] for key in (*names, values)] == ["omni_user_groups", "omni_user_groups", None]
    patch(house, environmentUserAttribute=None)
    assert [record(house)[key] for key in (*names, values)] == [None, None, None]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "at least one field must be provided"),
        ({"colour": "green"}, "Unrecognized key(s) in object: 'colour'"),
        ({"baseRole": "KING"}, "baseRole: Invalid role"),
        ({"baseRole": 5}, "baseRole: Expected string, received number"),
        ({"environmentUserAttribute": {"attributeName": "planet", "defaultValues": None}}, "planet"),
        ({"environmentUserAttribute": {"defaultValues": []}}, "environmentUserAttribute.attributeName"),
        ({"environmentUserAttribute": {"attributeName": "region", "defaultValues": [" "]}}, "1 to 1,000"),
        ({"environmentUserAttribute": {"attributeName": "region", "defaultValues": ["x" * 1001]}}, "1,000"),
        ({"passwordUnencrypted": "secret"}, "a duckdb connection has no password"),
        ({"privateKey": "-----BEGIN PRIVATE KEY-----"}, "takes no key pair"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(house: House, body: dict[str, Any], said: str) -> None:
    before = record(house)
    answer = patch(house, **({"baseRole": "MODELER", **body} if body and "baseRole" not in body else body))
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["detail"]
    assert record(house) == before
    assert events(house, "UPDATE_CONNECTION_BASE_ROLE") == []


def test_unknown_and_foreign_connections_do_not_exist(house: House) -> None:
    assert patch(house, UNKNOWN, baseRole="VIEWER").status_code == 404
    assert patch(house, key=house.foreign_key, baseRole="VIEWER").status_code == 404
    assert patch(house, "not-an-id", baseRole="VIEWER").status_code == 400
    assert patch(house, key=house.personal_key, baseRole="VIEWER").status_code == 403


def test_nobody_gives_everybody_more_than_they_have(house: House) -> None:
    now = system_clock()
    wanted = CustomRole(
        new_id(), "Quiet", None, Role.CONNECTION_ADMIN, frozenset({Permission.QUERY_SQL}), now, now
    )
    with house.database.writing() as connection:
        role = create_custom_role(connection, house.organization_id, wanted)
        holder, target = Holder(house.member_id), Target(connection_id=house.connection_id)
        assign_role(connection, house.organization_id, holder, target, role.held)
    assert patch(house, baseRole="NO_ACCESS").status_code == 200
    assert patch(house, key=house.personal_key, baseRole="MODELER").status_code == 403
    assert patch(house, key=house.personal_key, baseRole="QUERY_TOPICS").status_code == 200


def test_a_password_is_kept_sealed_and_opens_the_connection_anew(house: House) -> None:
    id_ = add(house, "lake", "postgres", password=SecretText("first one"))
    with house.database.reading() as connection:
        before = load_connection(connection, id_)
    answer = patch(house, id_, passwordUnencrypted="second one")
    assert answer.json()["message"] == "Updated connection credentials."
    with house.database.reading() as connection:
        after = load_connection(connection, id_)
    assert after.password(house.services.sealer) == SecretText("second one")
    assert before.revision != after.revision
    assert "second one" not in str(after.settings)
    assert "second" not in house.client().get(CONNECTIONS).text + str(events(house, "CONNECTION_UPDATE"))
    assert patch(house, id_, passwordUnencrypted="second one").json()["message"].startswith("No updates")
    assert patch(house, id_, passwordUnencrypted="").status_code == 400


def test_environments_are_linked_listed_changed_and_put_away(house: House) -> None:
    client, base = house.client(), house.connection_id
    north, south = add(house, "north"), add(house, "south")
    made = client.post(
        LINKS, json={"baseConnectionId": base, "environmentConnectionIds": f"{north}, {south}"}
    )
    assert made.status_code == 201
    records = made.json()["connectionEnvironments"]
    assert [(each["connectionId"], each["userAttributeValues"]) for each in records] == [
        (north, []),
        (south, []),
    ]
    assert {each["baseConnectionId"] for each in records} == {base}
    assert made.json()["data"] == [
        {"id": each["id"], "environmentConnectionId": each["connectionId"]} for each in records
    ]
    assert client.get(LINKS).json() == {"connectionEnvironments": records}
    assert house.stranger().get(LINKS).json() == {"connectionEnvironments": []}
    first, second = (each["id"] for each in records)
    patch(house, environmentUserAttribute={"attributeName": "region", "defaultValues": ["home"]})
    assert client.put(f"{LINKS}/{first}", json={"userAttributeValues": "n, nn,n"}).json() == {"success": True}
    for place, values in ((second, ["s", "nn"]), (second, ["home"])):
        answer = client.put(f"{LINKS}/{place}", json={"userAttributeValues": values})
        assert answer.status_code == 400
        assert answer.json()["detail"] == f'User attribute value "{values[-1]}" is already in use'
    taken = {"attributeName": "region", "defaultValues": ["nn"]}
    assert patch(house, environmentUserAttribute=taken).json()["detail"].endswith("is already in use")
    assert client.put(f"{LINKS}/{first}", json={"userAttributeValues": ["n"]}).status_code == 200
    assert client.put(f"{LINKS}/{second}", json={"userAttributeValues": ["nn"]}).status_code == 200
    listed = client.get(LINKS).json()["connectionEnvironments"]
    assert [each["userAttributeValues"] for each in listed] == [["n"], ["nn"]]
    assert client.delete(f"{LINKS}/{first}").json() == {"success": True}
    assert client.delete(f"{LINKS}/{first}").status_code == 404
    assert client.put(f"{LINKS}/{first}", json={"userAttributeValues": []}).status_code == 404
    assert north in client.get(CONNECTIONS).text
    kinds = [events(house, f"CONNECTION_ENVIRONMENT_{word}") for word in ("CREATE", "UPDATE", "DELETE")]
    assert [len(found) for found in kinds] == [2, 3, 1]
    assert kinds[1][0]["details"]["values"] == ["n", "nn"]


def test_what_cannot_stand_in_is_refused_whole(house: House) -> None:
    client, base, north = house.client(), house.connection_id, add(house, "north")
    for ids, status, said in (
        ([], 400, "at least one"),
        ("", 400, "at least one"),
        ([base], 400, "the base connection"),
        ([north, north], 400, "already"),
        ([north, UNKNOWN], 404, f"Connection with id {UNKNOWN} does not exist"),
        (["north"], 400, "Invalid uuid"),
        (5, 400, "environmentConnectionIds"),
    ):
        answer = client.post(LINKS, json={"baseConnectionId": base, "environmentConnectionIds": ids})
        assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert client.get(LINKS).json() == {"connectionEnvironments": []}
    unknown = client.post(LINKS, json={"baseConnectionId": UNKNOWN, "environmentConnectionIds": [north]})
    assert unknown.status_code == 404
    assert client.post(LINKS, json={"environmentConnectionIds": [north]}).status_code == 400


def test_who_administers_the_base_alone_reaches_no_other_database(house: House) -> None:
    north = add(house, "north")
    with house.database.writing() as connection:
        holder, target = Holder(house.member_id), Target(connection_id=house.connection_id)
        assign_role(connection, house.organization_id, holder, target, Role.CONNECTION_ADMIN)
    body = {"baseConnectionId": house.connection_id, "environmentConnectionIds": [north]}
    mine = house.client(house.personal_key)
    assert mine.post(LINKS, json=body).status_code == 404
    id_ = house.client().post(LINKS, json=body).json()["data"][0]["id"]
    assert mine.put(f"{LINKS}/{id_}", json={"userAttributeValues": ["n"]}).status_code == 403
    assert mine.get(LINKS).status_code == 403
    assert mine.delete(f"{LINKS}/{id_}").status_code == 200
