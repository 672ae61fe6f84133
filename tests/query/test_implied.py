"""Predicates of which one is said to hold wherever others do, tried on values by DuckDB."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest
from sqlglot import exp, parse_one

from holoscope.query.reuse.implied import holds_in
from holoscope.query.reuse.signature import conjuncts

NUMBERS = [
    *(f"e {sign} {value}" for sign in ("<", "<=", ">", ">=", "=") for value in ("-1", "0", "2", "2.5", "3")),
    "e IN (0, 2)", "e IN (0, 2, 3)", "e IN (2.5)", "e IS NULL", "NOT e IS NULL", "e <> 2", "NOT (e > 2)",
    "(NOT (e = 2) OR e IS NULL)", "e BETWEEN 0 AND 2", "e > NULL", "f > 2", "e > f", "(e >= 0 AND e < 3)",
]  # fmt: skip
TIMES = [
    *(
        f"e {sign} CAST('{value}' AS TIMESTAMP)"
        for sign in ("<", "<=", ">", ">=", "=")
        for value in ("2026-01-01 00:00:00", "2026-01-01 06:00:00", "2026-02-01 00:00:00.000001")
    ),
    "e >= CAST('2026-01-01' AS DATE)", "e < CAST('2026-02-01 00:00:00+00' AS TIMESTAMPTZ)", "NOT e IS NULL",
]  # fmt: skip
TEXTS = [
    "e = 'a'", "e = 'A'", "e IN ('a', 'b')", "e IN ('a', 'b', 'c')", "e > 'a'", "e >= 'b'", "LOWER(e) = 'a'",
    "LOWER(e) IN ('a', 'b')", "e LIKE 'a%'", "NOT e IS NULL", "e = TRUE",
]  # fmt: skip
VALUES = {
    "DOUBLE": ["-1", "0", "1", "2", "2.25", "2.5", "3", "4", "NULL"],
    "INTEGER": ["-1", "0", "1", "2", "3", "4", "NULL"],
    "TIMESTAMP": ["'2025-12-31'", "'2026-01-01'", "'2026-01-01 06:00:00'", "'2026-02-01'",
                  "'2026-02-01 00:00:00.000001'", "'2026-03-01'", "NULL"],
    "VARCHAR": ["'a'", "'A'", "'b'", "'c'", "'ab'", "''", "NULL"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "predicates", "least"),
    [
        ("DOUBLE", NUMBERS, 100),
        ("INTEGER", NUMBERS, 100),
        ("TIMESTAMP", TIMES, 40),
        ("VARCHAR", TEXTS[:-1], 10),
    ],
)
def test_no_value_tells_otherwise(kind: str, predicates: list[str], least: int) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t (e {kind}, f {kind})")
    pairs = ", ".join(f"({one}, {other})" for one, other in product(VALUES[kind], repeat=2))
    connection.execute(f"INSERT INTO t VALUES {pairs}")
    found = 0
    for one, other in product(predicates, repeat=2):
        outer, inner = (parse_one(text, dialect="duckdb") for text in (one, other))
        if not all(holds_in(part, conjuncts(inner)) for part in conjuncts(outer)):
            continue
        found += 1
        wrong = connection.execute(
            f"SELECT count(*) FROM t WHERE ({other}) AND ({one}) IS NOT TRUE"
        ).fetchall()
        assert wrong == [(0,)], f"{one} does not hold wherever {other} does"
    assert found >= least


def test_several_predicates_together() -> None:
    def tree(text: str) -> exp.Expr:
        return parse_one(text, dialect="duckdb")

    others = [tree("e >= 3"), tree("e < 5"), tree("f = 1")]
    assert holds_in(tree("e > 2"), others)
    assert holds_in(tree("e <= 5"), others)
    assert holds_in(tree("f IN (1, 2)"), others)
    assert not holds_in(tree("g = 1"), others)
    assert not holds_in(tree("e > 3"), others)
