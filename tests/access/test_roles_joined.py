"""Roles only add (decision 0077): laws over pairs of tiers and custom roles, and what lists say of them."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from holoscope.access.actors import KeyKind
from holoscope.access.people_groups import add_to_group, create_group
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.access.roles_custom import NEEDS, put_custom_role
from holoscope.access.roles_listed import list_member_roles
from holoscope.access.roles_tiers import NOTHING, PERMISSIONS, Held, custom_held, tier
from holoscope.access.whoami import WhoAmI
from holoscope.query.scope import Permission
from support.town import Town, build_town


def closed(role: Role) -> list[frozenset[Permission]]:
    """Every set of permissions that a custom role of a tier may lack."""
    free = sorted(PERMISSIONS[role] - {Permission.READ})
    return [
        lost
        for size in range(1, len(free) + 1)
        for lost in map(frozenset, itertools.combinations(free, size))
        if all(not NEEDS.get(kept, frozenset()) & lost for kept in PERMISSIONS[role] - lost)
    ]


TIERS = [tier(role) for role in Role]
CUSTOM = [
    custom_held(role, f"{role} without {sorted(lost)}", lost)
    for role in list(Role)[1:]
    for lost in closed(role)
]


def sample(seed: int, count: int) -> list[Held]:
    return TIERS + random.Random(seed).sample(CUSTOM, count)


def test_the_order_of_roles_does_not_matter() -> None:
    for one, other, third in itertools.product(sample(1, 8), repeat=3):
        assert one.joined(other) == other.joined(one) or one.rank == other.rank
        assert one.joined(other).joined(third).permissions == one.joined(other.joined(third)).permissions
        assert one.joined(one) == one


def test_no_role_takes_anything_away() -> None:
    for one, other in itertools.product(TIERS + CUSTOM, sample(2, 20)):
        both = one.joined(other)
        assert both.permissions == one.permissions | other.permissions
        assert both.name == max(one, other, key=lambda held: held.rank).name
        assert one.joined(NOTHING) == one


def test_covering_is_having_at_least_as_much() -> None:
    for one, other in itertools.product(TIERS + CUSTOM, sample(3, 20)):
        if one.covers(other):
            assert one.permissions >= other.permissions
            assert one.joined(other).permissions == one.permissions
        assert one.covers(one)
    admin = tier(Role.CONNECTION_ADMIN)
    assert all(admin.covers(held) for held in TIERS + CUSTOM)


@pytest.mark.parametrize("seed", range(6))
def test_the_role_that_is_marked_is_the_one_that_whoami_names(tmp_path: Path, seed: int) -> None:
    """Random roles of a member and of nested groups, on the model and the connection."""
    dice = random.Random(seed)
    town = build_town(tmp_path, base_role=dice.choice(list(Role)[:3]))
    nora = town.people["nora"]
    names = [role.value for role in Role]
    with town.database.writing() as connection:
        for number, held in enumerate(dice.sample(CUSTOM, 4)):
            lost = PERMISSIONS[held.role] - held.permissions
            custom = put_custom_role(
                connection,
                town.organization.id,
                name=f"Custom {number}",
                description=None,
                base_role=held.role,
                denied=lost,
                at=town.clock(),
            )
            names.append(custom.name)
        groups = [
            create_group(connection, town.organization.id, f"G{number}", town.clock()) for number in range(3)
        ]
        add_to_group(connection, groups[0], [nora.membership_id])
        add_to_group(connection, groups[1], [groups[0].id])
        add_to_group(connection, groups[2], [groups[1].id])
    holders = [Holder(membership_id=nora.membership_id), *(Holder(group_id=group.id) for group in groups)]
    targets = [Target(model_id=town.model.id), Target(connection_id=town.connection.id)]
    ada, nora_actor = town.actor("ada"), town.actor("nora", KeyKind.MCP)
    whoami = WhoAmI(town.database, town.scopes)
    for _ in range(12):
        with town.database.writing() as connection:
            role = find(connection, town, dice.choice(names))
            assign_role(connection, town.organization.id, dice.choice(holders), dice.choice(targets), role)
        rows = list_member_roles(town.database, ada, nora.membership_id, model_id=town.model.id)
        (winner,) = [row for row in rows if row["resolved"]]
        told = whoami.answer(nora_actor)["rolesByModel"].get(town.model.id)
        assert (winner["roleName"] == "NO_ACCESS") is (told is None)
        if told is not None:
            assert (told["roleName"], told["baseRole"]) == (winner["roleName"], winner["baseRole"])
        assert winner["priority"] == max(row["priority"] for row in rows)


def find(connection, town: Town, name: str) -> Held:
    from holoscope.access.roles_custom import find_role

    return find_role(connection, town.organization.id, name)
