"""Every case of every page in `language/`: parts of the modelling language, laid over the bike-share model.

Answers are rows worked out by hand, or SQL by hand over the same tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.answering import check, check_text
from support.cases import Case, read_pages
from support.overlaid import files_of, rows_of, truth_of, world_of
from support.postgres import PostgresRoom

CASES = list(read_pages(Path(__file__).parent / "language"))
PARAMETERS = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}: {case.title}")


@PARAMETERS
def test_the_compiler_answers_as_the_page_says(case: Case) -> None:
    world = world_of(tuple(sorted(case.model.items())), case.tables)
    compiled = check(case, world, truth_of(case, world.connection))
    if compiled is not None:
        check_text(case, compiled.sql)


@PARAMETERS
def test_postgres_answers_as_the_page_says(case: Case, postgres: PostgresRoom) -> None:
    if case.only is not None:
        pytest.skip(case.only)
    overlay, rows = tuple(sorted(case.overlay("postgres").items())), rows_of(case.tables)
    ground = postgres.ground((overlay, case.tables), case.tables, rows, lambda: files_of(overlay))
    check(case, ground, truth_of(case, rows))
