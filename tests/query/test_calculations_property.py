"""Random formulas over random rows, every cell compared with a spreadsheet in plain Python.

`FORMULA_EXAMPLES` sets how many sheets are tried, of four formulas each (80 unless set).
"""

from __future__ import annotations

import math
import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from holoscope.query.calculations.ast import read_tree
from holoscope.query.calculations.formula import read_formula
from support.asking import compile_body
from support.ground import Ground, open_model
from support.postgres import PostgresRoom
from support.spreadsheet import COLUMNS, FORMULAS, Formula, Rows, sheets

EXAMPLES = int(os.environ.get("FORMULA_EXAMPLES", "80"))
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TABLE = "CREATE TABLE cells (id BIGINT, b DOUBLE, c DOUBLE, d DOUBLE, word VARCHAR)"
MODEL = {
    "model": "",
    "cells.view": "table_name: cells\ndimensions: {id: {}, b: {}, c: {}, d: {}, word: {}}\n",
}
CALM = settings(
    max_examples=EXAMPLES,
    derandomize="FORMULA_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@cache
def _ground() -> Ground:
    connection = duckdb.connect()
    connection.execute(TABLE)
    return open_model(connection, MODEL)


def _query(formulas: list[Formula]) -> dict[str, Any]:
    names = [f"x{number}" for number in range(len(formulas))]
    calculations = [
        {"calc_name": name, "original_formula": f"={item.text}"}
        for name, item in zip(names, formulas, strict=True)
    ]
    return {
        "table": "cells",
        "fields": [*COLUMNS, *names],
        "sorts": [{"column_name": "cells.id"}],
        "default_group_by": False,
        "calculations": calculations,
    }


def _is_near(wanted: Any, found: Any) -> bool:
    if wanted is None or found is None:
        return wanted is None and found is None
    return math.isclose(float(wanted), float(found), rel_tol=1e-9, abs_tol=1e-9)


def _compare(formulas: list[Formula], rows: Rows, found: list[dict[str, Any]]) -> None:
    assert len(found) == len(rows)
    for number, formula in enumerate(formulas):
        wanted = [formula.value(rows, at) for at in range(len(rows))]
        cells = [row[f"x{number}"] for row in found]
        assert all(map(_is_near, wanted, cells)), f"={formula.text}: {cells}, and not {wanted}"


@CALM
@given(rows=sheets(), formulas=st.lists(FORMULAS, min_size=4, max_size=4))
def test_a_formula_gives_what_a_spreadsheet_gives(rows: Rows, formulas: list[Formula]) -> None:
    ground = _ground()
    ground.connection.execute("DELETE FROM cells")
    ground.connection.executemany("INSERT INTO cells VALUES (?, ?, ?, ?, ?)", rows)
    compiled = compile_body(ground.model, _query(formulas), attributes={}, now=NOW)
    note(compiled.sql)
    _compare(formulas, rows, ground.run(compiled.sql)[1])


@settings(CALM, max_examples=max(1, EXAMPLES // 5))
@given(rows=sheets(), formulas=st.lists(FORMULAS, min_size=4, max_size=4))
def test_postgres_gives_what_a_spreadsheet_gives(
    postgres: PostgresRoom, rows: Rows, formulas: list[Formula]
) -> None:
    room = postgres.ground("spreadsheet", TABLE, _ground().connection, lambda: MODEL)
    postgres.do("DELETE FROM cells")
    values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    postgres.do(f"INSERT INTO cells VALUES {values}")
    compiled = compile_body(room.model, _query(formulas), attributes={}, now=NOW, dialect=room.dialect)
    note(compiled.sql)
    _compare(formulas, rows, room.run(compiled.sql)[1])


def _literal(value: Any) -> str:
    return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else repr(value)


@settings(CALM, max_examples=EXAMPLES * 2)
@given(formula=FORMULAS)
def test_a_tree_and_a_formula_are_read_alike(formula: Formula) -> None:
    assert read_tree(formula.tree, COLUMNS) == read_formula(f"={formula.text}", COLUMNS)
