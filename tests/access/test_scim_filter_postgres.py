"""Filters of the directory on PostgreSQL: the same rows as on SQLite, filter by filter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pytest
from sqlalchemy import ClauseElement, insert, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from holoscope.access import scim_users
from holoscope.access.actors import MemberKind
from holoscope.access.attributes import load_definitions
from holoscope.access.scim_errors import ScimRefused
from holoscope.access.scim_filter import parse_filter
from holoscope.access.scim_listing import Asked
from holoscope.access.scim_sql import condition
from holoscope.access.scim_user_rows import ORDER, filterable, select_active
from holoscope.storage.tables import (
    group_groups,
    group_members,
    groups,
    memberships,
    organizations,
    user_attribute_definitions,
    user_attribute_values,
    users,
)
from support.postgres import drop_database, make_database, url_of, why_no_server
from support.scim_filters import sound_filter
from support.seeds import seed_of
from support.town import Town, build_town

SEED = seed_of("SCIM_FILTER_SEED") + 2
COUNT = 400
TABLES = (
    organizations,
    users,
    memberships,
    user_attribute_definitions,
    user_attribute_values,
    groups,
    group_groups,
    group_members,
)
pytestmark = pytest.mark.skipif(why_no_server() is not None, reason=str(why_no_server()))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def ask(town: Town) -> Iterator[Callable[[str], list[Any]]]:
    """Copy the town's people into a database of PostgreSQL; give what asks it."""
    name = make_database()
    connection = adbc.connect(url_of(name), autocommit=True)

    def run(sql: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    try:
        with town.database.reading() as source:
            for table in TABLES:
                run(text_of(CreateTable(table)))
                for row in source.execute(select(table)).mappings():
                    run(text_of(insert(table).values(values_of(dict(row)))))
        yield run
    finally:
        connection.close()
        drop_database(name)


def values_of(row: dict[str, Any]) -> dict[str, Any]:
    """Write documents as literals of their own, which the compiler does not."""
    return {
        name: literal_column("'" + json.dumps(value).replace("'", "''") + "'")
        if isinstance(value, dict | list)
        else value
        for name, value in row.items()
    }


def text_of(statement: ClauseElement) -> str:
    compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%%", "%")


def test_both_databases_choose_the_same_members(town: Town, ask: Callable[[str], list[Any]]) -> None:
    random, actor = Random(SEED), town.actor("ada")
    with town.database.reading() as connection:
        definitions = load_definitions(connection, town.organization.id)
    known = filterable(definitions, MemberKind.STANDARD, "postgresql")
    compared = 0
    for _ in range(COUNT):
        text = sound_filter(random, more=True)
        try:
            chosen = condition(parse_filter(text), known)
        except ScimRefused:
            continue
        rows = select_active(town.organization.id, MemberKind.STANDARD, joined=True)
        there = [row[0] for row in ask(text_of(rows.where(chosen).order_by(*ORDER)))]
        here = scim_users.list_users(town.database, actor, Asked(text, attributes=("id",)))["Resources"]
        assert there == [each["id"] for each in here], f"seed {SEED}, {text!r}"
        compared += 1
    assert compared > COUNT // 2
