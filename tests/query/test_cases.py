"""Every case of every page in `cases/`, against the bike-share world in `world/`."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from support.answering import check, check_text
from support.cases import Case, compare, read_pages
from support.ground import Ground, open_ground, read_folder
from support.naive import Refusal, evaluate
from support.postgres import PostgresRoom

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
    compiled = check(case, world, None)
    if compiled is not None:
        check_text(case, compiled.sql)


@PARAMETERS
def test_postgres_answers_as_the_page_says(case: Case, world: Ground, postgres: PostgresRoom) -> None:
    if case.only is not None:
        pytest.skip(case.only)
    check(
        case,
        postgres.ground("cases", "", world.connection, lambda: read_folder(HERE / "world" / "model")),
        None,
    )


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


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
