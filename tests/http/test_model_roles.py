"""Roles of members and groups over HTTP: rows, winners, refusals, and attempts to get more than one has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from holoscope.access.actors import MemberKind, OrgRole
from holoscope.access.people import insert_member
from holoscope.access.people_groups import add_to_group, ensure_group
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import audit_events, connections, memberships
from support.cast import CUSTOM, Cast, build_cast
from support.refusals import refused

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"
PRIORITIES = {
    "NO_ACCESS": 0,
    "VIEWER": 50,
    "QUERY_TOPICS": 150,
    "QUERIER": 250,
    "MODELER": 350,
    "CONNECTION_ADMIN": 450,
}


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with build_cast(tmp_path_factory.mktemp("cast")) as built:
        yield built


def place(holder: str) -> str:
    kind = "user-groups" if len(holder) == 8 else "users"
    return f"/api/v1/{kind}/{holder}/model-roles"


def give(cast: Cast, holder: str, role: str, by: str = "organization", **target: str) -> Any:
    target = target or {"connectionId": cast.house.connection_id}
    return cast.request(by, "POST", place(holder), {"roleName": role, **target})


def rows(cast: Cast, holder: str, **params: str) -> list[dict[str, Any]]:
    answer = cast.request("organization", "GET", place(holder), params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def role_on(cast: Cast, who: str, model_id: str) -> dict[str, Any] | None:
    """What the member himself learns from `whoami`."""
    roles = cast.request(who, "GET", "/api/v1/whoami").json()["rolesByModel"]
    found: dict[str, Any] | None = roles.get(model_id)
    return found


def somebody(cast: Cast) -> str:
    return cast.newcomer()


def group(cast: Cast, *holding: str) -> str:
    with cast.house.database.writing() as connection:
        made = ensure_group(connection, cast.house.organization_id, cast.fresh("Group"), system_clock())
        add_to_group(connection, made, holding)
    return made.id


def set_base_role(cast: Cast, role: str) -> None:
    with cast.house.database.writing() as connection:
        connection.execute(
            update(connections).where(connections.c.id == cast.house.connection_id).values(base_role=role)
        )


@pytest.fixture
def base_viewer(cast: Cast) -> Iterator[None]:
    set_base_role(cast, "VIEWER")
    yield
    set_base_role(cast, "NO_ACCESS")


@pytest.mark.usefixtures("base_viewer")
def test_base_group_and_own_role_are_three_rows_and_the_strongest_counts(cast: Cast) -> None:
    who = somebody(cast)
    team = group(cast, cast.members[who])
    assert give(cast, team, "QUERIER").status_code == 200
    answer = give(cast, cast.members[who], "modeler", modelId=cast.house.model_id)
    assert answer.json() == {
        "membershipId": cast.members[who],
        "modelId": cast.house.model_id,
        "connectionId": cast.house.connection_id,
        "roleName": "MODELER",
    }
    found = rows(cast, cast.members[who], modelId=cast.house.model_id)
    on = cast.house.connection_id
    name = next(row["from"]["name"] for row in found if row["from"]["type"] == "GROUP")
    shared = {"connectionId": on, "modelId": None, "resolved": False}
    assert found == [
        {
            **shared,
            "roleName": "QUERIER",
            "baseRole": "QUERIER",
            "priority": 250,
            "from": {"type": "GROUP", "depth": 0, "miniUuid": team, "name": name},
        },
        {**shared, "roleName": "VIEWER", "baseRole": "VIEWER", "priority": 50, "from": {"type": "BASE"}},
        {
            "connectionId": on,
            "modelId": cast.house.model_id,
            "roleName": "MODELER",
            "baseRole": "MODELER",
            "priority": 350,
            "resolved": True,
            "from": {"type": "USER"},
        },
    ]
    found = rows(cast, cast.members[who], connectionId=cast.house.connection_id)
    assert [row["resolved"] for row in found] == [True, False, True]
    mine = role_on(cast, who, cast.house.model_id)
    assert mine is not None
    assert mine["roleName"] == "MODELER"


@pytest.mark.usefixtures("base_viewer")
def test_the_base_role_is_a_floor_except_for_embedded_members(cast: Cast) -> None:
    who = somebody(cast)
    give(cast, cast.members[who], "NO_ACCESS")
    assert (role_on(cast, who, cast.house.model_id) or {})["roleName"] == "VIEWER"
    with cast.house.database.writing() as connection:
        connection.execute(
            update(memberships)
            .where(memberships.c.id == cast.members[who])
            .values(kind=MemberKind.EMBED.value)
        )
    assert role_on(cast, who, cast.house.model_id) is None
    found = rows(cast, cast.members[who], connectionId=cast.house.connection_id)
    assert [row["from"]["type"] for row in found] == ["USER"]


@pytest.mark.parametrize("role", list(PRIORITIES))
def test_every_tier_can_be_given_and_has_its_priority(cast: Cast, role: str) -> None:
    who = somebody(cast)
    assert give(cast, cast.members[who], role).json()["roleName"] == role
    (row,) = [row for row in rows(cast, cast.members[who]) if row["from"]["type"] == "USER"]
    assert (row["roleName"], row["priority"]) == (role, PRIORITIES[role])
    mine = role_on(cast, who, cast.house.model_id)
    assert (mine is None) is (role == "NO_ACCESS")


def test_the_older_word_for_a_restricted_querier(cast: Cast) -> None:
    who = somebody(cast)
    assert give(cast, cast.members[who], "RESTRICTED_QUERIER").json()["roleName"] == "QUERY_TOPICS"


def test_a_second_role_on_one_place_replaces_the_first(cast: Cast) -> None:
    who = somebody(cast)
    for role in ("MODELER", "VIEWER"):
        give(cast, cast.members[who], role)
    found = rows(cast, cast.members[who], connectionId=cast.house.connection_id)
    assert [row["roleName"] for row in found] == ["VIEWER", "NO_ACCESS"]


def test_groups_within_groups_count_at_their_depth(cast: Cast) -> None:
    who = somebody(cast)
    inner = group(cast, cast.members[who])
    middle = group(cast, inner)
    outer = group(cast, middle)
    give(cast, outer, "QUERIER")
    give(cast, inner, "VIEWER")
    found = rows(cast, cast.members[who], connectionId=cast.house.connection_id)
    assert [(row["from"].get("depth"), row["roleName"], row["resolved"]) for row in found] == [
        (2, "QUERIER", True),
        (0, "VIEWER", False),
        (None, "NO_ACCESS", False),
    ]
    assert (role_on(cast, who, cast.house.model_id) or {})["roleName"] == "QUERIER"
    of_group = rows(cast, inner)
    assert [(row["from"]["depth"], row["roleName"]) for row in of_group] == [(2, "QUERIER"), (0, "VIEWER")]
    assert "resolved" not in of_group[0]
    assert rows(cast, outer, modelId=cast.house.model_id)[0]["from"]["depth"] == 0


def test_an_administrator_has_the_role_of_the_organization(cast: Cast) -> None:
    found = rows(cast, cast.house.admin_id, connectionId=cast.house.connection_id)
    assert (found[0]["from"], found[0]["roleName"], found[0]["resolved"]) == (
        {"type": "ORG"},
        "CONNECTION_ADMIN",
        True,
    )


def test_a_custom_role_is_given_by_its_name(cast: Cast) -> None:
    who = somebody(cast)
    assert give(cast, cast.members[who], CUSTOM.upper()).json()["roleName"] == CUSTOM
    (row,) = [row for row in rows(cast, cast.members[who]) if row["from"]["type"] == "USER"]
    assert (row["roleName"], row["baseRole"], row["priority"]) == (CUSTOM, "MODELER", 350)
    mine = role_on(cast, who, cast.house.model_id)
    assert mine is not None
    assert (mine["roleName"], mine["baseRole"]) == (CUSTOM, "MODELER")
    assert "QUERY_FULL_MODEL" in mine["permissions"]
    assert not {"UPDATE", "QUERY_SQL", "VIEW_SQL"} & set(mine["permissions"])


def test_what_one_role_allows_no_other_takes_away(cast: Cast) -> None:
    who = somebody(cast)
    give(cast, cast.members[who], CUSTOM)
    give(cast, group(cast, cast.members[who]), "QUERIER")
    mine = role_on(cast, who, cast.house.model_id)
    assert mine is not None
    assert mine["roleName"] == CUSTOM
    assert {"QUERY_SQL", "VIEW_SQL", "MANAGE_UPLOADS"} <= set(mine["permissions"])
    assert "UPDATE" not in mine["permissions"]


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({}, 400, "Bad Request: roleName: Required"),
        ({"roleName": ""}, 400, "Bad Request: roleName: String should have at least 1 character"),
        ({"roleName": "VIEWER"}, 400, "exactly one of modelId and connectionId must be provided"),
        ({"roleName": "VIEWER", "modelId": "MODEL", "connectionId": "CONNECTION"}, 400, "exactly one of"),
        ({"roleName": "VIEWER", "modelId": "x"}, 400, "Bad Request: modelId: Invalid uuid"),
        ({"roleName": "VIEWER", "userId": UNKNOWN}, 400, "Unrecognized key(s) in object: 'userId'"),
        ({"roleName": "OWNER", "modelId": "MODEL"}, 422, "Invalid role"),
        ({"roleName": "VIEWER", "modelId": "SCHEMA"}, 422, "not on SCHEMA models"),
        ({"roleName": "VIEWER", "modelId": "BRANCH"}, 422, "not on BRANCH models"),
        (
            {"roleName": "VIEWER", "modelId": "MODEL", "connectionId": "OTHER"},
            422,
            "Model does not belong to connection",
        ),
        ({"roleName": "VIEWER", "modelId": UNKNOWN}, 404, f"Model with id {UNKNOWN} does not exist"),
        ({"roleName": "VIEWER", "connectionId": UNKNOWN}, 404, f"Connection with id {UNKNOWN} does not"),
    ],
)
def test_what_is_refused(
    cast: Cast, ids: dict[str, str], body: dict[str, str], status: int, text: str
) -> None:
    who = cast.members["viewer"]
    body = {key: ids.get(value, value) for key, value in body.items()}
    answer = cast.request("organization", "POST", place(who), body)
    assert (answer.status_code, text in answer.json()["detail"]) == (status, True), answer.text
    assert answer.json()["status"] == status


@pytest.fixture(scope="module")
def ids(cast: Cast) -> dict[str, str]:
    """The words of `test_what_is_refused`, with another connection beside the first."""
    from holoscope.access.roles import Role
    from holoscope.modelstore.connections import WantedConnection, ensure_connection
    from holoscope.modelstore.creation import WantedModel, add_model
    from holoscope.modelstore.history import Authored
    from holoscope.modelstore.model_rows import ModelKind

    house = cast.house
    with house.database.writing() as connection:
        branch = add_model(
            connection,
            WantedModel(house.connection_id, ModelKind.BRANCH, "aside", house.model_id),
            Authored(system_clock()),
        )
    other = ensure_connection(
        house.database,
        system_clock,
        house.organization_id,
        WantedConnection("Other", "duckdb", "shop", "main", Role.NO_ACCESS, {"path": "shop.duckdb"}),
    )
    return {
        "MODEL": house.model_id,
        "SCHEMA": house.schema_model_id,
        "BRANCH": branch.id,
        "CONNECTION": house.connection_id,
        "OTHER": other.id,
    }


def test_holders_that_are_not_there(cast: Cast) -> None:
    with cast.house.database.reading() as connection:
        (user_id,) = connection.execute(
            select(memberships.c.user_id).where(memberships.c.id == cast.members["viewer"])
        ).one()
        foreigner = connection.execute(
            select(memberships.c.id).where(memberships.c.organization_id != cast.house.organization_id)
        ).scalar_one()
    for nobody in (UNKNOWN, user_id, foreigner, cast.members["deactivated"]):
        refused(give(cast, nobody, "VIEWER"), 404, f"User with id {nobody} does not exist")
        answer = cast.request("organization", "GET", place(nobody))
        refused(answer, 404, f"User with id {nobody} does not exist")
    with cast.house.database.writing() as connection:
        other = connection.execute(
            select(memberships.c.organization_id).where(memberships.c.id == foreigner)
        ).scalar_one()
        theirs = ensure_group(connection, other, "Theirs", system_clock()).id
    for nowhere in ("abcdefgh", theirs):
        refused(give(cast, nowhere, "VIEWER"), 404, f"Group with id {nowhere} does not exist")
        answer = cast.request("organization", "GET", place(nowhere))
        refused(answer, 404, f"Group with id {nowhere} does not exist")


def test_a_connection_admin_gives_roles_on_that_connection_alone(cast: Cast, ids: dict[str, str]) -> None:
    who = cast.members[somebody(cast)]
    assert give(cast, who, "MODELER", by="connection_admin").status_code == 200
    assert give(cast, who, "CONNECTION_ADMIN", by="connection_admin").status_code == 200
    assert give(cast, who, "VIEWER", by="connection_admin", modelId=ids["MODEL"]).status_code == 200
    answer = give(cast, who, "VIEWER", by="connection_admin", connectionId=ids["OTHER"])
    refused(answer, 404, f"Connection with id {ids['OTHER']} does not exist")
    answer = cast.request("connection_admin", "GET", place(who))
    refused(answer, 403, "Permission denied")


@pytest.mark.parametrize("who", ["modeler", "querier", "query_topics", "viewer", "custom"])
def test_nobody_else_gives_roles_not_even_to_himself(cast: Cast, who: str) -> None:
    for holder in (cast.members[who], cast.members["viewer"], UNKNOWN):
        for target in ({"connectionId": cast.house.connection_id}, {"modelId": cast.house.model_id}):
            refused(give(cast, holder, "CONNECTION_ADMIN", by=who, **target), 403, "Permission denied")


def test_who_has_no_role_learns_nothing(cast: Cast) -> None:
    model = cast.house.model_id
    for holder in (cast.members["no_access"], UNKNOWN):
        answer = give(cast, holder, "VIEWER", by="no_access", modelId=model)
        refused(answer, 404, f"Model with id {model} does not exist")
        answer = give(cast, holder, "VIEWER", by="no_access", modelId=cast.house.schema_model_id)
        refused(answer, 404, f"Model with id {cast.house.schema_model_id} does not exist")


def test_nobody_gives_what_he_does_not_have(cast: Cast) -> None:
    """A Connection Admin without SQL: he administers, and still hands out nothing that holds SQL."""
    role = cast.request(
        "organization",
        "POST",
        "/api/v1/custom-roles",
        {"name": cast.fresh("Limited"), "baseRole": "CONNECTION_ADMIN", "deniedPermissions": ["USE_AI"]},
    ).json()
    who = somebody(cast)
    give(cast, cast.members[who], role["name"])
    other = cast.members[somebody(cast)]
    for name in ("CONNECTION_ADMIN", "QUERIER", "QUERY_TOPICS"):
        text = f"You cannot give the role {name}: it covers more than your own role there."
        refused(give(cast, other, name, by=who), 403, text)
        refused(give(cast, cast.members[who], name, by=who), 403, text)
    assert give(cast, other, role["name"], by=who).status_code == 200
    assert give(cast, other, "VIEWER", by=who).status_code == 200


def test_an_admin_of_one_model_gives_roles_on_that_model(cast: Cast) -> None:
    who, other = somebody(cast), cast.members[somebody(cast)]
    second = cast.house.services.models.create_shared_model(
        cast.house.connection_id, cast.fresh("Model"), {}
    ).id
    give(cast, cast.members[who], "CONNECTION_ADMIN", modelId=second)
    assert give(cast, other, "MODELER", by=who, modelId=second).status_code == 200
    assert give(cast, other, "VIEWER", by=who, modelId=cast.house.model_id).status_code == 404
    assert give(cast, other, "VIEWER", by=who).status_code == 404


def test_a_role_that_was_taken_away_is_gone_at_once(cast: Cast) -> None:
    who = somebody(cast)
    give(cast, cast.members[who], "QUERIER")
    query = {"query": {"modelId": cast.house.model_id, "table": "orders", "fields": ["orders.count"]}}
    assert cast.request(who, "POST", "/api/v1/query/run", query).status_code == 200
    give(cast, cast.members[who], "NO_ACCESS")
    assert cast.request(who, "POST", "/api/v1/query/run", query).status_code == 404


def test_changes_are_told_in_the_audit_log(cast: Cast) -> None:
    who = cast.members[somebody(cast)]
    for role in ("VIEWER", "VIEWER", "QUERIER"):
        give(cast, who, role, by="connection_admin")
    with cast.house.database.reading() as connection:
        told = connection.execute(select(audit_events).where(audit_events.c.object_id == who)).all()
    events = [event for event in told if event.action == "UPDATE_USER_CONNECTION_ROLE"]
    place_ = {"connection": cast.house.connection_id}
    assert [event.details for event in events] == [
        {"role": "VIEWER", "former_role": None, **place_},
        {"role": "QUERIER", "former_role": "VIEWER", **place_},
    ]
    assert {event.membership_id for event in events} == {cast.members["connection_admin"]}


def test_a_circle_of_groups_cannot_be_made_and_would_not_hold_anybody(cast: Cast) -> None:
    from holoscope.access.errors import GroupInItself
    from holoscope.access.people_groups import find_group
    from holoscope.storage.tables import group_groups

    who = somebody(cast)
    inner = group(cast, cast.members[who])
    outer = group(cast, inner)
    with cast.house.database.writing() as connection:
        found = find_group(connection, cast.house.organization_id, inner)
        assert found is not None
        with pytest.raises(GroupInItself):
            add_to_group(connection, found, [outer])
        connection.execute(group_groups.insert().values(parent_id=inner, child_id=outer))
    give(cast, outer, "VIEWER")
    found = rows(cast, cast.members[who], connectionId=cast.house.connection_id)
    assert [row["roleName"] for row in found] == ["VIEWER", "NO_ACCESS"]
    assert (role_on(cast, who, cast.house.model_id) or {})["roleName"] == "VIEWER"
    with cast.house.database.writing() as connection:
        connection.execute(group_groups.delete().where(group_groups.c.parent_id == inner))


def test_members_of_two_organizations_are_two_members(cast: Cast) -> None:
    """One person, two memberships: a role in one organization is none in the other."""
    name = cast.fresh("twice")
    here = cast.add_member(name)
    with cast.house.database.writing() as connection:
        other = (
            connection.execute(
                select(memberships.c.organization_id).where(
                    memberships.c.organization_id != cast.house.organization_id
                )
            )
            .scalars()
            .first()
        )
        there = insert_member(
            connection,
            other,
            email=f"{name}@cast.example",
            name=name,
            role=OrgRole.MEMBER,
            at=system_clock() + timedelta(seconds=1),
        ).membership_id
    give(cast, here, "QUERIER")
    refused(give(cast, there, "QUERIER"), 404, f"User with id {there} does not exist")
