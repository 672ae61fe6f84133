"""Cells that hurt readers: formulas, quotes, line ends, NUL, too long ones; read back by other libraries."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest

from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery
from holoscope.runs.exports import write_document
from holoscope.runs.exports.formulas import STARTS
from holoscope.runs.request import ResultType
from support.running import result_field

CELLS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "'=1", " =1", "plain", "", None, 'a "b"', "a,b", "a\nb",
    "a\r\nb", "ü", "日本", "\N{PILE OF POO}", "a\0b", "\0=1+1", "\x01\x1f\x7f", "\ufeff=1", "x_x000D_y",
    "\u202eabc", "\ufffe",
]  # fmt: skip


def document(columns, kind, *, fields=None, formatted=False):
    fields = fields or tuple(result_field(f"v.{name}", label=name) for name in columns)
    table = pa.table({field.name: column for field, column in zip(fields, columns.values(), strict=True)})
    compiled = CompiledQuery("", "", tuple(table.column_names), fields, (), None, None, "duckdb", "")
    return write_document(table, compiled, kind, formatted=formatted)


def csv_rows(body):
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


def expected(cell):
    cell = (cell or "").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return f"'{cell}" if cell[:1] in STARTS and cell else cell


def test_csv_holds_every_cell_and_no_formula():
    rows = csv_rows(document({"Cell": CELLS, "=Head": CELLS}, ResultType.CSV))
    assert rows[0] == ["Cell", "'=Head"]
    assert rows[1:] == [[expected(cell)] * 2 for cell in CELLS]
    assert not any(cell[:1] in STARTS for row in rows for cell in row if cell)


def test_json_holds_every_cell_as_it_is():
    body = document({"Cell": CELLS}, ResultType.JSON)
    assert [row["Cell"] for row in json.loads(body)] == CELLS


def test_xlsx_holds_every_cell_as_text():
    sheet = openpyxl.load_workbook(io.BytesIO(document({"=Head": CELLS}, ResultType.XLSX))).active
    column = [row[0] for row in sheet.iter_rows()]
    assert column[0].value == "=Head"
    for cell, given in zip(column[1:], CELLS, strict=True):
        assert cell.data_type in {"s", "n"}  # an empty cell is "n"
        if given and given.isprintable():
            assert cell.value.replace("_x005F_", "_") == given
            assert bool(cell.quotePrefix) is (given[:1] in STARTS)


@pytest.mark.parametrize("cell", ["x" * 40_000, "\N{PILE OF POO}" * 20_000, "x" * 32_767])
def test_a_cell_longer_than_excel_takes(cell):
    rows = csv_rows_unlimited(document({"Cell": [cell]}, ResultType.CSV))
    assert rows[1] == [cell]
    value = openpyxl.load_workbook(io.BytesIO(document({"Cell": [cell]}, ResultType.XLSX))).active["A2"].value
    assert len(value.encode("utf-16-le")) // 2 <= 32_767
    assert value == cell or (value.endswith("…") and cell.startswith(value[:-1]))


def csv_rows_unlimited(body):
    before = csv.field_size_limit(1_000_000)
    try:
        return csv_rows(body)
    finally:
        csv.field_size_limit(before)


def test_numbers_stay_numbers():
    fields = (
        result_field("v.n", DataType.NUMBER, "N", format="USDCURRENCY_2"),
        result_field("v.p", DataType.NUMBER, "P", format="PERCENT_1"),
    )
    columns = {"N": [Decimal("-5.00")], "P": [-0.25]}
    assert csv_rows(document(columns, ResultType.CSV, fields=fields))[1] == ["-5.00", "-0.25"]
    written = document(columns, ResultType.CSV, fields=fields, formatted=True)
    assert csv_rows(written)[1] == ["-$5.00", "-25.0%"]


def test_what_is_no_plain_number_is_made_harmless_even_where_numbers_are_written():
    from holoscope.runs.exports.formulas import neutral

    cells = ["-$5.00", "-1.2K", "+3", "-(4)", "-R$1,00", "-1+1", "=1", "-cmd|x", "-5%", "@1", None, "5"]
    assert neutral(pa.array(cells), of_numbers=True).to_pylist() == [
        "-$5.00", "-1.2K", "+3", "-(4)", "-R$1,00", "'-1+1", "'=1", "'-cmd|x", "-5%", "'@1", None, "5",
    ]  # fmt: skip


def test_headings_of_any_kind():
    names = ["A", "A", "A (2)", "\ud800", "x" * 300, ""]
    fields = tuple(result_field(f"v.f{number}", label=name) for number, name in enumerate(names))
    table = pa.table({field.name: ["1"] for field in fields})
    compiled = CompiledQuery("", "", (), fields, (), None, None, "duckdb", "")
    for kind in ResultType:
        body = write_document(table, compiled, kind, formatted=False)
        assert body
    head = csv_rows(write_document(table, compiled, ResultType.CSV, formatted=False))[0]
    assert len(set(head)) == len(names)


def test_times_of_every_kind():
    from datetime import UTC, datetime

    times = [datetime(2025, 7, 1), datetime(2025, 7, 1, 10, 0, 0, 500_000), None, datetime(1, 1, 1)]
    rows = csv_rows(document({"At": pa.array(times, pa.timestamp("us"))}, ResultType.CSV))
    assert rows[1:] == [["2025-07-01T00:00:00"], ["2025-07-01T10:00:00.500000"], [], ["0001-01-01T00:00:00"]]
    aware = pa.array([datetime(2025, 7, 1, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    assert json.loads(document({"At": aware}, ResultType.JSON)) == [{"At": "2025-07-01T00:00:00Z"}]


def test_json_of_every_type_reads_back_as_it_was():
    from datetime import date

    columns = {
        "text": pa.array([*CELLS, "\x7f", "\\", '"', "\\u0041", "\u2028"]),
        "float": pa.array([1.0, -0.0, 1e300, 5e-324, 0.1, float("nan"), float("inf"), None] * 5),
        "whole": pa.array([2**63 - 1, -(2**63), 0, None] * 10),
        "decimal": pa.array(
            [Decimal("0.10"), Decimal("-1234567890123456789.01"), Decimal("0.00"), None] * 10
        ),
        "small": pa.array([Decimal("0.00000001"), None] * 10),
        "yes": pa.array([True, False, None]),
        "day": pa.array([date(2025, 1, 2), None]),
        "list": pa.array([["a", None, 'q"'], [], None]),
        "none": pa.array([None, None]),
    }
    for name, values in columns.items():
        body = document({name: values}, ResultType.JSON)
        told = [row[name] for row in json.loads(body, parse_float=Decimal)]
        for given, found in zip(values.to_pylist(), told, strict=True):
            if isinstance(given, float):
                assert (
                    found is None if given != given or abs(given) == float("inf") else float(found) == given
                )
            elif isinstance(given, date):
                assert found == given.isoformat()
            else:
                assert found == given
        strict = json.loads(body, parse_constant=pytest.fail)
        assert len(strict) == len(values)
