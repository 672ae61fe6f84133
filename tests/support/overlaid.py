"""Case pages laid over the bike-share model: a world for each overlay, and the rows of their own SQL."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import yaml

from holoscope.modeling.merge import MODEL, TOPIC, VIEW, merge
from holoscope.modeling.reader.tree import plain, read_tree
from support.cases import Case
from support.ground import Ground, open_model, read_folder

WORLD = Path(__file__).parents[1] / "query" / "world"
SHAPES = {"view": VIEW, "topic": TOPIC, "model": MODEL}


def truth_of(case: Case, connection: duckdb.DuckDBPyConnection) -> list[list[object]] | None:
    if case.truth is None:
        return None
    return [list(row) for row in connection.execute(case.truth).fetchall()]


@cache
def world_of(overlay: tuple[tuple[str, str], ...], tables: str) -> Ground:
    return open_model(rows_of(tables), files_of(overlay))


@cache
def rows_of(tables: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute((WORLD / "tables.sql").read_text("utf-8"))
    if tables:
        connection.execute(tables)
    return connection


def files_of(overlay: tuple[tuple[str, str], ...]) -> dict[str, str]:
    files = read_folder(WORLD / "model")
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
