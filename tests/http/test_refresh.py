"""Schema refresh over HTTP: jobs, what they change, who may, and files that are replaced meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from sqlalchemy import text, update
from starlette.testclient import TestClient

from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.http.application import create_app
from holoscope.modeling.tables import Tables
from holoscope.modelstore.refresh import Refresher
from holoscope.storage.tables import connections
from holoscope.warehouses.pool import Pool
from support.house import House, build_house
from support.refusals import refused

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"
MODELS = "/api/v1/models"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of each test's own: these tests change it."""
    built = build_house(tmp_path, base_role=Role.NO_ACCESS)
    yield built
    built.close()


@pytest.fixture
def admin(house: House) -> TestClient:
    return house.client()


def refresh(client: TestClient, model_id: str, **params: Any) -> dict[str, Any]:
    """Start a refresh, wait for its end and return the last status."""
    begun = client.post(f"{MODELS}/{model_id}/refresh", params=params)
    assert begun.status_code == 200, begun.text
    assert begun.json() == {"jobId": begun.json()["jobId"], "modelId": model_id, "status": "running"}
    return ended(client, begun.json()["jobId"])


def ended(client: TestClient, job_id: str) -> dict[str, Any]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        status: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}/status").json()
        if status["status"] != "RUNNING":
            return status
        time.sleep(0.02)
    raise AssertionError("the job does not end")


def replace_database(house: House, folder: Path, *statements: str) -> None:
    """Put another database where the served one lies: a copy of it, changed by `statements`."""
    served, draft = folder / "shop.duckdb", folder / "draft.duckdb"
    draft.write_bytes(served.read_bytes())
    with duckdb.connect(str(draft)) as connection:
        for statement in statements:
            connection.execute(statement)
    draft.replace(served)


def schema_files(house: House, client: TestClient) -> dict[str, Any]:
    files = client.get(f"{MODELS}/{house.schema_model_id}/yaml").json()["files"]
    return {name: yaml.safe_load(body) for name, body in files.items()}


