"""Signing in as a browser does: the cookie, whose pages may use it, and what ends it."""

from __future__ import annotations

import json
import logging
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from holoscope.access.actors import OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.people import deactivate_member, insert_member
from holoscope.access.sign_in import SignInRules
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import audit_events, memberships
from support.house import PASSWORD, House, build_house
from support.refusals import refused, refused_credential

SESSION = "/api/v1/session"
COOKIE = "__Host-holoscope_session"
SIGNING_IN = ("SIGN_IN", "SIGN_IN_FAILED", "SIGN_OUT", "SESSION_REVOKE", "PASSWORD_CHANGE")
WRONG = "E-mail or password is wrong."
ENDED = "The session has ended. Sign in again."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = build_house(tmp_path)
    yield built
    built.close()


def sign_in(client: TestClient, email: str = "ada@example.test", password: str = PASSWORD):
    return client.post(SESSION, json={"email": email, "password": password})


def events(house: House) -> list[tuple[str, str, str | None]]:
    with house.database.reading() as connection:
        told = select(audit_events).where(audit_events.c.action.in_(SIGNING_IN))
        rows = connection.execute(told.order_by(audit_events.c.at, audit_events.c.id))
        return [(row.action, row.outcome, row.object_id) for row in rows]


def test_the_cookie_and_what_it_opens(house: House) -> None:
    client = house.client(None)
    answer = sign_in(client, " Ada@Example.test ")
    assert answer.status_code == 200
    name, _, rest = answer.headers["set-cookie"].partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == COOKIE
    assert {"path=/", "secure", "httponly", "samesite=lax"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["user"] == {
        "id": body["user"]["id"],
        "membershipId": house.admin_id,
        "email": "ada@example.test",
        "name": "Ada Ünal",
        "orgRole": "ORG_ADMIN",
        "timeZone": None,
        "appearance": "system",
    }
    assert rest.split(";")[0] not in answer.text
    assert client.get(SESSION).json() == body
    who = client.get("/api/v1/whoami").json()
    assert (who["user"]["membershipId"], who["keyScope"]) == (house.admin_id, "user")
    assert events(house) == [("SIGN_IN", "success", house.admin_id)]
    with house.database.reading() as connection:
        row = connection.execute(select(memberships).where(memberships.c.id == house.admin_id)).one()
    assert row.last_login_at is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.test", "wrong"), ("nobody@example.test", PASSWORD), ("", ""), ("ada@example.test", "")],
)
def test_what_does_not_open(house: House, email: str, password: str) -> None:
    answer = sign_in(house.client(None), email, password)
    refused(answer, 401, WRONG)
    assert "set-cookie" not in answer.headers
    (event,) = events(house)
    assert event == ("SIGN_IN_FAILED", "refused", house.admin_id if email.startswith("ada") else None)


def test_only_active_standard_members_with_a_password(house: House) -> None:
    with house.database.writing() as connection:
        insert_member(
            connection,
            house.organization_id,
            email="none@example.test",
            name="None",
            role=OrgRole.MEMBER,
            at=system_clock(),
        )
        deactivate_member(connection, house.organization_id, house.member_id, system_clock())
    for email in ("none@example.test", "bo@example.test"):
        refused(sign_in(house.client(None), email), 401, WRONG)


