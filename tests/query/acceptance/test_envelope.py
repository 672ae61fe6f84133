"""Acceptance cases 43 to 57: the envelope, jobs, hand-written SQL, who may ask (query digest §7)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from holoscope.access.roles import Role
from holoscope.http.application import create_app
from holoscope.runs import service
from holoscope.runs.documents import settled
from holoscope.runs.registry import Job
from holoscope.runs.service import Run
from support.bench import RUN, WAIT, Bench, T, open_bench

COUNT, STATE = "order_items.count", "users.state"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


def test_43_plan_only(bench: Bench) -> None:
    answer = bench.ask(STATE, T, envelope={"planOnly": True})
    assert answer.job["status"] == "PLANNED"
    assert "result" not in answer.job
    assert answer.lines[-1] == {"remaining_job_ids": [], "timed_out": "false"}


def test_44_keys_of_the_envelope(bench: Bench) -> None:
    body = bench.body(COUNT)
    both = bench.client.post(RUN, json={**body, "planOnly": True, "resultType": "csv"})
    inside = bench.client.post(RUN, json={"query": {**body["query"], "branchId": UNKNOWN}})
    assert (both.status_code, inside.status_code) == (400, 400)
    assert bench.ask(COUNT, sparkle="yes").rows == [(10_000,)]
    assert bench.ask(COUNT, envelope={"cache": "SkipCache"}).cache_type == "MISS"
    nameless = bench.client.post(RUN, json={"query": {"fields": [COUNT]}})
    wanted = "Bad Request: query.modelId: Invalid input: expected string, received undefined"
    assert (nameless.status_code, nameless.json()["detail"]) == (400, wanted)


def document(bench: Bench, kind: str, **more: Any) -> Any:
    body = bench.body(STATE, T, sorts=[{"column_name": STATE}], envelope={"resultType": kind, **more})
    response = bench.client.post(RUN, json=body)
    assert response.status_code == 200, response.text
    return response


def test_45_documents(bench: Bench) -> None:
    rows = document(bench, "json").json()
    (state, total) = rows[1].keys()
    assert (state, total, len(rows)) == ("State", "Total Sale Price", 21)
    header, *lines = csv.reader(io.StringIO(document(bench, "csv").text))
    assert (header, len(lines)) == ([state, total], 21)
    formatted = document(bench, "json", formatResults=True).json()
    assert formatted[1][total] == "$23,450.50"
    alone = bench.client.post(RUN, json=bench.body(COUNT, envelope={"formatResults": True}))
    assert alone.status_code == 400


def test_46_a_job_that_takes_longer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_settled(job: Job, window: timedelta) -> bool:
        return bool(window) and await settled(job, window)

    monkeypatch.setattr(Run.rest, "__defaults__", (timedelta(0),))
    monkeypatch.setattr(service, "settled", is_settled)  # however quick, it takes longer than no time
    body = bench.body(STATE, "order_items.notes", COUNT, limit=None, envelope={"cache": "SkipCache"})
    lines = [orjson.loads(line) for line in bench.client.post(RUN, json=body).content.splitlines()]
    (job,) = lines[0]["jobs_submitted"]
    assert lines[-1] == {"remaining_job_ids": [job], "timed_out": "true"}
    for _ in range(2):
        told = [
            orjson.loads(line) for line in bench.client.get(WAIT, params={"jobIds": job}).content.splitlines()
        ]
        assert told[0]["status"] == "COMPLETE"
        assert told[0]["result"]
        assert told[-1] == {"remaining_job_ids": [], "timed_out": "false"}


def test_47_unknown_jobs(bench: Bench) -> None:
    line, footer = (
        orjson.loads(each) for each in bench.client.get(WAIT, params={"jobIds": UNKNOWN}).content.splitlines()
    )
    assert line == {"job_id": UNKNOWN, "status": "FAILED", "error_message": "Unable to find job"}
    assert footer["timed_out"] == "false"
    assert bench.client.get(WAIT).status_code == 400


def test_48_job_ids_as_an_array(bench: Bench) -> None:
    job = bench.ask(COUNT).job["job_id"]
    response = bench.client.get(WAIT, params={"job_ids": f'["{job}"]'})
    assert orjson.loads(response.content.splitlines()[0])["status"] == "COMPLETE"


GROUPED = "SELECT ${users.state}, COUNT(*) AS n FROM ${order_items} GROUP BY 1 ORDER BY 2 DESC LIMIT 3"


def sql(bench: Bench, text: str, **more: Any) -> Any:
    return bench.ask(userEditedSQL=text, **more)


def test_49_sql_over_the_model(bench: Bench) -> None:
    answer = sql(bench, GROUPED)
    state, number = answer.columns
    assert state == STATE
    assert number.rpartition(".")[2] == "n"
    assert (len(answer.rows), answer.rows[0]) == (3, ("California", 1260))


def test_50_sql_from_a_topic(bench: Bench) -> None:
    error = sql(bench, "SELECT ${users.state} FROM ${Order Items}").error
    assert 'No such view "Order Items"' in error[1]


def test_51_filters_on_verbatim_sql(bench: Bench) -> None:
    asked = {"filters": {T: {"type": "number", "kind": "GREATER_THAN", "values": ["1"]}}, "rewriteSql": False}
    answer = sql(bench, "SELECT count(*) AS n FROM order_items", **asked)
    assert (answer.columns, answer.rows) == (["n"], [(10_000,)])


def test_52_the_limit_of_the_query_on_sql(bench: Bench) -> None:
    text = "SELECT ${users.state}, COUNT(*) AS n FROM ${order_items} GROUP BY 1"
    assert len(sql(bench, text, limit=5).rows) == 21


@pytest.fixture(scope="module")
def modest(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A house whose members may ask topics, and nothing else."""
    built = open_bench(tmp_path_factory.mktemp("modest"), base_role=Role.QUERY_TOPICS)
    built.client = built.house.client(built.house.member_key)
    with built.client:
        yield built
    built.house.close()