def count(house: House, client: TestClient, *fields: str, **more: Any) -> Any:
    query = {"modelId": house.model_id, "table": fields[0].partition(".")[0], "fields": list(fields), **more}
    answer = client.post("/api/v1/query/run", json={"query": query, "resultType": "json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_refresh_fills_the_schema_model(house: House, admin: TestClient, tmp_path: Path) -> None:
    assert schema_files(house, admin) == {}
    status = refresh(admin, house.model_id)
    assert status == {
        "job_id": status["job_id"],
        "job_type": "refresh_schema",
        "status": "COMPLETED",
        "model_id": house.model_id,
    }
    files = schema_files(house, admin)
    assert set(files) == {"main/orders.view", "main/people.view", "main/regions.view", "relationships"}
    assert files["main/orders.view"]["dimensions"]["id"] == {"format": "id", "primary_key": True}
    before = admin.get(f"{MODELS}/{house.schema_model_id}/yaml").json()["version"]
    refresh(admin, house.schema_model_id)
    assert admin.get(f"{MODELS}/{house.schema_model_id}/yaml").json()["version"] == before


def test_a_replaced_file_is_served_after_a_refresh(house: House, admin: TestClient, tmp_path: Path) -> None:
    refresh(admin, house.model_id)
    assert count(house, admin, "regions.count") == [{"Count": 2}]
    replace_database(
        house,
        tmp_path,
        "create table shops (id int, region_id int)",
        "insert into regions values (3, 'E')",
        "insert into shops values (1, 1), (2, 1), (3, null)",
    )
    refresh(admin, house.model_id)
    assert "main/shops.view" in schema_files(house, admin)
    assert count(house, admin, "shops.count") == [{"Count": 3}]
    assert count(house, admin, "regions.count") == [{"Count": 3}]


def test_what_a_person_wrote_stays_and_what_breaks_is_told(
    house: House, admin: TestClient, tmp_path: Path
) -> None:
    refresh(admin, house.model_id)
    before = admin.get(f"{MODELS}/{house.model_id}/yaml?mode=extension").json()
    replace_database(house, tmp_path, "alter table orders drop column amount")
    assert refresh(admin, house.model_id, hard_refresh="false")["status"] == "COMPLETED"
    assert "amount" in schema_files(house, admin)["main/orders.view"]["dimensions"]
    assert refresh(admin, house.model_id)["status"] == "COMPLETED"
    assert "amount" not in schema_files(house, admin)["main/orders.view"]["dimensions"]
    assert admin.get(f"{MODELS}/{house.model_id}/yaml?mode=extension").json() == before


def test_a_selection_is_soft_and_looks_at_nothing_else(
    house: House, admin: TestClient, tmp_path: Path
) -> None:
    refresh(admin, house.model_id)
    replace_database(
        house,
        tmp_path,
        "alter table orders add column note text; alter table people add column note text",
        "create schema s; create table s.a (x int)",
    )
    path = f"{MODELS}/{house.model_id}/refresh"
    refused(
        admin.post(f"{path}?tables=orders"),
        400,
        "Bad Request: tables: a selection needs hard_refresh=false",
    )
    refresh(admin, house.model_id, hard_refresh="false", schemas="S,", tables="main.orders")
    files = schema_files(house, admin)
    assert "note" in files["main/orders.view"]["dimensions"]
    assert "note" not in files["main/people.view"]["dimensions"]
    assert "s/a.view" in files
    status = refresh(admin, house.model_id, hard_refresh="false", tables="nope")
    assert (status["status"], status["error"]) == ("FAILED", "The database has no nope.")


def test_a_database_that_is_gone_fails_the_job_and_nothing_else(
    house: House, admin: TestClient, tmp_path: Path
) -> None:
    refresh(admin, house.model_id)
    files = schema_files(house, admin)
    count(house, admin, "regions.count")
    (tmp_path / "shop.duckdb").rename(tmp_path / "away.duckdb")
    status = refresh(admin, house.model_id)
    assert (status["status"], status["error"]) == ("FAILED", "The database file shop.duckdb is gone.")
    assert schema_files(house, admin) == files
    assert count(house, admin, "people.count")
    (tmp_path / "shop.duckdb").write_bytes(b"no database at all")
    status = refresh(admin, house.model_id)
    assert (status["status"], status["error"]) == ("FAILED", "shop.duckdb is not a DuckDB file.")


def test_bad_requests(house: House, admin: TestClient) -> None:
    path = f"{MODELS}/{house.model_id}/refresh"
    for spelling in ("branch_id", "branchId"):
        refused(
            admin.post(f"{path}?{spelling}={UNKNOWN}"),
            400,
            "Bad Request: branch_id: branch-based schema refresh is not enabled for this connection",
        )
    assert admin.post(f"{path}?hard_refresh=maybe").status_code == 400
    assert admin.post(f"{path}?hardRefresh=false").status_code == 400
    refused(admin.post(f"{MODELS}/{UNKNOWN}/refresh"), 404, f"Model with id {UNKNOWN} does not exist")
    refused(admin.get(f"/api/v1/jobs/{UNKNOWN}/status"), 404, "Job not found")
    refused(admin.get("/api/v1/jobs/nonsense/status"), 404, "Job not found")


def give(house: House, role: Role, *, on_model: bool = False) -> None:
    target = Target(model_id=house.model_id) if on_model else Target(connection_id=house.connection_id)
    with house.database.writing() as connection:
        assign_role(connection, house.organization_id, Holder(membership_id=house.member_id), target, role)


def test_who_may_refresh_and_look_at_jobs(house: House, admin: TestClient) -> None:
    member = house.client(house.member_key)
    path = f"{MODELS}/{house.model_id}/refresh"
    job = refresh(admin, house.model_id)["job_id"]
    assert member.post(path).status_code == 404
    assert member.get(f"/api/v1/jobs/{job}/status").status_code == 403
    give(house, Role.QUERIER)
    assert member.post(path).status_code == 403
    assert member.get(f"/api/v1/jobs/{job}/status").json()["status"] == "COMPLETED"
    give(house, Role.MODELER, on_model=True)
    assert refresh(member, house.model_id)["status"] == "COMPLETED"
    admin.post(MODELS, json={"connectionId": house.connection_id, "modelKind": "SHARED", "modelName": "Two"})
    assert member.post(path).status_code == 403
    give(house, Role.CONNECTION_ADMIN)
    assert refresh(member, house.model_id)["status"] == "COMPLETED"


class SlowSources:
    """The pool, once it may."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.go = pool, threading.Event()

    def reopen(self, connection_id: str) -> None:
        self.go.wait(20)
        self.pool.reopen(connection_id)

    def look(self, connection_id: str) -> Tables:
        return self.pool.look(connection_id)


def test_two_refreshes_at_once_are_one_job(house: House) -> None:
    sources = SlowSources(house.pool)
    services = replace(house.services, refresher=Refresher(house.services.models, sources))
    bearer = {"Authorization": f"Bearer {house.admin_key}"}
    admin = TestClient(create_app(services), base_url="https://testserver", headers=bearer)
    path = f"{MODELS}/{house.model_id}/refresh"
    first, second = admin.post(path).json(), admin.post(path).json()
    assert first == second
    other = admin.post(f"{path}?hard_refresh=false")
    refused(
        other,
        409,
        f"Another schema refresh of this connection is running as job {first['jobId']}; wait for it",
    )
    assert admin.get(f"/api/v1/jobs/{first['jobId']}/status").json()["status"] == "RUNNING"
    sources.go.set()
    assert ended(admin, first["jobId"])["status"] == "COMPLETED"
    assert admin.post(path).json()["jobId"] != first["jobId"]
    services.refresher.close()


def test_a_server_that_starts_fails_the_jobs_of_one_that_is_gone(house: House, admin: TestClient) -> None:
    job = refresh(admin, house.model_id)["job_id"]
    with house.database.writing() as connection:
        connection.execute(text("UPDATE jobs SET status = 'RUNNING', ended_at = NULL"))
    again = Refresher(house.services.models, house.pool)
    again.fail_lost()
    again.close()
    status = admin.get(f"/api/v1/jobs/{job}/status").json()
    assert (status["status"], status["error"]) == (
        "FAILED",
        "The server stopped before this refresh had ended; start it again.",
    )
    assert refresh(admin, house.model_id)["status"] == "COMPLETED"


def test_a_new_schema_model_is_generated(house: House, admin: TestClient) -> None:
    with house.database.writing() as connection:
        connection.execute(text("UPDATE models SET deleted_at = created_at"))
    made = admin.post(MODELS, json={"connectionId": house.connection_id, "modelKind": "SCHEMA"}).json()
    files = admin.get(f"{MODELS}/{made['model']['id']}/yaml").json()["files"]
    assert "main/orders.view" in files
    again = admin.post(MODELS, json={"connectionId": house.connection_id, "modelKind": "SCHEMA"})
    refused(again, 400, "Schema model already exists for the connection")


def test_a_connection_may_want_scoped_names(house: House, admin: TestClient) -> None:
    with house.database.writing() as connection:
        settings = {"path": "shop.duckdb", "always_scope_view_names": True}
        connection.execute(update(connections).values(settings=settings))
    refresh(admin, house.model_id)
    names = admin.get(f"{MODELS}/{house.schema_model_id}/yaml").json()["viewNames"]
    assert names["shop.main/orders.view"] == "shop_main__orders"


def test_case_52_over_http(house: House, admin: TestClient, tmp_path: Path) -> None:
    """A column is dropped: soft keeps its dimension, hard takes it away and validation tells who needs it."""
    refresh(admin, house.model_id)
    measure = "measures:\n  tips: { sql: '${state_code}', aggregate_type: max }\n"
    replace_database(house, tmp_path, "alter table orders add column state_code int")
    refresh(admin, house.model_id)
    body = {"fileName": "main/orders.view", "yaml": measure, "mode": "extension"}
    made = admin.post(
        MODELS,
        json={"connectionId": house.connection_id, "modelKind": "SHARED", "modelName": "Two"},
    ).json()["model"]["id"]
    assert admin.post(f"{MODELS}/{made}/yaml", json=body).status_code == 200
    assert errors(admin, made) == []
    replace_database(house, tmp_path, "alter table orders drop column state_code")
    refresh(admin, house.model_id, hard_refresh="false")
    assert errors(admin, made) == []
    refresh(admin, house.model_id)
    assert errors(admin, made) == ['No such field "orders.state_code".']
    files = admin.get(f"{MODELS}/{made}/yaml?mode=extension").json()["files"]
    assert "tips" in files["main/orders.view"]


def errors(client: TestClient, model_id: str) -> list[str]:
    found = client.get(f"{MODELS}/{model_id}/validate").json()
    return [item["message"] for item in found if not item["is_warning"]]
