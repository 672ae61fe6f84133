"""Every formula of every page in `calculations/`: values worked out by the rules of spreadsheets."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import pytest

from holoscope.kit.errors import HoloscopeError
from holoscope.query.calculations.ast import read_tree
from holoscope.query.calculations.functions import FUNCTIONS
from holoscope.query.calculations.problems import BadCalculation
from support.asking import compile_body
from support.cases import cell, reads
from support.formula_pages import Cells, Line, create_table, read_lines, read_page, view_of
from support.ground import Ground, open_model
from support.pages import ROOT
from support.postgres import PostgresGround, PostgresRoom

HERE = Path(__file__).parent
LINES = [*read_lines(HERE / "calculations"), *read_page(ROOT / "docs/reference/calculations.md")]
NOW = datetime(2026, 3, 10, 15, 30, 20, tzinfo=UTC)


@cache
def _ground(cells: Cells) -> Ground:
    connection = duckdb.connect()
    connection.execute(create_table(cells))
    return open_model(connection, {"model": "", "cells.view": view_of(cells)})


def _query(line: Line) -> dict[str, object]:
    return {
        "table": "cells",
        "fields": [*(f"cells.{name}" for name in line.cells.names), "x"],
        "sorts": [{"column_name": f"cells.{line.cells.names[0]}"}],
        "default_group_by": False,
        "calculations": [{"calc_name": "x", "original_formula": line.formula}],
    }


PARAMETERS = pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.page}: {line.formula}")


@PARAMETERS
def test_a_formula_has_the_values_that_the_page_says(line: Line) -> None:
    _check(line, _ground(line.cells))


@PARAMETERS
def test_postgres_has_the_values_that_the_page_says(line: Line, postgres: PostgresRoom) -> None:
    tables, files = create_table(line.cells), {"model": "", "cells.view": view_of(line.cells)}
    _check(line, postgres.ground(line.cells, tables, _ground(line.cells).connection, lambda: files))


def _check(line: Line, ground: Ground | PostgresGround) -> None:
    ask = {"attributes": {}, "now": NOW, "dialect": ground.dialect}
    if line.error is not None:
        with pytest.raises(HoloscopeError, match="Calculation") as caught:
            compile_body(ground.model, _query(line), **ask)
        assert line.error in caught.value.detail
        return
    compiled = compile_body(ground.model, _query(line), **ask)
    _, rows = ground.run(compiled.sql)
    found = [row["x"] for row in rows]
    assert all(map(reads, line.values, found)), f"{list(map(cell, found))}\n{compiled.sql}"


def test_every_function_has_a_line() -> None:
    written = " ".join(line.formula.upper() for line in LINES)
    signs = {"PLUS", "MINUS", "MULTIPLY", "DIVIDE", "POWER", "PERCENT", "UNARY_MINUS", "UNARY_PLUS", "EQUALS"}
    signs |= {"NOT_EQUALS", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL"}
    # Of SQL-like text and trees alone, and of pivoted results: these have pages of their own.
    other = {"BETWEEN", "IN", "LIKE", "CAST", "EXTRACT", "CASE", "ISPRESENT", "COALESCE", "NULLIF", "EPOCH"}
    other |= {"PIVOT", "PIVOTINDEX", "PIVOTROW", "TLOOKUP", "RAND", "RANK_OF"}
    missing = [name for name in FUNCTIONS if f"{name}(" not in written and name not in signs | other]
    assert not missing


def _deep(levels: int) -> dict[str, object]:
    node: dict[str, object] = {"type": "field", "field_name": "cells.id"}
    for _ in range(levels):
        node = {"type": "call", "operator": "Omni.OMNI_FX_ABS", "operands": [node]}
    return node


@pytest.mark.parametrize("levels", [101, 900])
def test_a_tree_that_is_too_deep_is_refused(levels: int) -> None:
    with pytest.raises(BadCalculation, match="split it"):
        read_tree(_deep(levels), ())


def test_a_tree_that_is_too_wide_is_refused() -> None:
    operands = [{"type": "literal", "value": 1}] * 3_000
    with pytest.raises(BadCalculation, match="split it"):
        read_tree({"type": "call", "operator": "Omni.OMNI_FX_SUM", "operands": operands}, ())