def test_53_sql_is_hidden(modest: Bench) -> None:
    answer = modest.ask(STATE, COUNT)
    assert (answer.sql, answer.job["summary"]["omni_sql"]) == ("", "")
    assert {field.get("sql", "") for field in answer.job["summary"]["fields"].values()} == {""}
    error = modest.ask(
        COUNT, filters={"users.state": {"type": "number", "kind": "EQUALS", "values": [1]}}
    ).error
    assert error[1] == "Query failed. Error details are only visible to users with permission to view SQL."


def test_54_topics_alone(modest: Bench) -> None:
    bare = modest.ask(COUNT, join_paths_from_topic_name="").error
    assert bare == ("FORBIDDEN", "queries without a Topic specified are restricted.")
    assert sql(modest, GROUPED).error == (
        "FORBIDDEN",
        "queries based on manually written SQL are restricted.",
    )


def test_55_keys(bench: Bench) -> None:
    house = bench.house
    bad = house.client(None, Authorization="Bearer omni_osk_nonsense").post(RUN, json=bench.body(COUNT))
    assert (bad.status_code, bad.json()["error"]["message"]) == (403, "Invalid bearer token")
    odd = house.client(None, Authorization="Basic abc").post(RUN, json=bench.body(COUNT))
    wanted = "Bad authorization header, must be formatted as Bearer <token>"
    assert (odd.status_code, odd.json()["error"]["message"]) == (400, wanted)
    shut = TestClient(
        create_app(replace(house.services, refuses_queries=True)),
        base_url="https://testserver",
        headers=bench.client.headers,
    )
    for response in (shut.post(RUN, json=bench.body(COUNT)), shut.get(WAIT, params={"jobIds": UNKNOWN})):
        assert response.status_code == 403
        assert (response.json()["detail"], response.json()["status"]) == ("Feature not enabled", 403)
    assert shut.get("/api/v1/whoami").status_code == 200


def test_56_nobody(bench: Bench) -> None:
    response = bench.client.post(RUN, params={"userId": UNKNOWN}, json=bench.body(COUNT))
    assert (response.status_code, response.json()["detail"]) == (
        404,
        f"User with id {UNKNOWN} does not exist",
    )


def test_57_the_cache(bench: Bench) -> None:
    asked = {"filters": {"order_items.id": {"type": "number", "kind": "LESS_THAN", "values": [57]}}}
    first, second = bench.ask(STATE, COUNT, **asked), bench.ask(STATE, COUNT, **asked)
    assert (first.cache_type, second.cache_type) == ("MISS", "EXACT")
    assert first.rows == second.rows
    assert bench.ask(STATE, COUNT, envelope={"cache": "SkipCache"}, **asked).cache_type == "MISS"
    mine = {"users.email": {"type": "user_attribute", "user_attribute_name": "omni_user_email"}}
    both = [
        bench.send(bench.body(COUNT, filters=mine), client).cache_type
        for client in (bench.client, bench.house.client(bench.house.member_key))
    ]
    assert both[1] == "MISS"
