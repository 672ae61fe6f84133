"""Every case of every page in `cases/`, against the bike-share world in `world/`."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from holoscope.kit.errors import HoloscopeError
from support.answers import INDICATOR, row_class, visible
from support.asking import compile_body
from support.cases import Case, compare, read_pages
from support.ground import Ground, open_ground, read_folder
from support.naive import Refusal, evaluate

HERE = Path(__file__).parent
CASES = list(read_pages(HERE / "cases"))
PARAMETERS = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}: {case.title}")


@pytest.fixture(scope="module")
def world() -> Ground:
    connection = duckdb.connect()
    connection.execute((HERE / "world" / "tables.sql").read_text("utf-8"))
    return open_ground(connection, read_folder(HERE / "world" / "model"))


@PARAMETERS
def test_the_compiler_answers_as_the_page_says(case: Case, world: Ground) -> None:
    if case.error is not None:
        with pytest.raises(HoloscopeError) as caught:
            _compile(case, world)
        assert case.error.get("code") in (None, caught.value.code), caught.value
        assert case.error.get("message", "") in caught.value.detail
        return
    compiled = _compile(case, world)
    names, rows = world.run(compiled.sql)
    assert names == list(compiled.columns)
    assert [one.name for one in compiled.fields] == visible(names)
    assert list(compiled.missing_fields) == case.missing
    listed = {one.name for one in compiled.fields if (one.aggregate_type or "").lower() == "list"}
    cells = [[row[name] for name in visible(names)] for row in rows]
    classes = [row_class(row.get(INDICATOR)) for row in rows]
    difference = compare(case, visible(names), cells, classes, listed)
    assert difference is None, f"{difference}\n\n{compiled.sql}"
    for text in case.meta.get("lacks", ()):
        assert text not in compiled.sql
    if case.sql is not None:
        assert compiled.sql.strip() == case.sql


@PARAMETERS
def test_the_evaluator_agrees_with_the_page(case: Case, world: Ground) -> None:
    """Keeps the second opinion of the property test as good as the pages."""
    if case.page == "errors" or (case.error is not None and case.error.get("code") == "bad_request"):
        return
    ask = {"attributes": case.attributes, "now": case.now, "time_zone": case.time_zone}
    if case.error is not None:
        with pytest.raises(Refusal):
            evaluate(world.model, case.query, world.tables, **ask)  # type: ignore[arg-type]
        return
    answer = evaluate(world.model, case.query, world.tables, **ask)  # type: ignore[arg-type]
    assert answer.missing == case.missing
    if not any(kind.startswith("subtotal") for kind in answer.classes):  # which it lists after the data rows
        assert compare(case, answer.columns, answer.rows, answer.classes, set()) is None


def _compile(case: Case, world: Ground):
    return compile_body(
        world.model, case.query, attributes=case.attributes, now=case.now, time_zone=case.time_zone
    )


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
