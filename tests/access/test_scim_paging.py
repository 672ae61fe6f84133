"""Walking through the directory while others write: everybody who stays is met once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest

from holoscope.access import scim_groups, scim_users
from holoscope.access.actors import OrgRole
from holoscope.access.people import Member, deactivate_member, insert_member
from holoscope.access.people_groups import create_group, delete_group, find_group
from holoscope.access.scim_listing import Asked, Positions
from support.town import Town


def walk(page: Callable[[int], dict[str, Any]], between: Callable[[], None] = lambda: None) -> list[str]:
    """Go on by `itemsPerPage` until a page is empty, as clients do."""
    seen: list[str] = []
    start = 1
    while True:
        answer = page(start)
        seen += [each["id"] for each in answer["Resources"]]
        if not answer["itemsPerPage"]:
            return seen
        start += answer["itemsPerPage"]
        between()


def people(town: Town, count: int, prefix: str = "p") -> list[Member]:
    with town.database.writing() as connection:
        return [
            insert_member(
                connection,
                town.organization.id,
                email=f"{prefix}{number}@shop.example",
                name="P",
                role=OrgRole.MEMBER,
                at=town.clock(),
            )
            for number in range(count)
        ]


@pytest.mark.parametrize("is_descending", [False, True])
def test_members_who_leave_hide_nobody(town: Town, is_descending: bool) -> None:
    actor, positions = town.actor("ada"), Positions()
    made = people(town, 60)
    leaving = iter(made[:20] if not is_descending else made[::-1][:20])

    def page(start: int) -> dict[str, Any]:
        asked = Asked(start_index=start, count=7, is_descending=is_descending, attributes=("id",))
        return scim_users.list_users(town.database, actor, asked, positions)

    def leave() -> None:
        with town.database.writing() as connection:
            for _ in range(3):
                who = next(leaving, None)
                if who is not None:
                    deactivate_member(connection, town.organization.id, who.membership_id, town.clock())

    seen = walk(page, leave)
    staying = (
        {each.membership_id for each in made[20:]}
        if not is_descending
        else {each.membership_id for each in made[:-20]}
    )
    assert len(seen) == len(set(seen))
    assert staying <= set(seen)


def test_members_added_and_ended_by_others_meanwhile(town: Town) -> None:
    actor, positions = town.actor("ada"), Positions()
    made = people(town, 80)
    done = Event()

    def write() -> None:
        number = 0
        while not done.is_set() and number < 40:
            people(town, 1, f"new{number}-")
            with town.database.writing() as connection:
                deactivate_member(connection, town.organization.id, made[number].membership_id, town.clock())
            number += 1

    writer = Thread(target=write)
    writer.start()
    seen = walk(
        lambda start: scim_users.list_users(
            town.database, actor, Asked('userName co "@"', start_index=start, count=5), positions
        )
    )
    done.set()
    writer.join(timeout=60)
    assert len(seen) == len(set(seen))
    assert {each.membership_id for each in made[40:]} <= set(seen)


def test_groups_that_go_hide_none(town: Town) -> None:
    actor, positions = town.actor("ada"), Positions()
    with town.database.writing() as connection:
        made = [
            create_group(connection, town.organization.id, f"G{number}", town.clock()) for number in range(30)
        ]
    going = iter(made[:10])

    def go() -> None:
        group = next(going, None)
        with town.database.writing() as connection:
            if group is not None and find_group(connection, town.organization.id, group.id) is not None:
                delete_group(connection, group)

    seen = walk(
        lambda start: scim_groups.list_groups(
            town.database, actor, Asked(start_index=start, count=4), positions
        ),
        go,
    )
    assert len(seen) == len(set(seen))
    assert {group.id for group in made[10:]} <= set(seen)


def test_totals_follow_every_write(town: Town) -> None:
    actor, positions = town.actor("ada"), Positions()

    def total() -> int:
        return int(scim_users.list_users(town.database, actor, Asked(count=0), positions)["totalResults"])

    assert total() == total() == 7
    (new,) = people(town, 1)
    assert total() == 8
    with town.database.writing() as connection:
        deactivate_member(connection, town.organization.id, new.membership_id, town.clock())
    assert total() == 7


def test_what_is_remembered_ages_and_is_bounded() -> None:
    now = [0.0]
    positions = Positions(tick=lambda: now[0])
    counted: list[int] = []

    def count() -> int:
        counted.append(1)
        return len(counted)

    key = ("k",)
    assert [positions.load_total(key, 1, count) for _ in range(2)] == [1, 1]
    assert positions.load_total(key, 2, count) == 2
    now[0] = 1.0
    assert positions.load_total(key, 2, count) == 3
    from datetime import UTC, datetime

    place = (datetime(2026, 1, 1, tzinfo=UTC), "x")
    positions.remember(key, 101, place)
    assert positions.find(key, 101) == place
    assert positions.find(key, 102) is None
    now[0] = 700.0
    assert positions.find(key, 101) is None
