"""Who may do what: the table, and the rule that the strongest role counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from holoscope.access.actors import Actor
from holoscope.access.errors import InvalidRole
from holoscope.access.people_groups import ensure_group, set_groups_of
from holoscope.access.roles import PERMISSIONS, Holder, Role, Target, assign_role, parse_role, strongest
from holoscope.query.scope import Permission
from support.town import ROLES, Town, build_town

ORDER = ["NO_ACCESS", "VIEWER", "QUERY_TOPICS", "QUERIER", "MODELER", "CONNECTION_ADMIN"]
TABLE = """
                  NO_ACCESS VIEWER QUERY_TOPICS QUERIER MODELER CONNECTION_ADMIN
READ              -         yes    yes          yes     yes     yes
QUERY_TOPICS      -         -      yes          yes     yes     yes
USE_WORKBOOKS     -         -      yes          yes     yes     yes
USE_AI            -         -      yes          yes     yes     yes
QUERY_FULL_MODEL  -         -      -            yes     yes     yes
QUERY_SQL         -         -      -            yes     yes     yes
VIEW_SQL          -         -      -            yes     yes     yes
UPDATE            -         -      -            -       yes     yes
MANAGE_UPLOADS    -         -      -            -       yes     yes
MANAGE_MODEL      -         -      -            -       -       yes
"""
CELLS = [
    (Role(role), Permission(line.split()[0]), verdict == "yes")
    for line in TABLE.strip().splitlines()[1:]
    for role, verdict in zip(TABLE.split("\n")[1].split(), line.split()[1:], strict=True)
]


@pytest.mark.parametrize(("role", "permission", "expected"), CELLS)
def test_the_table(role: Role, permission: Permission, expected: bool) -> None:
    assert (permission in PERMISSIONS[role]) is expected


def test_the_table_is_complete() -> None:
    assert {cell[:2] for cell in CELLS} == {(role, permission) for role in Role for permission in Permission}


def test_each_role_holds_what_the_weaker_ones_hold() -> None:
    assert [role.value for role in Role] == ORDER
    for weaker, stronger in zip(Role, list(Role)[1:], strict=False):
        assert PERMISSIONS[weaker] < PERMISSIONS[stronger]
        assert strongest(weaker, stronger) is strongest(stronger, weaker) is stronger


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("RESTRICTED_QUERIER", Role.QUERY_TOPICS),
        ("QUERY_TOPICS", Role.QUERY_TOPICS),
        (" querier ", Role.QUERIER),
    ],
)
def test_spellings(name: str, role: Role) -> None:
    assert parse_role(name) is role


@pytest.mark.parametrize("name", ["", "ADMIN", "owner"])
def test_unknown_roles(name: str) -> None:
    with pytest.raises(InvalidRole, match="Invalid role"):
        parse_role(name)


def role_of(town: Town, actor: Actor) -> Role:
    return town.scopes.roles_of(actor).on(town.model.id, town.connection.id)


@pytest.mark.parametrize(("who", "role"), list(ROLES.items()))
def test_a_role_on_the_model_counts(town: Town, who: str, role: Role) -> None:
    assert role_of(town, town.actor(who)) is role


def test_no_role_is_no_access_and_an_administrator_needs_none(town: Town) -> None:
    assert role_of(town, town.actor("nora")) is Role.NO_ACCESS
    assert role_of(town, town.actor("ada")) is Role.CONNECTION_ADMIN
    assert role_of(town, town.actor("eve")) is Role.CONNECTION_ADMIN, (
        "which is why models are found by organization"
    )


@pytest.mark.parametrize(("who", "role"), [*ROLES.items(), ("nora", Role.NO_ACCESS)])
def test_the_base_role_is_a_floor(tmp_path: Path, who: str, role: Role) -> None:
    town = build_town(tmp_path, base_role=Role.QUERIER)
    assert role_of(town, town.actor(who)) is strongest(role, Role.QUERIER)


def test_roles_of_groups_and_of_connections_count_and_changes_show_at_once(town: Town) -> None:
    nora = town.actor("nora")
    connection_target = Target(connection_id=town.connection.id)
    model_target = Target(model_id=town.model.id)
    assert role_of(town, nora) is Role.NO_ACCESS
    with town.database.writing() as connection:
        group = ensure_group(connection, town.organization.id, "Modelers", town.clock())
        assign_role(
            connection, town.organization.id, Holder(group_id=group.id), connection_target, Role.MODELER
        )
    assert role_of(town, nora) is Role.NO_ACCESS
    with town.database.writing() as connection:
        set_groups_of(connection, nora.membership_id, [group.id])
    assert role_of(town, nora) is Role.MODELER
    with town.database.writing() as connection:
        holder = Holder(membership_id=nora.membership_id)
        assign_role(connection, town.organization.id, holder, model_target, Role.VIEWER)
    assert role_of(town, nora) is Role.MODELER, "a weaker role beside a stronger one takes nothing away"
    with town.database.writing() as connection:
        set_groups_of(connection, nora.membership_id, [])
    assert role_of(town, nora) is Role.VIEWER
    with town.database.writing() as connection:
        assign_role(connection, town.organization.id, holder, model_target, Role.QUERIER)
    assert role_of(town, nora) is Role.QUERIER, "a second assignment replaces the first"


def test_a_role_on_one_model_is_none_on_another(town: Town) -> None:
    other = town.store.create_shared_model(town.connection.id, "Other", {})
    roles = town.scopes.roles_of(town.actor("moe"))
    assert roles.on(other.id, town.connection.id) is Role.NO_ACCESS
    assert roles.on_connection(town.connection.id) is Role.NO_ACCESS


def test_another_organization_s_assignments_do_not_count(town: Town) -> None:
    nora = town.actor("nora")
    with town.database.writing() as connection:
        holder = Holder(membership_id=nora.membership_id)
        assign_role(connection, town.other.id, holder, Target(model_id=town.model.id), Role.MODELER)
    assert role_of(town, nora) is Role.NO_ACCESS
