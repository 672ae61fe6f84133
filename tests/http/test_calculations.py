"""Calculations over HTTP: what the answer tells of them, documents, refusals, hostile bodies."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import orjson
import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from support.house import House

RUN = "/api/v1/query/run"


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with house.client() as opened:
        yield opened


def body(house: House, calculations: Any, *, envelope: Any = None, **query: Any) -> dict[str, Any]:
    names = [one.get("calc_name", "") for one in calculations] if isinstance(calculations, list) else []
    asked = {
        "modelId": house.model_id,
        "table": "orders",
        "fields": ["orders.state", "orders.count", *names],
        "sorts": [{"column_name": "orders.state"}],
        "calculations": calculations,
        **query,
    }
    return {"query": asked, **(envelope or {})}


def ask(client: TestClient, asked: dict[str, Any]) -> dict[str, Any]:
    response = client.post(RUN, json=asked)
    assert response.status_code == 200, response.text
    job: dict[str, Any] = orjson.loads(response.content.splitlines()[1])
    return job


def rows(job: dict[str, Any]) -> list[dict[str, Any]]:
    assert job["status"] == "COMPLETE", job
    found: list[dict[str, Any]] = pa.ipc.open_stream(BytesIO(b64decode(job["result"]))).read_all().to_pylist()
    return found


SHARE = {
    "calc_name": "share",
    "label": "Share of all",
    "format": "percent_1",
    "description": "How many of all",
    "original_formula": "=B1/SUM(B:B)",
}
BAD = {
    "calc_name": "bad",
    "sql_expression": {"type": "call", "operator": "Omni.OMNI_FX_NOPE", "operands": []},
}


def test_what_is_told_of_a_calculation(house: House, client: TestClient) -> None:
    job = ask(client, body(house, [SHARE]))
    assert [row["share"] for row in rows(job)] == [0.2, 0.6, 0.2]
    field = job["summary"]["fields"]["share"]
    wanted = {"is_calc": True, "is_dimension": False, "label": "Share of all", "data_type": "NUMBER"}
    assert {key: field[key] for key in wanted} == wanted
    assert (field["format"], field["description"]) == ("PERCENT_1", "How many of all")
    assert job["summary"]["fields"]["orders.count"]["is_calc"] is False
    assert job["summary"]["invalid_calculations"] == {}
    assert job["query"]["model_job"]["calculations"] == [SHARE]


def test_documents_have_its_label_and_format(house: House, client: TestClient) -> None:
    envelope = {"resultType": "json", "formatResults": True}
    answer = client.post(RUN, json=body(house, [SHARE], envelope=envelope)).json()
    assert [row["Share of all"] for row in answer] == ["20.0%", "60.0%", "20.0%"]
    text = client.post(RUN, json=body(house, [SHARE], envelope={"resultType": "csv"})).text
    assert text.splitlines()[0].split(",")[-1].strip(chr(34)) == "Share of all"
    assert text.splitlines()[2].split(",")[-1].strip(chr(34)) == "0.6"


def test_errors_that_are_swallowed_are_told(house: House, client: TestClient) -> None:
    job = ask(client, body(house, [{**BAD, "swallow_errors": True}, SHARE]))
    assert [row["bad"] for row in rows(job)] == ["#ERROR!"] * 3
    assert list(job["summary"]["invalid_calculations"]) == ["bad"]
    assert "there is no function NOPE" in job["summary"]["invalid_calculations"]["bad"]
    assert job["summary"]["fields"]["bad"]["data_type"] == "STRING"


def test_errors_that_are_not_fail_the_query(house: House, client: TestClient) -> None:
    job = ask(client, body(house, [BAD, SHARE]))
    assert (job["status"], job["error_type"]) == ("ERROR", "CALCS_FAILED")
    assert job["error_message"].startswith('Calculation "bad": there is no function NOPE')


def test_an_order_that_is_missing(house: House, client: TestClient) -> None:
    running = {"calc_name": "running", "original_formula": "=SUM(B$1:B1)"}
    job = ask(client, body(house, [running], sorts=[]))
    assert (job["status"], job["error_type"]) == ("ERROR", "PLAN_CALC_REQUIRES_SORT")


def test_a_plan_is_told_without_rows(house: House, client: TestClient) -> None:
    job = ask(client, body(house, [SHARE], envelope={"planOnly": True}))
    assert job["status"] == "PLANNED"
    assert "share" in job["summary"]["fields"]


def test_what_is_random_or_now_is_computed_each_time(house: House, client: TestClient) -> None:
    asked = body(house, [{"calc_name": "luck", "original_formula": "=RAND()"}])
    first, second = ask(client, asked), ask(client, asked)
    assert all(0 <= row["luck"] < 1 for row in rows(first))
    assert [row["luck"] for row in rows(first)] != [row["luck"] for row in rows(second)]


HOSTILE: list[Any] = [
    {"type": "call"},
    {"type": "call", "operator": 5, "operands": "x"},
    {"type": "call", "operator": "Omni.OMNI_FX_SUM", "operands": {}},
    {"type": "what"},
    {"type": ["call"]},
    [],
    "=B1",
    5,
    True,
    {"type": "literal", "value": [1]},
    {"type": "literal", "value": {"name": ["x"]}},
    {"type": "literal", "value": 1e305},
    {"type": "literal", "value": "\0"},
    {"type": "field"},
    {"type": "field", "field_name": 7},
    {"type": "field", "field_name": "orders.count", "pivot_value_map": [1]},
    {"type": "field", "field_name": "orders.count", "pivot_value_map": {"orders.state": "x"}},
    {"type": "field", "field_name": 'x"; DROP TABLE orders; --'},
    {"type": "reference", "column_ref": "x"},
    {"type": "reference", "column_ref": ["a", "b", "c"]},
    {"type": "sub_query"},
    {"type": "sub_query", "query_id": "q", "field_name": True},
    {"type": "sql_type"},
    {"type": "window_call"},
    {"type": "window_call", "aggregate": {"type": "call", "operator": "DROP", "operands": []}},
    {
        "type": "window_call",
        "aggregate": {"type": "call", "operator": "S.SUM", "operands": [{"type": "literal", "value": 1}]},
        "lower_bound": "; DROP",
    },
    {"type": "call", "operator": "Omni.OMNI_OFFSET_MULTI", "operands": []},
    {"type": "call", "operator": "Omni.OMNI_PIVOT_OFFSET", "operands": [1, 2]},
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_trees_are_refused_with_a_sentence(house: House, client: TestClient, number: int) -> None:
    tree = HOSTILE[number]
    job = ask(client, body(house, [{"calc_name": "x", "sql_expression": tree}]))
    if job["status"] == "COMPLETE":  # a constant, in an unusual spelling
        assert tree in (5, True, "=B1")
        return
    assert job["error_type"] == "CALCS_FAILED", job
    assert len(job["error_message"]) < 3_000


@pytest.mark.parametrize(
    "formula",
    [
        "=" + "(" * 5_000,
        "=" + "-" * 5_000 + "1",
        "=1" + "+1" * 5_000,
        "=IF(" * 200,
        "=MOD(" * 80 + "B1" + ",2)" * 80,
        "=" + "B1&" * 3_000 + "B1",
        "=SUM(B1:B99999999999)",
        "=ZZZ1",
        '="' + "x" * 30_000 + '"',
        "='; DROP TABLE orders; --'!A:A",
        "=\u202e1",
        "=A1:",
        "=:A",
        "=,",
        "=%",
        "=1E999",
        '=TEXT(B1,"' + "0" * 200 + '")',
        "=ROUND(B1,99999999999)",
        "=LARGE(B:B,-1)",
        "=OFFSET(B1,1E300,0)",
    ],
    ids=lambda formula: formula[:24],
)
def test_hostile_formulas_never_break_the_server(house: House, client: TestClient, formula: str) -> None:
    job = ask(client, body(house, [{"calc_name": "x", "original_formula": formula}]))
    assert job["status"] == "COMPLETE" or job["error_type"] == "CALCS_FAILED", job


@pytest.mark.parametrize(
    "calculations",
    [{"x": 1}, "x", [1], [{}], [{"calc_name": 5}], [{"calc_name": ""}], [SHARE, SHARE], [SHARE] * 300],
    ids=lambda value: str(value)[:30],
)
def test_wrong_shapes_are_bad_requests(house: House, client: TestClient, calculations: Any) -> None:
    asked = body(house, [])
    asked["query"]["calculations"] = calculations
    response = client.post(RUN, json=asked)
    assert response.status_code == 400, response.text
    assert "query.calculations" in response.json()["detail"]
