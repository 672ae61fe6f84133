"""Every operation that changes something leaves an event, of whoever did it; none holds what opens a door.

The operations are those the server describes, asked as the matrix of access asks them. A new one needs
nothing here: it fails until it records, or until `CHANGES_NOTHING` says why it need not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from access.test_matrix import ROWS, SERVED, base_name
from holoscope.storage.tables import audit_events
from support.cast import Cast, build_cast
from support.house import EMBED_SECRET, PASSWORD
from support.matrix_calls import PATCH_OP, RECIPES

CHANGES_NOTHING = {
    "queryRun": "told as it ends: tests/http/test_audit_queries.py",
    "queryRun view": "the same",
    "queryRun sql": "the same",
    "queryRun as administrator": "the same",
    "queryRun as querier": "the same",
    "queryRun as restricted querier": "the same",
    "queryFiltersParse": "reads a text",
    "modelDiagnosticsList": "a check of texts that are not saved",
    "scimSearch": "a search, whose filter is in the body",
    "scimUsersSearch": "a search",
    "scimGroupsSearch": "a search",
    "invitationsLookUp": "a look-up, whose text is in the body",
}
CHANGING = {
    "scimGroupsUpdate": lambda cast: {
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "path": "displayName", "value": cast.fresh("Renamed")}],
    },
    "organizationUpdate": lambda cast: {"defaultTimeZone": f"Etc/GMT+{int(cast.fresh('')) % 12 + 1}"},
    "profileUpdate": lambda cast: {"name": cast.fresh("Own")},
}
"""Bodies that change something each time, where the matrix of access asks for what is so already."""
CALLERS = ("organization", "session", "admin")
WRITES = [
    (name, row, caller)
    for name, (method, _, _) in SERVED.items()
    for row in ROWS
    if method != "GET" and row.split()[0] == base_name(name) and row not in CHANGES_NOTHING
    for caller in CALLERS
    if int(ROWS[row][caller]) < 300
]


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with build_cast(tmp_path_factory.mktemp("cast")) as built:
        yield built


def events(cast: Cast) -> list[dict[str, Any]]:
    with cast.house.database.reading() as connection:
        return [dict(row) for row in connection.execute(select(audit_events)).mappings()]


@pytest.mark.parametrize(("name", "row", "caller"), WRITES, ids=lambda value: value)
def test_a_successful_call_leaves_an_event_of_the_caller(
    cast: Cast, name: str, row: str, caller: str
) -> None:
    if caller == "session" and row.startswith("session"):
        cast.headers[caller] = cast.sign_in(cast.members["modeler"])[1]
    method, place, _ = SERVED[name]
    call = RECIPES[row](cast, True)
    for key, value in call.path.items():
        place = place.replace(f"{{{key}}}", quote(value, safe=""))
    body = CHANGING[row](cast) if row in CHANGING else call.json
    known = {event["id"] for event in events(cast)}
    answer = cast.request(caller, method, place, body, call.params)
    if caller == "session" and row.startswith("session"):
        cast.headers[caller] = cast.sign_in(cast.members["modeler"])[1]
    assert answer.status_code < 300, answer.text
    call.settle(answer)
    made = [event for event in events(cast) if event["id"] not in known]
    assert made, f"{name} changes something and records nothing: see docs/reference/audit-log.md"
    who = cast.members["modeler"] if caller == "session" else cast.house.admin_id
    mine = [event for event in made if event["membership_id"] == who]
    assert mine, f"{name} records nothing of who asked: {made}"
    for event in mine:
        assert event["request_id"] == answer.headers["x-request-id"]
        assert event["credential_id"]
        assert event["outcome"] == "success"


def test_exceptions_are_operations_that_are_served() -> None:
    served = {row for name in SERVED for row in ROWS if row.split()[0] == base_name(name)}
    assert set(CHANGES_NOTHING) <= served
    assert {name for name, _, _ in WRITES} >= {"modelsCreate", "modelsRefresh", "scimUsersDelete"}


def test_events_outlive_what_they_tell_of_and_hold_nothing_that_opens_a_door(cast: Cast) -> None:
    """Asked after everything above: keys, passwords, cookies and embed secrets are in no column."""
    house = cast.house
    doors = {
        *(house.admin_key, house.member_key, house.personal_key, house.disabled_key, house.revoked_key),
        *(PASSWORD, EMBED_SECRET.reveal(), "another long one 123"),
        *(text for headers in cast.headers.values() for text in headers.values() if len(text) > 16),
    }
    shown = cast.request("organization", "POST", "/api/v1/embed/secrets", {"name": "Shown once"}).json()
    doors |= {value for value in shown.values() if isinstance(value, str) and len(value) >= 32} - {
        shown["id"]
    }
    doors |= {text.split("=", 1)[-1].removeprefix("Bearer ") for text in doors}
    found = events(cast)
    assert len(found) > 40
    told = "\n".join(json.dumps(event, default=str) for event in found)
    assert [text for text in doors if text and text in told] == []
