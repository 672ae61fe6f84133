"""Random small models with rows: tables joined as a tree in every way, keys and none, NULLs and orphans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import yaml
from hypothesis import strategies as st

from support.ground import Ground, open_ground

TOPIC = "everything"
_WORDS = [None, None, "", "a", "A", "b", "ab", "o'x", "%", "é"]
_TIMES = [
    None, "2024-02-29 23:59:59", "2025-11-02 05:30:00", "2026-03-08 07:00:00", "2026-03-09 00:00:00",
    "2026-03-10 15:00:00",
]  # fmt: skip
_DAYS = [None, "2024-02-29", "2025-12-31", "2026-03-01", "2026-03-10"]
_KINDS = ["many_to_one", "many_to_one", "one_to_many", "one_to_many", "one_to_one", "many_to_many"]
_JOINS = ["always_left", "always_left", "always_left", "inner", "full_outer", "right_left"]


@dataclass(frozen=True)
class World:
    """What a world is made of; printed whole when a query over it goes wrong."""

    tables: str
    files: Mapping[str, str]

    def open(self) -> Ground:
        connection = duckdb.connect()
        connection.execute(self.tables)
        return open_ground(connection, self.files)


@dataclass
class _Table:
    name: str
    has_key: bool
    columns: dict[str, str]
    rows: list[dict[str, Any]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One to four tables of one to six rows, all within one topic."""
    tables = [draw(_table(number)) for number in range(draw(st.integers(1, 4)))]
    joins: dict[str, Any] = {}
    places = {tables[0].name: joins}
    relations = []
    for number, child in enumerate(tables[1:], start=1):
        parent = tables[draw(st.integers(0, number - 1))]
        relations.append(draw(_relation(parent, child)))
        places[child.name] = places[parent.name].setdefault(child.name, {})
    files = {"model": "{}\n", "relationships": yaml.safe_dump(relations)}
    files[f"{TOPIC}.topic"] = yaml.safe_dump({"base_view": tables[0].name, "joins": joins})
    for table in tables:
        others = [other.name for other in tables if other is not table]
        view = draw(_view(table, others))
        files[f"{table.name}.view"] = f"# Reference this view as {table.name}\n{yaml.safe_dump(view)}"
    return World("\n".join(map(_ddl, tables)), files)


@st.composite
def _table(draw: st.DrawFn, number: int) -> _Table:
    cells = st.fixed_dictionaries(
        {
            "n": st.sampled_from([None, 0, 1, 1, 2, 7, -3]),
            "d": st.sampled_from([None, Decimal("0.00"), Decimal("1.10"), Decimal("2.25"), Decimal("-5.05")]),
            "s": st.sampled_from(_WORDS),
            "b": st.sampled_from([None, True, False]),
            "moment": st.sampled_from(_TIMES),
            "born": st.sampled_from(_DAYS),
        }
    )
    rows = [{"id": place, **row} for place, row in enumerate(draw(st.lists(cells, min_size=1, max_size=6)))]
    columns = {
        "id": "INTEGER", "n": "INTEGER", "d": "DECIMAL(8, 2)", "s": "VARCHAR", "b": "BOOLEAN",
        "moment": "TIMESTAMP", "born": "DATE",
    }  # fmt: skip
    return _Table(f"t{number}", draw(st.sampled_from([True, True, True, False])), columns, rows)


@st.composite
def _relation(draw: st.DrawFn, parent: _Table, child: _Table) -> dict[str, Any]:
    kind = draw(st.sampled_from(_KINDS))
    left, right = {
        "many_to_one": (f"{child.name}_id", "id"),
        "one_to_many": ("id", f"{parent.name}_id"),
        "one_to_one": ("id", "id"),
        "many_to_many": ("n", "n"),
    }[kind]
    for table, column, other in ((parent, left, child), (child, right, parent)):
        if column not in table.columns:
            table.columns[column] = "INTEGER"
            for row in table.rows:
                row[column] = draw(st.sampled_from([None, 99, *(one["id"] for one in other.rows)]))
    return {
        "join_from_view": parent.name,
        "join_to_view": child.name,
        "join_type": draw(st.sampled_from(_JOINS)),
        "on_sql": f"${{{parent.name}.{left}}} = ${{{child.name}.{right}}}",
        "relationship_type": kind,
    }


@st.composite
def _view(draw: st.DrawFn, table: _Table, others: list[str]) -> dict[str, Any]:
    dimensions: dict[str, Any] = {name: {} for name in table.columns}
    if table.has_key:
        dimensions["id"] = {"primary_key": True}
    dimensions["twice"] = {"sql": "${n} * 2"}
    dimensions["named"] = {"sql": "COALESCE(${s}, 'none')"}
    if others:
        dimensions["there"] = {"sql": f"${{{draw(st.sampled_from(others))}.s}}"}
    number = draw(st.sampled_from(["n", "d", "twice"]))
    measures = {
        "count": {"aggregate_type": "count"},
        "total": {"sql": f"${{{number}}}", "aggregate_type": "sum"},
        "mean": {"sql": "${d}", "aggregate_type": "average"},
        "words": {"sql": "${s}", "aggregate_type": "count_distinct"},
        "least": {"sql": "${n}", "aggregate_type": "min"},
        "most": {"sql": "${d}", "aggregate_type": "max"},
        "some": {
            "sql": "${n}",
            "aggregate_type": "sum",
            "filters": {"s": {draw(st.sampled_from(["is", "not"])): draw(st.sampled_from(["a", "", "b"]))}},
        },
        "true_count": {"aggregate_type": "count", "filters": {"b": {"is": True}}},
        "each": {"sql": "${total} / NULLIF(${count}, 0)"},
    }
    return {"schema": "main", "dimensions": dimensions, "measures": measures}


def _ddl(table: _Table) -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
    rows = ", ".join(
        "(" + ", ".join(_literal(row[name]) for name in table.columns) + ")" for row in table.rows
    )
    return f"CREATE TABLE {table.name} ({columns});\nINSERT INTO {table.name} VALUES {rows};"


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)
