"""Every case of every page in `language/`: parts of the modelling language, laid over the bike-share model.

Answers are rows worked out by hand, or SQL by hand over the same tables.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import pytest
import yaml

from holoscope.modeling.merge import MODEL, TOPIC, VIEW, merge
from holoscope.modeling.reader.tree import plain, read_tree
from support.answering import check, check_text
from support.cases import Case, read_pages
from support.ground import Ground, open_model, read_folder
from support.postgres import PostgresRoom

HERE = Path(__file__).parent
CASES = list(read_pages(HERE / "language"))
SHAPES = {"view": VIEW, "topic": TOPIC, "model": MODEL}


PARAMETERS = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}: {case.title}")


@PARAMETERS
def test_the_compiler_answers_as_the_page_says(case: Case) -> None:
    world = _world(tuple(sorted(case.model.items())), case.tables)
    compiled = check(case, world, _truth(case, world.connection))
    if compiled is not None:
        check_text(case, compiled.sql)


@PARAMETERS
def test_postgres_answers_as_the_page_says(case: Case, postgres: PostgresRoom) -> None:
    if case.only is not None:
        pytest.skip(case.only)
    overlay, rows = tuple(sorted(case.overlay("postgres").items())), _rows(case.tables)
    ground = postgres.ground((overlay, case.tables), case.tables, rows, lambda: _files(overlay))
    check(case, ground, _truth(case, rows))


def _truth(case: Case, connection: duckdb.DuckDBPyConnection) -> list[list[object]] | None:
    if case.truth is None:
        return None
    return [list(row) for row in connection.execute(case.truth).fetchall()]


@cache
def _world(overlay: tuple[tuple[str, str], ...], tables: str) -> Ground:
    return open_model(_rows(tables), _files(overlay))


@cache
def _rows(tables: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute((HERE / "world" / "tables.sql").read_text("utf-8"))
    if tables:
        connection.execute(tables)
    return connection


def _files(overlay: tuple[tuple[str, str], ...]) -> dict[str, str]:
    files = read_folder(HERE / "world" / "model")
    for file, text in overlay:
        files[file] = _laid_over(file, files.get(file), text)
    return files


def _laid_over(file: str, below: str | None, above: str) -> str:
    shape = SHAPES.get(file.rpartition(".")[2])
    if below is None or shape is None:
        return (below or "") + above
    lower, upper = read_tree(file, below)[0], read_tree(file, above)[0]
    assert lower is not None
    if upper is None:  # nothing but comments
        return f"{below}\n{above}"
    first = below.partition("\n")[0]
    name = f"{first}\n" if first.startswith("#") else ""
    return name + yaml.safe_dump(plain(merge(lower, upper, shape)), sort_keys=False, allow_unicode=True)
