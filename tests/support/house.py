"""A whole server in a folder: real rooms on SQLite and DuckDB, keys of every kind, no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import cast

from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.audit.queue import AuditQueue
from holoscope.access.doors import open_doors
from holoscope.access.embed.logins import EmbedLogins
from holoscope.access.embed.secrets import EmbedSecrets
from holoscope.access.passwords import hash_password
from holoscope.access.people import (
    insert_member,
    insert_organization,
    store_password_hash,
)
from holoscope.access.people_groups import ensure_group, set_groups_of
from holoscope.access.roles import Role
from holoscope.access.scope import Scopes
from holoscope.access.sign_in import SignInRules
from holoscope.access.whoami import WhoAmI
from holoscope.http.application import create_app
from holoscope.http.ports import Embedding, Services
from holoscope.http.rate_limit import RateLimiter
from holoscope.kit.clock import Clock, system_clock
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.connections import (
    StoredConnection,
    WantedConnection,
    driver_settings,
    ensure_connection,
    load_connection,
)
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.refresh import Refresher
from holoscope.runs.request import RunLimits
from holoscope.runs.service import Runs
from holoscope.storage.migrations import upgrade
from holoscope.storage.sealed import Sealer
from holoscope.storage.unit_of_work import Database, open_database
from holoscope.warehouses.base import Warehouse
from holoscope.warehouses.duckdb.driver import DuckDBWarehouse, open_duckdb
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.pool import Pool
from holoscope.warehouses.postgres.driver import open_postgres
from holoscope.warehouses.postgres.settings import read_settings
from support.house_model import FILES, write_rows

SIGN_IN_RULES = SignInRules()
PASSWORD = "correct horse battery staple"


@cache
def _password_hash() -> str:
    return hash_password(SecretText(PASSWORD))


EMBED_SECRET = SecretText("0123456789abcdef0123456789abcdef")


@dataclass(frozen=True)
class House:
    """What tests need to know of the world: ids, and the text of each key."""

    services: Services
    database: Database
    organization_id: str
    admin_id: str
    member_id: str
    group_id: str
    admin_key: str
    member_key: str
    personal_key: str
    disabled_key: str
    revoked_key: str
    foreign_key_id: str
    foreign_key: str
    connection_id: str
    schema_model_id: str
    model_id: str
    pool: Pool

    @property
    def warehouse(self) -> DuckDBWarehouse:
        return cast("DuckDBWarehouse", self.pool.warehouse(self.connection_id))

    def close(self) -> None:
        self.services.refresher.close()
        self.services.sessions.close()
        self.services.keys.close()
        self.services.grants.close()
        self.pool.close()
        if self.services.audit is not None:
            self.services.audit.close()
        self.database.close()

    def stranger(self) -> TestClient:
        """A client with the organization key of another organization's administrator."""
        return self.client(self.foreign_key)

    def client(self, key: str | None = "", **headers: str) -> TestClient:
        """A client with the admin's organization key, another key, or (None) no key at all."""
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.admin_key}"
        return TestClient(create_app(self.services), base_url="https://testserver", headers=headers)

    def browser(
        self, email: str = "ada@example.test", password: str = PASSWORD, **headers: str
    ) -> TestClient:
        """A client that signed in as a browser does: with the cookie, and the token for writes."""
        client = self.client(None, **{"Sec-Fetch-Site": "same-origin", **headers})
        answer = client.post("/api/v1/session", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
        return client


def build_house(
    folder: Path,
    *,
    per_minute: int = 0,
    base_role: Role = Role.QUERIER,
    limits: RunLimits | None = None,
    files: Mapping[str, str] = FILES,
    fill: Callable[[Path], None] = write_rows,
    clock: Clock = system_clock,
    duckdb: DuckDBSettings | None = None,
    sign_in_rules: SignInRules = SIGN_IN_RULES,
) -> House:
    """Make the world in `folder`: one organization with an admin and a member, another one beside it.

    `fill` writes the rows that the model of `files` is about; `clock` is that of queries.
    """
    database = open_database(folder / "meta.db")
    upgrade(database)
    now = system_clock()
    with database.writing() as connection:
        organization = insert_organization(connection, "Shop", now)
        admin = insert_member(
            connection, organization.id, email="ada@example.test", name="Ada Ünal", role=OrgRole.ADMIN, at=now
        )
        member = insert_member(
            connection,
            organization.id,
            email="bo@example.test",
            name="Bo",
            role=OrgRole.MEMBER,
            at=now + timedelta(seconds=1),
        )
        for each in (admin, member):
            store_password_hash(connection, each.user_id, _password_hash())
        group = ensure_group(connection, organization.id, "Analysts", now)
        set_groups_of(connection, member.membership_id, [group.id])
        other = insert_organization(connection, "Elsewhere", now + timedelta(seconds=1))
        stranger = insert_member(
            connection, other.id, email="eve@example.test", name="Eve", role=OrgRole.ADMIN, at=now
        )
    pepper = SecretText("test pepper 0123456789 abcdefghij KLMNOP")
    doors = open_doors(database, pepper, system_clock, sign_in_rules, session_rate_limit=per_minute)
    keys = doors.keys

    def issue(
        name: str, owner: str = admin.membership_id, kind: KeyKind = KeyKind.ORGANIZATION
    ) -> tuple[str, str]:
        issued = keys.issue(organization.id, owner, name=name, kind=kind)
        return issued.key.id, issued.text.reveal()

    disabled, revoked = issue("disabled"), issue("revoked")
    keys.set_enabled(organization.id, disabled[0], enabled=False)
    keys.revoke(organization.id, revoked[0])
    foreign = keys.issue(other.id, stranger.membership_id, name="foreign", kind=KeyKind.ORGANIZATION)
    scopes = Scopes(database)
    embed_secrets = EmbedSecrets(
        database, Sealer(SecretText("a sealing key for tests 0123456789")), EMBED_SECRET, system_clock
    )
    embed_logins = EmbedLogins(database, embed_secrets, doors.sessions, system_clock)
    audit = AuditQueue(database)
    fill(folder / "shop.duckdb")
    connection_id = ensure_connection(
        database,
        system_clock,
        organization.id,
        WantedConnection("Shop warehouse", "duckdb", "shop", "main", base_role, {"path": "shop.duckdb"}),
    ).id
    sealer = Sealer(SecretText("a sealing key for tests 0123456789"))

    def stored(id_: str) -> StoredConnection:
        with database.reading() as connection:
            return load_connection(connection, id_)

    def open_stored(id_: str) -> Warehouse:
        found = stored(id_)
        if found.dialect == "postgres":
            said = read_settings(driver_settings(found), found.password(sealer))
            return open_postgres(said, connection_id=id_)
        return open_duckdb(folder / str(found.settings["path"]), connection_id=id_, settings=duckdb)

    pool = Pool(open_stored, lambda id_: stored(id_).revision)
    store = ModelStore(database, scopes, system_clock)
    schema_model = store.create_schema_model(connection_id)
    model = store.create_shared_model(connection_id, "Shop", files)
    services = Services(
        database=database,
        authenticator=doors.authenticator,
        scopes=scopes,
        whoami=WhoAmI(database, scopes),
        keys=keys,
        sessions=doors.sessions,
        sign_in=doors.sign_in,
        grants=doors.grants,
        invitations=doors.invitations,
        oidc=doors.oidc,
        models=store,
        compiler=ModelCompiler(database, pool),
        refresher=Refresher(store, pool),
        embed=Embedding(
            embed_logins, embed_secrets, ("https://acme.example.test",), ("https://app.example.test",)
        ),
        runs=Runs(limits=limits, clock=clock, tell=audit.add),
        audit=audit,
        dialect_of=pool.dialect_of,
        warehouse_of=pool.warehouse,
        sealer=sealer,
        limiter=RateLimiter(per_minute),
        is_ready=lambda: True,
    )
    return House(
        services=services,
        database=database,
        organization_id=organization.id,
        admin_id=admin.membership_id,
        member_id=member.membership_id,
        group_id=group.id,
        admin_key=issue("admin")[1],
        member_key=issue("member", member.membership_id, KeyKind.MCP)[1],
        personal_key=issue("personal", member.membership_id, KeyKind.USER)[1],
        disabled_key=disabled[1],
        revoked_key=revoked[1],
        foreign_key_id=foreign.key.id,
        foreign_key=foreign.text.reveal(),
        connection_id=connection_id,
        schema_model_id=schema_model.id,
        model_id=model.id,
        pool=pool,
    )
