"""The first start, and every start after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from holoscope.access.actors import OrgRole
from holoscope.access.bootstrap import Founding, NoAdministrator, add_people, create_organization
from holoscope.access.keyring import KeyRing
from holoscope.access.passwords import hash_password, is_password, new_password
from holoscope.access.people import (
    deactivate_member,
    find_password_hash,
    insert_member,
    store_password_hash,
)
from holoscope.access.people_admins import set_org_role
from holoscope.access.people_file import parse_people
from holoscope.access.roles import Role, Target
from holoscope.access.scope import Scopes
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.storage.migrations import upgrade
from holoscope.storage.tables import api_keys, memberships, organizations, users
from holoscope.storage.unit_of_work import Database, open_database
from support.town import PEPPER, Town

PEOPLE = Path(__file__).parents[2] / "examples/shop/users.yaml"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = open_database(tmp_path / "meta.db")
    upgrade(database)
    return database


@pytest.fixture
def keys(database: Database) -> KeyRing:
    return KeyRing(database, PEPPER, system_clock)


def found(
    database: Database, keys: KeyRing, password: SecretText, known: SecretText | None = None
) -> Founding:
    return create_organization(
        database,
        keys,
        system_clock,
        name="Shop",
        admin_email="admin@shop.example",
        admin_name="Shop Admin",
        admin_password=password,
        known_key=known,
    )


def test_the_first_start(database: Database, keys: KeyRing) -> None:
    password = new_password()
    founding = found(database, keys, password)
    actor = keys.load_actor(founding.key.reveal())
    assert founding.is_new_key
    assert actor.is_admin
    assert actor.has_organization_key
    assert (actor.membership_id, actor.email) == (founding.admin.membership_id, "admin@shop.example")
    with database.reading() as connection:
        stored = find_password_hash(connection, founding.admin.user_id)
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert is_password(password, stored)
    assert not is_password(new_password(), stored)
    assert not is_password(password, "damaged")
    for secret in (password, founding.key):
        assert secret.reveal() not in repr(founding)
        assert secret.reveal() not in stored


def test_the_next_start_changes_nothing(database: Database, keys: KeyRing) -> None:
    password = new_password()
    first = found(database, keys, password)
    again = found(database, keys, password, first.key)
    assert (again.organization, again.admin, again.key) == (first.organization, first.admin, first.key)
    assert not again.is_new_key
    with database.reading() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (organizations, users, memberships)
        ]
    assert counts == [1, 1, 1]


def test_a_lost_or_revoked_key_is_replaced(database: Database, keys: KeyRing) -> None:
    password = new_password()
    first = found(database, keys, password)
    actor = keys.load_actor(first.key.reveal())
    keys.revoke(first.organization.id, actor.credential_id)
    for known in (None, first.key, SecretText("garbage")):
        again = found(database, keys, password, known)
        assert again.is_new_key
        assert keys.load_actor(again.key.reveal()).membership_id == first.admin.membership_id


def test_a_password_that_somebody_chose_stays(database: Database, keys: KeyRing) -> None:
    first, chosen = new_password(), new_password()
    founding = found(database, keys, first)
    with database.writing() as connection:
        store_password_hash(connection, founding.admin.user_id, hash_password(chosen))
    again = create_organization(
        database,
        keys,
        system_clock,
        name="Shop",
        admin_email="admin@shop.example",
        admin_name="Shop Admin",
        admin_password=first,
        keeps_password=True,
    )
    assert again.password is None
    with database.reading() as connection:
        stored = find_password_hash(connection, founding.admin.user_id)
    assert stored is not None
    assert is_password(chosen, stored)


def test_a_new_password_replaces_the_old(database: Database, keys: KeyRing) -> None:
    old, new = new_password(), new_password()
    founding = found(database, keys, old)
    found(database, keys, new, founding.key)
    with database.reading() as connection:
        stored = find_password_hash(connection, founding.admin.user_id) or ""
    assert is_password(new, stored)
    assert not is_password(old, stored)


@pytest.mark.parametrize(("step", "remedy"), [("demoted", "promote"), ("deactivated", "invite --admin")])
def test_no_key_for_who_administers_no_more(
    database: Database, keys: KeyRing, step: str, remedy: str
) -> None:
    password = new_password()
    first = found(database, keys, password)
    organization_id, at = first.organization.id, system_clock()
    with database.writing() as connection:
        insert_member(
            connection, organization_id, email="b@shop.example", name="B", role=OrgRole.ADMIN, at=at
        )
        if step == "demoted":
            set_org_role(connection, organization_id, first.admin.membership_id, OrgRole.MEMBER, at)
        else:
            deactivate_member(connection, organization_id, first.admin.membership_id, at)
    with pytest.raises(NoAdministrator, match=f"users {remedy} admin@shop.example"):
        found(database, keys, new_password(), first.key)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(api_keys)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(memberships)).scalar_one() == 2
        stored = find_password_hash(connection, first.admin.user_id)
    assert stored is None if step == "deactivated" else is_password(password, stored or "")


def test_the_shop_s_people(town: Town) -> None:
    wanted = parse_people(yaml.safe_load(PEOPLE.read_text("utf-8")))
    target = Target(model_id=town.model.id)
    scopes = Scopes(town.database)
    for round_ in range(2):
        issued = add_people(
            town.database,
            town.keys,
            town.clock,
            town.organization.id,
            wanted,
            roles_on=target,
            issue_key_to=lambda member, first=round_ == 0: first and "west" in member.email,
        )
        assert list(issued) == (["analyst-west@shop.example"] if round_ == 0 else [])
        if round_ == 0:
            key = issued["analyst-west@shop.example"]
    actor = town.keys.load_actor(key.text.reveal())
    assert not actor.has_organization_key
    scope = scopes.scope_for(actor, town.model.id, town.connection.id)
    assert scope.attributes["region"] == ("West",)
    assert scopes.roles_of(actor).on(town.model.id, town.connection.id) is Role.QUERIER


def people(**changes: Any) -> dict[str, Any]:
    person = {"email": "a@shop.example", "attributes": {"region": ["West"]}, **changes}
    return {"attributes": [{"name": "region"}], "users": [person]}


@pytest.mark.parametrize(
    "content",
    [
        {"usres": []},
        {"users": {}},
        {"users": ["x"]},
        {"users": [{"name": "x"}]},
        {"attributes": [{"label": "x"}]},
        {"attributes": [{"name": "x", "type": "Date"}]},
        {"attributes": [{"name": "x", "multiple_values": "yes"}]},
        people(email="no-at-sign"),
        people(email="two @shop.example"),
        people(rôle="x"),
        people(model_role="OWNER"),
        people(organization_admin="true"),
        people(attributes=["x"]),
        people(attributes=[]),
        people(attributes={"region": True}),
        people(attributes={"region": {"a": 1}}),
    ],
)
def test_mistakes_in_the_file_are_named(content: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        parse_people(content)


def test_a_mistake_adds_nobody(town: Town) -> None:
    content = people()
    content["attributes"] = []
    content["users"].append({"email": "b@shop.example", "attributes": {"unknown": ["x"]}})
    with pytest.raises(BadRequest, match="unknown"):
        add_people(
            town.database,
            town.keys,
            town.clock,
            town.organization.id,
            parse_people(content),
            roles_on=Target(model_id=town.model.id),
        )
    with town.database.reading() as connection:
        emails = set(connection.execute(select(users.c.email)).scalars())
    assert "a@shop.example" not in emails
