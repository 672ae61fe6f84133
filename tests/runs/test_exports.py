"""Documents: csv, json and xlsx of one result, read back by other libraries."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest

from holoscope.kit.errors import Forbidden, RunKilled, WarehouseError
from holoscope.modeling.types import DataType
from holoscope.runs.lines import REDACTED
from holoscope.runs.request import ResultType, RunLimits, RunTimedOut
from support.pace import SOON
from support.running import ENDLESS, NO_SQL, ground, result_field

NUMBER, STRING, TIME = DataType.NUMBER, DataType.STRING, DataType.TIMESTAMP
ROWS = """
select * from (values
  (1, 1234.50::decimal(12, 2), 'plain', timestamp '2025-07-01', timestamptz '2025-07-01 10:00:00+00', true,
   '2025-07', 'x'),
  (2, -5.00, '=1+1', timestamp '2025-08-01', null, false, '2025-08', ''),
  (9007199254740993, 0.10, 'a "b", c', null, timestamptz '2025-07-01 10:00:00.5+00', null, null, null)
) as t("v.id", "v.money", "v.text", "v.at[month]__raw", "v.seen", "v.yes", "v.at[month]", "$omni_helper")
order by 1
"""
FIELDS = (
    result_field("v.id", NUMBER, "Id"),
    result_field("v.money", NUMBER, "Money", format="USDCURRENCY_2"),
    result_field("v.text", STRING, "Text"),
    result_field("v.at[month]__raw", TIME, "At Month"),
    result_field("v.seen", TIME, "Seen"),
    result_field("v.yes", DataType.BOOLEAN, "Yes"),
    result_field("v.at[month]", STRING, "At Month", format="YYYY-MM"),
)
HEADINGS = ["Id", "Money", "Text", "At Month", "Seen", "Yes"]


def document(tmp_path, kind, sql=ROWS, fields=FIELDS, **more):
    async def main():
        limits = more.pop("limits", None)
        async with ground(tmp_path, limits=limits) as house:
            return await house.document(sql, kind, result_fields=fields, **more)

    return asyncio.run(main())


def test_csv(tmp_path):
    answer = document(tmp_path, ResultType.CSV)
    assert answer.media_type == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.body.decode())))
    assert rows == [
        HEADINGS,
        ["1", "1234.50", "plain", "2025-07", "2025-07-01T10:00:00Z", "true"],
        ["2", "-5.00", "'=1+1", "2025-08", "", "false"],
        ["9007199254740993", "0.10", 'a "b", c', "", "2025-07-01T10:00:00.500000Z", ""],
    ]


def test_json(tmp_path):
    answer = document(tmp_path, ResultType.JSON)
    assert answer.media_type == "application/json"
    rows = json.loads(answer.body, parse_float=Decimal)
    assert list(rows[0]) == HEADINGS
    assert rows[0]["Money"] == Decimal("1234.50")
    assert b'"Money":0.10' in answer.body
    assert rows[1] == {
        "Id": 2, "Money": Decimal("-5.00"), "Text": "=1+1", "At Month": "2025-08", "Seen": None, "Yes": False,
    }  # fmt: skip
    assert rows[2]["Id"] == 9007199254740993


def test_xlsx(tmp_path):
    answer = document(tmp_path, ResultType.XLSX)
    assert answer.media_type == "application/vnd.ms-excel"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        HEADINGS,
        [1, 1234.5, "plain", "2025-07", datetime(2025, 7, 1, 10), True],
        [2, -5, "=1+1", "2025-08", None, False],
        ["9007199254740993", 0.1, 'a "b", c', None, datetime(2025, 7, 1, 10, 0, 0, 500000), None],
    ]
    assert sheet["C3"].data_type == "s"


def test_formatted(tmp_path):
    rows = json.loads(document(tmp_path, ResultType.JSON, formatted=True).body)
    assert [row["Money"] for row in rows] == ["$1,234.50", "-$5.00", "$0.10"]
    assert rows[0]["At Month"] == "2025-07"
    assert rows[2]["Yes"] == ""
    text = document(tmp_path, ResultType.CSV, formatted=True)
    assert '"$1,234.50"' in text.body.decode()


def test_clashing_labels_are_told_apart(tmp_path):
    fields = (
        result_field("users.name", label="Name"),
        result_field("products.name", label="Name"),
        result_field("users.name_2", label="Name"),
        result_field("users.age", label="=Age"),
    )
    sql = 'select 1 as "users.name", 2 as "products.name", 3 as "users.name_2", 4 as "users.age"'
    rows = json.loads(document(tmp_path, ResultType.JSON, sql, fields).body)
    assert rows == [{"Users Name": 1, "Products Name": 2, "Users Name (2)": 3, "=Age": 4}]


def test_formulas_of_every_kind_are_text_in_csv(tmp_path):
    starts = ["=", "+", "-", "@", "\t", "\r"]
    values = ", ".join(f"({number}, '{start}cmd')" for number, start in enumerate(starts))
    sql = f'select t.v as "v.x", -1 as "v.n" from (values {values}) as t(k, v) order by k'
    fields = (result_field("v.x", label="@X"), result_field("v.n", NUMBER, "N"))
    rows = list(
        csv.reader(io.StringIO(document(tmp_path, ResultType.CSV, sql, fields).body.decode(), newline=""))
    )
    assert rows == [["'@X", "N"], *([f"'{start}cmd", "-1"] for start in starts)]


def test_null_and_empty_differ_in_csv(tmp_path):
    sql = """select * from (values (1, ''), (2, null)) as t("v.n", "v.x") order by 1"""
    fields = (result_field("v.n", NUMBER, "N"), result_field("v.x", label="X"))
    assert document(tmp_path, ResultType.CSV, sql, fields).body == b'"N","X"\n1,""\n2,\n'


@pytest.mark.parametrize("kind", list(ResultType))
def test_no_rows_and_no_columns(tmp_path, kind):
    fields = (result_field("v.n", NUMBER, "N"),)
    none = document(tmp_path, kind, 'select 1 as "v.n" where false', fields).body
    nothing = document(tmp_path, kind, "select null as nothing where false", ()).body
    if kind is ResultType.JSON:
        assert none == nothing == b"[]"
    elif kind is ResultType.CSV:
        assert none == b'"N"\n'
    else:
        assert openpyxl.load_workbook(io.BytesIO(none)).active["A1"].value == "N"


def test_odd_numbers(tmp_path):
    sql = """select 'nan'::double "v.a", 'inf'::double "v.b", [1, null] "v.c", date '2025-01-02' "v.d" """
    fields = tuple(result_field(f"v.{name}", NUMBER, name) for name in "abcd")
    assert json.loads(document(tmp_path, ResultType.JSON, sql, fields).body) == [
        {"a": None, "b": None, "c": [1, None], "d": "2025-01-02"}
    ]
    for kind in (ResultType.CSV, ResultType.XLSX):
        assert document(tmp_path, kind, sql, fields).body


def test_large_results_become_documents_too(tmp_path):
    limits = RunLimits(stream_above_bytes=10_000)
    fields = (result_field("v.n", NUMBER, "N"),)
    sql = 'select range as "v.n" from range(60000)'
    answer = document(tmp_path, ResultType.CSV, sql, fields, limits=limits)
    assert answer.body.count(b"\n") == 60_001
    book = document(tmp_path, ResultType.XLSX, sql, fields, limits=limits)
    assert openpyxl.load_workbook(io.BytesIO(book.body), read_only=True).active.max_row == 50_001


def test_failures_are_raised(tmp_path):
    with pytest.raises(WarehouseError, match="nope"):
        document(tmp_path, ResultType.CSV, "select nope")
    with pytest.raises(WarehouseError) as caught:
        document(tmp_path, ResultType.CSV, "select nope", scope=NO_SQL)
    assert caught.value.detail == REDACTED
    with pytest.raises(Forbidden):
        document(tmp_path, ResultType.CSV, raises="forbidden", scope=NO_SQL)
    with pytest.raises(RunKilled):
        document(tmp_path, ResultType.CSV, ENDLESS, limits=RunLimits(time_limit=timedelta(seconds=0.2)))


def test_late_documents_name_their_job(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            slow = (
                "select count(*) as n from range(40000) a, range(20000) b where a.range % 7 <> b.range % 11"
            )
            with pytest.raises(RunTimedOut) as caught:
                await house.document(slow, ResultType.CSV, window=timedelta(0))
            assert caught.value.detail == "Query timed out"
            line = (await house.wait(*caught.value.remaining_job_ids))[0]
            assert line["status"] == "COMPLETE"

    asyncio.run(main())


def test_an_abandoned_document_is_cancelled(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            task = asyncio.ensure_future(house.document(ENDLESS, ResultType.CSV))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(house.quiet(), SOON)

    asyncio.run(main())
