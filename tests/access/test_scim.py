"""The directory as SCIM shows it."""

from __future__ import annotations

from typing import Any

import pytest

from holoscope.access import scim
from holoscope.access.actors import KeyKind
from holoscope.access.errors import BadScimFilter, NoSuchUser, ScimNeedsOrganizationKey
from holoscope.access.people import deactivate_member, ensure_group
from holoscope.kit.errors import NotFound
from holoscope.kit.ids import new_id
from support.town import Town

EVERYBODY = ["Ada", "Vic", "Tess", "Quinn", "Moe", "Cara", "Nora"]


def users(town: Town, **asked: Any) -> dict[str, Any]:
    return scim.list_users(town.database, town.actor("ada"), **asked)


def names(answer: dict[str, Any]) -> list[str]:
    return [resource["displayName"] for resource in answer["Resources"]]


def test_a_user_on_the_wire(town: Town) -> None:
    tess = town.people["tess"]
    found = scim.find_user(town.database, town.actor("ada"), tess.membership_id.upper())
    group = found["groups"][0]["value"]
    assert len(group) == 8
    created = found["meta"]["created"]
    assert created.endswith("Z")
    assert found == {
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:omni:params:1.0:UserAttribute",
            "urn:omni:params:scim:schemas:extension:user:2.0",
        ],
        "id": tess.membership_id,
        "userName": "Tess@shop.example",
        "displayName": "Tess",
        "active": True,
        "emails": [{"primary": True, "value": "Tess@shop.example"}],
        "groups": [{"display": "Analysts", "value": group}],
        "meta": {"created": created, "lastModified": created, "resourceType": "User"},
        "urn:omni:params:1.0:UserAttribute": {"region": ["East", "Süd"], "level": "7"},
        "urn:omni:params:scim:schemas:extension:user:2.0": {"lastLogin": None},
    }


def test_the_list_is_in_order_of_creation(town: Town) -> None:
    answer = users(town)
    assert names(answer) == EVERYBODY
    assert {key: answer[key] for key in answer if key != "Resources"} == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 7,
        "startIndex": 1,
        "itemsPerPage": 7,
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"count": 3}, EVERYBODY[:3]),
        ({"start_index": 4, "count": 3}, EVERYBODY[3:6]),
        ({"start_index": 7, "count": 3}, EVERYBODY[6:]),
        ({"start_index": 8}, []),
        ({"start_index": 0}, EVERYBODY),
        ({"start_index": -5, "count": 1}, EVERYBODY[:1]),
        ({"count": 0}, []),
        ({"count": -1}, []),
    ],
)
def test_windows(town: Town, asked: dict[str, int], expected: list[str]) -> None:
    answer = users(town, **asked)
    assert names(answer) == expected
    assert (answer["totalResults"], answer["itemsPerPage"]) == (7, len(expected))
    assert answer["startIndex"] == max(asked.get("start_index", 1), 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "tess@shop.example"', ["Tess"]),
        ('USERNAME EQ "TESS@SHOP.EXAMPLE"', ["Tess"]),
        ('  username   Eq   "Tess@Shop.Example"  ', ["Tess"]),
        ('userName eq "\\u0074ess@shop.example"', ["Tess"]),
        ('userName eq "tess"', []),
        ('userName eq "eve@else.example"', []),
        ('userName co "SHOP.example"', EVERYBODY),
        ('userName co "ess@"', ["Tess"]),
        ('userName co "%"', []),
        ('userName co "_ess"', []),
        ('displayName eq "QUINN"', ["Quinn"]),
        ('displayName co "o"', ["Moe", "Nora"]),
        ("", EVERYBODY),
        (None, EVERYBODY),
    ],
)
def test_filters(town: Town, text: str | None, expected: list[str]) -> None:
    answer = users(town, filter_text=text)
    assert names(answer) == expected
    assert answer["totalResults"] == len(expected)


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        "userName eq",
        "userName eq tess",
        'userName eq "tess',
        "userName eq 'tess'",
        'userName ne "tess"',
        'userName sw "tess"',
        'password eq "x"',
        'id eq "1"',
        'userName eq "a" and userName eq "b"',
        'userName eq "a" or 1 eq 1',
        '(userName eq "a")',
        'userName eq "\\x"',
        'userName eq "a" ; DROP TABLE users',
        'userName eq "' + "a" * 5000 + '"',
        "\0",
    ],
)
def test_malformed_filters_are_400(town: Town, text: str) -> None:
    for listing in (scim.list_users, scim.list_groups):
        with pytest.raises(BadScimFilter) as refused:
            listing(town.database, town.actor("ada"), filter_text=text)
        assert refused.value.status == 400
        assert "filter" in refused.value.detail


