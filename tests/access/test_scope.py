"""Attributes and the scope made of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType, check_values, set_attributes
from holoscope.access.people_groups import ensure_group, set_groups_of
from holoscope.access.roles import PERMISSIONS, Role
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.query.scope import Scope
from support.town import ROLES, Town


def scope(town: Town, who: str) -> Scope:
    return town.scopes.scope_for(town.actor(who), town.model.id, town.connection.id)


@pytest.mark.parametrize(
    ("who", "role"), [*ROLES.items(), ("ada", Role.CONNECTION_ADMIN), ("nora", Role.NO_ACCESS)]
)
def test_permissions_are_those_of_the_role(town: Town, who: str, role: Role) -> None:
    assert scope(town, who).permissions == PERMISSIONS[role]


def test_all_attributes_of_somebody_with_some(town: Town) -> None:
    tess = town.people["tess"]
    assert scope(town, "tess").attributes == {
        "omni_user_id": (tess.user_id,),
        "omni_user_email": ("Tess@shop.example",),
        "omni_user_name": ("Tess",),
        "omni_user_groups": ("Analysts",),
        "omni_is_org_admin": ("false",),
        "omni_allows_personal_content": ("true",),
        "region": ("East", "Süd"),
        "level": ("7",),
    }


def test_attributes_declared_numbers_are_known_as_such(town: Town) -> None:
    assert scope(town, "tess").numbers == {"level"}


def test_unset_attributes_are_absent_and_defaults_are_not(town: Town) -> None:
    attributes = scope(town, "ada").attributes
    assert attributes["omni_is_org_admin"] == ("true",)
    assert attributes["level"] == ("1",)
    assert "region" not in attributes
    assert "omni_user_groups" not in attributes


def test_another_organization_s_definitions_are_unknown(town: Town) -> None:
    assert scope(town, "eve").attributes.keys() == {
        "omni_user_id",
        "omni_user_email",
        "omni_user_name",
        "omni_is_org_admin",
        "omni_allows_personal_content",
    }


def test_a_scope_cannot_be_changed(town: Town) -> None:
    with pytest.raises(TypeError):
        scope(town, "tess").attributes["region"] = ("ALL",)  # type: ignore[index]


def test_changes_show_at_once(town: Town) -> None:
    tess = town.people["tess"]
    assert scope(town, "tess").attributes["region"] == ("East", "Süd")
    with town.database.writing() as connection:
        set_attributes(connection, town.organization.id, tess.membership_id, {"region": [], "level": []})
        group = ensure_group(connection, town.organization.id, "Board", town.clock())
        set_groups_of(connection, tess.membership_id, [group.id])
    attributes = scope(town, "tess").attributes
    assert "region" not in attributes
    assert attributes["level"] == ("1",), "unsetting brings the default back"
    assert attributes["omni_user_groups"] == ("Board",)


def define(town: Town, reference: str, default: tuple[str, ...] | None = None) -> AttributeDefinition:
    wanted = AttributeDefinition("", reference, "Label", AttributeType.NUMBER, False, default)
    with town.database.writing() as connection:
        return define_attribute(connection, town.organization.id, wanted, town.clock())


def test_defining_twice_is_changing(town: Town) -> None:
    first = define(town, "floor", ("1",))
    assert define(town, "floor", ("2",)).id == first.id
    assert scope(town, "ada").attributes["floor"] == ("2",)


@pytest.mark.parametrize("reference", ["omni_user_id", "omni_anything", ""])
def test_system_names_are_reserved(town: Town, reference: str) -> None:
    with pytest.raises(BadRequest):
        define(town, reference)


@pytest.mark.parametrize(
    "value", ["", "x", "NaN", "Infinity", "1,5", "0x10", "1_000", " 7", "٣", "1e9999", "1;--"]
)
def test_numbers_are_numbers(town: Town, value: str) -> None:
    with pytest.raises(BadRequest, match="not a number"):
        define(town, "floor", (value,))


def test_several_values_need_a_definition_that_takes_them() -> None:
    single = AttributeDefinition("", "a", "A", AttributeType.STRING, False)
    assert check_values(single, ["x"]) == ("x",)
    with pytest.raises(BadRequest, match="single value"):
        check_values(single, ["x", "y"])


def test_unknown_attributes_are_refused_and_nothing_is_set(town: Town) -> None:
    with pytest.raises(BadRequest, match="colour"), town.database.writing() as connection:
        set_attributes(
            connection,
            town.organization.id,
            town.people["vic"].membership_id,
            {"region": ["West"], "colour": ["red"]},
        )
    assert "region" not in scope(town, "vic").attributes


def test_a_member_who_is_gone_has_no_attributes_but_defaults(town: Town) -> None:
    """Embedded members are deleted for good, maybe while they ask: rules fail then, nothing opens."""
    gone = replace(town.actor("tess"), membership_id=new_id())
    assert town.scopes.scope_for(gone, town.model.id, town.connection.id).attributes == {"level": ("1",)}
    assert town.scopes.scope_for(gone, town.model.id, town.connection.id).permissions == frozenset()
