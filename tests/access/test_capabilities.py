"""The table of capabilities is what is enforced: it agrees with the matrix, and what is off is closed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from access.test_matrix import SERVED
from holoscope.access.roles import PERMISSIONS, Holder, Role, Target, assign_role
from holoscope.access.roles_capabilities import CAPABILITIES
from holoscope.access.roles_custom import NEEDS
from holoscope.access.roles_custom_api import CustomRoles
from holoscope.kit.clock import system_clock
from holoscope.query.scope import Permission
from support.cast import Cast, build_cast
from support.matrix_calls import RECIPES

with Path(__file__).with_name("matrix.csv").open(newline="", encoding="utf-8") as _file:
    MATRIX = {row["operation"]: row for row in csv.DictReader(_file)}
READING_FILES = (
    *("modelDefinitionsList", "modelDiagnosticsList", "modelDiffGet", "modelFilesList", "modelUsesList"),
    *("modelsValidate", "modelsYamlGet"),
)
ENFORCED = [(each.permission, row) for each in CAPABILITIES for row in each.operations]


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with build_cast(tmp_path_factory.mktemp("cast")) as built:
        yield built


@pytest.mark.parametrize(("permission", "row"), ENFORCED)
def test_the_tiers_that_have_it_are_those_the_matrix_lets_through(permission: Permission, row: str) -> None:
    for role in Role:
        status = int(MATRIX[row][role.value.lower()])
        assert (status < 400) is (permission in PERMISSIONS[role]), (row, role)


def test_every_operation_that_asks_for_a_role_is_in_the_table_once() -> None:
    listed = [row for each in CAPABILITIES for row in each.operations]
    assert len(listed) == len(set(listed))
    by_role = {
        name
        for name, row in MATRIX.items()
        if row["connection_admin"] < "400" and row["no_access"] >= "400" and " as " not in name
    }
    assert by_role == set(listed)


def test_every_permission_opens_something() -> None:
    assert {each.permission for each in CAPABILITIES} == set(Permission)


@pytest.mark.parametrize(("permission", "row"), [item for item in ENFORCED if item[0] is not Permission.READ])
def test_a_custom_role_without_it_is_refused(cast: Cast, permission: Permission, row: str) -> None:
    """Everything a Connection Admin has, but this permission and those that reach what it guards."""
    assert_refused(cast, permission, row)


@pytest.mark.parametrize("row", READING_FILES)
def test_files_hold_sql_so_who_may_see_none_reads_none(cast: Cast, row: str) -> None:
    assert_refused(cast, Permission.VIEW_SQL, row)


def assert_refused(cast: Cast, permission: Permission, row: str) -> None:
    who = f"without {permission}"
    if who not in cast.members:
        cast.members[who] = cast.add_member(f"lacks_{permission.value.lower()}")
        cast.headers[who] = cast.sign_in(cast.members[who])[1]
        give_all_but(cast, who, permission)
    method, place, _ = SERVED[row.split()[0]]
    call = RECIPES[row](cast, False)
    for key, value in call.path.items():
        place = place.replace(f"{{{key}}}", quote(value, safe=""))
    answer = cast.request(who, method, place, call.json, call.params)
    assert answer.status_code == 403, answer.text
    assert cast.request(who, "GET", f"/api/v1/models/{cast.house.model_id}/topic").status_code == 200


def give_all_but(cast: Cast, who: str, permission: Permission) -> None:
    house = cast.house
    admin = house.services.authenticator.authenticate(f"Bearer {house.admin_key}")
    denied = {permission, *(each for each, needed in NEEDS.items() if permission in needed)}
    role = CustomRoles(house.database, system_clock).create(
        admin, name=who, description=None, base_role=Role.CONNECTION_ADMIN, denied=denied
    )
    with house.database.writing() as connection:
        holder = Holder(membership_id=cast.members[who])
        target = Target(connection_id=house.connection_id)
        assign_role(connection, house.organization_id, holder, target, role.held)
