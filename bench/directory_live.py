"""Whole requests over HTTPS to a live server with 100,000 users: directory pages, and what rights cost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from http.client import HTTPSConnection

from sqlalchemy import select

from bench.clock import paired, ratio_line
from bench.directory import by_key, populate
from bench.live import Live, live
from holoscope import app
from holoscope.access.actors import CredentialKind, KeyKind
from holoscope.access.people import find_member_by_email, load_organizations
from holoscope.kit.clock import system_clock
from holoscope.settings import load_settings
from holoscope.storage.tables import connections, group_members
from holoscope.storage.unit_of_work import Database

_WEST = "analyst-west@shop.example"
_QUESTION = {
    "table": "order_items",
    "join_paths_from_topic_name": "regional_order_items",
    "fields": ["users.state", "order_items.total_sale_price"],
    "limit": None,
}
_ONLY_WEST = {"filters": {"users.region": {"kind": "EQUALS", "type": "string", "values": ["West"]}}}


def run(people: int = 100_000) -> None:
    """Print ratios, each of two requests in turn to one server."""
    with live(0.02) as server:
        settings = load_settings({"data_dir": server.folder}, os.environ)
        database, doors = app.open_beside(settings, server.folder, clock=system_clock)
        with database.writing() as connection:
            (organization, *_) = load_organizations(connection)
            warehouse = connection.execute(select(connections.c.id)).scalars().first() or ""
            populate(connection, organization.id, warehouse, people)
            west = find_member_by_email(connection, organization.id, _WEST)
            admin = find_member_by_email(connection, organization.id, "admin@shop.example")
            assert west is not None
            assert admin is not None
            in_groups = [
                {"group_id": f"group{number:03d}", "membership_id": west.membership_id}
                for number in range(10)
            ]
            connection.execute(group_members.insert(), in_groups)
        key = doors.keys.issue(organization.id, west.membership_id, name="bench", kind=KeyKind.USER).text
        print(f"\n## Whole requests over HTTPS: {people} users, 1,000 groups")
        actor = admin.acting("bench", CredentialKind.ORGANIZATION)
        _pages(server, database, people, lambda: by_key(database, actor))
        _rights(server, database, key.reveal())
        doors.close()
        database.close()


def _pages(server: Live, database: Database, people: int, page_by_key: Callable[[], object]) -> None:
    """Pages of SCIM users; over the first page, and over a page by its key in one process without HTTP."""

    def page(start: int, *, after_write: bool = False) -> Callable[[], object]:
        def ask() -> object:
            if after_write:
                database.touch()
            return server.get(f"/api/scim/v2/Users?startIndex={start}&count=100")

        return ask

    middle = people // 2
    for name, ours in (
        ("first page", page(1)),
        ("first page after a write", page(1, after_write=True)),
        ("middle by startIndex", page(middle)),
        ("middle by startIndex, after a write", page(middle, after_write=True)),
        ("end by startIndex, after a write", page(people - 98, after_write=True)),
    ):
        print(ratio_line(name, *paired(ours, page_by_key, rounds=31)))
    print(
        ratio_line(
            "middle over first, after a write",
            *paired(page(middle, after_write=True), page(1, after_write=True), rounds=31),
        )
    )
    named = "/api/scim/v2/Users?filter=userName%20eq%20%22u77%40bench.test%22"
    print(ratio_line("userName eq over first page", *paired(lambda: server.get(named), page(1), rounds=31)))


def _rights(server: Live, database: Database, key: str) -> None:
    """What a member of ten groups with a row rule asks, over an administrator who asks for the same rows."""
    member = _As(server, key)

    def asked(cache: str, **more: object) -> str:
        query = {"modelId": server.model_id, **_QUESTION, **more}
        return json.dumps({"query": query, "cache": cache})

    for name, cache, after_write in (
        ("uncached", "SkipCache", False),
        ("cached", "Standard", False),
        ("cached, after a write", "Standard", True),
    ):

        def ours(cache: str = cache, after_write: bool = after_write) -> object:
            if after_write:
                database.touch()
            return member.post("/api/v1/query/run", asked(cache))

        def theirs(cache: str = cache, after_write: bool = after_write) -> object:
            if after_write:
                database.touch()
            return server.post("/api/v1/query/run", json.loads(asked(cache, **_ONLY_WEST)))

        print(ratio_line(f"query with a row rule, {name}", *paired(ours, theirs, rounds=101)))
    member.close()


class _As:
    """A connection of its own with another key."""

    def __init__(self, server: Live, key: str) -> None:
        self._connection = HTTPSConnection(
            server.connection.host, server.connection.port, context=server.context, timeout=120
        )
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def post(self, path: str, body: str) -> bytes:
        self._connection.request("POST", path, body, self._headers)
        response = self._connection.getresponse()
        content = response.read()
        assert response.status == 200, content[:300]
        return content

    def close(self) -> None:
        self._connection.close()
