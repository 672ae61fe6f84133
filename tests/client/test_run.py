"""`run`, `wait` and `export`: what is sent, what comes back, how failures look."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx2
import pyarrow as pa
import pytest

from holoscope.client import (
    BadRequest,
    BadResponse,
    ClientError,
    NotFound,
    PermissionDenied,
    QueryFailed,
    QueryTimedOut,
)
from support.lines import JOB, MODEL, complete, failed, footer, header, ndjson
from support.web import Script

TABLE = pa.table({"users.state": ["Ohio", None], "order_items.count": pa.array([3, 4], pa.int64())})
QUERY = {"modelId": MODEL, "table": "order_items", "fields": ["users.state", "order_items.count"]}


def answer(*lines: dict, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, content=ndjson(*lines), headers={"Content-Type": "text/ndjson"})


def test_rows_fields_and_sql_of_a_finished_query() -> None:
    script = Script(answer(header(), complete(TABLE, missing_fields=["users.nope"]), footer()))
    with script.client() as client:
        result = client.run(QUERY)
    assert result.table.equals(TABLE)
    assert list(result.fields) == TABLE.column_names
    assert (result.sql, result.cache_type, result.job_id) == ("SELECT 1", "MISS", JOB)
    assert result.missing_fields == ("users.nope",)
    assert result.cache_metadata["num_rows"] == 2


def test_options_travel_beside_the_query_and_the_person_in_the_address() -> None:
    script = Script(answer(header(), complete(TABLE), footer()))
    script.client().run(QUERY, cache="SkipCache", timezone="Europe/Paris", user_id="m-1", branch_id=MODEL)
    sent = script.requests[0]
    assert json.loads(sent.content) == {
        "query": QUERY,
        "cache": "SkipCache",
        "timezone": "Europe/Paris",
        "branchId": MODEL,
    }
    assert dict(sent.url.params) == {"userId": "m-1"}
    assert sent.url.path == "/api/v1/query/run"
    assert sent.headers["Authorization"].startswith("Bearer omni_osk_")
    assert sent.headers["Accept"] == "text/ndjson"


def test_a_whole_request_body_is_welcome_too() -> None:
    script = Script(answer(header(), complete(TABLE), footer()))
    script.client().run({"query": QUERY, "cache": "Standard"})
    assert json.loads(script.requests[0].content) == {"query": QUERY, "cache": "Standard"}


def test_a_running_query_is_waited_for_with_the_ids_of_the_footer() -> None:
    script = Script(
        answer(header(), {"job_id": JOB, "status": "EXECUTING"}, footer(JOB)),
        answer(footer(JOB)),
        answer(complete(TABLE), footer()),
    )
    assert script.client().run(QUERY).table.num_rows == 2
    assert script.calls == ["POST /api/v1/query/run", "GET /api/v1/query/wait", "GET /api/v1/query/wait"]
    assert [dict(request.url.params) for request in script.requests[1:]] == [{"jobIds": JOB}] * 2


def test_polling_never_spins() -> None:
    script = Script(answer(header(), footer(JOB)), answer(footer(JOB)), answer(complete(TABLE), footer()))
    script.client().run(QUERY)
    assert script.time.pauses == [1.0]


def test_the_first_final_line_of_a_job_wins() -> None:
    script = Script(answer(header(), complete(TABLE), failed("late"), footer()))
    assert script.client().run(QUERY).table.num_rows == 2


def test_time_out_names_the_jobs_and_wait_goes_on() -> None:
    script = Script(answer(header(), footer(JOB)), answer(footer(JOB)), endless=True)
    with pytest.raises(QueryTimedOut) as caught:
        script.client().run(QUERY, timeout=timedelta(seconds=3))
    assert caught.value.job_ids == (JOB,)
    later = Script(answer(complete(TABLE), footer()))
    assert later.client().wait(caught.value.job_ids).table.num_rows == 2


def test_silence_until_the_limit_is_a_time_out() -> None:
    script = Script()

    def silent(request: httpx2.Request) -> httpx2.Response:
        assert request.extensions["timeout"]["read"] == 3.0
        script.time.now += 3
        raise httpx2.ReadTimeout("no bytes", request=request)

    script.steps = [silent]
    with pytest.raises(QueryTimedOut):
        script.client().run(QUERY, timeout=timedelta(seconds=3))


def test_plan_only_has_sql_and_no_rows() -> None:
    plan = {"job_id": JOB, "status": "PLANNED", "summary": {"fields": {}, "display_sql": "SELECT 2"}}
    script = Script(answer(header(), plan, footer()))
    result = script.client().run(QUERY, plan_only=True)
    assert json.loads(script.requests[0].content)["planOnly"] is True
    assert result.sql == "SELECT 2"
    assert result.is_planned_only
    with pytest.raises(ClientError, match="planned, not run"):
        _ = result.table


@pytest.mark.parametrize(
    ("line", "text", "kind"),
    [
        (failed('No such field "users.nope"'), 'No such field "users.nope"', "PLAN"),
        (failed("null", None), "ended with status ERROR", "UNKNOWN"),
        (
            {"job_id": JOB, "status": "FAILED", "error_message": "Unable to find job"},
            "Unable to find",
            "UNKNOWN",
        ),
        (
            {"job_id": JOB, "status": "COMPLETE", "summary": {"display_sql": "Failed to plan query: x"}},
            "Failed to plan query: x",
            "PLAN",
        ),
    ],
)
def test_a_failed_job_raises_the_servers_sentence(line: dict, text: str, kind: str) -> None:
    with pytest.raises(QueryFailed) as caught:
        Script(answer(header(), line, footer())).client().run(QUERY)
    assert text in caught.value.detail
    assert (caught.value.error_type, caught.value.job_id) == (kind, JOB)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        ndjson(header()),
        ndjson(header(), complete(TABLE)),
        ndjson(header(), complete(TABLE), footer())[:-20],
        ndjson(header(), complete(TABLE))[:-40],
        ndjson(header(), {"job_id": JOB, "status": "COMPLETE"}, footer()),
        ndjson(header(), {"job_id": JOB, "status": "COMPLETE", "result": "AAAA"}, footer()),
        ndjson(header(), {"job_id": JOB, "status": "COMPLETE", "result": "%%%%"}, footer()),
        ndjson(header(), footer()),
        b"<html>a proxy</html>\n",
        b"[1]\n",
    ],
)
def test_a_cut_or_foreign_answer_is_never_a_result(body: bytes) -> None:
    with pytest.raises(BadResponse):
        Script(httpx2.Response(200, content=body)).client().run(QUERY)


def test_an_abnormal_end_raises_its_message() -> None:
    body = ndjson(header()) + b'{"message":"upstream went away","reason":"GONE"}'
    with pytest.raises(QueryFailed, match=r"upstream went away \(GONE\)"):
        Script(httpx2.Response(200, content=body)).client().run(QUERY)


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (400, {"detail": "Bad Request: query.limit: no", "status": 400}, BadRequest, "query.limit: no"),
        (400, {"error": "Invalid cursor", "success": False}, BadRequest, "Invalid cursor"),
        (
            403,
            {"error": {"code": 403, "message": "Invalid bearer token"}},
            PermissionDenied,
            "Invalid bearer",
        ),
        (401, {"message": "expired"}, PermissionDenied, "expired"),
        (404, {"detail": "Model with id x does not exist", "status": 404}, NotFound, "does not exist"),
        (302, {}, BadRequest, "HTTP 302"),
    ],
)
def test_refusals_carry_the_servers_sentence(status: int, body: dict, kind: type, text: str) -> None:
    script = Script(httpx2.Response(status, json=body))
    with pytest.raises(kind, match=text) as caught:
        script.client().run(QUERY)
    assert caught.value.status == status
    assert len(script.requests) == 1


def test_the_code_of_an_error_is_kept() -> None:
    body = {"detail": "No.", "status": 400, "code": "invalid_query"}
    with pytest.raises(BadRequest) as caught:
        Script(httpx2.Response(400, json=body)).client().run(QUERY)
    assert caught.value.code == "invalid_query"


def test_export_returns_the_document() -> None:
    script = Script(httpx2.Response(200, content=b"State,Count\nOhio,3\n"))
    assert script.client().export(QUERY, "csv", format_results=True) == b"State,Count\nOhio,3\n"
    assert json.loads(script.requests[0].content) == {
        "query": QUERY,
        "resultType": "csv",
        "formatResults": True,
    }


def test_export_time_out_names_the_jobs() -> None:
    body = {"detail": "Query timed out", "remaining_job_ids": [JOB], "timed_out": True}
    with pytest.raises(QueryTimedOut) as caught:
        Script(httpx2.Response(408, json=body)).client().export(QUERY, "csv")
    assert caught.value.job_ids == (JOB,)
