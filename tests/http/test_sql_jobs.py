"""SQL as it stands over HTTP: columns of the warehouse, the cap, documents, plans, refusals, redaction."""

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
from holoscope.runs.request import RunLimits
from support.house import House, build_house

RUN = "/api/v1/query/run"
RESTRICTED = "queries based on manually written SQL are restricted."


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with house.client() as opened:
        yield opened


def body(house: House, sql: str, *, envelope: Any = None, **query: Any) -> dict[str, Any]:
    asked = {"modelId": house.model_id, "userEditedSQL": sql, "rewriteSql": False, **query}
    return {"query": asked, **(envelope or {})}


def ask(client: TestClient, asked: dict[str, Any]) -> dict[str, Any]:
    response = client.post(RUN, json=asked)
    assert response.status_code == 200, response.text
    lines = [orjson.loads(line) for line in response.content.splitlines()]
    job: dict[str, Any] = lines[1]
    return job


def rows(job: dict[str, Any]) -> list[dict[str, Any]]:
    assert job["status"] == "COMPLETE", job
    found: list[dict[str, Any]] = pa.ipc.open_stream(BytesIO(b64decode(job["result"]))).read_all().to_pylist()
    return found


COUNTS = """select state AS "The State", count(*) n, max(due_on) d, max(placed_at) t, bool_or(amount > 50) b
from orders group by 1 order by 2 desc, 1 nulls last"""


def test_columns_are_the_warehouses(house: House, client: TestClient) -> None:
    job = ask(client, body(house, COUNTS))
    assert [(row["The State"], row["n"]) for row in rows(job)] == [("done", 3), ("open", 1), (None, 1)]
    summary = job["summary"]
    assert list(summary["fields"]) == ["The State", "n", "d", "t", "b"]
    kinds = [(field["data_type"], field.get("date_type")) for field in summary["fields"].values()]
    assert kinds == [
        ("STRING", None),
        ("NUMBER", None),
        ("TIMESTAMP", "date"),
        ("TIMESTAMP", "timestamp"),
        ("BOOLEAN", None),
    ]
    for name, field in summary["fields"].items():
        assert (field["field_name"], field["fully_qualified_name"], field["is_dimension"]) == (
            name,
            name,
            True,
        )
        assert "aggregate_type" not in field
    assert (summary["display_sql"], summary["omni_sql"]) == (COUNTS, "")
    assert summary["omni_sql_parse_failed"] is False
    assert job["cache_metadata"]["field_list"] == ["The State", "n", "d", "t", "b"]


@pytest.mark.parametrize(
    ("sql", "marks"),
    [
        ("select 1 as a", {"rewriteSql": False}),
        ("select 1 as a", {"rewriteSql": "false"}),
        ("select 1 as a", {"rewriteSql": True, "parsed": False}),
        ("select 1 as a", {"rewriteSql": True, "dbtMode": True}),
        ("-- DO NOT PARSE\nselect 1 as a", {"rewriteSql": True}),
        ("select 1 as a\n  --do not parse this", {"rewriteSql": True}),
        ("  select 1 as a;  ", {"rewriteSql": False}),
        ("select 1 as a -- the end", {"rewriteSql": False}),
        ("select 1 a; -- x", {"rewriteSql": True, "parsed": False}),
        ("select 1 as a", {}),
    ],
)
def test_what_makes_text_verbatim(house: House, client: TestClient, sql: str, marks: Any) -> None:
    assert rows(ask(client, body(house, sql, **marks))) == [{"a": 1}]


def test_what_a_model_query_asks_is_not_looked_at(house: House, client: TestClient) -> None:
    more = {
        "fields": ["orders.state"],
        "filters": {"orders.count": {"type": "number", "kind": "GREATER_THAN", "values": ["1000"]}},
        "limit": 1,
        "offset": 3,
        "pivots": ["orders.state"],
        "sorts": [{"column_name": "nope"}],
        "calculations": [{"calc_name": "x"}],
        "column_totals": {"::total::": {}},
        "fill_fields": ["orders.state"],
        "staticQueryReferences": {"q": {"model_id": "x", "fields": ["a"]}},
    }
    assert len(rows(ask(client, body(house, "select id from orders", **more)))) == 5


def test_equal_names_are_told_apart(house: House, client: TestClient) -> None:
    job = ask(client, body(house, "select 1 as a, 2 as a, 3 as b, 4 as a limit 1"))
    assert rows(job) == [{"a": 1, "a_1": 2, "b": 3, "a_2": 4}]
    assert list(job["summary"]["fields"]) == ["a", "a_1", "b", "a_2"]
    again = ask(client, body(house, "select 1 as a, 2 as a, 3 as b, 4 as a"))
    assert rows(again) == rows(job)


