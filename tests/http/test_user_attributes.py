"""Definitions of user attributes over HTTP: who may, what is refused, and what deletion takes along."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.actors import Actor
from holoscope.access.attributes import load_attributes, set_attributes
from holoscope.access.people_attributes import set_time_zone
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.storage.tables import audit_events, user_attribute_values
from support.house import House
from support.refusals import refused

LIST = "/api/v1/user-attributes"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"
SYSTEM = [
    "omni_user_id",
    "omni_user_email",
    "omni_user_name",
    "omni_user_groups",
    "omni_user_embed_entity",
    "omni_is_org_admin",
    "omni_user_timezone",
    "omni_allows_personal_content",
]


def define(admin: TestClient, **body: Any) -> dict[str, Any]:
    answer = admin.post(LIST, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def member(house: House) -> Actor:
    return house.services.authenticator.authenticate(f"Bearer {house.personal_key}")


def values(house: House) -> dict[str, tuple[str, ...]]:
    with house.database.reading() as connection:
        return load_attributes(connection, member(house))


def give(house: House, **wanted: list[str]) -> None:
    with house.database.writing() as connection:
        set_attributes(connection, house.organization_id, house.member_id, wanted)


def test_system_attributes_are_listed_first_and_have_no_id(admin: TestClient) -> None:
    records = admin.get(LIST).json()["records"]
    assert [record["name"] for record in records if record["system"]] == SYSTEM
    for record in records[: len(SYSTEM)]:
        assert (record["id"], record["type"], record["default_value"]) == ("", "String", None)
        assert record["multiple_values"] is (record["name"] == "omni_user_groups")
        assert record["label"]
        assert record["description"]


def test_a_definition_comes_back_as_it_was_made(admin: TestClient) -> None:
    made = define(
        admin,
        name="seat",
        label="Sitz — Größe",
        type="Number",
        multiple_values=True,
        description="Which seats",
        default_value=[1, "2.50", 1e3],
    )
    assert made == {
        "id": made["id"],
        "name": "seat",
        "label": "Sitz — Größe",
        "type": "Number",
        "multiple_values": True,
        "description": "Which seats",
        "default_value": ["1", "2.50", "1000.0"],
        "system": False,
    }
    assert made in admin.get(LIST).json()["records"]
    assert admin.delete(f"{LIST}/{made['id']}").json() == {"success": True}
    assert made not in admin.get(LIST).json()["records"]
    gone = f"User attribute with id {made['id']} does not exist"
    refused(admin.delete(f"{LIST}/{made['id']}"), 404, gone)
    refused(admin.patch(f"{LIST}/{made['id']}", json={"label": "x"}), 404, gone)


def test_only_the_name_is_needed(admin: TestClient) -> None:
    made = define(admin, name="cost_center")
    assert (made["label"], made["type"], made["multiple_values"]) == ("Cost Center", "String", False)
    assert (made["description"], made["default_value"]) == (None, None)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_is_named_changes_and_the_rest_stays(house: House, admin: TestClient, method: str) -> None:
    made = define(admin, name=f"tier_{method}", description="d", default_value="gold")
    place = f"{LIST}/{made['id'].upper()}"
    assert admin.request(method, place, json={"label": "Tier"}).json() == {**made, "label": "Tier"}
    assert admin.request(method, place, json={"name": made["name"], "type": None}).status_code == 200
    assert values(house)[made["name"]] == ("gold",)
    changed = admin.request(method, place, json={"default_value": None, "description": None}).json()
    assert (changed["default_value"], changed["description"], changed["label"]) == (None, None, "Tier")
    assert made["name"] not in values(house)


def test_the_default_counts_until_a_value_is_set(house: House, admin: TestClient) -> None:
    define(admin, name="floor", type="Number", default_value=4)
    assert values(house)["floor"] == ("4",)
    give(house, floor=["7"])
    assert values(house)["floor"] == ("7",)
    give(house, floor=[])
    assert values(house)["floor"] == ("4",)


def test_deletion_takes_every_value_along(house: House, admin: TestClient) -> None:
    made = define(admin, name="desk", default_value="a")
    give(house, desk=["b"])
    assert admin.delete(f"{LIST}/{made['id']}").status_code == 200
    assert "desk" not in values(house)
    with house.database.reading() as connection:
        rows = select(user_attribute_values).where(user_attribute_values.c.definition_id == made["id"])
        assert connection.execute(rows).first() is None
    again = define(admin, name="desk")
    assert again["id"] != made["id"]
    assert "desk" not in values(house)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Bad Request: name: Required"),
        ({"name": "omni_user_id"}, "Bad Request: name: 'omni_user_id' is reserved"),
        ({"name": "OMNI_x"}, "Bad Request: name: 'OMNI_x' is reserved"),
        (
            {"name": "x", "type": "Date"},
            "Bad Request: type: Invalid enum value. Expected 'String' | 'Number'",
        ),
        ({"name": "x", "type": "Number", "default_value": "many"}, "x: 'many' is not a number."),
        ({"name": "x", "type": "Number", "default_value": True}, "x: 'true' is not a number."),
        ({"name": "x", "default_value": {"a": 1}}, "x: expected a text, a number or a boolean."),
        ({"name": "x", "default_value": ["a", "b"]}, "x takes a single value."),
        (
            {"name": "x", "multiple_values": True, "default_value": "a"},
            "x takes several values: expected array.",
        ),
        ({"name": "x", "multiple_values": True, "default_value": [["a"]]}, "x: expected a text, a number"),
        ({"name": "x", "multiple_values": "yes"}, "Bad Request: multiple_values: Expected boolean"),
        ({"name": "x", "label": "l" * 129}, "Bad Request: label: between 1 and 128 characters"),
        ({"name": "x", "system": True}, "Bad Request: formErrors: Unrecognized key(s) in object: 'system'"),
        ({"name": "x", "default_value": "a\0b"}, "x: a value has at most 2000 characters, none of them NUL."),
    ],
)
def test_what_cannot_be_defined(admin: TestClient, body: dict[str, Any], text: str) -> None:
    answer = admin.post(LIST, json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(text), answer.text


@pytest.mark.parametrize("name", ["", " ", "a b", "1a", "a-b", "a.b", "größe", "a'; --", "{{x}}", "a" * 65])
def test_names_that_models_could_not_say(admin: TestClient, name: str) -> None:
    answer = admin.post(LIST, json={"name": name, "label": "L"})
    assert answer.status_code == 400
    assert "is no name for an attribute" in answer.json()["detail"]


def test_a_name_is_had_once_and_kept(admin: TestClient) -> None:
    made = define(admin, name="zone")
    answer = admin.post(LIST, json={"name": "Zone"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")
    answer = admin.patch(f"{LIST}/{made['id']}", json={"name": "district"})
    assert answer.status_code == 400
    assert "stays" in answer.json()["detail"]


def test_a_definition_that_set_values_would_not_suit_is_refused(house: House, admin: TestClient) -> None:
    made = define(admin, name="lane", multiple_values=True)
    give(house, lane=["left", "right"])
    place = f"{LIST}/{made['id']}"
    suffix = " A member has that value: change it first."
    refused(admin.patch(place, json={"type": "Number"}), 400, f"lane: 'left' is not a number.{suffix}")
    refused(admin.patch(place, json={"multiple_values": False}), 400, f"lane takes a single value.{suffix}")
    assert values(house)["lane"] == ("left", "right")
    give(house, lane=["1"])
    assert admin.patch(place, json={"type": "Number", "multiple_values": False}).status_code == 200


def test_other_organizations_are_not_reached(house: House, admin: TestClient) -> None:
    made = define(admin, name="mine")
    stranger = house.stranger()
    names = [record["name"] for record in stranger.get(LIST).json()["records"]]
    assert names == SYSTEM
    for method, body in (("PATCH", {"label": "theirs"}), ("DELETE", None)):
        answer = stranger.request(method, f"{LIST}/{made['id']}", json=body)
        refused(answer, 404, f"User attribute with id {made['id']} does not exist")
    define(stranger, name="mine")


def test_every_change_is_in_the_audit_log(house: House, admin: TestClient) -> None:
    made = define(admin, name="logged", default_value="secret-looking value")
    admin.patch(f"{LIST}/{made['id']}", json={"label": "Other"})
    admin.patch(f"{LIST}/{made['id']}", json={"label": "Other"})
    give(house, logged=["x"])
    give(house, logged=["x"])
    admin.delete(f"{LIST}/{made['id']}")
    with house.database.reading() as connection:
        rows = connection.execute(
            select(audit_events).where(audit_events.c.object_id.in_([made["id"], house.member_id]))
        ).all()
    told = [(row.action, row.membership_id) for row in rows if row.object_id == made["id"]]
    assert told == [
        ("USER_ATTRIBUTE_CREATE", house.admin_id),
        ("USER_ATTRIBUTE_UPDATE", house.admin_id),
        ("USER_ATTRIBUTE_DELETE", house.admin_id),
    ]
    (given,) = [row for row in rows if row.details.get("attributes") == ["logged"]]
    assert given.action == "USER_ATTRIBUTE_VALUES_SET"


def test_system_attributes_are_not_set_by_hand(house: House) -> None:
    for name in SYSTEM:
        with pytest.raises(BadRequest, match="do not match the names of existing user attributes"):
            give(house, **{name: ["true"]})


def test_the_time_zone_of_a_member_is_an_attribute(house: House) -> None:
    assert "omni_user_timezone" not in values(house)
    for zone, seen in (("Europe/Berlin", ("Europe/Berlin",)), (None, None)):
        with house.database.writing() as connection:
            set_time_zone(connection, house.member_id, zone, system_clock())
        assert values(house).get("omni_user_timezone") == seen
