"""Connections as records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from holoscope.access.actors import Actor
from holoscope.access.roles import Role
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modelstore.connections import (
    ConnectionFilter,
    WantedConnection,
    connection_wire,
    ensure_connection,
    list_connections,
    load_connection,
)
from holoscope.modelstore.errors import NoSuchConnection
from holoscope.storage.tables import audit_events, connections
from support.town import ROLES, Town

LAKE = WantedConnection("a Lake", "postgres", "Ölsee", None, Role.NO_ACCESS, {"host": "lake.example"})
SHOP = WantedConnection("Shop data", "duckdb", "shop", "main", Role.NO_ACCESS, {"path": "shop.duckdb"})


def names(town: Town, actor: Actor, wanted: ConnectionFilter = ConnectionFilter(), **asked: Any) -> list[str]:  # noqa: B008
    return [item.name for item in list_connections(town.database, town.scopes, actor, wanted, **asked)]


@pytest.fixture
def lake(town: Town) -> str:
    return ensure_connection(town.database, town.clock, town.organization.id, LAKE).id


def test_a_record_on_the_wire(town: Town) -> None:
    item = town.connection
    wire = connection_wire(item)
    assert "settings" not in wire
    assert "shop.duckdb" not in str(wire)
    assert {key: value for key, value in wire.items() if value is not None} == {
        "id": item.id,
        "name": "Shop data",
        "dialect": "duckdb",
        "database": "shop",
        "defaultSchema": "main",
        "baseRole": "NO_ACCESS",
        "createdAt": wire_time(item.created_at),
        "updatedAt": wire_time(item.updated_at),
    }
    assert "deletedAt" in wire


def test_ensuring_twice(town: Town) -> None:
    same = ensure_connection(town.database, town.clock, town.organization.id, SHOP)
    assert same == town.connection
    changed = ensure_connection(
        town.database, town.clock, town.organization.id, replace(SHOP, base_role=Role.QUERIER)
    )
    assert changed.id == town.connection.id
    assert changed.base_role is Role.QUERIER
    assert changed.updated_at > changed.created_at
    with pytest.raises(BadRequest, match="Invalid connection dialect"):
        ensure_connection(town.database, town.clock, town.organization.id, replace(SHOP, dialect="excel"))


def test_filters_and_orders(town: Town, lake: str) -> None:
    actor = town.actor("ada")
    cases: list[tuple[ConnectionFilter, list[str]]] = [
        (ConnectionFilter(), ["a Lake", "Shop data"]),
        (ConnectionFilter(name="LAKE"), ["a Lake"]),
        (ConnectionFilter(name="%"), []),
        (ConnectionFilter(name=""), ["a Lake", "Shop data"]),
        (ConnectionFilter(database="ölS"), ["a Lake"]),
        (ConnectionFilter(dialect="duckdb"), ["Shop data"]),
        (ConnectionFilter(dialect="duckdb, POSTGRES"), ["a Lake", "Shop data"]),
        (ConnectionFilter(dialect="snowflake"), []),
    ]
    for wanted, expected in cases:
        assert names(town, actor, wanted) == expected, wanted
    assert names(town, actor, sort_direction="desc") == ["Shop data", "a Lake"]
    assert names(town, actor, sort_field="dialect") == ["Shop data", "a Lake"]
    assert names(town, actor, sort_field="database") == ["Shop data", "a Lake"]


def test_unknown_dialects(town: Town) -> None:
    with pytest.raises(BadRequest, match=r"^Invalid dialect\(s\): excel, word$"):
        names(town, town.actor("ada"), ConnectionFilter(dialect="duckdb,excel,word"))


def test_deleted_ones_show_on_request(town: Town, lake: str) -> None:
    with town.database.writing() as connection:
        connection.execute(
            update(connections).where(connections.c.id == lake).values(deleted_at=town.clock())
        )
    assert names(town, town.actor("ada")) == ["Shop data"]
    assert names(town, town.actor("ada"), ConnectionFilter(include_deleted=True)) == ["a Lake", "Shop data"]
    with town.database.reading() as connection, pytest.raises(NoSuchConnection):
        load_connection(connection, lake)


@pytest.mark.parametrize("who", list(ROLES))
def test_a_role_on_a_model_opens_its_connection(town: Town, lake: str, who: str) -> None:
    assert names(town, town.actor(who)) == ["Shop data"]


@pytest.mark.parametrize("who", ["nora", "eve"])
def test_others_see_none(town: Town, lake: str, who: str) -> None:
    assert names(town, town.actor(who), ConnectionFilter(include_deleted=True)) == []


def test_an_unknown_connection(town: Town) -> None:
    with town.database.reading() as connection, pytest.raises(NoSuchConnection):
        load_connection(connection, new_id())


def test_a_change_of_the_base_role_is_in_the_audit_log(town: Town, lake: str) -> None:
    for role in (Role.NO_ACCESS, Role.VIEWER, Role.VIEWER):
        wanted = replace(LAKE, base_role=role)
        ensure_connection(town.database, town.clock, town.organization.id, wanted)
    with town.database.reading() as connection:
        told = connection.execute(select(audit_events).where(audit_events.c.object_id == lake)).all()
    assert [(event.action, event.details) for event in told] == [
        ("UPDATE_CONNECTION_BASE_ROLE", {"role": "VIEWER", "former_role": "NO_ACCESS"})
    ]
