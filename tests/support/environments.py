"""A house whose connection has two environments, each with people of its own, chosen by `region`."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType, set_attributes
from holoscope.access.people import insert_member
from holoscope.access.roles import Role
from holoscope.kit.clock import system_clock
from holoscope.modelstore.connections import WantedConnection, ensure_connection
from support.house import House, build_house
from support.house_model import write_rows

RUN, WAIT = "/api/v1/query/run", "/api/v1/query/wait"
LINKS, CONNECTIONS = "/api/v1/connection-environments", "/api/v1/connections"
REGIONS = ("north", "south")


@dataclass
class Environments:
    """`connections` and `links` are ids by region; names of people there begin with the region's."""

    house: House
    folder: Path
    admin: TestClient
    connections: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    people: int = 0

    def truth(self, region: str | None) -> list[str]:
        """Read the names of people with DuckDB alone; None is the base."""
        connection = duckdb.connect(str(self.folder / f"{region or 'shop'}.duckdb"), read_only=True)
        names = [row[0] for row in connection.execute("SELECT name FROM people ORDER BY id").fetchall()]
        connection.close()
        return names

    def newcomer(self, name: str, *regions: str) -> tuple[str, TestClient]:
        """Add a member with these values; return the membership and a client with a token of theirs."""
        house = self.house
        self.people += 1
        name = f"{name}{self.people}"
        with house.database.writing() as connection:
            member = insert_member(
                connection,
                house.organization_id,
                email=f"{name}@example.test",
                name=name,
                role=OrgRole.MEMBER,
                at=system_clock(),
            )
        self.set_regions(member.membership_id, *regions)
        key = house.services.keys.issue(
            house.organization_id, member.membership_id, name=name, kind=KeyKind.USER
        )
        return member.membership_id, house.client(key.text.reveal())

    def set_regions(self, member_id: str, *regions: str) -> None:
        with self.house.database.writing() as connection:
            set_attributes(connection, self.house.organization_id, member_id, {"region": regions})

    def patch(self, **body: Any) -> Any:
        return self.admin.patch(f"{CONNECTIONS}/{self.house.connection_id}", json=body)

    def begin(self) -> None:
        """Let `region` choose, each environment for the value that it is called by."""
        self.choose_by(None)
        for wanted in ("unused {}", "{}"):  # values that were swapped must not meet on the way
            for region, id_ in self.links.items():
                said = {"userAttributeValues": [wanted.format(region)]}
                answer = self.admin.put(f"{LINKS}/{id_}", json=said)
                assert answer.json() == {"success": True}, answer.text
        self.choose_by("region")

    def choose_by(self, attribute: str | None, base_values: list[str] | None = None) -> None:
        said = None if attribute is None else {"attributeName": attribute, "defaultValues": base_values}
        answer = self.patch(environmentUserAttribute=said)
        assert answer.status_code == 200, answer.text

    def body(self, envelope: dict[str, Any] | None = None, **query: Any) -> dict[str, Any]:
        asked = {"modelId": self.house.model_id, **(query or {"table": "people", "fields": ["people.name"]})}
        return {"query": asked, **(envelope or {})}


def build_environments(folder: Path) -> Environments:
    """Build it, as `Environments.begin` leaves it."""
    house = build_house(folder)
    with house.database.writing() as connection:
        wanted = AttributeDefinition("", "region", "Region", AttributeType.STRING, multiple_values=True)
        define_attribute(connection, house.organization_id, wanted, system_clock())
    made = Environments(house, folder, house.client())
    for number, region in enumerate(REGIONS, 1):
        path = folder / f"{region}.duckdb"
        write_rows(path)
        database = duckdb.connect(str(path))
        database.execute(f"UPDATE people SET name = '{region} ' || name")
        database.execute(f"UPDATE orders SET amount = amount * {10**number}")
        database.close()
        stored = ensure_connection(
            house.database,
            system_clock,
            house.organization_id,
            WantedConnection(region, "duckdb", region, "main", Role.NO_ACCESS, {"path": path.name}),
        )
        made.connections[region] = stored.id
    answer = made.admin.post(
        LINKS,
        json={
            "baseConnectionId": house.connection_id,
            "environmentConnectionIds": [made.connections[region] for region in REGIONS],
        },
    )
    assert answer.status_code == 201, answer.text
    for item in answer.json()["connectionEnvironments"]:
        region = next(name for name, id_ in made.connections.items() if id_ == item["connectionId"])
        made.links[region] = item["id"]
    made.begin()
    return made


def ask(client: TestClient, body: dict[str, Any], **params: str) -> dict[str, Any]:
    """Return the line of the job."""
    answer = client.post(RUN, json=body, params=params)
    assert answer.status_code == 200, answer.text
    line: dict[str, Any] = orjson.loads(answer.content.splitlines()[1])
    return line


def results(lines: bytes) -> list[dict[str, Any]]:
    """Return the rows of every result in an answer of lines."""
    jobs = [line for line in map(orjson.loads, lines.splitlines()) if line.get("status") == "COMPLETE"]
    return [row for job in jobs for row in rows(job)]


def rows(job: dict[str, Any]) -> list[dict[str, Any]]:
    assert job["status"] == "COMPLETE", job
    table = pa.ipc.open_stream(BytesIO(b64decode(job["result"]))).read_all()
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def names(job: dict[str, Any]) -> list[str]:
    """Return what the first column holds, sorted, without nulls."""
    found = [next(iter(row.values())) for row in rows(job)]
    return sorted(str(value) for value in found if value is not None)
