"""Ids that are not the asker's to name: unknown, deleted, another organization's, below the wrong parent.

Every operation that takes an id in its path, and every place for one in a query string or body, answers as
if there were nothing, to the most powerful caller too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from access.test_matrix import OPEN_TO_ALL, SERVED, base_name
from holoscope.access.roles import Role
from holoscope.kit.clock import system_clock
from holoscope.modelstore.connections import WantedConnection, ensure_connection
from holoscope.modelstore.creation import WantedModel, add_model
from holoscope.modelstore.history import Authored
from holoscope.modelstore.model_rows import ModelKind
from holoscope.storage.tables import memberships
from support.cast import Cast, build_cast
from support.house_model import FILES
from support.matrix_calls import RECIPES, UNKNOWN

NAMED_ALONE = {"scimSchemasGet", "scimResourceTypesGet"}
"""Their ids are words of a standard, the same for everybody."""
OWN = sorted(name for name in SERVED if name == base_name(name) and name not in OPEN_TO_ALL | NAMED_ALONE)
BY_ID = [
    (name, key)
    for name in OWN
    for key in ("modelId", "id", "jobId", "miniUuid")
    if f"{{{key}}}" in SERVED[name][1]
]
OF_MODELS = [name for name, key in BY_ID if key == "modelId"]
OF_BRANCHES = [
    (name, parameter["name"])
    for name in OF_MODELS
    for parameter in SERVED[name][2].get("parameters", ())
    if parameter["name"] in {"branchId", "branch_id"}
]


@dataclass
class Strangers:
    """What the asker cannot name: a deleted model, a model and connection of another organization, and
    a branch of the second model, which is nothing below the first."""

    deleted_model: str
    foreign_model: str
    foreign_connection: str
    aside: str


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with build_cast(tmp_path_factory.mktemp("cast")) as built:
        yield built


@pytest.fixture(scope="module")
def strangers(cast: Cast) -> Strangers:
    house = cast.house
    store = house.services.models
    deleted = store.create_shared_model(house.connection_id, "Gone", FILES).id
    assert cast.request("organization", "DELETE", f"/api/v1/models/{deleted}").status_code == 200
    with house.database.reading() as connection:
        other = connection.execute(
            select(memberships.c.organization_id).where(
                memberships.c.organization_id != house.organization_id
            )
        ).scalar_one()
    wanted = WantedConnection("Theirs", "duckdb", "shop", "main", Role.MODELER, {"path": "shop.duckdb"})
    theirs = ensure_connection(house.database, system_clock, other, wanted).id
    store.create_schema_model(theirs)
    foreign = store.create_shared_model(theirs, "Theirs", FILES).id
    with house.database.writing() as connection:
        branch = WantedModel(house.connection_id, ModelKind.BRANCH, "aside", cast.second_model_id)
        aside = add_model(connection, branch, Authored(system_clock())).id
    return Strangers(deleted, foreign, theirs, aside)


def ask(cast: Cast, name: str, **instead: str) -> Any:
    """Ask with the matrix's request, other ids in its path, as the organization's own key."""
    method, place, _ = SERVED[name]
    call = RECIPES[name](cast, False)
    for key, value in {**call.path, **instead}.items():
        place = place.replace(f"{{{key}}}", quote(value, safe=""))
    return cast.request("organization", method, place, call.json, call.params)


@pytest.mark.parametrize(("name", "key"), BY_ID)
def test_an_unknown_id(cast: Cast, name: str, key: str) -> None:
    answer = ask(cast, name, **{key: UNKNOWN})
    assert answer.status_code == 404, answer.text
    assert UNKNOWN in answer.text or key == "jobId"


@pytest.mark.parametrize(("name", "key"), BY_ID)
@pytest.mark.parametrize("text", ["x", "../../etc", "' OR 1=1 --", "0" * 300, "%00", "名"])
def test_what_is_no_id(cast: Cast, name: str, key: str, text: str) -> None:
    assert ask(cast, name, **{key: text}).status_code in {400, 404}


@pytest.mark.parametrize("name", OF_MODELS)
def test_a_deleted_model_and_another_organization_s(cast: Cast, strangers: Strangers, name: str) -> None:
    unknown = ask(cast, name, modelId=UNKNOWN)
    for stranger in (strangers.deleted_model, strangers.foreign_model):
        answer = ask(cast, name, modelId=stranger)
        assert answer.status_code == 404, answer.text
        assert answer.text.replace(stranger, UNKNOWN) == unknown.text, "nothing tells it from an unknown one"


@pytest.mark.parametrize(("name", "parameter"), OF_BRANCHES)
def test_a_branch_of_another_model(cast: Cast, strangers: Strangers, name: str, parameter: str) -> None:
    method, place, _ = SERVED[name]
    for branch in (strangers.aside, strangers.foreign_model, strangers.deleted_model, UNKNOWN):
        call = RECIPES[name](cast, False)
        for key, value in call.path.items():
            place = place.replace(f"{{{key}}}", quote(value, safe=""))
        other = "branchId" if parameter == "branch_id" else "branch_id"
        params = {**(call.params or {}), parameter: branch}
        params.pop(other, None)  # two names of the branch would be refused for that alone
        answer = cast.request("organization", method, place, call.json, params)
        assert answer.status_code == (400 if name == "modelsRefresh" else 404), answer.text


def test_a_query_on_a_model_or_branch_that_is_not_the_asker_s(cast: Cast, strangers: Strangers) -> None:
    query = {"table": "orders", "fields": ["orders.count"]}
    for model in (strangers.deleted_model, strangers.foreign_model, UNKNOWN):
        body = {"query": {"modelId": model, **query}, "resultType": "json"}
        assert cast.request("organization", "POST", "/api/v1/query/run", body).status_code == 404
    for branch in (strangers.aside, strangers.foreign_model, UNKNOWN):
        body = {"query": {"modelId": cast.house.model_id, **query}, "branchId": branch, "resultType": "json"}
        assert cast.request("organization", "POST", "/api/v1/query/run", body).status_code == 404


def test_a_model_made_on_what_is_not_the_asker_s(cast: Cast, strangers: Strangers) -> None:
    for connection, base in (
        (strangers.foreign_connection, None),
        (UNKNOWN, None),
        (cast.house.connection_id, strangers.foreign_model),
        (cast.house.connection_id, strangers.deleted_model),
        (strangers.foreign_connection, cast.house.model_id),
    ):
        for kind in ("SHARED", "SHARED_EXTENSION", "BRANCH"):
            body = {"connectionId": connection, "modelKind": kind, "modelName": cast.fresh("made")}
            if base is not None:
                body["baseModelId"] = base
            elif kind != "SHARED":
                continue
            answer = cast.request("organization", "POST", "/api/v1/models", body)
            assert answer.status_code in {400, 404}, answer.text
            assert answer.status_code == 404 or kind == "SHARED", answer.text


def test_a_role_given_on_what_is_not_the_asker_s(cast: Cast, strangers: Strangers) -> None:
    place = f"/api/v1/users/{cast.members['viewer']}/model-roles"
    for target in (
        {"modelId": strangers.foreign_model},
        {"modelId": strangers.deleted_model},
        {"connectionId": strangers.foreign_connection},
    ):
        answer = cast.request("organization", "POST", place, {"roleName": "VIEWER", **target})
        assert answer.status_code == 404, answer.text
        assert cast.request("organization", "GET", place, params=target).status_code == 404


def test_lists_hold_nothing_of_others(cast: Cast, strangers: Strangers) -> None:
    models = cast.request("organization", "GET", "/api/v1/models", params={"includeDeleted": "true"}).text
    assert strangers.foreign_model not in models
    connections = cast.request("organization", "GET", "/api/v1/connections").text
    assert strangers.foreign_connection not in connections
    assert cast.house.model_id not in cast.request("foreign", "GET", "/api/v1/models").text
    assert cast.request("no_access", "GET", "/api/v1/models").json()["records"] == []
    assert cast.request("no_access", "GET", "/api/v1/connections").json()["connections"] == []