def test_no_limit_means_the_servers(tmp_path: Path) -> None:
    house = build_house(tmp_path, limits=RunLimits(verbatim_rows=100))
    with house.client() as client:
        for sql, many in [
            ("select * from range(1000)", 100),
            ("select * from range(1000) order by 1 desc --", 100),
            ("select * from range(1000) -- limit 1000", 100),
            ("select * from (select * from range(1000) limit 1000)", 100),
            ("with a as (select * from range(1000) limit 900) select * from a", 100),
            ("select * from range(1000) limit 700", 700),
            ("select * from range(1000) limit 700;", 700),
            ("(select * from range(1000)) union all select 1 limit 700", 700),
            ("select * from range(30)", 30),
        ]:
            assert len(rows(ask(client, body(house, sql)))) == many, sql
        first = rows(ask(client, body(house, "select range r from range(1000) order by 1 desc")))
        assert [row["r"] for row in first[:3]] == [999, 998, 997]
    house.close()


def test_plans_know_the_columns(house: House, client: TestClient) -> None:
    job = ask(client, body(house, COUNTS, envelope={"planOnly": True}))
    assert job["status"] == "PLANNED"
    assert "result" not in job
    assert "cache_metadata" not in job
    fields = job["summary"]["fields"]
    assert [(name, field["data_type"]) for name, field in fields.items()] == [
        ("The State", "STRING"),
        ("n", "NUMBER"),
        ("d", "TIMESTAMP"),
        ("t", "TIMESTAMP"),
        ("b", "BOOLEAN"),
    ]
    wrong = ask(client, body(house, "select nope from orders", envelope={"planOnly": True}))
    assert (wrong["status"], wrong["error_type"]) == ("ERROR", "QUERY")
    assert len(rows(ask(client, body(house, COUNTS)))) == 3


def test_documents(house: House, client: TestClient) -> None:
    sql = "select id, state, amount from orders where id <= 2 order by id"
    csv = client.post(RUN, json=body(house, sql, envelope={"resultType": "csv"}))
    assert csv.text == '"id","state","amount"\n1,"done",10.50\n2,"open",20.00\n'
    told = client.post(RUN, json=body(house, sql, envelope={"resultType": "json"})).json()
    assert told == [{"id": 1, "state": "done", "amount": 10.5}, {"id": 2, "state": "open", "amount": 20.0}]
    xlsx = client.post(RUN, json=body(house, sql, envelope={"resultType": "xlsx"}))
    sheet = load_workbook(BytesIO(xlsx.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["id", "state", "amount"]
    wrong = client.post(RUN, json=body(house, "select nope from orders", envelope={"resultType": "csv"}))
    assert wrong.status_code == 400


def test_the_same_text_is_answered_again_unless_it_looks_at_the_clock(
    house: House, client: TestClient
) -> None:
    sql = "select count(*) c from people"
    assert ask(client, body(house, sql))["summary"]["cache_type"] == "MISS"
    again = ask(client, body(house, sql))
    assert again["summary"]["cache_type"] == "EXACT"
    assert list(again["summary"]["fields"]) == ["c"]
    for sql in ("select now() c", "select current_date c", "select random() c", "select uuid() c"):
        ask(client, body(house, sql))
        assert ask(client, body(house, sql))["summary"]["cache_type"] == "MISS", sql


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("drop table orders", "Only SELECT statements are run."),
        ("select 1; drop table orders", "Only SELECT statements are run."),
        ("select 1; select 2", "Only one statement is run at a time."),
        ("select 1;; select 2", "Only one statement is run at a time."),
        ("insert into orders values (1)", "Only SELECT statements are run."),
        ("copy orders to 'x.csv'", "Only SELECT statements are run."),
        ("select * from duckdb_settings()", "is not available"),
        ("select * from 'x.csv'", "There is no table"),
        ("with duckdb_tables as (select 1) select 1", "belongs to the warehouse"),
        ("selec 1", "Parser Error"),
        ("select ${orders.id} from orders", "Parser Error"),
        ("select 1 from orders where /* open", "Parser Error"),
        ("--", ""),
    ],
)
def test_refusals_are_lines(house: House, client: TestClient, sql: str, text: str) -> None:
    job = ask(client, body(house, sql))
    assert (job["status"], job["error_type"]) == ("ERROR", "QUERY")
    assert text in job["error_message"]


def test_dbt_templates_are_refused_by_name(house: House, client: TestClient) -> None:
    job = ask(client, body(house, "select * from {{ ref('orders') }}", dbtMode=True))
    assert (job["error_type"], "dbt" in job["error_message"]) == ("PLAN", True)


