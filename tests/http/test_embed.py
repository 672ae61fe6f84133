"""Embedding over HTTP: signed addresses, generated sessions, secrets, and what an embedded member may see."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.access.embed.signatures import login_values, redeem_values, sign
from holoscope.http.application import create_app
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import (
    audit_events,
    content_permits,
    embed_logins,
    folders,
    group_members,
    groups,
    memberships,
    model_roles,
)
from support.house import EMBED_SECRET, House, build_house
from support.seeds import seed_of

ORIGIN = "https://acme.example.test"
LEAST = {"contentPath": "/dashboards/12db1a0a", "externalId": "u-1", "name": "Ann Example"}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = build_house(tmp_path_factory.mktemp("embed"))
    with made.database.writing() as connection:
        for reference, several in (("region", True), ("tier", False)):
            kind = AttributeType.STRING if several else AttributeType.NUMBER
            definition = AttributeDefinition("", reference, reference, kind, several)
            define_attribute(connection, made.organization_id, definition, system_clock())
    yield made
    made.close()


_NONCES = iter(f"{number:032d}" for number in range(10**9))


def signed(origin: str = ORIGIN, secret=EMBED_SECRET, nonce: str | None = None, **said: str) -> str:
    """Return the path of a signed login address."""
    texts = {**LEAST, **said, "nonce": nonce or next(_NONCES)}
    signature = sign(login_values(f"{origin}/embed/login", texts), secret)
    return f"/embed/login?{urlencode({**texts, 'signature': signature})}"


def open_(house: House, path: str, **headers: str):
    return house.client(None, **headers).get(path, follow_redirects=False)


def member(house: House, external_id: str = "u-1"):
    with house.database.reading() as connection:
        return connection.execute(
            select(memberships).where(memberships.c.embed_external_id == external_id, memberships.c.active)
        ).one()


def test_a_signed_address_opens_once(house: House) -> None:
    path = signed(theme="vibes", prefersDark="true", filterSearchParam="f--a=%7B%22x%22%3A1%7D")
    answer = open_(house, path)
    assert answer.status_code == 302
    assert answer.headers["location"] == (
        "/embed/dashboards/12db1a0a?theme=vibes&prefersDark=true&mode=SINGLE_CONTENT&f--a=%7B%22x%22%3A1%7D"
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-holoscope_embed=hos_")
    for word in ("HttpOnly", "Secure", "SameSite=none", "Partitioned", "Path=/"):
        assert word in cookie
    assert "frame-ancestors 'self' https://app.example.test" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    again = open_(house, path, **HTML)
    assert again.status_code == 403
    assert "used before" in again.text
    assert "<script" not in again.text


def test_the_session_asks_as_its_member_and_only_embeds(house: House) -> None:
    roles = f'{{"{house.connection_id}":"RESTRICTED_QUERIER"}}'
    answer = open_(house, signed(connectionRoles=roles))
    client = house.client(None)
    client.cookies.set("__Host-holoscope_embed", answer.cookies["__Host-holoscope_embed"])
    told = client.get("/api/v1/whoami").json()
    assert told["user"]["membershipId"] == member(house).id
    assert told["keyScope"] == "user"
    assert [each["roleName"] for each in told["rolesByModel"].values()] == ["QUERY_TOPICS"]
    assert client.get("/api/scim/v2/Users").status_code == 403
    assert client.get("/api/v1/api-keys").status_code == 403
    assert client.post("/api/v1/embed/sso/generate-session", json=LEAST).status_code == 403
    shown = client.get("/embed/dashboards/12db1a0a", headers=HTML)
    assert shown.status_code == 404
    assert "There is nothing here" in shown.text


def test_nobody_without_a_session_learns_what_there_is(house: House) -> None:
    for path in ("/embed/dashboards/12db1a0a", "/embed/my", "/embed/whatever"):
        answer = open_(house, path, **HTML)
        assert answer.status_code == 401
        assert "session has ended" in answer.text


def test_the_base_role_is_none_of_an_embedded_member_s(house: House) -> None:
    answer = open_(house, signed(externalId="no-roles"))
    client = house.client(None)
    client.cookies.set("__Host-holoscope_embed", answer.cookies["__Host-holoscope_embed"])
    assert client.get("/api/v1/whoami").json()["rolesByModel"] == {}


def test_what_a_link_does_not_say_is_taken_away(house: House) -> None:
    roles = f'{{"{house.model_id}":"VIEWER"}}'
    said = {
        "userAttributes": '{"region":["EU","US"],"tier":3}',
        "groups": '["Analysts"]',
        "modelRoles": roles,
    }
    assert open_(house, signed(externalId="u-2", email="x@y.test", **said)).status_code == 302
    key = house.client()
    first = member(house, "u-2")
    shown = key.get(f"/api/scim/v2/embed/Users/{first.id}").json()
    assert shown["urn:omni:params:1.0:UserAttribute"] == {"region": ["EU", "US"], "tier": "3"}
    assert [group["display"] for group in shown["groups"]] == ["Analysts"]
    assert shown["embedEmail"] == "x@y.test"
    assert open_(house, signed(externalId="u-2", name="Ann Other")).status_code == 302
    shown = key.get(f"/api/scim/v2/embed/Users/{first.id}").json()
    assert shown["displayName"] == "Ann Other"
    assert shown["urn:omni:params:1.0:UserAttribute"] == {}
    assert shown["groups"] == []
    with house.database.reading() as connection:
        held = connection.execute(select(model_roles).where(model_roles.c.membership_id == first.id)).all()
    assert held == []


def test_roles_of_links_are_told_once(house: House) -> None:
    roles = f'{{"{house.model_id}":"VIEWER"}}'
    for said in ({"modelRoles": roles}, {"modelRoles": roles}, {}):
        assert open_(house, signed(externalId="u-told", **said)).status_code == 302
    with house.database.reading() as connection:
        told = select(audit_events.c.details).where(
            audit_events.c.object_id == member(house, "u-told").id,
            audit_events.c.action == "UPDATE_USER_MODEL_ROLE",
        )
        events = connection.execute(told.order_by(audit_events.c.at, audit_events.c.id)).scalars().all()
    assert events == [
        {"role": "VIEWER", "former_role": None, "model": house.model_id},
        {"role": None, "former_role": "VIEWER", "model": house.model_id},
    ]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"userAttributes": '{"planet":["tatooine"]}'}, "planet"),
        ({"userAttributes": '{"tier":"many"}'}, "tier"),
        ({"groups": '["Nobody"]'}, "Nobody"),
        ({"connectionRoles": '{"11111111-2222-4333-8444-555555555555":"VIEWER"}'}, "no connection"),
        ({"modelRoles": '{"11111111-2222-4333-8444-555555555555":"VIEWER"}'}, "no shared model"),
        ({"branch": "nowhere"}, "branch"),
    ],
)
def test_names_that_there_are_not_fail_the_login_and_change_nothing(
    house: House, said: dict[str, str], word: str
) -> None:
    answer = open_(house, signed(externalId="u-never", **said))
    assert answer.status_code == 400
    assert word in answer.json()["detail"]
    with house.database.reading() as connection:
        found = select(memberships.c.id).where(memberships.c.embed_external_id == "u-never")
        assert connection.execute(found).first() is None


@pytest.mark.parametrize("role", ["MODELER", "CONNECTION_ADMIN", "ORG_ADMIN", "Nothing"])
def test_no_link_gives_more_than_a_querier_has(house: House, role: str) -> None:
    answer = open_(house, signed(connectionRoles=f'{{"{house.connection_id}":"{role}"}}'))
    assert answer.status_code == 400


def test_a_tenant_has_its_group_and_folder(house: House) -> None:
    for external_id in ("t-1", "t-2"):
        said = {"entity": "tottenham_hotspur", "entityFolderContentRole": "EDITOR"}
        assert open_(house, signed(externalId=external_id, **said)).status_code == 302
    with house.database.reading() as connection:
        group = connection.execute(select(groups).where(groups.c.embed_entity == "tottenham_hotspur")).one()
        folder = connection.execute(
            select(folders).where(folders.c.embed_entity == "tottenham_hotspur")
        ).one()
        held = connection.execute(select(group_members).where(group_members.c.group_id == group.id)).all()
        permits = connection.execute(
            select(content_permits).where(content_permits.c.folder_id == folder.id)
        ).all()
    assert (group.name, folder.name) == ("Tottenham Hotspur", "Tottenham Hotspur")
    assert folder.path == "omni-system-sso-embed-entity-folder-tottenham_hotspur"
    assert len(held) == 2
    roles = {(each.group_id or each.membership_id): each.role for each in permits}
    assert roles == {
        group.id: "VIEWER",
        member(house, "t-1").id: "EDITOR",
        member(house, "t-2").id: "EDITOR",
    }
    again = {"entity": "tottenham_hotspur", "entityFolderContentRole": "VIEWER"}
    keep = {
        "preserveEntityFolderContentRole": "true",
        "entityGroupLabel": "Spurs",
        "entityFolderLabel": "The Lane",
    }
    assert open_(house, signed(externalId="t-1", **again, **keep)).status_code == 302
    assert open_(house, signed(externalId="t-2", **again)).status_code == 302
    with house.database.reading() as connection:
        named = connection.execute(select(groups.c.name).where(groups.c.id == group.id)).scalar_one()
        permits = connection.execute(
            select(content_permits).where(content_permits.c.folder_id == folder.id)
        ).all()
    assert named == "Spurs"
    roles = {(each.group_id or each.membership_id): each.role for each in permits}
    assert (roles[member(house, "t-1").id], roles[member(house, "t-2").id]) == ("EDITOR", "VIEWER")
    assert open_(house, signed(externalId="t-1", groups='["Spurs"]')).status_code == 400, (
        "by the entity alone"
    )


def test_a_label_that_another_group_has_is_told_apart(house: House) -> None:
    assert open_(house, signed(entity="analysts", externalId="a-1")).status_code == 302
    with house.database.reading() as connection:
        name = select(groups.c.name).where(groups.c.embed_entity == "analysts")
        assert connection.execute(name).scalar_one() == "Analysts (analysts)"


def test_generated_sessions_are_redeemed_once_within_five_minutes(house: House) -> None:
    key = house.client()
    body = {
        **LEAST,
        "externalId": "g-1",
        "userAttributes": {"region": "EU", "tier": 4},
        "groups": ["Analysts"],
    }
    for path in ("/api/v1/embed/sso/generate-session", "/api/unstable/embed/sso/generate-session"):
        made = key.post(path, json=body)
        assert made.status_code == 200, made.text
        assert set(made.json()) == {"sessionId"}

    def redeem(session_id: str, **said: str):
        texts = {"sessionId": session_id, "nonce": next(_NONCES), **said}
        signature = sign(redeem_values(f"{ORIGIN}/embed/sso/redeem-session", texts), EMBED_SECRET)
        return open_(house, f"/embed/sso/redeem-session?{urlencode({**texts, 'signature': signature})}")

    session_id = made.json()["sessionId"]
    entered = redeem(session_id, theme="dawn", prefersDark="system")
    assert entered.status_code == 302
    assert "theme=dawn" in entered.headers["location"]
    assert redeem(session_id).status_code == 403
    late = key.post("/api/v1/embed/sso/generate-session", json=body).json()["sessionId"]
    with house.database.writing() as connection:
        connection.execute(
            update(embed_logins).where(embed_logins.c.id == late).values(expires_at=system_clock())
        )
    assert redeem(late).status_code == 403
    for odd in ("nothing", "11111111-2222-4333-8444-555555555555", ""):
        assert redeem(odd).status_code == 403
    assert redeem(session_id, accessBoost="true").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"externalId": "x", "name": "y"},
        {**LEAST, "nonce": "x" * 32},
        {**LEAST, "theme": "vibes"},
        [1],
        "x",
        {**LEAST, "groups": "Analysts"},
        {**LEAST, "externalId": 7},
        {**LEAST, "isAdmin": True},
        {**LEAST, "userAttributes": {"region": {"a": 1}}},
    ],
)
def test_bodies_of_generate_session(house: House, body: object) -> None:
    answer = house.client().post("/api/v1/embed/sso/generate-session", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith("Bad Request")


def test_only_organization_keys_generate(house: House) -> None:
    answer = house.client(house.personal_key).post("/api/v1/embed/sso/generate-session", json=LEAST)
    assert answer.status_code == 403


def test_a_url_is_signed_for_those_without_a_signer(house: House) -> None:
    client = house.client(None)
    body = {
        **LEAST,
        "secret": EMBED_SECRET.reveal(),
        "userAttributes": "%7B%22tier%22%3A5%7D",
        "accessBoost": True,
    }
    made = client.post("/embed/sso/generate-url", json=body)
    assert made.status_code == 200, made.text
    url = urlsplit(made.json()["url"])
    assert f"{url.scheme}://{url.netloc}" == ORIGIN
    said = dict(parse_qsl(url.query))
    assert said["userAttributes"] == '{"tier":5}'
    assert open_(house, f"{url.path}?{url.query}").status_code == 302
    elsewhere = client.post("/embed/sso/generate-url", json={**body, "host": "bi.example.com", "port": 8443})
    assert elsewhere.json()["url"].startswith("https://bi.example.com:8443/embed/login?")
    for wrong in (
        {"secret": "guess"},
        {"host": "https://x.test"},
        {"host": "x.test:1"},
        {"host": "x.test", "port": "1" * 5000},
        {"host": "x.test", "port": "²"},
        {"nonce": "x"},
        {"name": ""},
    ):
        refused = client.post("/embed/sso/generate-url", json={**body, **wrong})
        assert refused.status_code == 400, wrong
        assert EMBED_SECRET.reveal() not in refused.text


def test_a_signed_address_lies_below_the_servers_path(house: House) -> None:
    app = create_app(replace(house.services, base_path="/analytics"))
    client = TestClient(app, base_url="https://testserver", follow_redirects=False)
    body = {
        "contentPath": "/dashboards/d1",
        "externalId": "below",
        "name": "Below",
        "secret": EMBED_SECRET.reveal(),
    }
    url = client.post("/analytics/embed/sso/generate-url", json=body).json()["url"]
    assert url.startswith(f"{ORIGIN}/analytics/embed/login?")
    opened = client.get(url)
    assert opened.status_code == 302
    assert opened.headers["location"].startswith("/analytics/embed/dashboards/d1")


def test_secrets_come_and_go(house: House) -> None:
    key = house.client()
    made = key.post("/api/v1/embed/secrets", json={"name": "Second"}).json()
    (first,) = [
        each for each in key.get("/api/v1/embed/secrets").json()["records"] if each["name"] == "First secret"
    ]
    assert made["secret"] not in key.get("/api/v1/embed/secrets").text
    from holoscope.kit.secrets import SecretText

    second = SecretText(made["secret"])
    assert open_(house, signed(secret=second)).status_code == 302
    assert open_(house, signed()).status_code == 302, "both count"
    assert key.delete(f"/api/v1/embed/secrets/{made['id']}").json() == {"success": True}
    assert open_(house, signed(secret=second)).status_code == 403
    assert key.delete(f"/api/v1/embed/secrets/{made['id']}").status_code == 404
    assert first["revokedAt"] is None
    assert house.client(house.personal_key).get("/api/v1/embed/secrets").status_code == 403
    assert made["secret"].encode() not in b"".join(
        path.read_bytes() for path in Path(str(house.database.engine.url.database)).parent.glob("meta.db*")
    )


def test_signatures_for_another_host_do_not_open(house: House) -> None:
    assert open_(house, signed("https://other.example.test")).status_code == 403
    assert open_(house, signed("https://other.example.test"), Host="other.example.test").status_code == 403


@pytest.mark.parametrize(
    "more",
    [
        "&isAdmin=true",
        "&name=Eve",
        "&nonce=" + "x" * 32,
        "&groups=%5B%22Analysts%22%5D",
        "&signature=x",
        "&é=1",
    ],
)
def test_nothing_can_be_added(house: House, more: str) -> None:
    assert open_(house, signed() + more).status_code in {400, 403}


def test_a_nonce_is_used_once_by_two_at_once(house: House) -> None:
    path = signed(externalId="twice")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: open_(house, path).status_code, range(8)))
    assert sorted(answers) == [302] + [403] * 7


def test_what_happened_is_in_the_audit_log(house: House) -> None:
    nonce = next(_NONCES)
    open_(house, signed(externalId="audited", nonce=nonce))
    open_(house, signed(externalId="audited", nonce=nonce))
    with house.database.reading() as connection:
        rows = connection.execute(select(audit_events).order_by(audit_events.c.at.desc()).limit(2)).all()
    assert [(row.action, row.outcome) for row in rows] == [
        ("EMBED_SIGN_IN_REFUSED", "refused"),
        ("EMBED_SIGN_IN", "success"),
    ]
    assert rows[1].object_id == member(house, "audited").id
    assert "hos_" not in str(rows)


def test_mutated_addresses_never_open_and_never_break(house: House) -> None:
    rolls = random.Random(seed_of("EMBED_SEED"))
    client = house.client(None)
    bytes_ = "abcXYZ019%&=+ é\\/\"'{}[]"
    for _ in range(300):
        path = list(signed(userAttributes='{"tier":1}', entity="acme", groups='["Analysts"]'))
        for _ in range(rolls.randrange(1, 4)):
            at = rolls.randrange(len("/embed/login?"), len(path))
            path[at] = rolls.choice(bytes_.replace(path[at], ""))
        target = "".join(path)
        before = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        answer = client.get(target, follow_redirects=False)
        assert answer.status_code in {400, 403} or _says_the_same(before), target


def _says_the_same(said: dict[str, str]) -> bool:
    """Tell whether a mutation left every value as it was signed, as `+` for `%20` does."""
    signature = said.pop("signature", "")
    return sign(login_values(f"{ORIGIN}/embed/login", said), EMBED_SECRET) == signature.rstrip("=")
