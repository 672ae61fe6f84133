"""Custom roles over HTTP: what can be switched off, and that it is off at once for whoever holds the role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from holoscope.access.roles import PERMISSIONS, Role
from holoscope.access.roles_custom import NEEDS
from holoscope.query.scope import Permission
from holoscope.storage.tables import audit_events
from support.cast import Cast, build_cast
from support.refusals import refused

LIST = "/api/v1/custom-roles"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with build_cast(tmp_path_factory.mktemp("cast")) as built:
        yield built


def ask(cast: Cast, method: str, path: str, body: object = None, by: str = "organization") -> Any:
    return cast.request(by, method, path, body)


def make(cast: Cast, base: str, *denied: str, name: str | None = None) -> dict[str, Any]:
    body = {"name": name or cast.fresh("Role"), "baseRole": base, "deniedPermissions": denied}
    answer = ask(cast, "POST", LIST, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def holder(cast: Cast, role: dict[str, Any]) -> str:
    """A fresh member with that role on the connection; the name is the caller's."""
    name = cast.newcomer("holder")
    body = {"roleName": role["name"], "connectionId": cast.house.connection_id}
    assert ask(cast, "POST", f"/api/v1/users/{cast.members[name]}/model-roles", body).status_code == 200
    return name


def permissions(cast: Cast, who: str) -> set[str]:
    roles = ask(cast, "GET", "/api/v1/whoami", by=who).json()["rolesByModel"]
    return set(roles[cast.house.model_id]["permissions"])


def test_a_role_comes_back_as_it_was_made(cast: Cast) -> None:
    made = make(cast, "RESTRICTED_QUERIER", "use_ai", name=" Größe ohne KI ")
    assert made == {
        "id": made["id"],
        "name": "Größe ohne KI",
        "description": None,
        "baseRole": "QUERY_TOPICS",
        "deniedPermissions": ["USE_AI"],
        "permissions": ["QUERY_TOPICS", "READ", "USE_WORKBOOKS"],
        "createdAt": made["createdAt"],
        "updatedAt": made["createdAt"],
    }
    assert made in ask(cast, "GET", LIST).json()["records"]
    assert ask(cast, "DELETE", f"{LIST}/{made['id'].upper()}").json() == {"success": True}
    refused(
        ask(cast, "DELETE", f"{LIST}/{made['id']}"), 404, f"Custom role with id {made['id']} does not exist"
    )


def test_a_change_counts_at_once_for_whoever_holds_the_role(cast: Cast) -> None:
    role = make(cast, "MODELER", "UPDATE")
    who = holder(cast, role)
    assert permissions(cast, who) == PERMISSIONS[Role.MODELER] - {Permission.UPDATE}
    changed = ask(cast, "PATCH", f"{LIST}/{role['id']}", {"baseRole": "VIEWER", "deniedPermissions": []})
    assert changed.json()["permissions"] == ["READ"]
    assert permissions(cast, who) == {"READ"}
    ask(cast, "PATCH", f"{LIST}/{role['id']}", {"name": "Only looking", "description": "d"})
    roles = ask(cast, "GET", "/api/v1/whoami", by=who).json()["rolesByModel"]
    assert roles[cast.house.model_id]["roleName"] == "Only looking"


def test_a_role_in_use_stays(cast: Cast) -> None:
    role = make(cast, "QUERIER", "USE_AI")
    who = holder(cast, role)
    answer = ask(cast, "DELETE", f"{LIST}/{role['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "role_in_use")
    body = {"roleName": "NO_ACCESS", "connectionId": cast.house.connection_id}
    ask(cast, "POST", f"/api/v1/users/{cast.members[who]}/model-roles", body)
    assert ask(cast, "DELETE", f"{LIST}/{role['id']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"baseRole": "VIEWER"}, 400, "name: Required"),
        ({"name": "x"}, 400, "baseRole: Required"),
        ({"name": " ", "baseRole": "VIEWER"}, 400, "name: between 1 and 64 characters"),
        ({"name": "x" * 65, "baseRole": "VIEWER"}, 400, "name: between 1 and 64 characters"),
        ({"name": "querier", "baseRole": "VIEWER"}, 400, "name: querier is the name of a tier"),
        ({"name": "Restricted_Querier", "baseRole": "VIEWER"}, 400, "is the name of a tier"),
        ({"name": "x", "baseRole": "OWNER"}, 422, "Invalid role"),
        ({"name": "x", "baseRole": "NO_ACCESS"}, 400, "NO_ACCESS has nothing to switch off"),
        ({"name": "x", "baseRole": "VIEWER", "deniedPermissions": ["FLY"]}, 400, "no such permission 'FLY'"),
        ({"name": "x", "baseRole": "VIEWER", "deniedPermissions": ["READ"]}, 400, "give that"),
        (
            {"name": "x", "baseRole": "VIEWER", "deniedPermissions": ["UPDATE"]},
            400,
            "VIEWER does not have UPDATE",
        ),
        ({"name": "x", "baseRole": "VIEWER", "permissions": ["UPDATE"]}, 400, "Unrecognized key(s)"),
        (
            {"name": "x", "baseRole": "MODELER", "deniedPermissions": ["QUERY_SQL"]},
            400,
            "UPDATE reaches what QUERY_SQL guards: switch off UPDATE too, or take a lower baseRole",
        ),
        (
            {"name": "x", "baseRole": "QUERIER", "deniedPermissions": ["QUERY_FULL_MODEL"]},
            400,
            "QUERY_SQL reaches what QUERY_FULL_MODEL guards",
        ),
    ],
)
def test_what_cannot_be_made(cast: Cast, body: dict[str, Any], status: int, text: str) -> None:
    answer = ask(cast, "POST", LIST, body)
    assert (answer.status_code, text in answer.json()["detail"]) == (status, True), answer.text