def test_nothing_typed_is_logged_or_kept(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "c4n4ry-passw0rd-typed"
    client = house.client(None)
    sign_in(client, canary, canary)
    sign_in(client, "ada@example.test", canary)
    client.post(SESSION, json={"email": "ada@example.test", "password": canary, "extra": canary})
    client.post(SESSION, json={"email": "ada@example.test", "password": [canary]})
    assert canary not in caplog.text
    with house.database.reading() as connection:
        kept = json.dumps(
            [dict(row) for row in connection.execute(select(audit_events)).mappings()], default=str
        )
    assert canary not in kept


def test_an_unknown_email_takes_as_long_as_a_wrong_password(house: House) -> None:
    """Medians of interleaved attempts, so that a busy machine slows both alike."""
    service = house.services.sign_in
    service._throttle.admit = lambda _account: None  # type: ignore[assignment]
    times: dict[str, list[float]] = {"ada@example.test": [], "nobody@example.test": [], "bo@example.test": []}
    client = house.client(None)
    for _ in range(25):
        for email, taken in times.items():
            started = time.perf_counter()
            assert sign_in(client, email, "wrong").status_code == 401
            taken.append(time.perf_counter() - started)
    medians = {email: statistics.median(taken) for email, taken in times.items()}
    assert max(medians.values()) < 1.35 * min(medians.values()), medians


# --- what ends a session --------------------------------------------------------------------------


def test_a_session_known_before_signing_in_is_not_the_one_after(house: House) -> None:
    attacker, victim = house.client(None), house.client(None)
    sign_in(attacker, "bo@example.test")
    planted = attacker.cookies[COOKIE]
    victim.cookies.set(COOKIE, planted)
    sign_in(victim)
    assert victim.cookies.get(COOKIE, domain="testserver.local") != planted
    refused_credential(attacker.get(SESSION), 401, ENDED)
    made_up = "hos_" + "a" * 43
    third = house.client(None)
    third.cookies.set(COOKIE, made_up)
    assert sign_in(third).status_code == 200
    assert made_up not in third.cookies.get(COOKIE, domain="testserver.local", default="")


def test_signing_out_ends_it_on_the_server_too(house: House) -> None:
    client = house.browser()
    kept = client.cookies[COOKIE]
    answer = client.delete(SESSION)
    assert answer.json() == {"success": True, "message": "Signed out"}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    again = house.client(None)
    again.cookies.set(COOKIE, kept)
    refused_credential(again.get("/api/v1/whoami"), 401, ENDED)
    assert [action for action, _, _ in events(house)] == ["SIGN_IN", "SIGN_OUT"]


def test_a_revoked_session_is_refused_on_the_next_request(house: House) -> None:
    admin, member = house.browser(), house.browser("bo@example.test")
    assert member.get("/api/v1/whoami").status_code == 200
    (theirs,) = admin.get(f"/api/v1/sessions?userId={house.member_id}").json()["records"]
    assert (theirs["email"], theirs["isOpen"], theirs["isCurrent"]) == ("bo@example.test", True, False)
    assert admin.delete(f"/api/v1/sessions/{theirs['id']}").status_code == 200
    refused_credential(member.get("/api/v1/whoami"), 401, ENDED)
    refused(
        admin.delete(f"/api/v1/sessions/{theirs['id']}"),
        404,
        f"Session with id {theirs['id']} does not exist",
    )


def test_members_see_and_end_their_own_alone(house: House) -> None:
    admin, member, second = (
        house.browser(),
        house.browser("bo@example.test"),
        house.browser("bo@example.test"),
    )
    mine = member.get("/api/v1/sessions").json()["records"]
    assert [record["isCurrent"] for record in mine] == [False, True]
    refused(member.get("/api/v1/sessions?all=true"), 403, "Permission denied")
    refused(member.get(f"/api/v1/sessions?userId={house.admin_id}"), 403, "Permission denied")
    refused(member.delete(f"/api/v1/sessions?userId={house.admin_id}"), 403, "Permission denied")
    hers = admin.get(SESSION).json()["id"]
    refused(member.delete(f"/api/v1/sessions/{hers}"), 404, f"Session with id {hers} does not exist")
    assert member.delete("/api/v1/sessions").json()["message"] == "1 sessions ended"
    refused_credential(second.get(SESSION), 401, ENDED)
    assert member.get(SESSION).status_code == 200
    everybody = admin.get("/api/v1/sessions?all=true&state=any").json()
    assert everybody["pageInfo"]["totalRecords"] == 3
    ended = admin.get("/api/v1/sessions?all=true&state=ended").json()["records"]
    assert [record["email"] for record in ended] == ["bo@example.test"]


def test_deactivating_ends_it(house: House) -> None:
    member = house.browser("bo@example.test")
    assert member.get(SESSION).status_code == 200
    with house.database.writing() as connection:
        deactivate_member(connection, house.organization_id, house.member_id, system_clock())
    refused_credential(member.get(SESSION), 401, ENDED)


# --- passwords ------------------------------------------------------------------------------------

NEW = "another long passphrase"


def test_changing_the_password_ends_the_other_sessions(house: House) -> None:
    client, other = house.browser(), house.browser()
    path = f"{SESSION}/password"
    wrong = client.post(path, json={"currentPassword": "x", "newPassword": NEW})
    refused(wrong, 400, "Bad Request: currentPassword: Password is wrong")
    short = client.post(path, json={"currentPassword": PASSWORD, "newPassword": "short"})
    refused(short, 400, "Bad Request: newPassword: Password must have at least 12 characters")
    assert client.post(path, json={"currentPassword": PASSWORD, "newPassword": NEW}).status_code == 200
    assert client.get(SESSION).status_code == 200
    refused_credential(other.get(SESSION), 401, ENDED)
    refused(sign_in(house.client(None)), 401, WRONG)
    assert sign_in(house.client(None), password=NEW).status_code == 200
    assert (Action.PASSWORD_CHANGE.value, "success", house.admin_id) in events(house)


def test_a_key_changes_no_password(house: House) -> None:
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    refused(house.client().post(f"{SESSION}/password", json=body), 403, "Permission denied")


def test_guessing_is_slowed(house: House) -> None:
    client = house.client(None)
    for _ in range(5):
        refused(sign_in(client, password="wrong"), 401, WRONG)
    answer = sign_in(client)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "set-cookie" not in answer.headers
    assert sign_in(client, "bo@example.test").status_code == 200


def test_passwords_may_be_switched_off_for_all_but_one(tmp_path: Path) -> None:
    built = build_house(tmp_path, sign_in_rules=SignInRules(sso_only=True, break_glass="Ada@example.test"))
    assert built.client(None).get("/api/v1/sign-in-methods").json() == {
        "hasPasswords": False,
        "singleSignOn": None,
    }
    refused(sign_in(built.client(None), "bo@example.test"), 401, WRONG)
    assert sign_in(built.client(None)).status_code == 200
    built.close()
