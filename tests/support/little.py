"""Worlds of a few rows, written where they are used, so that a person can compute the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb

from support.answers import INDICATOR, plain, row_class, visible
from support.asking import compile_body
from support.ground import Ground, open_ground

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def little_world(tables: str, files: Mapping[str, str]) -> Ground:
    """Make the tables in memory and load the model over them."""
    connection = duckdb.connect()
    connection.execute(tables)
    return open_ground(connection, files)


def answer(ground: Ground, topic: str, *fields: str, **body: Any) -> list[tuple[Any, ...]]:
    """Ask and return the rows, sorted by the first dimension as the body says, totals marked `total`.

    Rows come back as `(value, ...)`; a grand total row is `("total", value, ...)`.
    """
    asked = {"join_paths_from_topic_name": topic, "fields": list(fields), **body}
    compiled = compile_body(ground.model, asked, attributes={}, now=NOW)
    names, rows = ground.run(compiled.sql)
    found = []
    for row in rows:
        cells = tuple(plain(row[name]) for name in visible(names))
        found.append(cells if row_class(row.get(INDICATOR)) == "data" else ("total", *cells))
    return found


def by(name: str) -> list[dict[str, str]]:
    """Sort by one column, ascending, NULL first."""
    return [{"column_name": name}]


TOTAL = {"::total::": {"type": "aggregation"}}