def test_groups(town: Town) -> None:
    actor = town.actor("ada")
    with town.database.writing() as connection:
        ensure_group(connection, town.organization.id, "Board", town.clock())
        ensure_group(connection, town.other.id, "Elsewhere", town.clock())
    answer = scim.list_groups(town.database, actor)
    assert names(answer) == ["Analysts", "Board"]
    analysts = answer["Resources"][0]
    assert analysts["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:Group"]
    assert analysts["members"] == [
        {"display": town.people[who].email, "value": town.people[who].membership_id}
        for who in ("quinn", "tess")
    ]
    assert analysts["meta"]["resourceType"] == "Group"
    assert answer["Resources"][1]["members"] == []
    assert scim.find_group(town.database, actor, analysts["id"]) == analysts
    without = scim.find_group(town.database, actor, analysts["id"], with_members=False)
    assert without == {key: value for key, value in analysts.items() if key != "members"}
    assert names(scim.list_groups(town.database, actor, filter_text='displayname EQ "BOARD"')) == ["Board"]
    assert names(scim.list_groups(town.database, actor, start_index=2, count=1)) == ["Board"]
    with pytest.raises(BadScimFilter):
        scim.list_groups(town.database, actor, filter_text='userName eq "x"')


def test_a_deactivated_member_is_gone(town: Town) -> None:
    tess = town.people["tess"].membership_id
    with town.database.writing() as connection:
        deactivate_member(connection, town.organization.id, tess, town.clock())
    assert "Tess" not in names(users(town))
    group = scim.list_groups(town.database, town.actor("ada"))["Resources"][0]
    assert [member["display"] for member in group["members"]] == ["Quinn@shop.example"]
    with pytest.raises(NoSuchUser):
        scim.find_user(town.database, town.actor("ada"), tess)


def test_others_do_not_exist(town: Town) -> None:
    actor = town.actor("ada")
    for id_ in (new_id(), town.people["eve"].membership_id, town.people["tess"].user_id, "1", "admin", ""):
        with pytest.raises(NoSuchUser):
            scim.find_user(town.database, actor, id_)
        with pytest.raises(NotFound):
            scim.find_group(town.database, actor, id_)


@pytest.mark.parametrize("kind", [KeyKind.USER, KeyKind.MCP])
def test_personal_keys_are_refused(town: Town, kind: KeyKind) -> None:
    actor = town.actor("ada", kind)
    for ask in (
        lambda: scim.list_users(town.database, actor),
        lambda: scim.list_groups(town.database, actor),
        lambda: scim.find_user(town.database, actor, actor.membership_id),
        lambda: scim.find_group(town.database, actor, "abcdefgh"),
    ):
        with pytest.raises(ScimNeedsOrganizationKey) as refused:
            ask()
        assert refused.value.status == 403
        assert refused.value.detail == "User-scoped API keys are not allowed to access the SCIM API."


def test_names_outside_ascii_fold(town: Town) -> None:
    from holoscope.access.actors import OrgRole
    from holoscope.access.people import insert_member

    with town.database.writing() as connection:
        insert_member(
            connection,
            town.organization.id,
            email="ÄNNE@shop.example",
            name="Änne Weiß",
            role=OrgRole.MEMBER,
            at=town.clock(),
        )
    assert names(users(town, filter_text='userName eq "änne@shop.example"')) == ["Änne Weiß"]
    assert names(users(town, filter_text='displayName co "WEISS"')) == ["Änne Weiß"]
