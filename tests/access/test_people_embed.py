"""Erasing an embed user leaves nothing behind that names the membership."""

from __future__ import annotations

from sqlalchemy import select

from holoscope.access.actors import MemberKind
from holoscope.access.people import insert_membership
from holoscope.access.people_embed import ERASED, KEPT, erase_embed_user
from holoscope.access.people_users import ensure_user
from holoscope.storage.tables import memberships, metadata, users
from support.town import Town


def test_every_table_that_names_a_membership_is_settled() -> None:
    naming = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column is memberships.c.id
    }
    settled = {(table.name, "membership_id") for table in ERASED} | {
        (table.name, column) for table, column in KEPT
    }
    assert naming == settled, "say in access/people_embed.py whether these rows go or stay"
    for table, column in KEPT:
        assert table.c[column].nullable


def test_nothing_is_left_of_the_person(town: Town) -> None:
    with town.database.writing() as connection:
        user = ensure_user(connection, "embed-user-1@shop.example", "Guest", town.clock())
        guest = insert_membership(
            connection, town.organization.id, user, kind=MemberKind.EMBED, at=town.clock()
        )
        erase_embed_user(connection, guest, town.clock())
    with town.database.reading() as connection:
        assert connection.execute(select(users).where(users.c.id == user)).first() is None
        gone = select(memberships).where(memberships.c.id == guest.membership_id)
        assert connection.execute(gone).first() is None


def test_a_user_who_is_a_member_elsewhere_stays_one(town: Town) -> None:
    with town.database.writing() as connection:
        user = town.people["eve"].user_id
        guest = insert_membership(
            connection, town.organization.id, user, kind=MemberKind.EMBED, at=town.clock()
        )
        erase_embed_user(connection, guest, town.clock())
        assert connection.execute(select(users).where(users.c.id == user)).first() is not None
