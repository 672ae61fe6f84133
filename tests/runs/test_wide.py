"""Pivoted results become wide documents: hand-made cells, hand-made answers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import openpyxl
import pyarrow as pa
import pytest

from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery, PivotShape
from holoscope.runs.exports import Export, TooWide
from holoscope.runs.request import ResultType
from support.running import result_field

NUMBER = DataType.NUMBER
FIELDS = (
    result_field("users.state", label="State"),
    result_field("orders.status", label="Status"),
    result_field("orders.revenue", NUMBER, "Revenue", format="USDCURRENCY_2"),
    result_field("orders.count", NUMBER, "Count"),
    result_field("share", NUMBER, "Share", format="PERCENT_0"),
)


SHAPE = PivotShape(
    rows=("users.state",),
    pivots=("orders.status",),
    values=("orders.revenue", "orders.count"),
    once=("share",),
)


CELLS = [
    # state, status, revenue, count, share, row, column
    ("Texas", "Complete", -5.0, 1, 0.5, 2, 1),
    ("Ohio", "Complete", 7.0, 2, 0.25, 1, 1),
    ("Ohio", "=Open", 1.5, 3, 0.25, 1, 2),
    (None, None, 2.0, 4, 0.75, 3, 3),
]


def written(cells, kind=ResultType.CSV, *, shape=None, extra=None, formatted=False, fields=FIELDS, **more):
    shape = shape or SHAPE
    names = [*(item.name for item in fields), shape.row_number, shape.column_number]
    names += [] if shape.row_total is None else [shape.row_total]
    table = pa.table(
        {name: list(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)}
    )
    compiled = CompiledQuery("", "", tuple(names), fields, (), None, None, "duckdb", "", pivot=shape)
    export = Export(compiled, kind, formatted=formatted, **more)
    return b"".join(export.pieces(table.schema, table.to_batches(max_chunksize=2)))


def rows_of(body):
    return list(csv.reader(io.StringIO(body.decode())))


HEAD = [
    "State", "Complete / Revenue", "Complete / Count", "=Open / Revenue", "=Open / Count",
    "\N{EMPTY SET} / Revenue", "\N{EMPTY SET} / Count", "Share",
]  # fmt: skip


def test_one_row_per_row_key_and_one_column_per_cell():
    assert rows_of(written(CELLS)) == [
        [f"'{head}" if head[0] == "=" else head for head in HEAD],
        ["Ohio", "7", "2", "1.5", "3", "", "", "0.25"],
        ["Texas", "-5", "1", "", "", "", "", "0.5"],
        ["", "", "", "", "", "2", "4", "0.75"],
    ]


def test_json_and_xlsx_have_the_same_shape():
    rows = json.loads(written(CELLS, ResultType.JSON))
    assert [list(row) for row in rows] == [HEAD] * 3
    assert [row["=Open / Count"] for row in rows] == [3, None, None]
    sheet = openpyxl.load_workbook(io.BytesIO(written(CELLS, ResultType.XLSX))).active
    assert [cell.value for cell in sheet[1]] == HEAD
    assert [cell.value for cell in sheet[3]] == ["Texas", -5, 1, None, None, None, None, 0.5]


def test_formats_hold_in_cells():
    rows = rows_of(written(CELLS, formatted=True))
    assert rows[1] == ["Ohio", "$7.00", "2", "$1.50", "3", "", "", "25%"]
    assert rows[2][1] == "-$5.00"


def test_totals_of_rows_and_columns():
    shape = replace(SHAPE, row_total="$omni_row_total_indicator", once=())
    cells = [
        ("Ohio", "Complete", 7.0, 2, None, 1, 1, ""),
        ("Ohio", None, 9.0, 4, None, 1, 3, "row_total"),
        ("Texas", "Open", 1.0, 2, None, 2, 2, ""),
        ("Texas", None, 1.0, 2, None, 2, 3, "row_total"),
        (None, "Complete", 7.0, 2, None, 3, 1, ""),
        (None, "Open", 1.0, 2, None, 3, 2, ""),
        (None, None, 10.0, 6, None, 3, 3, "row_total"),
    ]
    assert rows_of(written(cells, shape=shape)) == [
        ["State", "Complete / Revenue", "Complete / Count", "Open / Revenue", "Open / Count",
         "Total / Revenue", "Total / Count"],
        ["Ohio", "7", "2", "", "", "9", "4"],
        ["Texas", "", "", "1", "2", "1", "2"],
        ["", "7", "2", "1", "2", "10", "6"],
    ]  # fmt: skip


def test_several_pivots_labels_and_clashes():
    fields = (*FIELDS[:2], result_field("p", label="Period"), *FIELDS[2:4])
    shape = replace(SHAPE, pivots=("p", "orders.status"), once=(), labels={"p": {"1": "Previous Month"}})
    cells = [
        ("Ohio", "Open", "1", 1.0, 1, 1, 1),
        ("Ohio", "Open", "Previous Month", 2.0, 2, 1, 2),
    ]
    head = rows_of(written(cells, shape=shape, fields=fields))[0]
    assert head == [
        "State", "Previous Month / Open / Revenue", "Previous Month / Open / Count",
        "Previous Month / Open / Revenue (2)", "Previous Month / Open / Count (2)",
    ]  # fmt: skip


def test_no_rows_of_the_result_and_no_keys_of_rows():
    table = pa.table(
        {name: pa.array([], pa.int32()) for name in ("a", "$omni_pivot_row_num", "$omni_pivot_col_num")}
    )
    fields = (result_field("a", label="A"),)
    compiled = CompiledQuery(
        "", "", (), fields, (), None, None, "duckdb", "", pivot=PivotShape(("a",), (), (), ())
    )
    body = b"".join(
        Export(compiled, ResultType.CSV, formatted=False).pieces(table.schema, table.to_batches())
    )
    assert rows_of(body) == [["A"]]
    shape = replace(SHAPE, rows=(), once=())
    assert len(rows_of(written(CELLS[1:3], shape=shape))) == 2


def test_too_large_to_turn():
    with pytest.raises(TooWide):
        written(CELLS, wide_bytes=10)


def test_against_a_naive_turning():
    import random

    dice = random.Random(7)
    for _ in range(20):
        states, statuses = (
            [f"s{n}" for n in range(dice.randint(1, 9))],
            [f"t{n}" for n in range(dice.randint(1, 6))],
        )
        cells = [
            (state, status, float(dice.randint(0, 99)), dice.randint(0, 9), None, row, column)
            for row, state in enumerate(states, 1)
            for column, status in enumerate(statuses, 1)
            if dice.random() < 0.6
        ]
        if not cells:
            continue
        dice.shuffle(cells)
        rows = json.loads(written(cells, ResultType.JSON, shape=replace(SHAPE, once=())))
        kept_states = sorted({cell[0] for cell in cells})
        kept_statuses = sorted({cell[1] for cell in cells})
        found = {(cell[0], cell[1]): cell for cell in cells}
        assert rows == [
            {"State": state}
            | {
                f"{status} / {label}": found[state, status][place] if (state, status) in found else None
                for status in kept_statuses
                for place, label in ((2, "Revenue"), (3, "Count"))
            }
            for state in kept_states
        ]