def test_what_a_permission_reaches_is_reached_by_what_needs_it() -> None:
    """The table is closed: whatever is needed by what is needed is needed too."""
    for needed in NEEDS.values():
        for permission in needed:
            assert NEEDS.get(permission, frozenset()) <= needed


def test_a_name_is_had_once(cast: Cast) -> None:
    role, other = make(cast, "VIEWER"), make(cast, "VIEWER")
    body = {"name": role["name"].upper(), "baseRole": "VIEWER"}
    assert ask(cast, "POST", LIST, body).json()["code"] == "already_taken"
    answer = ask(cast, "PATCH", f"{LIST}/{other['id']}", {"name": role["name"].upper()})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")
    assert ask(cast, "PATCH", f"{LIST}/{role['id']}", {"name": role["name"].upper()}).status_code == 200


@pytest.mark.parametrize("who", ["connection_admin", "modeler", "no_access", "custom"])
def test_members_may_not(cast: Cast, who: str) -> None:
    for method, path, body in (
        ("GET", LIST, None),
        ("POST", LIST, {"name": "x", "baseRole": "VIEWER"}),
        ("PATCH", f"{LIST}/{cast.custom_role_id}", {"baseRole": "CONNECTION_ADMIN", "deniedPermissions": []}),
        ("DELETE", f"{LIST}/{UNKNOWN}", None),
    ):
        refused(ask(cast, method, path, body, by=who), 403, "Permission denied")


def test_another_organization_has_roles_of_its_own(cast: Cast) -> None:
    role = make(cast, "VIEWER")
    assert ask(cast, "GET", LIST, by="foreign").json()["records"] == []
    for method, body in (("PATCH", {"name": "Theirs"}), ("DELETE", None)):
        answer = ask(cast, method, f"{LIST}/{role['id']}", body, by="foreign")
        refused(answer, 404, f"Custom role with id {role['id']} does not exist")
    same = {"name": role["name"], "baseRole": "MODELER"}
    assert ask(cast, "POST", LIST, same, by="foreign").status_code == 201
    who = holder(cast, role)
    assert permissions(cast, who) == {"READ"}, "of two roles of one name, the organization's own counts"


def test_changes_are_told_in_the_audit_log(cast: Cast) -> None:
    role = make(cast, "VIEWER")
    ask(cast, "PATCH", f"{LIST}/{role['id']}", {"description": "d"})
    ask(cast, "PATCH", f"{LIST}/{role['id']}", {"description": "d"})
    ask(cast, "DELETE", f"{LIST}/{role['id']}")
    with cast.house.database.reading() as connection:
        told = connection.execute(
            select(audit_events.c.action).where(audit_events.c.object_id == role["id"])
        ).scalars()
        assert list(told) == ["CUSTOM_ROLE_CREATE", "CUSTOM_ROLE_UPDATE", "CUSTOM_ROLE_DELETE"]


def test_the_tiers_are_told_with_what_they_allow(cast: Cast) -> None:
    said = ask(cast, "GET", LIST).json()
    told = {tier["name"]: set(tier["permissions"]) for tier in said["tiers"]}
    assert list(told) == ["NO_ACCESS", "VIEWER", "QUERY_TOPICS", "QUERIER", "MODELER", "CONNECTION_ADMIN"]
    assert told["NO_ACCESS"] == set()
    assert told["VIEWER"] == {"READ"}
    assert "QUERY_SQL" in told["QUERIER"]
    assert "QUERY_SQL" not in told["QUERY_TOPICS"]
    assert {each["permission"] for each in said["capabilities"]} == set(told["CONNECTION_ADMIN"])
