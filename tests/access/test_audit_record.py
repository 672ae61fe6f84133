"""Events: written with what they tell of, kept for good."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.origin import set_origin
from holoscope.storage.tables import audit_events
from support.house import House, build_house


@pytest.fixture
def house(tmp_path: Path):
    made = build_house(tmp_path)
    yield made
    made.close()


def rows(house: House) -> list[dict[str, object]]:
    with house.database.reading() as connection:
        told = select(audit_events).where(  # without those of the house
            audit_events.c.action.not_like("API_KEY_%"), audit_events.c.action.not_like("MODEL_%")
        )
        return [dict(row) for row in connection.execute(told).mappings()]


def test_an_event_says_who_did_what_from_where(house: House) -> None:
    set_origin("192.0.2.7", "curl/8", "r-1")
    actor = house.services.authenticator.authenticate(f"Bearer {house.admin_key}")
    with house.database.writing() as connection:
        record(
            connection,
            house.organization_id,
            Action.GROUP_CREATE,
            actor=actor,
            object_type="group",
            object_id="abcdefgh",
            details={"name": "Größe"},
        )
    (event,) = rows(house)
    assert event["membership_id"] == house.admin_id
    assert (event["credential_kind"], event["credential_id"]) == ("organization", actor.credential_id)
    assert (event["address"], event["user_agent"], event["request_id"]) == ("192.0.2.7", "curl/8", "r-1")
    assert event["details"] == {"name": "Größe"}


def test_an_event_goes_with_its_transaction(house: House) -> None:
    def fail() -> None:
        with house.database.writing() as connection:
            record(connection, house.organization_id, Action.GROUP_CREATE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert rows(house) == []


def test_events_are_never_changed(house: House) -> None:
    with house.database.writing() as connection:
        record(connection, house.organization_id, Action.GROUP_CREATE)
    for change in (update(audit_events).values(action="NOTHING"), delete(audit_events)):
        with pytest.raises(IntegrityError, match="only added to"), house.database.writing() as connection:
            connection.execute(change)
    assert [event["action"] for event in rows(house)] == ["GROUP_CREATE"]


def test_no_secret_is_recorded(house: House) -> None:
    with pytest.raises(ValueError, match="newPassword"), house.database.writing() as connection:
        record(connection, house.organization_id, Action.PASSWORD_CHANGE, details={"newPassword": "x"})
