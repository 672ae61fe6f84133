"""Files of models written over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from holoscope.http.body_limit import MAX_BODY_BYTES
from support.house import House, build_house
from support.refusals import refused

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of each test's own: these tests change it."""
    built = build_house(tmp_path)
    yield built
    built.close()


@pytest.fixture
def admin(house: House) -> TestClient:
    return house.client()


def url(house: House, prefix: str = "/api/v1") -> str:
    return f"{prefix}/models/{house.model_id}/yaml"


def files(house: House, client: TestClient, **params: Any) -> dict[str, str]:
    found: dict[str, str] = client.get(url(house), params=params).json()["files"]
    return found


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/unstable"])
def test_write_read_delete(house: House, admin: TestClient, prefix: str) -> None:
    body = {
        "fileName": "orders.topic",
        "yaml": "base_view: orders\nlabel: Sold\n",
        "commitMessage": "Shorter",
    }
    written = admin.post(url(house, prefix), json=body)
    assert written.status_code == 200, written.text
    assert written.json()["success"] is True
    assert written.json()["fileName"] == "orders.topic"
    assert written.json().keys() >= {"files", "version"}
    assert admin.get(f"/api/v1/models/{house.model_id}/topic/orders").json()["topic"]["label"] == "Sold"
    history = admin.get(url(house) + "?mode=history").json()["history"]
    assert (history[0]["message"], history[0]["author"]["name"]) == ("Shorter", "Ada Ünal")
    gone = admin.delete(url(house, prefix), params={"fileName": "orders.topic"})
    assert gone.json() == {"fileName": "orders.topic", "success": True}
    assert "orders.topic" not in files(house, admin)
    refused(
        admin.delete(url(house, prefix), params={"fileName": "orders.topic"}),
        404,
        "File orders.topic does not exist",
    )


def test_case_04_a_stale_checksum_is_409(house: House, admin: TestClient) -> None:
    checksums = admin.get(url(house), params={"includeChecksums": "true"}).json()["checksums"]
    body = {"fileName": "model", "yaml": "label: First\n", "previousChecksum": checksums["model"]}
    assert admin.post(url(house), json=body).status_code == 200
    before = files(house, admin)
    again = admin.post(url(house), json={**body, "yaml": "label: Second\n"})
    refused(again, 409, "File has been modified since it was fetched")
    assert files(house, admin) == before


def test_comments_of_the_model_file_survive_a_text_without_them(house: House, admin: TestClient) -> None:
    first = {"fileName": "model", "yaml": "# !enable_feature(x)\n\n# ours\nlabel: First\n"}
    assert admin.post(url(house), json=first).status_code == 200
    assert admin.post(url(house), json={"fileName": "model", "yaml": "label: Second\n"}).status_code == 200
    assert files(house, admin)["model"].startswith("# !enable_feature(x)\n\n# ours\nlabel: Second\n")


def test_case_05_a_map_of_relationships_is_400(house: House, admin: TestClient) -> None:
    before = files(house, admin)
    text = "relationships:\n" + "".join(
        f"  {line}\n" for line in before["relationships"].strip().splitlines()
    )
    response = admin.post(url(house), json={"fileName": "relationships", "yaml": text})
    assert response.status_code == 400
    assert "must be a list" in response.json()["detail"]
    assert files(house, admin) == before


def test_case_03_empty_text_ignores_what_is_inherited(house: House, admin: TestClient) -> None:
    made = admin.post(
        "/api/v1/models",
        json={
            "connectionId": house.connection_id,
            "modelKind": "BRANCH",
            "baseModelId": house.model_id,
            "modelName": "fix",
        },
    )
    branch = made.json()["model"]["id"]
    body = {"fileName": "main/orders.view", "yaml": "", "branchId": branch}
    assert admin.post(url(house), json=body).status_code == 200
    assert files(house, admin, mode="extension", branchId=branch) == {"main/orders.view": "ignored: true\n"}
    asked = {"query": {"modelId": house.model_id, "table": "orders", "fields": ["orders.count"]}}
    lines = admin.post("/api/v1/query/run", json={**asked, "branchId": branch}).text
    assert "COMPLETE" not in lines
    assert "COMPLETE" in admin.post("/api/v1/query/run", json=asked).text
    assert admin.post(url(house), json={**body, "mode": "extension"}).status_code == 200
    assert files(house, admin, mode="extension", branchId=branch) == {}
    assert "COMPLETE" in admin.post("/api/v1/query/run", json={**asked, "branchId": branch}).text


def test_errors_say_file_line_and_column(house: House, admin: TestClient) -> None:
    before = files(house, admin)
    text = "schema: main\ndimensions:\n  id:\n    primary_kay: true\nmeasurs: {}\n"
    response = admin.post(url(house), json={"fileName": "main/orders.view", "yaml": text})
    assert response.json()["code"] == "invalid_model_file"
    assert response.json()["detail"].splitlines() == [
        'main/orders.view:4:5: Invalid property name "primary_kay". Did you mean primary_key?',
        'main/orders.view:5:1: Invalid property name "measurs". Did you mean measures?',
    ]
    undeclared = "base_view: regions\njoins:\n  orders: {}\n"
    response = admin.post(url(house), json={"fileName": "r.topic", "yaml": undeclared})
    assert response.status_code == 400
    assert response.json()["detail"].startswith('r.topic:3:3: No join path from "regions" to "orders"')
    assert files(house, admin) == before


def test_refused_requests(house: House, admin: TestClient) -> None:
    body = {"fileName": "model", "yaml": "label: x\n"}
    refused(
        admin.post(url(house), json={**body, "branchName": "fix"}),
        400,
        "Bad Request: formErrors: Unrecognized key(s) in object: 'branchName'",
    )
    refused(admin.post(url(house), json={"yaml": ""}), 400, "Bad Request: fileName: Required")
    refused(
        admin.post(url(house), json={**body, "branchId": UNKNOWN}),
        404,
        f"Branch model with id {UNKNOWN} does not exist",
    )
    for key in ("branchId", "branch_id"):
        refused(
            admin.post(url(house), params={key: UNKNOWN}, json=body),
            404,
            f"Branch model with id {UNKNOWN} does not exist",
        )
    schema = f"/api/v1/models/{house.schema_model_id}/yaml"
    refused(admin.post(schema, json={**body, "branchId": UNKNOWN}), 400, "Schema models do not have branches")
    assert admin.post(schema, json=body).status_code == 400
    refused(
        admin.delete(url(house), params={"fileName": "model"}),
        400,
        "Bad Request: fileName: must end with '.topic' or '.view'",
    )
    refused(house.client(house.member_key).post(url(house), json=body), 403, "Permission denied")


def test_heavy_and_broken_bodies_change_nothing(house: House, admin: TestClient) -> None:
    before = admin.get(url(house)).json()
    big = json.dumps({"fileName": "model", "yaml": "x" * 50_000_000}).encode()
    assert len(big) > MAX_BODY_BYTES
    assert admin.post(url(house), content=big).status_code == 413
    for content in (
        b'{"fileName": "model", "yaml": "\xff\xfe"}',
        b'{"fileName": "model", "yaml": "\\ud800"}',
        b'{"fileName": "model", "yaml": ' + b"[" * 10_000,
    ):
        refused(admin.post(url(house), content=content), 400, "Bad Request: Invalid JSON")
    for text in ("a: " + "[" * 9_000, "label: " + "x" * 2_000_000, "label: \u0000", "a: &a [*a]"):
        assert admin.post(url(house), json={"fileName": "model", "yaml": text}).status_code == 400
    assert admin.get(url(house)).json() == before
