"""Writing the directory: users and groups made, replaced, patched, ended; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, MemberKind
from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.access.people import insert_membership
from holoscope.access.people_users import ensure_user
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import audit_events, memberships, users
from support.house import House

USERS, GROUPS, EMBED = "/api/scim/v2/Users", "/api/scim/v2/Groups", "/api/scim/v2/embed/Users"
OWN = "urn:omni:params:1.0:UserAttribute"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
numbers = count()


@pytest.fixture(scope="module", autouse=True)
def defined(house: House) -> None:
    with house.database.writing() as connection:
        for reference, type_, several in (
            ("region", AttributeType.STRING, True),
            ("team", AttributeType.STRING, False),
            ("level", AttributeType.NUMBER, False),
        ):
            wanted = AttributeDefinition("", reference, reference.title(), type_, several)
            define_attribute(connection, house.organization_id, wanted, system_clock())


def mail() -> str:
    return f"user{next(numbers)}@example.test"


def make(admin: TestClient, **more: Any) -> dict[str, Any]:
    made = admin.post(USERS, json={"userName": mail(), "displayName": "Some One", **more})
    assert made.status_code == 201, made.text
    return made.json()


def make_group(admin: TestClient, *ids: str) -> dict[str, Any]:
    body = {"displayName": f"Group {next(numbers)}", "members": [{"value": id_} for id_ in ids]}
    made = admin.post(GROUPS, json=body)
    assert made.status_code == 201, made.text
    return made.json()


def patch(admin: TestClient, place: str, *operations: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = admin.patch(place, json={"schemas": [PATCH], "Operations": list(operations)})
    assert answer.status_code == status, answer.text
    return answer.json()


def op(verb: str, path: str | None = None, *value: Any) -> dict[str, Any]:
    return {"op": verb, **({} if path is None else {"path": path}), **({"value": value[0]} if value else {})}


def member_ids(group: dict[str, Any]) -> set[str]:
    return {each["value"] for each in group["members"]}


def test_a_user_s_life(house: House, admin: TestClient) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "Zoë@Example.test",
        "displayName": "Zoë",
        "externalId": "00u1",
        "password": "never kept",
        "title": "not kept",
        "emails": [{"value": "other@example.test", "type": "work"}],
        OWN: {"region": ["East", "Süd"], "level": 7, "nowhere": "ignored"},
    }
    made = admin.post(USERS, json=body, headers={"Content-Type": "application/scim+json"})
    user = made.json()
    place = f"{USERS}/{user['id']}"
    assert (made.status_code, made.headers["location"]) == (201, place)
    assert made.headers["content-type"] == "application/scim+json"
    assert user[OWN] == {"region": ["East", "Süd"], "level": "7"}
    assert (user["userName"], user["externalId"], user["active"]) == ("Zoë@Example.test", "00u1", True)
    assert "password" not in made.text
    assert "title" not in user
    assert admin.get(place).json() == user
    for other in ("zoë@example.test", "ZOË@EXAMPLE.TEST"):
        again = admin.post(USERS, json={"userName": other, "displayName": "Other"})
        assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    gone = patch(admin, place, op("replace", "active", False))
    assert gone["active"] is False
    assert admin.get(place).status_code == admin.delete(place).status_code == 404
    assert admin.put(place, json=body).status_code == 404
    back = admin.post(USERS, json=body).json()
    assert back["id"] != user["id"]
    assert admin.delete(f"{USERS}/{back['id']}").status_code == 204
    assert admin.delete(f"{USERS}/{back['id']}").status_code == 404


def test_a_user_made_here_is_an_ordinary_member_whatever_the_body_says(
    house: House, admin: TestClient
) -> None:
    extra = {
        "id": house.admin_id,
        "role": "ORG_ADMIN",
        "orgRole": "ORG_ADMIN",
        "roles": [{"value": "ORG_ADMIN"}],
        "isAdmin": True,
        "organizationId": "x",
        "kind": "support",
        "groups": [{"value": house.group_id}],
        "meta": {"created": "2000-01-01T00:00:00Z"},
        "__proto__": {"role": "ORG_ADMIN"},
        OWN: {"omni_is_org_admin": "true", "omni_user_email": "ada@example.test"},
    }
    user = make(admin, **extra)
    with house.database.reading() as connection:
        row = connection.execute(select(memberships).where(memberships.c.id == user["id"])).one()
    assert (row.role, row.kind, row.organization_id) == ("MEMBER", "standard", house.organization_id)
    assert (user["id"] != house.admin_id, user["groups"], user[OWN]) == (True, [], {})
    assert not user["meta"]["created"].startswith("2000")
    put = admin.put(f"{USERS}/{user['id']}", json={**extra, "userName": user["userName"]})
    assert (put.json()["id"], put.json()["groups"]) == (user["id"], [])
    for path in ("id", "groups", "meta.created", "schemas"):
        answer = patch(admin, f"{USERS}/{user['id']}", op("replace", path, "x"), status=400)
        assert answer["scimType"] == "mutability"


@pytest.mark.parametrize("external", ["1", "0", "admin", "ada@example.test"])
def test_external_ids_mean_nothing_here(house: House, admin: TestClient, external: str) -> None:
    user = make(admin, externalId=external)
    other = make(admin, externalId=external)
    assert user["id"] != other["id"]
    found = admin.get(USERS, params={"filter": f'externalId eq "{external}"'}).json()
    assert {each["id"] for each in found["Resources"]} == {user["id"], other["id"]}
    for each in (user, other):
        assert admin.delete(f"{USERS}/{each['id']}").status_code == 204


def test_put_replaces_everything(admin: TestClient) -> None:
    user = make(admin, externalId="e", **{OWN: {"region": ["East"], "team": "sales"}})
    place = f"{USERS}/{user['id']}"
    assert admin.put(place, json=user).json() == user
    bare = admin.put(place, json={"userName": user["userName"].upper(), OWN: {"team": "support"}}).json()
    assert bare[OWN] == {"team": "support"}
    assert (bare["displayName"], "externalId" in bare) == (user["userName"].upper(), False)
    other = admin.put(place, json={"userName": mail(), "displayName": "x"})
    assert (other.status_code, other.json()["scimType"]) == (400, "mutability")


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([op("replace", "displayName", "New")], {"displayName": "New"}),
        ([op("Replace", "DISPLAYNAME", "New")], {"displayName": "New"}),
        (
            [op("ADD", None, {"displayName": "New", "externalId": "9", "what": 1})],
            {"displayName": "New", "externalId": "9"},
        ),
        (
            [op("replace", "urn:ietf:params:scim:schemas:core:2.0:User:displayName", "New")],
            {"displayName": "New"},
        ),
        ([op("replace", f"{OWN}:region", ["West"])], {"region": ["West"]}),
        ([op("add", f"{OWN}:region", ["West", "East"])], {"region": ["East", "West"]}),
        ([op("add", f"{OWN.upper()}:REGION", ["West"])], {"region": ["East", "West"]}),
        ([op("remove", f"{OWN}:region")], {"region": None}),
        ([op("remove", f'{OWN}:region[value eq "East"]')], {"region": None}),
        ([op("replace", f"{OWN}:region", [])], {"region": None}),
        ([op("replace", f"{OWN}:level", 12)], {"level": "12"}),
        ([op("replace", f"{OWN}:level", "")], {"level": None}),
        ([op("replace", f"{OWN}:level", None)], {"level": None}),
        ([op("replace", f"{OWN}:nowhere", "x")], {}),
        ([op("replace", OWN, {"team": "sales", "nowhere": 1})], {"team": "sales", "region": ["East"]}),
        ([op("remove", OWN)], {"region": None, "level": None}),
        ([op("replace", None, {f"{OWN}:team": "sales"})], {"team": "sales"}),
        ([op("replace", "active", "True"), op("replace", 'emails[type eq "work"].value', "a@b.test")], {}),
        ([op("replace", "name.givenName", "A"), op("add", "title", "B")], {}),
        ([op("replace", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "C")], {}),
        ([op("remove", "displayName"), op("replace", "displayName", "Last")], {"displayName": "Last"}),
        ([op("remove", "externalId")], {"externalId": None}),
    ],
)
def test_patches_of_users(admin: TestClient, operations: list[Any], expected: dict[str, Any]) -> None:
    user = make(admin, externalId="1", **{OWN: {"region": ["East"], "level": "1"}})
    answer = admin.patch(f"{USERS}/{user['id']}", json={"schemas": ["urn:any"], "operations": operations})
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    for name, value in expected.items():
        assert {**changed, **changed[OWN]}.get(name) == value
    for name in ("displayName", "externalId"):
        if name not in expected:
            assert changed[name] == user[name]
    assert admin.get(f"{USERS}/{user['id']}").json() == changed


@pytest.mark.parametrize(
    ("operations", "kind"),
    [
        ([], "invalidSyntax"),
        ("x", "invalidSyntax"),
        ([op("move", "displayName", "x")], "invalidSyntax"),
        (["x"], "invalidSyntax"),
        ([op("replace", "displayName")], "invalidSyntax"),
        ([{"op": "replace", "path": 5, "value": 1}], "invalidSyntax"),
        ([op("replace", None, "x")], "invalidSyntax"),
        ([op("remove")], "noTarget"),
        ([op("replace", "nothing", "x")], "invalidPath"),
        ([op("replace", "displayName[", "x")], "invalidPath"),
        ([op("replace", 'displayName[value eq "x"]', "x")], "invalidPath"),
        ([op("replace", "userName", "other@example.test")], "mutability"),
        ([op("remove", "userName")], "mutability"),
        ([op("replace", "active", "perhaps")], "invalidValue"),
        ([op("replace", "active", None)], "invalidValue"),
        ([op("replace", "displayName", 5)], "invalidValue"),
        ([op("replace", "displayName", "x" * 300)], "invalidValue"),
        ([op("replace", "externalId", "x\u0000")], "invalidValue"),
        ([op("replace", f"{OWN}:region", "West")], "invalidValue"),
        ([op("replace", f"{OWN}:level", "seven")], "invalidValue"),
        ([op("replace", f"{OWN}:level", [1, 2])], "invalidValue"),
        ([op("replace", f"{OWN}:team", {"a": 1})], "invalidValue"),
        ([op("replace", OWN, "x")], "invalidValue"),
        ([op("replace", "displayName", "Changed"), op("replace", "nothing", "x")], "invalidPath"),
    ],
)
def test_patches_that_do_not_suit_change_nothing(admin: TestClient, operations: Any, kind: str) -> None:
    user = make(admin)
    answer = admin.patch(f"{USERS}/{user['id']}", json={"schemas": [PATCH], "Operations": operations})
    assert (answer.status_code, answer.json()["scimType"]) == (400, kind), answer.text
    assert admin.get(f"{USERS}/{user['id']}").json() == user


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"userName": "x"},
        {"userName": "a@b@c"},
        {"userName": "a b@c.test"},
        {"userName": "@c.test"},
        {"userName": "a\u0000@c.test"},
        {"userName": 5},
        {"userName": "a" * 300 + "@c.test"},
        {"userName": "ok1@c.test", "active": False},
        {"userName": "ok2@c.test", "displayName": {"a": 1}},
        {"userName": "ok3@c.test", "externalId": 5},
        {"userName": "ok4@c.test", OWN: []},
        {"userName": "ok5@c.test", OWN: {"region": "East"}},
        [],
        "x",
        None,
    ],
)
def test_bodies_that_do_not_suit_make_nobody(admin: TestClient, body: Any) -> None:
    before = admin.get(USERS, params={"count": 0}).json()["totalResults"]
    answer = admin.post(USERS, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert admin.get(USERS, params={"count": 0}).json()["totalResults"] == before


@pytest.mark.parametrize(
    "name",
    [
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "👩\u200d🔧 Ada",
        "क्\u200dष",
        "Zoë",
        "O'Neil; DROP TABLE users",
    ],
)
def test_names_of_every_script(admin: TestClient, name: str) -> None:
    user = make(admin, displayName=name)
    assert user["displayName"] == name
    found = admin.post(
        f"{USERS}/.search", json={"filter": f'id eq "{user["id"]}" and displayName eq "{name}"'}
    )
    assert found.json()["totalResults"] == 1


@pytest.mark.parametrize("name", ["a\u202eb", "a\nb", "a\u0000b", "a\u2028b", "\u2066a"])
def test_names_that_deceive(admin: TestClient, name: str) -> None:
    answer = admin.post(USERS, json={"userName": mail(), "displayName": name})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")


def test_names_come_from_what_providers_send(admin: TestClient) -> None:
    given = admin.post(USERS, json={"userName": mail(), "name": {"givenName": "Ann", "familyName": "Lee"}})
    assert given.json()["displayName"] == "Ann Lee"
    address = mail()
    assert admin.post(USERS, json={"username": address}).json()["displayName"] == address


def test_the_last_administrator_stays_by_every_way(house: House, admin: TestClient) -> None:
    place = f"{USERS}/{house.admin_id}"
    for answer in (
        admin.delete(place),
        admin.put(place, json={"userName": "ada@example.test", "active": False}),
        admin.patch(place, json={"Operations": [op("replace", "active", False)]}),
        admin.patch(place, json={"Operations": [op("replace", None, {"active": "false"})]}),
    ):
        assert answer.status_code == 409, answer.text
        assert "last active administrator" in answer.json()["detail"]
    assert admin.get(place).json()["displayName"] == "Ada Ünal"


def test_who_was_ended_is_out_at_once(house: House, admin: TestClient) -> None:
    user = make(admin)
    issued = house.services.keys.issue(house.organization_id, user["id"], name="own", kind=KeyKind.USER)
    own = house.client(issued.text.reveal())
    assert own.get("/api/v1/whoami").status_code == 200
    assert admin.delete(f"{USERS}/{user['id']}").status_code == 204
    assert own.get("/api/v1/whoami").status_code == 403


def test_two_patches_at_once_lose_nothing(admin: TestClient) -> None:
    people = [make(admin)["id"] for _ in range(12)]
    group = make_group(admin)
    place = f"{GROUPS}/{group['id']}"
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda id_: patch(admin, place, op("add", "members", [{"value": id_}])), people))
    assert len(done) == 12
    assert member_ids(admin.get(place).json()) == set(people)
    user = f"{USERS}/{people[0]}"
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: patch(admin, user, op("add", f"{OWN}:region", [str(n)])), range(12)))
    assert set(admin.get(user).json()[OWN]["region"]) == {str(n) for n in range(12)}


def test_the_same_address_at_once_makes_one_user(admin: TestClient) -> None:
    address = mail()
    with ThreadPoolExecutor(6) as pool:
        codes = list(
            pool.map(
                lambda n: (
                    admin.post(USERS, json={"userName": address.upper() if n % 2 else address}).status_code
                ),
                range(6),
            )
        )
    assert sorted(codes) == [201, 409, 409, 409, 409, 409]


def test_a_group_s_life(house: House, admin: TestClient) -> None:
    ann, bob, cid = (make(admin)["id"] for _ in range(3))
    group = make_group(admin, ann, ann)
    place = f"{GROUPS}/{group['id']}"
    assert len(group["id"]) == 8
    assert member_ids(group) == {ann}
    assert member_ids(patch(admin, place, op("add", "members", [{"value": bob}, {"value": ann}]))) == {
        ann,
        bob,
    }
    assert member_ids(patch(admin, place, op("Remove", f'members[value eq "{ann}"]'))) == {bob}
    assert member_ids(patch(admin, place, op("remove", f'members[value eq "{ann}"]'))) == {bob}
    assert member_ids(patch(admin, place, op("add", None, {"members": {"value": cid}}))) == {bob, cid}
    assert member_ids(patch(admin, place, op("remove", "members", [{"value": bob}]))) == {cid}
    assert member_ids(patch(admin, place, op("replace", "members", [{"value": ann}, {"value": bob}]))) == {
        ann,
        bob,
    }
    both = f'members[value eq "{ann}" or value eq "{bob}"]'
    assert member_ids(patch(admin, place, op("remove", both))) == set()
    named = patch(
        admin, place, op("replace", None, {"id": group["id"], "displayName": "Renamed", "externalId": "x"})
    )
    assert (named["displayName"], named["externalId"]) == ("Renamed", "x")
    whole = admin.put(place, json={**named, "members": [{"display": "", "value": cid}]}).json()
    assert member_ids(whole) == {cid}
    assert admin.put(place, json={"displayName": "Renamed"}).json()["members"] == []
    assert (
        "members"
        not in admin.patch(
            f"{place}?excludedAttributes=members",
            json={"Operations": [op("add", "members", [{"value": ann}])]},
        ).json()
    )
    assert [each["value"] for each in admin.get(f"{USERS}/{ann}").json()["groups"]] == [group["id"]]
    assert admin.delete(place).status_code == 204
    assert admin.get(place).status_code == admin.delete(place).status_code == 404
    assert admin.get(f"{USERS}/{ann}").json()["groups"] == []


def test_groups_hold_groups_and_never_themselves(admin: TestClient) -> None:
    inner = make_group(admin)
    outer = make_group(admin, inner["id"])
    assert outer["members"] == [
        {
            "display": inner["displayName"],
            "value": inner["id"],
            "type": "Group",
            "$ref": f"{GROUPS}/{inner['id']}",
        }
    ]
    for group, held in ((inner, outer), (inner, inner)):
        told = patch(
            admin, f"{GROUPS}/{group['id']}", op("add", "members", [{"value": held["id"]}]), status=400
        )
        assert "cannot hold itself" in told["detail"]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        (op("add", "members", [{"value": "0b8a0000-0000-4000-8000-000000000000"}]), "invalidValue"),
        (op("add", "members", [{"value": 5}]), "invalidValue"),
        (op("add", "members", ["x"]), "invalidValue"),
        (op("replace", "members", [{}]), "invalidValue"),
        (op("add", 'members[value eq "x"]', []), "invalidPath"),
        (op("remove", "members[nothing pr]"), "invalidFilter"),
        (op("replace", 'members[value eq "x"]', [{"value": "y"}]), "noTarget"),
        (op("replace", 'members[value eq "x"].display', "y"), "mutability"),
        (op("replace", "members.display", "y"), "mutability"),
        (op("replace", "id", "y"), "mutability"),
        (op("remove", "displayName"), "invalidValue"),
        (op("replace", "displayName", "x" * 65), "invalidValue"),
        (op("replace", "displayName", ""), "invalidValue"),
        (op("replace", "nothing", "y"), "invalidPath"),
    ],
)
def test_patches_of_groups_that_do_not_suit(admin: TestClient, operation: Any, kind: str) -> None:
    group = make_group(admin, make(admin)["id"])
    answer = patch(admin, f"{GROUPS}/{group['id']}", op("replace", "externalId", "x"), operation, status=400)
    assert answer["scimType"] == kind
    assert admin.get(f"{GROUPS}/{group['id']}").json() == group


def test_names_of_groups_are_unique_in_any_letter_case(admin: TestClient) -> None:
    group, other = make_group(admin), make_group(admin)
    for answer in (
        admin.post(GROUPS, json={"displayName": group["displayName"].upper()}),
        admin.put(
            f"{GROUPS}/{other['id']}", json={"displayName": group["displayName"].upper(), "members": []}
        ),
        admin.patch(
            f"{GROUPS}/{other['id']}",
            json={"Operations": [op("replace", "displayName", group["displayName"].upper())]},
        ),
    ):
        assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


def test_a_group_of_twenty_thousand(house: House, admin: TestClient) -> None:
    now = system_clock()
    ids = [f"{n:08x}-0000-4000-8000-000000000000" for n in range(20_000)]
    with house.database.writing() as connection:
        connection.execute(
            users.insert(),
            [
                {
                    "id": id_,
                    "email": f"{id_}@x.test",
                    "email_key": f"{id_}@x.test",
                    "name": "N",
                    "name_key": "n",
                    "created_at": now,
                }
                for id_ in ids
            ],
        )
        connection.execute(
            memberships.insert(),
            [
                {
                    "id": id_,
                    "organization_id": house.organization_id,
                    "user_id": id_,
                    "role": "MEMBER",
                    "active": True,
                    "kind": "email_only",
                    "created_at": now,
                    "updated_at": now,
                }
                for id_ in ids
            ],
        )
    group = make_group(admin, *ids)
    place = f"{GROUPS}/{group['id']}"
    assert len(group["members"]) == 20_000
    bare = f"{place}?excludedAttributes=members"
    assert (
        admin.patch(bare, json={"Operations": [op("remove", f'members[value eq "{ids[7]}"]')]}).status_code
        == 200
    )
    assert len(admin.get(place).json()["members"]) == 19_999
    assert (
        admin.get(
            GROUPS, params={"filter": f'members eq "{ids[9]}"', "excludedAttributes": "members"}
        ).json()["totalResults"]
        == 1
    )
    assert (
        admin.put(
            bare, json={"displayName": group["displayName"], "members": [{"value": ids[0]}]}
        ).status_code
        == 200
    )
    assert member_ids(admin.get(place).json()) == {ids[0]}


@pytest.fixture
def embedded(house: House) -> Iterator[str]:
    now = system_clock()
    name = f"embed-user-{next(numbers)}"
    with house.database.writing() as connection:
        user = ensure_user(connection, f"{name}@house.test", "Guest", now)
        guest = insert_membership(connection, house.organization_id, user, kind=MemberKind.EMBED, at=now)
        connection.execute(
            memberships.update()
            .where(memberships.c.id == guest.membership_id)
            .values(embed_external_id=f"Ext-{name}", embed_entity="acme", embed_email="Guest@Acme.test")
        )
        assign_role(
            connection,
            house.organization_id,
            Holder(membership_id=guest.membership_id),
            Target(model_id=house.model_id),
            Role.VIEWER,
        )
    return guest.membership_id


def test_embed_users_are_apart(house: House, admin: TestClient, embedded: str) -> None:
    for path in (EMBED, "/api/scim/v2/embed/users"):
        (guest,) = admin.get(path, params={"filter": f'id eq "{embedded}"'}).json()["Resources"]
    assert guest["embedEntity"] == "acme"
    assert guest["embedEmail"] == "Guest@Acme.test"
    external = guest["embedExternalId"]
    for text, total in (
        (f'embedExternalId eq "{external}"', 1),
        (f'embedExternalId eq "{external.lower()}"', 0),
        (f'embedexternalid co "{external[2:]}"', 1),
        (f'embedExternalId co "{external[:4].lower()}"', 0),
        (f'userName co "{guest["userName"].upper()[:14]}"', None),
        (f'embedEmail eq "guest@acme.test" and id eq "{embedded}"', 1),
    ):
        found = admin.get(EMBED, params={"filter": text})
        assert found.status_code == 200, found.text
        assert total is None or found.json()["totalResults"] == total, text
    assert admin.get(f"{USERS}/{embedded}").status_code == 404
    assert admin.delete(f"{USERS}/{embedded}").status_code == 404
    assert admin.get(USERS, params={"filter": f'id eq "{embedded}"'}).json()["totalResults"] == 0
    assert admin.get(USERS, params={"filter": "embedEntity pr"}).json()["scimType"] == "invalidFilter"
    assert admin.get(f"{EMBED}/{house.member_id}").status_code == 404
    assert admin.post(EMBED, json={"userName": mail()}).status_code == 405


def test_an_embed_user_is_erased(house: House, admin: TestClient, embedded: str) -> None:
    group = make_group(admin, embedded)
    assert admin.delete(f"{EMBED}/{embedded}").status_code == 204
    assert admin.delete(f"{EMBED}/{embedded}").status_code == 404
    with house.database.reading() as connection:
        assert connection.execute(select(memberships).where(memberships.c.id == embedded)).first() is None
        told = connection.execute(select(audit_events.c.action).where(audit_events.c.object_id == embedded))
        assert "USER_DELETE" in set(told.scalars())
    assert admin.get(f"{GROUPS}/{group['id']}").json()["members"] == []


def test_the_audit_log_tells_of_every_change(house: House, admin: TestClient) -> None:
    user = make(admin, **{OWN: {"team": "sales"}})
    group = make_group(admin, user["id"])
    patch(admin, f"{USERS}/{user['id']}", op("replace", "displayName", "New"))
    patch(admin, f"{USERS}/{user['id']}", op("replace", "displayName", "New"))
    patch(admin, f"{GROUPS}/{group['id']}", op("remove", "members"))
    admin.delete(f"{GROUPS}/{group['id']}")
    admin.delete(f"{USERS}/{user['id']}")
    with house.database.reading() as connection:
        rows = connection.execute(
            select(audit_events)
            .where(audit_events.c.object_id.in_([user["id"], group["id"]]))
            .order_by(audit_events.c.at, audit_events.c.id)
        ).all()
    assert sorted(row.action for row in rows) == sorted(
        [
            "USER_CREATE",
            "USER_ATTRIBUTE_VALUES_SET",
            "GROUP_CREATE",
            "USER_UPDATE",
            "GROUP_UPDATE",
            "GROUP_DELETE",
            "USER_DEACTIVATE",
        ]
    )
    assert {row.membership_id for row in rows} == {house.admin_id}
    assert {row.credential_kind for row in rows} == {"organization"}
