"""A metadata database with two organizations, people of every role, and keys of every kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from holoscope.access.actors import Actor, KeyKind, OrgRole
from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType, set_attributes
from holoscope.access.authenticate import Authenticator
from holoscope.access.keyring import IssuedKey, KeyRing
from holoscope.access.oauth.grants import Grants
from holoscope.access.people import (
    Member,
    Organization,
    insert_member,
    insert_organization,
)
from holoscope.access.people_groups import ensure_group, set_groups_of
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.access.scope import Scopes
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.connections import StoredConnection, WantedConnection, ensure_connection
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.models import ModelStore
from holoscope.storage.migrations import upgrade
from holoscope.storage.unit_of_work import Database, open_database

PEPPER = SecretText("pepper-of-the-town-0123456789abcdef-XYZ")
VIEW = """\
schema: main
table_name: sales
dimensions:
  id:
    primary_key: true
measures:
  count:
    aggregate_type: count
"""
FILES = {
    "model": "label: Shop\n",
    "relationships": "[]\n",
    "main/sales.view": VIEW,
    "sales.topic": "base_view: sales\n",
}


@dataclass
class TickingClock:
    """A clock that moves on by a second at each look, so that creation times are all different."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Town:
    """Ada administers; Vic, Tess, Quinn, Moe and Cara hold one role each, by name; Nora holds none."""

    database: Database
    clock: TickingClock
    keys: KeyRing
    grants: Grants
    authenticator: Authenticator
    scopes: Scopes
    store: ModelStore
    organization: Organization
    other: Organization
    connection: StoredConnection
    model: StoredModel
    people: dict[str, Member] = field(default_factory=dict)

    def issue(self, who: str, kind: KeyKind | None = None, name: str = "key") -> IssuedKey:
        """Make a key; of an administrator one of the organization, of others a grant, as any may hold."""
        person = self.people[who]
        if kind is None:
            kind = KeyKind.ORGANIZATION if person.role is OrgRole.ADMIN else KeyKind.MCP
        return self.keys.issue(person.organization_id, person.membership_id, name=name, kind=kind)

    def actor(self, who: str, kind: KeyKind | None = None) -> Actor:
        """Somebody, through a fresh key, as the server would see them."""
        return self.authenticator.authenticate(f"Bearer {self.issue(who, kind).text.reveal()}")


ROLES = {
    "vic": Role.VIEWER,
    "tess": Role.QUERY_TOPICS,
    "quinn": Role.QUERIER,
    "moe": Role.MODELER,
    "cara": Role.CONNECTION_ADMIN,
}


@cache
def _empty_database() -> bytes:
    """An upgraded file without rows; upgrading takes longer than everything else a town needs."""
    with TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "meta.db")
        upgrade(database)
        database.close()
        return (Path(folder) / "meta.db").read_bytes()


def build_town(folder: Path, *, base_role: Role = Role.NO_ACCESS) -> Town:
    (folder / "meta.db").write_bytes(_empty_database())
    database = open_database(folder / "meta.db")
    clock = TickingClock()
    people: dict[str, Member] = {}
    with database.writing() as connection:
        organization = insert_organization(connection, "Shop", clock())
        other = insert_organization(connection, "Elsewhere", clock())
        for name in ("ada", *ROLES, "nora"):
            people[name] = insert_member(
                connection,
                organization.id,
                email=f"{name.title()}@shop.example",
                name=name.title(),
                role=OrgRole.ADMIN if name == "ada" else OrgRole.MEMBER,
                at=clock(),
            )
        people["eve"] = insert_member(
            connection, other.id, email="eve@else.example", name="Eve", role=OrgRole.ADMIN, at=clock()
        )
        for reference, type_, several, default in (
            ("region", AttributeType.STRING, True, None),
            ("level", AttributeType.NUMBER, False, ("1",)),
        ):
            definition = AttributeDefinition("", reference, reference.title(), type_, several, default)
            define_attribute(connection, organization.id, definition, clock())
        set_attributes(
            connection,
            organization.id,
            people["tess"].membership_id,
            {"region": ["East", "Süd"], "level": ["7"]},
        )
        group = ensure_group(connection, organization.id, "Analysts", clock())
        for name in ("tess", "quinn"):
            set_groups_of(connection, people[name].membership_id, [group.id])
    scopes = Scopes(database)
    keys = KeyRing(database, PEPPER, clock)
    grants = Grants(database, PEPPER, clock)
    store = ModelStore(database, scopes, clock)
    wanted = WantedConnection("Shop data", "duckdb", "shop", "main", base_role, {"path": "shop.duckdb"})
    stored = ensure_connection(database, clock, organization.id, wanted)
    store.create_schema_model(stored.id)
    model = store.create_shared_model(stored.id, "Shop", FILES)
    with database.writing() as connection:
        for name, role in ROLES.items():
            holder = Holder(membership_id=people[name].membership_id)
            assign_role(connection, organization.id, holder, Target(model_id=model.id), role)
    return Town(
        database,
        clock,
        keys,
        grants,
        Authenticator(keys, grants),
        scopes,
        store,
        organization,
        other,
        stored,
        model,
        people,
    )
