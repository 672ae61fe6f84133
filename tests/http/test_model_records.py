"""Models made, renamed and deleted over HTTP, in the words clients know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house
from support.refusals import refused

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"
MODELS = "/api/v1/models"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of each test's own: these tests change it."""
    built = build_house(tmp_path)
    yield built
    built.close()


@pytest.fixture
def admin(house: House) -> TestClient:
    return house.client()


def make(house: House, client: TestClient, **body: Any) -> Any:
    return client.post(MODELS, json={"connectionId": house.connection_id, **body})


def branch(house: House, client: TestClient, name: str = "fix/it") -> str:
    made = make(house, client, modelKind="BRANCH", baseModelId=house.model_id, modelName=name)
    assert made.status_code == 200, made.text
    id_: str = made.json()["model"]["id"]
    return id_


def test_a_branch_is_made_listed_renamed_and_deleted(house: House, admin: TestClient) -> None:
    id_ = branch(house, admin)
    record = admin.get(f"{MODELS}?modelId={id_}").json()["records"][0]
    assert (record["modelKind"], record["baseModelId"], record["connectionId"]) == (
        "BRANCH",
        house.model_id,
        house.connection_id,
    )
    shared = admin.get(f"{MODELS}?include=activeBranches&modelId={house.model_id}").json()["records"][0]
    assert shared["branches"] == [{"id": id_, "name": "fix/it"}]
    renamed = admin.patch(f"{MODELS}/{id_}", json={"name": "fix/it-all"}).json()
    assert renamed == {"success": True, "model": {"id": id_, "name": "fix/it-all"}}
    path = f"{MODELS}/{house.model_id}/branch"
    refused(admin.delete(f"{path}/fix"), 404, "Branch does not exist")
    assert admin.delete(f"{path}/{quote('fix/it-all', safe='')}").json() == {"success": True}
    refused(admin.delete(f"{path}/fix/it-all"), 404, "Branch does not exist")
    refused(admin.get(f"{MODELS}/{id_}/yaml"), 404, f"Model with id {id_} does not exist")


def test_the_reply_of_creation(house: House, admin: TestClient) -> None:
    body = make(house, admin, modelKind="SHARED", modelName="Second", name="ignored").json()
    assert body["success"] is True
    assert body["model"].keys() >= {"id", "modelKind", "name"}
    assert (body["model"]["modelKind"], body["model"]["name"]) == ("SHARED", "Second")
    unnamed = make(house, admin, modelKind="SHARED", name="wrong key").json()
    assert unnamed["model"]["name"] == "Shop warehouse"


def test_refusals_of_creation(house: House, admin: TestClient) -> None:
    refused(make(house, admin), 400, "Schema model already exists for the connection")
    refused(admin.post(MODELS, json={}), 400, "Bad Request: connectionId: Required")
    refused(make(house, admin, modelKind="BRANCH", modelName="x"), 400, "Bad Request: baseModelId: Required")
    refused(
        make(house, admin, modelKind="WORKBOOK"),
        400,
        "Bad Request: modelKind: Invalid enum value. "
        "Expected 'SCHEMA' | 'SHARED' | 'SHARED_EXTENSION' | 'BRANCH', received 'WORKBOOK'",
    )
    refused(
        admin.post(MODELS, json={"connectionId": UNKNOWN}),
        404,
        f"Connection with id {UNKNOWN} does not exist",
    )
    refused(
        make(house, admin, modelKind="BRANCH", modelName="x", baseModelId=UNKNOWN),
        404,
        f"Model with id {UNKNOWN} does not exist",
    )


def test_queriers_make_branches_and_nothing_else(house: House) -> None:
    member = house.client(house.member_key)
    branch(house, member)
    refused(make(house, member, modelKind="SHARED", modelName="x"), 403, "Permission denied")
    refused(member.patch(f"{MODELS}/{house.model_id}", json={"name": "x"}), 403, "Permission denied")
    refused(member.delete(f"{MODELS}/{house.model_id}"), 403, "Permission denied")
    refused(member.delete(f"{MODELS}/{house.model_id}/branch/fix/it"), 403, "Permission denied")


def test_a_model_is_deleted_with_its_branches(house: House, admin: TestClient) -> None:
    id_ = branch(house, admin)
    refused(admin.delete(f"{MODELS}/{id_}"), 400, "Bad Request: BRANCH models cannot be deleted here")
    assert admin.delete(f"{MODELS}/{house.model_id}").json() == {"success": True}
    for gone in (id_, house.model_id):
        refused(admin.get(f"{MODELS}/{gone}/topic"), 404, f"Model with id {gone} does not exist")
    assert admin.get(f"{MODELS}?includeDeleted=true&modelId={house.model_id}").json()["records"][0][
        "deletedAt"
    ]


@pytest.mark.parametrize("route", ["topic", "topic/orders", "view", "yaml", "schemas"])
@pytest.mark.parametrize("spelling", ["branchId", "branch_id"])
def test_an_empty_branch_equals_its_base(house: House, admin: TestClient, route: str, spelling: str) -> None:
    id_ = branch(house, admin)
    base = admin.get(f"{MODELS}/{house.model_id}/{route}").json()
    assert admin.get(f"{MODELS}/{house.model_id}/{route}?{spelling}={id_}").json() == base
    assert admin.get(f"{MODELS}/{id_}/{route}").json() == base


def test_history_over_http(house: House, admin: TestClient) -> None:
    body = admin.get(f"{MODELS}/{house.model_id}/yaml?mode=history&version=1").json()
    assert [item["version"] for item in body["history"]] == [1]
    assert body["history"][0]["author"] is None
    refused(
        admin.get(f"{MODELS}/{house.model_id}/yaml?mode=history&version=9"), 404, "Version 9 does not exist"
    )


def test_a_branch_is_merged(house: House, admin: TestClient) -> None:
    id_ = branch(house, admin)
    url = f"{MODELS}/{house.model_id}"
    files = admin.get(f"{url}/yaml").json()["files"]
    for label, on in (("Ours", id_), ("Theirs", None)):
        body = {"fileName": "model", "yaml": f"label: {label}\n" + files["model"].split("label: Shop")[1]}
        assert admin.post(f"{url}/yaml", json=body | ({"branchId": on} if on else {})).status_code == 200
    path = f"{url}/branch/{quote('fix/it', safe='')}/merge"
    refused(
        admin.post(path, json={}),
        400,
        "The branch and the model changed the same in different ways:\nmodel: label",
    )
    body = {"fileName": "model", "yaml": "", "mode": "extension", "branchId": id_}
    assert admin.post(f"{url}/yaml", json=body).status_code == 200
    done = {"success": True, "git_synced": False, "published_drafts_count": 0, "failed_drafts_count": 0}
    assert admin.post(path).json() == done
    assert admin.post(f"{url}/branch/fix/it/merge", json={"delete_branch": True}).json() == done
    refused(admin.post(path, json={}), 404, "Branch does not exist")
    refused(house.client(house.member_key).post(path, json={}), 403, "Permission denied")
