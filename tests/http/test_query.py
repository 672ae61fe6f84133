"""`query/run` and `query/wait`: the lines, the documents, the one object, and who may ask."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from holoscope.access.roles import Role
from support.house import House, build_house
from support.refusals import refused

RUN, WAIT = "/api/v1/query/run", "/api/v1/query/wait"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with house.client() as opened:
        yield opened


def body(
    house: House, *fields: str, topic: str = "orders", envelope: Any = None, **query: Any
) -> dict[str, Any]:
    asked = {
        "modelId": house.model_id,
        "join_paths_from_topic_name": topic,
        "table": "orders",
        "fields": list(fields or ("orders.state", "orders.count")),
        "sorts": [{"column_name": "orders.state"}],
        **query,
    }
    return {"query": asked, **(envelope or {})}


def lines(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/ndjson"
    assert response.content.endswith(b"\n")
    return [orjson.loads(line) for line in response.content.splitlines()]


def rows(line: dict[str, Any]) -> list[dict[str, Any]]:
    table = pa.ipc.open_stream(BytesIO(b64decode(line["result"]))).read_all()
    found: list[dict[str, Any]] = table.to_pylist()
    return found


STATES = [
    {"orders.state": None, "orders.count": 1},
    {"orders.state": "done", "orders.count": 3},
    {"orders.state": "open", "orders.count": 1},
]


@pytest.mark.parametrize("path", [RUN, "/api/unstable/query/run"])
def test_header_line_footer(house: House, client: TestClient, path: str) -> None:
    header, job, footer = lines(client.post(path, json=body(house, client_result_id="mine")))
    assert header == {"jobs_submitted": {job["job_id"]: "mine"}}
    assert list(job) == [
        "job_id",
        "status",
        "client_result_id",
        "summary",
        "cache_metadata",
        "query",
        "result",
        "stream_stats",
    ]
    assert (job["status"], job["cache_metadata"]["num_rows"]) == ("COMPLETE", 3)
    assert rows(job) == STATES
    assert footer == {"remaining_job_ids": [], "timed_out": "false"}


def test_a_repeated_query_is_a_hit_and_skipping_the_cache_is_not(house: House, client: TestClient) -> None:
    asked = body(house, "people.name", "orders.count", sorts=[])
    kinds = [
        lines(client.post(RUN, json={**asked, "cache": cache}))[1]["summary"]["cache_type"]
        for cache in ("Standard", "SkipRequery", "normal", "SkipCache", "disabled", None)
    ]
    assert kinds == ["MISS", "EXACT", "EXACT", "MISS", "MISS", "EXACT"]


def test_wait_in_every_spelling_and_again(house: House, client: TestClient) -> None:
    _, job, _ = lines(client.post(RUN, json=body(house)))
    job_id = job["job_id"]
    for query in (
        {"jobIds": job_id},
        {"job_ids": job_id},
        {"job_ids": f'["{job_id}"]'},
        {"jobIds": f"{job_id},{job_id}"},
    ):
        for path in (WAIT, "/api/unstable/query/wait"):
            again, footer = lines(client.get(path, params=query))
            assert (again["job_id"], rows(again)) == (job_id, STATES)
            assert footer == {"remaining_job_ids": [], "timed_out": "false"}


def test_unknown_and_foreign_jobs(house: House, client: TestClient) -> None:
    line, footer = lines(client.get(f"{WAIT}?jobIds={UNKNOWN}"))
    assert line == {"job_id": UNKNOWN, "status": "FAILED", "error_message": "Unable to find job"}
    assert footer == {"remaining_job_ids": [], "timed_out": "false"}
    odd = lines(client.get(WAIT, params={"jobIds": "名,'; DROP TABLE x"}))
    assert [each["status"] for each in odd[:-1]] == ["FAILED", "FAILED"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "jobIds: Required"),
        ("?jobIds=", "jobIds: Required"),
        ("?jobIds=,,", "jobIds: Required"),
        ("?job_ids=[]", "jobIds: Required"),
        ("?job_ids=[", "job_ids: Invalid JSON"),
        ("?job_ids=[1]", "job_ids: Expected an array of strings"),
        ("?jobIds=" + ",".join(["x"] * 101), "jobIds: at most 100 ids"),
    ],
)
def test_wait_refusals(client: TestClient, query: str, text: str) -> None:
    refused(client.get(f"{WAIT}{query}"), 400, f"Bad Request: {text}")


def test_plan_only(house: House, client: TestClient) -> None:
    _, job, footer = lines(client.post(RUN, json=body(house, envelope={"planOnly": True})))
    assert job["status"] == "PLANNED"
    assert "result" not in job
    assert "cache_metadata" not in job
    assert job["summary"]["fields"].keys() == {"orders.state", "orders.count"}
    assert footer == {"remaining_job_ids": [], "timed_out": "false"}


def test_what_is_wrong_with_a_query_is_told_in_band(house: House, client: TestClient) -> None:
    asked = body(house, filters={"orders.nope": {"kind": "EQUALS", "type": "string", "values": ["x"]}})
    header, job, footer = lines(client.post(RUN, json=asked))
    assert list(header["jobs_submitted"]) == [job["job_id"]]
    assert (job["status"], job["error_type"]) == ("ERROR", "PLAN")
    assert job["error_message"].startswith('No such field "orders.nope"')
    assert footer["timed_out"] == "false"
    missing = lines(client.post(RUN, json=body(house, "orders.count", "users.nope", sorts=[])))[1]
    assert missing["summary"]["missing_fields"] == ["users.nope"]


def test_documents(house: House, client: TestClient) -> None:
    csv = client.post(RUN, json=body(house, envelope={"resultType": "csv"}))
    assert csv.headers["content-type"] == "text/csv"
    assert csv.text.splitlines()[0].split(",") == ["Status", "Orders Count"] or "Status" in csv.text
    json_ = client.post(RUN, json=body(house, envelope={"resultType": "json"}))
    assert json_.headers["content-type"] == "application/json"
    assert len(json_.json()) == 3
    xlsx = client.post(RUN, json=body(house, envelope={"resultType": "xlsx", "formatResults": "true"}))
    assert xlsx.headers["content-type"] == "application/vnd.ms-excel"
    sheet = load_workbook(BytesIO(xlsx.content)).active
    assert sheet is not None
    assert sheet.max_row == 4
    wrong = body(
        house,
        envelope={"resultType": "csv"},
        filters={"orders.nope": {"kind": "EQUALS", "type": "string", "values": ["x"]}},
    )
    response = client.post(RUN, json=wrong)
    assert response.status_code == 400
    assert response.json()["detail"].startswith('No such field "orders.nope"')


def test_one_object_for_whoever_takes_json_alone(house: House, client: TestClient) -> None:
    merged = client.post(RUN, json=body(house), headers={"Accept": "application/json"})
    assert merged.headers["content-type"] == "application/json"
    told = merged.json()
    assert (told["status"], told["remaining_job_ids"], told["timed_out"]) == ("COMPLETE", [], False)
    assert (told["summary"]["total_rows"], told["summary"]["sql"]) == (3, told["summary"]["display_sql"])
    assert rows(told) == STATES
    again = client.get(f"{WAIT}?jobIds={told['job_id']}", headers={"Accept": "application/json"}).json()
    assert rows(again) == STATES
    several = client.get(f"{WAIT}?jobIds={told['job_id']},{UNKNOWN}", headers={"Accept": "application/json"})
    assert {each["status"] for each in several.json()["jobs"]} == {"COMPLETE", "FAILED"}
    for accept in ("*/*", "application/json, */*", "application/json, text/ndjson", "text/ndjson"):
        lines(client.post(RUN, json=body(house), headers={"Accept": accept}))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{", "Invalid JSON"),
        (b"", "Invalid JSON"),
        (b"[]", "body: Invalid input: expected object, received array"),
        (b"{}", "query: Invalid input: expected object, received undefined"),
        (b'{"query":{"fields":[]}}', "query.modelId: Invalid input: expected string, received undefined"),
        (b'{"query":{"modelId":"%s"}}', "query.fields: Invalid input: expected array, received undefined"),
        (
            b'{"query":{"modelId":"%s","fields":[1]}}',
            "query.fields.0: Invalid input: expected string, received ",
        ),
        (
            b'{"query":{"modelId":"%s","fields":[],"limit":0}}',
            "query.limit: Too small: expected number to be >0",
        ),
        (b'{"query":' + b"[" * 200 + b"]" * 200 + b"}", "Invalid JSON"),
    ],
)
def test_bodies_that_are_refused(house: House, client: TestClient, content: bytes, text: str) -> None:
    filled = content.replace(b"%s", house.model_id.encode())
    response = client.post(RUN, content=filled)
    assert response.json()["detail"].startswith(f"Bad Request: {text}")
    refused(response, 400, response.json()["detail"])


def test_models_and_branches(house: House, client: TestClient) -> None:
    asked = body(house)
    for query in ({"branchId": UNKNOWN}, {"branch_id": UNKNOWN}):
        refused(
            client.post(RUN, params=query, json=asked), 404, f"Branch model with id {UNKNOWN} does not exist"
        )
    refused(
        client.post(RUN, json={**asked, "branchId": UNKNOWN}),
        404,
        f"Branch model with id {UNKNOWN} does not exist",
    )
    asked["query"]["modelId"] = UNKNOWN
    refused(client.post(RUN, json=asked), 404, f"Model with id {UNKNOWN} does not exist")


def test_acting_as_another_member(house: House, client: TestClient) -> None:
    asked = body(house, "orders.amount_seen", sorts=[])
    assert lines(client.post(RUN, json=asked))[1]["summary"]["missing_fields"] == ["orders.amount_seen"]
    for response in (
        client.post(RUN, params={"userId": house.member_id}, json=asked),
        client.post(RUN, json={**asked, "userId": house.member_id.upper()}),
    ):
        assert lines(response)[1]["summary"]["missing_fields"] == []
    both = client.post(RUN, params={"userId": house.member_id}, json={**asked, "userId": house.member_id})
    assert both.status_code == 400
    refused(
        client.post(RUN, params={"userId": UNKNOWN}, json=asked),
        404,
        f"User with id {UNKNOWN} does not exist",
    )
    refused(client.post(RUN, params={"userId": "me"}, json=asked), 400, "Bad Request: userId: Invalid UUID")
    personal = house.client(house.personal_key)
    refused(
        personal.post(RUN, params={"userId": house.admin_id}, json=asked),
        403,
        "User-scoped API keys can only be used to act on behalf of the authenticated user.",
    )
    assert personal.post(RUN, params={"userId": house.member_id}, json=asked).status_code == 200


def test_roles(tmp_path: Path) -> None:
    viewer = build_house(tmp_path / "viewer", base_role=Role.VIEWER)
    refused(viewer.client(viewer.member_key).post(RUN, json=body(viewer)), 403, "Permission denied")
    viewer.close()
    modest = build_house(tmp_path / "modest", base_role=Role.QUERY_TOPICS)
    client = modest.client(modest.member_key)
    job = lines(client.post(RUN, json=body(modest)))[1]
    assert (job["status"], job["summary"]["display_sql"]) == ("COMPLETE", "")
    bare = lines(client.post(RUN, json=body(modest, topic="")))[1]
    assert (bare["error_type"], bare["error_message"]) == (
        "FORBIDDEN",
        "queries without a Topic specified are restricted.",
    )
    modest.close()


def test_a_change_of_role_shows_at_once(tmp_path: Path) -> None:
    from holoscope.access.roles import Holder, Target, assign_role

    built = build_house(tmp_path, base_role=Role.VIEWER)
    client = built.client(built.member_key)
    assert client.post(RUN, json=body(built)).status_code == 403
    with built.database.writing() as connection:
        assign_role(
            connection,
            built.organization_id,
            Holder(membership_id=built.member_id),
            Target(model_id=built.model_id),
            Role.QUERIER,
        )
    assert client.post(RUN, json=body(built)).status_code == 200
    built.close()
