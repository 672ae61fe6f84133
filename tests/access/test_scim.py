"""The directory as SCIM shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from holoscope.access import scim_groups, scim_users
from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.errors import NoSuchUser, PermissionDenied, ScimNeedsOrganizationKey
from holoscope.access.people import deactivate_member, insert_member
from holoscope.access.people_groups import ensure_group
from holoscope.access.scim_listing import Asked
from holoscope.kit.errors import NotFound
from holoscope.kit.ids import new_id
from support.town import Town

EVERYBODY = ["Ada", "Vic", "Tess", "Quinn", "Moe", "Cara", "Nora"]


def users(town: Town, **asked: Any) -> dict[str, Any]:
    return scim_users.list_users(town.database, town.actor("ada"), Asked(**asked))


def names(answer: dict[str, Any]) -> list[str]:
    return [resource["displayName"] for resource in answer["Resources"]]


def test_a_user_on_the_wire(town: Town) -> None:
    tess = town.people["tess"]
    found = scim_users.find_user(town.database, town.actor("ada"), tess.membership_id.upper())
    group = found["groups"][0]["value"]
    assert len(group) == 8
    created, modified = found["meta"]["created"], found["meta"]["lastModified"]
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
        "groups": [{"display": "Analysts", "value": group, "$ref": f"/api/scim/v2/Groups/{group}"}],
        "meta": {
            "created": created,
            "lastModified": modified,
            "location": f"/api/scim/v2/Users/{tess.membership_id}",
            "resourceType": "User",
        },
        "urn:omni:params:1.0:UserAttribute": {"region": ["East", "Süd"], "level": "7"},
        "urn:omni:params:scim:schemas:extension:user:2.0": {"lastLogin": None},
    }


def test_windows(town: Town) -> None:
    actor = town.actor("ada")
    for asked, expected in (
        ({}, EVERYBODY),
        ({"count": 3}, EVERYBODY[:3]),
        ({"start_index": 4, "count": 3}, EVERYBODY[3:6]),
        ({"start_index": 7, "count": 3}, EVERYBODY[6:]),
        ({"start_index": 8}, []),
        ({"start_index": 0}, EVERYBODY),
        ({"start_index": -5, "count": 1}, EVERYBODY[:1]),
        ({"count": 0}, []),
        ({"count": -1}, []),
        ({"sort_by": "userName"}, sorted(EVERYBODY)),
        ({"sort_by": "emails.value", "is_descending": True, "count": 2}, ["Vic", "Tess"]),
        ({"is_descending": True, "count": 2}, ["Nora", "Cara"]),
    ):
        answer = scim_users.list_users(town.database, actor, Asked(**asked))
        assert names(answer) == expected, asked
        assert (answer["totalResults"], answer["itemsPerPage"]) == (7, len(expected))
        assert answer["startIndex"] == max(asked.get("start_index", 1), 1)


def test_groups(town: Town) -> None:
    actor = town.actor("ada")
    with town.database.writing() as connection:
        ensure_group(connection, town.organization.id, "Board", town.clock())
        ensure_group(connection, town.other.id, "Elsewhere", town.clock())
    answer = scim_groups.list_groups(town.database, actor, Asked())
    assert names(answer) == ["Analysts", "Board"]
    analysts = answer["Resources"][0]
    assert analysts["schemas"] == ["urn:ietf:params:scim:schemas:core:2.0:Group"]
    assert analysts["members"] == [
        {
            "display": town.people[who].email,
            "value": town.people[who].membership_id,
            "type": "User",
            "$ref": f"/api/scim/v2/Users/{town.people[who].membership_id}",
        }
        for who in ("quinn", "tess")
    ]
    assert analysts["meta"]["resourceType"] == "Group"
    assert answer["Resources"][1]["members"] == []
    assert scim_groups.find_group_resource(town.database, actor, analysts["id"]) == analysts
    bare = scim_groups.find_group_resource(town.database, actor, analysts["id"], Asked(excluded=("MEMBERS",)))
    assert bare == {key: value for key, value in analysts.items() if key != "members"}
    found = scim_groups.list_groups(town.database, actor, Asked('displayname EQ "BOARD"'))
    assert names(found) == ["Board"]
    assert names(scim_groups.list_groups(town.database, actor, Asked(start_index=2, count=1))) == ["Board"]


def test_a_deactivated_member_is_gone(town: Town) -> None:
    tess = town.people["tess"].membership_id
    with town.database.writing() as connection:
        deactivate_member(connection, town.organization.id, tess, town.clock())
    assert "Tess" not in names(users(town))
    group = scim_groups.list_groups(town.database, town.actor("ada"), Asked())["Resources"][0]
    assert [member["display"] for member in group["members"]] == ["Quinn@shop.example"]
    with pytest.raises(NoSuchUser):
        scim_users.find_user(town.database, town.actor("ada"), tess)


def test_others_do_not_exist(town: Town) -> None:
    actor = town.actor("ada")
    for id_ in (
        new_id(),
        town.people["eve"].membership_id,
        town.people["tess"].user_id,
        "1",
        "admin",
        "",
        "\0",
    ):
        for attempt in (
            lambda id_=id_: scim_users.find_user(town.database, actor, id_),
            lambda id_=id_: scim_users.delete_user(town.database, actor, id_),
            lambda id_=id_: scim_users.replace_user(town.database, actor, id_, {"userName": "a@b.example"}),
            lambda id_=id_: scim_groups.find_group_resource(town.database, actor, id_),
            lambda id_=id_: scim_groups.delete_group_resource(town.database, actor, id_),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_only_administrators_organization_keys_pass(town: Town) -> None:
    def ways(actor: Any) -> list[Any]:
        id_, body = actor.membership_id, {"userName": "a@b.example", "displayName": "x"}
        patch = {"Operations": [{"op": "replace", "path": "displayName", "value": "x"}]}
        return [
            lambda: scim_users.list_users(town.database, actor, Asked()),
            lambda: scim_users.find_user(town.database, actor, id_),
            lambda: scim_users.create_user(town.database, actor, body),
            lambda: scim_users.replace_user(town.database, actor, id_, body),
            lambda: scim_users.update_user(town.database, actor, id_, patch),
            lambda: scim_users.delete_user(town.database, actor, id_),
            lambda: scim_groups.list_groups(town.database, actor, Asked()),
            lambda: scim_groups.find_group_resource(town.database, actor, "abcdefgh"),
            lambda: scim_groups.create_group_resource(town.database, actor, body),
            lambda: scim_groups.replace_group(town.database, actor, "abcdefgh", body),
            lambda: scim_groups.update_group(town.database, actor, "abcdefgh", patch),
            lambda: scim_groups.delete_group_resource(town.database, actor, "abcdefgh"),
        ]

    for kind in (KeyKind.USER, KeyKind.MCP):
        for way in ways(town.actor("ada", kind)):
            with pytest.raises(ScimNeedsOrganizationKey) as refused:
                way()
            assert refused.value.status == 403
            assert refused.value.detail == "User-scoped API keys are not allowed to access the SCIM API."
    for way in ways(replace(town.actor("ada"), org_role=OrgRole.MEMBER)):
        with pytest.raises(PermissionDenied):
            way()


def test_names_outside_ascii_fold(town: Town) -> None:
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