STATE_IS = {"orders.state": {"type": "string", "kind": "EQUALS", "values": ["done"]}}
ODD = {"orders.state": {"type": "string", "kind": "EQUALS", "values": ["x' OR 1=1 --", '{{"']}}


@pytest.mark.parametrize(
    ("condition", "filters", "ids"),
    [
        ("{{# orders.state.filter }} state {{/ orders.state.filter }}", {}, [1, 2, 3, 4, 5]),
        ("{{# orders.state.filter }} state {{/ orders.state.filter }}", STATE_IS, [1, 3, 5]),
        ("{{# orders.state.filter }} o.state {{/ orders.state.filter }} AND id > 1", STATE_IS, [3, 5]),
        ("{{# orders.state.filter }} state {{/ orders.state.filter }}", ODD, []),
        ("state = {{ filters.orders.state.value }}", STATE_IS, [1, 3, 5]),
        ("state IN ({{ filters.orders.state.value }})", ODD, []),
        ("{{ orders.state.is_filtered }}", STATE_IS, [1, 2, 3, 4, 5]),
        ("{{ orders.state.is_filtered }}", {}, []),
        (
            "{{# orders.id.filter }} id {{/ orders.id.filter }}",
            {"orders.id": {"type": "number", "kind": "GREATER_THAN", "values": ["3"]}},
            [4, 5],
        ),
        (
            "{{# orders.placed_at.filter }} o.placed_at {{/ orders.placed_at.filter }}",
            {"orders.placed_at": {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-02"}},
            [3, 4],
        ),
        (
            "{{# orders.placed_at.filter }} placed_at + INTERVAL 1 DAY {{/ orders.placed_at.filter }}",
            {"orders.placed_at": {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-03"}},
            [4],
        ),
    ],
)
def test_templates_take_filters_of_dimensions(
    house: House, client: TestClient, condition: str, filters: Any, ids: list[int]
) -> None:
    job = ask(client, body(house, f"select id from orders o where {condition} order by id", filters=filters))
    assert [row["id"] for row in rows(job)] == ids, job["summary"]["display_sql"]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("{{# orders.nope.filter }} state {{/ orders.nope.filter }}", 'No such field "orders.nope"'),
        ("state = {{ filters.orders.state.value }}", "put a filter on it"),
        ("state = '{{ filters.orders.state.value }}'", "stands inside quotes"),
        ("{{ state", "not closed"),
        ("{{# orders.state.filter }} state, id {{/ orders.state.filter }}", "one SQL expression"),
        ("{{# orders.state.filter }} state) {{/ orders.state.filter }}", "that can be read"),
    ],
)
def test_templates_that_cannot_be_filled(house: House, client: TestClient, condition: str, text: str) -> None:
    filters = {} if "put a filter" in text else STATE_IS
    job = ask(client, body(house, f"select id from orders where {condition}", filters=filters))
    assert (job["status"], job["error_type"]) == ("ERROR", "PLAN")
    assert text in job["error_message"]


@pytest.mark.parametrize("sql", ["select 1", "select ${orders.nope} from ${orders}", "select nope", ";"])
def test_nobody_without_the_permission_writes_sql(tmp_path: Path, sql: str) -> None:
    house = build_house(tmp_path, base_role=Role.QUERY_TOPICS)
    with house.client(house.member_key) as client:
        for more in ({}, {"envelope": {"planOnly": True}}, {"rewriteSql": True}, {"filters": STATE_IS}):
            job = ask(client, body(house, sql, **more))
            assert (job["status"], job["error_type"]) == ("ERROR", "FORBIDDEN")
            assert job["error_message"] == RESTRICTED
            assert "summary" not in job
        document = client.post(RUN, json=body(house, sql, envelope={"resultType": "csv"}))
        assert (document.status_code, document.json()["detail"]) == (403, RESTRICTED)
    house.close()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"userEditedSQL": 7}, "query.userEditedSQL: Invalid input: expected string"),
        ({"userEditedSQL": "x" * 200_001}, "more than 200000 characters"),
        ({"userEditedSQL": "select '\x00'"}, "NUL"),
        ({"rewriteSql": "maybe"}, "query.rewriteSql"),
        ({"parsed": 3}, "query.parsed"),
        ({"dbtMode": []}, "query.dbtMode"),
        ({"sqlSortsEnabled": {}}, "query.sqlSortsEnabled"),
        ({"filters": []}, ""),
    ],
)
def test_odd_bodies(house: House, client: TestClient, query: Any, text: str) -> None:
    asked = body(house, "select 1 a")
    asked["query"] |= query
    response = client.post(RUN, json=asked)
    if not text:
        assert response.status_code == 200
        return
    assert response.status_code == 400
    assert text in response.json()["detail"]


