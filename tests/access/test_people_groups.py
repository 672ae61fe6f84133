"""Groups in groups: who belongs, whose roles count, and what is refused."""

from __future__ import annotations

import pytest

from holoscope.access.errors import AlreadyTaken, GroupInItself, NoSuchMembers
from holoscope.access.people import Group
from holoscope.access.people_groups import (
    NAMING_A_GROUP,
    add_to_group,
    change_group,
    create_group,
    delete_group,
    ensure_group,
    find_group,
    held_groups,
    ids_in_group,
    take_from_group,
)
from holoscope.access.roles import Holder, Role, Target, assign_role, load_roles
from holoscope.storage.tables import groups, metadata
from support.town import Town


def make(town: Town, *names: str) -> list[Group]:
    with town.database.writing() as connection:
        return [create_group(connection, town.organization.id, name, town.clock()) for name in names]


def put(town: Town, group: Group, *ids: str) -> int:
    with town.database.writing() as connection:
        return add_to_group(connection, group, ids)


def test_members_of_inner_groups_hold_the_roles_of_outer_ones(town: Town) -> None:
    outer, middle, inner = make(town, "Outer", "Middle", "Inner")
    nora = town.people["nora"].membership_id
    assert put(town, outer, middle.id) == put(town, middle, inner.id) == put(town, inner, nora) == 1
    actor = town.actor("nora")
    assert town.scopes.roles_of(actor).on(town.model.id, town.connection.id) is Role.NO_ACCESS
    with town.database.writing() as connection:
        assign_role(
            connection,
            town.organization.id,
            Holder(group_id=outer.id),
            Target(model_id=town.model.id),
            Role.QUERIER,
        )
        assert set(connection.execute(held_groups(nora)).scalars()) == {outer.id, middle.id, inner.id}
        assert load_roles(connection, actor).on(town.model.id, town.connection.id) is Role.QUERIER
    scope = town.scopes.scope_for(actor, town.model.id, town.connection.id)
    assert scope.attributes["omni_user_groups"] == ("Inner", "Middle", "Outer")
    with town.database.writing() as connection:
        assert take_from_group(connection, outer, [middle.id]) == 1
    assert town.scopes.roles_of(actor).on(town.model.id, town.connection.id) is Role.NO_ACCESS


def test_no_group_holds_itself(town: Town) -> None:
    outer, middle, inner = make(town, "Outer", "Middle", "Inner")
    put(town, outer, middle.id)
    put(town, middle, inner.id)
    for group, held in ((outer, outer), (inner, outer), (inner, middle), (middle, outer)):
        with pytest.raises(GroupInItself) as refused:
            put(town, group, held.id)
        assert refused.value.status == 400


def test_adding_twice_and_taking_out(town: Town) -> None:
    (board,) = make(town, "Board")
    vic, moe = town.people["vic"].membership_id, town.people["moe"].membership_id
    assert put(town, board, vic, moe, vic) == 2
    assert put(town, board, moe) == 0
    with town.database.writing() as connection:
        assert ids_in_group(connection, board.id) == {vic, moe}
        assert take_from_group(connection, board, [vic, "x"]) == 1
        assert ids_in_group(connection, board.id) == {moe}


def test_strangers_are_refused_and_nobody_is_added(town: Town) -> None:
    (board,) = make(town, "Board")
    with town.database.writing() as connection:
        elsewhere = ensure_group(connection, town.other.id, "Elsewhere", town.clock())
    vic = town.people["vic"].membership_id
    for stranger in (town.people["eve"].membership_id, town.people["vic"].user_id, elsewhere.id, "", "1"):
        with pytest.raises(NoSuchMembers) as refused:
            put(town, board, vic, stranger)
        assert stranger in refused.value.detail
    with town.database.reading() as connection:
        assert ids_in_group(connection, board.id) == set()


def test_names_are_unique_whatever_their_letter_case(town: Town) -> None:
    board, other = make(town, "Straße", "Other")
    with town.database.writing() as connection:
        for name in ("STRASSE", " straße "):
            with pytest.raises(AlreadyTaken):
                create_group(connection, town.organization.id, name, town.clock())
            with pytest.raises(AlreadyTaken):
                change_group(connection, other, name=name, external_id=None, at=town.clock())
        change_group(connection, board, name="STRASSE", external_id="x", at=town.clock())
        create_group(connection, town.other.id, "Straße", town.clock())
        found = find_group(connection, town.organization.id, board.id)
    assert found is not None
    assert (found.name, found.external_id) == ("STRASSE", "x")


def test_every_table_that_names_a_group_is_settled() -> None:
    naming = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column is groups.c.id
    }
    settled = {(table.name, column) for table, column in NAMING_A_GROUP}
    assert naming == settled, "say in access/people_groups.py what becomes of these rows"


def test_deleting_leaves_the_members(town: Town) -> None:
    outer, inner = make(town, "Outer", "Inner")
    nora = town.people["nora"].membership_id
    put(town, outer, inner.id, nora)
    with town.database.writing() as connection:
        assign_role(
            connection,
            town.organization.id,
            Holder(group_id=outer.id),
            Target(model_id=town.model.id),
            Role.MODELER,
        )
        delete_group(connection, outer)
    with town.database.reading() as connection:
        assert find_group(connection, town.organization.id, outer.id) is None
        assert find_group(connection, town.organization.id, inner.id) is not None
        assert list(connection.execute(held_groups(nora))) == []
    assert town.scopes.roles_of(town.actor("nora")).on(town.model.id, town.connection.id) is Role.NO_ACCESS
