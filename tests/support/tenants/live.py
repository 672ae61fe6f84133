"""A live server in a world of tenants: people with keys, every byte each of them got, and the log."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import orjson
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType, set_attributes
from holoscope.access.people import insert_member
from holoscope.access.roles import PERMISSIONS, Holder, Role, Target, assign_role
from holoscope.http.application import create_app
from holoscope.query.scope import Permission
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.request import RunLimits
from holoscope.runs.service import Runs
from support.house import House, build_house
from support.tenants.oracle import Asker
from support.tenants.world import TenantWorld, draw_attributes, sql_of

RUN, WAIT = "/api/v1/query/run", "/api/v1/query/wait"
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
_DEFINITIONS = {
    "tenants": AttributeType.STRING,
    "levels": AttributeType.NUMBER,
    "pattern": AttributeType.STRING,
    "badge": AttributeType.STRING,
}


@dataclass
class Person:
    """A member with a personal key; `attributes` are those that are set now."""

    id: str
    key: str
    role: Role
    attributes: dict[str, list[str]]

    @property
    def asker(self) -> Asker:
        return Asker(dict(self.attributes), PERMISSIONS[self.role])

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


class LogKeeper(logging.Handler):
    """Keeps every record as the server would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + repr(getattr(record, "fields", "")))


@dataclass
class Live:
    """The server of one world. `clock` moves when tests say so."""

    world: TenantWorld
    house: House
    client: TestClient
    people: list[Person]
    branch_id: str
    folder: Path
    clock: Moving
    log: LogKeeper
    _disk: DiskCache

    def ask(self, person: Person, query: Mapping[str, Any], *, through: str = "", **envelope: Any) -> Any:
        """Run a query as somebody: with their own key, or with another key that acts as them."""
        body = {"query": {"modelId": self.house.model_id, **query}, **envelope}
        if through:
            return self.client.post(f"{RUN}?userId={person.id}", json=body, headers=bearer(through))
        return self.client.post(RUN, json=body, headers=bearer(person.key))

    def wait(self, key: str, job_id: str) -> Any:
        return self.client.get(WAIT, params={"jobIds": job_id}, headers=bearer(key))

    def get(self, person: Person, path: str) -> Any:
        return self.client.get(f"/api/v1/models/{self.house.model_id}/{path}", headers=bearer(person.key))

    def change(self, person: Person, attributes: dict[str, list[str]]) -> None:
        """Set somebody's attributes; an empty list unsets one."""
        with self.house.database.writing() as connection:
            set_attributes(connection, self.house.organization_id, person.id, attributes)
        person.attributes = attributes

    def kept_files(self) -> list[bytes]:
        """Give the files of the result cache, once what waits to be written is written."""
        self._disk.close()
        return [path.read_bytes() for path in sorted((self.folder / "results").rglob("*")) if path.is_file()]

    def close(self) -> None:
        self.client.__exit__(None, None, None)
        logging.getLogger("holoscope").removeHandler(self.log)
        self._disk.close()
        self.house.close()


@dataclass
class Moving:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def open_live(world: TenantWorld, folder: Path, random: Random) -> Live:
    """Build the server of a world, its people and its branch."""

    def fill(path: Path) -> None:
        connection = duckdb.connect(str(path))
        connection.execute(sql_of(world.tables))
        connection.close()

    clock = Moving()
    house = build_house(folder, base_role=Role.QUERY_TOPICS, files=world.files, fill=fill)
    disk = DiskCache(folder / "results", 64 * 1024 * 1024, b"k" * 32)
    limits = RunLimits(stale_for=timedelta(hours=6))
    house = replace(house, services=replace(house.services, runs=Runs(limits=limits, clock=clock, disk=disk)))
    people = _people(house, world, random)
    log = LogKeeper()
    root = logging.getLogger("holoscope")
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    client = TestClient(create_app(house.services), base_url="https://testserver")
    client.__enter__()
    return Live(world, house, client, people, _branch(client, house, world), folder, clock, log, disk)


def _people(house: House, world: TenantWorld, random: Random) -> list[Person]:
    people: list[Person] = []
    roles = [Role.QUERY_TOPICS, Role.QUERY_TOPICS, Role.QUERY_TOPICS, Role.QUERIER, Role.QUERIER]
    with house.database.writing() as connection:
        for name, kind in _DEFINITIONS.items():
            wanted = AttributeDefinition("", name, name, kind, multiple_values=True)
            define_attribute(connection, house.organization_id, wanted, NOW)
        for number, role in enumerate(roles):
            member = insert_member(
                connection, house.organization_id, email=f"p{number}@example.test", name=f"P{number}",
                role=OrgRole.MEMBER, at=NOW,
            )  # fmt: skip
            attributes = draw_attributes(random, world.tenants)
            set_attributes(connection, house.organization_id, member.membership_id, attributes)
            if role is Role.QUERIER:
                holder, target = Holder(member.membership_id), Target(model_id=house.model_id)
                assign_role(connection, house.organization_id, holder, target, role)
            people.append(Person(member.membership_id, "", role, attributes))
    for person in people:
        issued = house.services.keys.issue(house.organization_id, person.id, name="own", kind=KeyKind.USER)
        person.key = issued.text.reveal()
    return people


def _branch(client: TestClient, house: House, world: TenantWorld) -> str:
    admin = bearer(house.admin_key)
    made = client.post(
        "/api/v1/models",
        json={
            "connectionId": house.connection_id,
            "modelKind": "BRANCH",
            "modelName": "other_rules",
            "baseModelId": house.model_id,
        },
        headers=admin,
    )
    assert made.status_code < 300, made.text
    branch_id = str(made.json()["model"]["id"])
    for name, text in world.branch_files.items():
        body = {"fileName": name, "yaml": text, "branchId": branch_id}
        written = client.post(f"/api/v1/models/{house.model_id}/yaml", json=body, headers=admin)
        assert written.status_code == 200, written.text
    return branch_id


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def job_of(response: Any) -> dict[str, Any]:
    """Give the line of the one job of an answer."""
    assert response.status_code == 200, response.text
    lines = [orjson.loads(line) for line in response.content.splitlines()]
    found: dict[str, Any] = next(line for line in lines if "job_id" in line)
    return found


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
