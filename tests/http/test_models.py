"""Models, their files, schemas and connections; who sees which."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from support.house import House
from support.refusals import refused

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", ["/api/v1/models", "/api/unstable/models"])
def test_models(house: House, admin: TestClient, path: str) -> None:
    body = admin.get(path).json()
    assert body["pageInfo"] == {"hasNextPage": False, "nextCursor": None, "pageSize": 20, "totalRecords": 2}
    by_kind = {record["modelKind"]: record for record in body["records"]}
    shared = by_kind["SHARED"]
    assert (shared["id"], shared["name"], shared["connectionId"]) == (
        house.model_id,
        "Shop",
        house.connection_id,
    )
    assert (shared["baseModelId"], shared["deletedAt"]) == (house.schema_model_id, None)
    assert "branches" not in shared
    with_branches = admin.get(f"{path}?include=activeBranches&modelId={house.model_id}").json()["records"]
    assert [record["branches"] for record in with_branches] == [[]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("name=sHoP", 1),
        ("name=Sho", 0),
        ("name=", 2),
        ("modelKind=SHARED", 1),
        ("modelKind=BRANCH", 0),
        ("modelKind=TOPIC", 0),
        ("includeDeleted=1", 2),
        ("includeDeleted=false", 2),
        (f"connectionId={UNKNOWN}", 0),
        (f"modelId={UNKNOWN}", 0),
    ],
)
def test_filters(admin: TestClient, query: str, count: int) -> None:
    assert len(admin.get(f"/api/v1/models?{query}").json()["records"]) == count


def test_pages(admin: TestClient) -> None:
    first = admin.get("/api/v1/models?pageSize=1&sortField=modelKind&sortDirection=asc").json()
    cursor = first["pageInfo"]["nextCursor"]
    second = admin.get(
        f"/api/v1/models?pageSize=1&sortField=modelKind&sortDirection=asc&cursor={cursor}"
    ).json()
    kinds = [page["records"][0]["modelKind"] for page in (first, second)]
    assert kinds == ["SCHEMA", "SHARED"]
    assert second["pageInfo"] == {"hasNextPage": False, "nextCursor": None, "pageSize": 1, "totalRecords": 2}


@pytest.mark.parametrize("cursor", ["x", "W10", "%00", "名", "a" * 5000])
@pytest.mark.parametrize("path", ["/api/v1/models", "/api/unstable/models"])
def test_a_bad_cursor_has_its_own_envelope(admin: TestClient, path: str, cursor: str) -> None:
    response = admin.get(path, params={"cursor": cursor})
    assert (response.status_code, response.json()) == (400, {"error": "Invalid cursor", "success": False})


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("bogus=1", "formErrors: Unrecognized key(s) in object: 'bogus'"),
        ("modelId=x", "modelId: Invalid uuid"),
        ("modelKind=shared", "modelKind: Invalid enum value. Expected 'SCHEMA' | 'SHARED' | "),
        (
            "include=everything",
            "include: Invalid enum value. Expected 'activeBranches', received 'everything'",
        ),
        ("includeDeleted=yes", "includeDeleted: Expected boolean, received string"),
        ("sortField=size", "sortField: Invalid enum value."),
    ],
)
def test_strict_query_strings(admin: TestClient, query: str, text: str) -> None:
    response = admin.get(f"/api/v1/models?{query}")
    assert response.json()["detail"].startswith(f"Bad Request: {text}")
    refused(response, 400, response.json()["detail"])


@pytest.mark.parametrize("path", ["/api/v1/models", "/api/unstable/models"])
def test_yaml(house: House, admin: TestClient, path: str) -> None:
    body = admin.get(f"{path}/{house.model_id}/yaml").json()
    assert body.keys() == {"files", "version", "viewNames"}
    assert body["files"].keys() >= {"model", "relationships", "main/orders.view", "orders.topic"}
    assert body["viewNames"]["main/orders.view"] == "orders"
    one = admin.get(f"{path}/{house.model_id}/yaml?fileName=orders.topic&includeChecksums=true").json()
    assert list(one["files"]) == list(one["checksums"]) == ["orders.topic"]
    some = admin.get(f"{path}/{house.model_id}/yaml", params={"fileName": r"\.topic$"}).json()
    assert len(some["files"]) == 3


def test_yaml_refusals(house: House, admin: TestClient) -> None:
    path = f"/api/v1/models/{house.model_id}/yaml"
    refused(admin.get(f"{path}?fileName=("), 400, "Bad Request: fileName: Invalid regular expression")
    refused(admin.get(f"{path}?branchId={UNKNOWN}"), 404, f"Branch model with id {UNKNOWN} does not exist")
    refused(admin.get(f"{path}?branchId=main"), 400, "Bad Request: branchId: Invalid uuid")
    refused(admin.get(f"{path}?includeSchemas=a,b"), 400, "Bad Request: includeSchemas: exactly one schema")
    refused(admin.get(f"{path}?mode=extension&fullyResolved=true"), 400,
            "Bad Request: fullyResolved: only valid with mode combined")  # fmt: skip


@pytest.mark.parametrize("route", ["topic", "topic/orders", "view", "yaml", "schemas", "validate"])
@pytest.mark.parametrize("spelling", ["branchId", "branch_id"])
def test_both_spellings_of_the_branch(house: House, admin: TestClient, route: str, spelling: str) -> None:
    base = f"/api/v1/models/{house.model_id}/{route}"
    refused(admin.get(f"{base}?{spelling}={UNKNOWN}"), 404, f"Branch model with id {UNKNOWN} does not exist")
    refused(admin.get(f"{base}?{spelling}=main"), 400, f"Bad Request: {spelling}: Invalid uuid")
    assert admin.get(f"{base}?{spelling}=").status_code == 200
    refused(
        admin.get(f"{base}?branch=1"), 400, "Bad Request: formErrors: Unrecognized key(s) in object: 'branch'"
    )


@pytest.mark.parametrize("route", ["topic", "topic/orders", "view", "yaml", "schemas", "validate"])
def test_unknown_models(admin: TestClient, route: str) -> None:
    refused(admin.get(f"/api/v1/models/{UNKNOWN}/{route}"), 404, f"Model with id {UNKNOWN} does not exist")
    refused(admin.get(f"/api/v1/models/shop/{route}"), 400, "Bad Request: modelId: Invalid uuid")


def test_schemas(house: House, admin: TestClient) -> None:
    assert admin.get(f"/api/v1/models/{house.model_id}/schemas").json() == {"schemas": ["main"]}


def test_connections(house: House, admin: TestClient) -> None:
    body = admin.get("/api/v1/connections").json()
    assert body.keys() == {"connections"}
    (connection,) = body["connections"]
    assert (connection["id"], connection["dialect"], connection["baseRole"]) == (
        house.connection_id,
        "duckdb",
        "QUERIER",
    )
    assert "settings" not in connection


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("name=WARE", 1),
        ("name=nope", 0),
        ("dialect=duckdb,snowflake", 1),
        ("dialect=snowflake", 0),
        ("database=SHOP", 1),
        ("sortField=dialect&sortDirection=desc", 1),
        ("includeDeleted=true&name=", 1),
    ],
)
def test_connection_filters(admin: TestClient, query: str, count: int) -> None:
    assert len(admin.get(f"/api/v1/connections?{query}").json()["connections"]) == count


def test_connection_refusals(admin: TestClient) -> None:
    refused(admin.get("/api/v1/connections?dialect=duckdb,db9"), 400, "Invalid dialect(s): db9")
    text = "Bad Request: formErrors: Unrecognized key(s) in object: 'pageSize'"
    refused(admin.get("/api/v1/connections?pageSize=1"), 400, text)
