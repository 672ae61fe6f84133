"""Every served operation x every kind of caller: `matrix.csv` says what each is answered.

A served operation without a row, or a row without an operation, fails. Rows are the documented "who"
(API digest §2.1), written as statuses; a second word names a variant of an operation. To add one: a row
there, and a good request in `support/matrix_calls.py`. Operations that are another one's alias share its row.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from holoscope.http.application import describe
from holoscope.storage.tables import metadata
from holoscope.storage.unit_of_work import Database
from support.cast import BROWSERS, CALLERS, PEOPLE, Cast, build_cast
from support.matrix_calls import RECIPES

MATRIX = Path(__file__).with_name("matrix.csv")
ALIAS_CALLERS = ("no_key", "revoked", "foreign", "organization", "viewer", "no_access")
"""Who asks at the other homes of an operation, which are the same function."""
OPEN_TO_ALL = {
    "invitationsAccept",
    "invitationsLookUp",
    "openapiDocument",
    "sessionCreate",
    "signInMethods",
}
"""Served without a credential."""


def base_name(operation_id: str) -> str:
    """Return the operation that an alias is another home of."""
    name = operation_id.removesuffix("LowerCase")
    if name.startswith("unstable"):
        name = name.removeprefix("unstable")
        name = name[0].lower() + name[1:]
    return {"modelGetViews": "modelsGetViews"}.get(name, name)


SERVED = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, item in describe()["paths"].items()
    for method, operation in item.items()
}
with MATRIX.open(newline="", encoding="utf-8") as _file:
    ROWS = {row["operation"]: row for row in csv.DictReader(_file)}
CASES = [(name, row) for name in SERVED for row in ROWS if row.split()[0] == base_name(name)]


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with build_cast(tmp_path_factory.mktemp("cast")) as built:
        yield built


def test_every_served_operation_has_a_row_and_every_row_an_operation() -> None:
    named = {row.split()[0] for row in ROWS}
    wanted = {base_name(name) for name in SERVED}
    assert wanted - named == set(), f"add a row to {MATRIX.name}, and a request to support/matrix_calls.py"
    assert named - wanted == set(), f"not served any more: strike the row from {MATRIX.name}"
    assert ROWS.keys() == RECIPES.keys()


def test_the_matrix_says_something_of_every_caller() -> None:
    for name, row in ROWS.items():
        assert set(row) == {"operation", *CALLERS}, name
        assert all(row[caller] for caller in CALLERS), name


def test_rows_are_sorted_and_each_is_there_once() -> None:
    with MATRIX.open(newline="", encoding="utf-8") as file:
        names = [row["operation"] for row in csv.DictReader(file)]
    assert names == sorted(set(names))


@pytest.mark.parametrize(("name", "row"), CASES, ids=lambda value: value)
def test_callers_are_answered_as_the_matrix_says(cast: Cast, name: str, row: str) -> None:
    expected = {caller: int(ROWS[row][caller]) for caller in CALLERS}
    wrong = []
    asking = CALLERS if name == base_name(name) else ALIAS_CALLERS
    refused = [caller for caller in asking if expected[caller] >= 400]
    # Everything the refused calls are aimed at is made before the first of them.
    RECIPES[row](cast, False)
    before = snapshot(cast.house.database)
    for caller in refused:
        wrong += ask(cast, name, row, caller, expected[caller])
    assert snapshot(cast.house.database) == before, f"{name}: a refused call left something behind"
    for caller in asking:
        if caller not in refused:
            wrong += ask(cast, name, row, caller, expected[caller])
    for caller, member in BROWSERS.items():
        if row.startswith("session"):
            cast.headers[caller] = cast.sign_in(cast.members[member])[1]
    assert wrong == [], "\n".join(wrong)


def ask(cast: Cast, name: str, row: str, caller: str, status: int) -> list[str]:
    """Ask as a caller and return what is wrong with the answer, as a list of at most one sentence."""
    method, place, _ = SERVED[name]
    succeeds = status < 400
    if caller in BROWSERS and row.startswith("session"):
        cast.headers[caller] = cast.sign_in(cast.members[BROWSERS[caller]])[1]
    call = RECIPES[row](cast, succeeds)
    for key, value in call.path.items():
        place = place.replace(f"{{{key}}}", quote(value, safe=""))
    assert "{" not in place, f"{name}: the request does not fill {place}"
    answer = cast.request(caller, method, place, call.json, call.params)
    if answer.status_code != status:
        return [f"{name} ({row}): {caller} got {answer.status_code}, not {status}: {answer.text[:300]}"]
    if succeeds:
        call.settle(answer)
    elif not (base_name(name) in OPEN_TO_ALL or is_explained(answer.text)):
        return [f"{name}: {caller} is refused without a reason: {answer.text[:300]}"]
    return []


def is_explained(body: str) -> bool:
    try:
        said: Any = json.loads(body)
    except ValueError:
        return False
    return bool(said.get("detail") or said.get("error", {}).get("message"))


def snapshot(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Read every table whole, but when credentials were used, what events tell, and who is signed in."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in {"audit_events", "sign_in_failures", "sessions"}:
                continue
            columns = [column for column in table.columns if column.name != "last_used_at"]
            found[table.name] = sorted(map(repr, connection.execute(select(*columns))))  # type: ignore[misc]
    return found


def test_nobody_in_the_matrix_is_left_out() -> None:
    assert {"organization", "admin", "session", "custom", "foreign"} <= set(PEOPLE)