def test_totals_over_sql_stand_beside_their_columns(house: House, client: TestClient) -> None:
    sql = "select state as S, count(*) as N, sum(amount) as total from orders group by 1"
    asked = body(
        house,
        sql,
        sqlSortsEnabled=True,
        sorts=[{"column_name": "S"}],
        column_totals={"N": {"type": "aggregation"}, "total": {"type": "aggregation"}},
    )
    job = ask(client, asked)
    table = rows(job)
    assert list(table[0]) == [
        "S",
        "N",
        "n__omni_summ",
        "total",
        "total__omni_summ",
        "$omni_column_total_indicator",
    ]
    assert [row["$omni_column_total_indicator"] for row in table] == ["", "", "", "column_total"]
    assert [row["n__omni_summ"] for row in table] == [None, None, None, 5]
    assert (table[-1]["S"], table[-1]["N"], float(table[-1]["total__omni_summ"])) == (None, None, 136.75)
    assert list(job["summary"]["fields"]) == ["S", "N", "total"]


def test_sql_over_the_model_tells_its_columns(house: House, client: TestClient) -> None:
    sql = """SELECT ${orders.placed_at[month]}, ${orders.total}, COUNT(DISTINCT ${people.name}) AS names,
        list(${orders.id}) AS ids
        FROM ${orders} WHERE ${orders.placed_at} IS NOT NULL GROUP BY 1 ORDER BY 1"""
    job = ask(client, body(house, sql, rewriteSql=True))
    assert [row["orders.placed_at[month]"] for row in rows(job)] == ["2026-01", "2026-02"]
    fields = job["summary"]["fields"]
    assert [(name, field["data_type"]) for name, field in fields.items()] == [
        ("orders.placed_at[month]__raw", "TIMESTAMP"),
        ("orders.total", "NUMBER"),
        ("orders.names", "NUMBER"),
        ("orders.ids", "ARRAY"),
        ("orders.placed_at[month]", "STRING"),
    ]
    assert fields["orders.total"]["format"] == "USDCURRENCY_2"
    assert job["summary"]["omni_sql"] == sql
    assert "${" not in job["summary"]["display_sql"]
    planned = ask(client, body(house, sql, rewriteSql=True, envelope={"planOnly": True}))
    assert (planned["status"], planned["summary"]["fields"]) == ("PLANNED", fields)


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT 1 FROM ${nope}", 'Could not substitute Omni SQL: No such view "nope"'),
        ("SELECT COUNT(*) FROM ${Orders}", 'Could not substitute Omni SQL: No such view "Orders"'),
        (
            "SELECT ${orders.nope} FROM ${orders}",
            'Could not substitute Omni SQL: Field "orders.nope" not found: No such field "orders.nope"',
        ),
        ("SELECT ${orders.id} FROM ${orders} WHERE " + "(" * 3000 + "1=1" + ")" * 3000, ""),
        ("SELECT ${orders.id} FROM ${orders} WHERE " + " AND ".join(["1=1"] * 5000), ""),
        ("SELECT ${orders.id} FROM ${orders} WHERE " + "NOT " * 3000 + "TRUE", ""),
        ("SELECT " + "(SELECT " * 300 + "1" + ")" * 300 + " FROM ${orders}", ""),
        ("WITH a AS (SELECT * FROM a) SELECT ${orders.id} FROM ${orders} JOIN a ON TRUE", ""),
        ("SELECT ${orders.id} FROM ${orders}; DROP TABLE orders", ""),
        ("DROP TABLE ${orders}", ""),
        ("SELECT ${orders.id}} FROM ${orders}", ""),
        ("SELECT ${} FROM ${orders}", ""),
        ("SELECT ${orders.id[}] FROM ${orders}", ""),
        ("SELECT * FROM ${orders}, duckdb_settings()", ""),
        ("SELECT ${orders.id}, getenv('HOME') FROM ${orders}", ""),
        ("SELECT ${orders.id} FROM ${orders} UNION SELECT name FROM duckdb_secrets()", ""),
        ("SELECT ${orders.id} FROM ${orders} AS o(a, b)", ""),
        ("SELECT ${orders.id} INTO x FROM ${orders}", ""),
    ],
)
def test_hostile_sql_over_the_model_fails_by_name(
    house: House, client: TestClient, sql: str, text: str
) -> None:
    job = ask(client, body(house, sql, rewriteSql=True))
    assert job["status"] in ("ERROR", "COMPLETE")
    if job["status"] == "ERROR":
        assert job["error_type"] in ("PLAN", "QUERY"), job
        assert text in job["error_message"]
    else:
        assert " AND " in sql or "SELECT (SELECT" in sql
