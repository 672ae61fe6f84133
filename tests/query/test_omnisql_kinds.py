"""Nothing that is not known to read named fields alone goes through."""

from __future__ import annotations

import pytest
from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.omnisql.kinds import refuse_unknown_kinds
from holoscope.sql.parse import read_query

REFUSED = [
    "COLUMNS('name')",
    "COLUMNS(*)",
    "COLUMNS(c -> c = 'name')",
    "MAX(COLUMNS('n.*'))",
    "COALESCE(*COLUMNS(*))",
    "UNPACK(COLUMNS(*))",
    "STRUCT_PACK(*)",
    "ROW(t.*)",
    "(t).*",
    "#2",
    "UPPER(#2)",
    "SUM(x) FILTER (WHERE COLUMNS('name') = 'a')",
    "SUM(x) OVER (ORDER BY #1)",
    "CASE WHEN x = 1 THEN COLUMNS('name') END",
    "x IN (1, COLUMNS('name'))",
    "LIST_TRANSFORM([1], y -> COLUMNS('name'))",
    "UNNEST([1, 2])",
    "EXPLODE(x)",
    "1 + UNNEST(x)",
]
READ = [
    "COUNT(*)",
    "COUNT(*) FILTER (WHERE x > 1)",
    "SUM(x) OVER (PARTITION BY y ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
    "CASE WHEN x BETWEEN 1 AND 2 THEN 'a' ELSE UPPER(y) || 'b' END",
    "CAST(x AS DECIMAL(8, 2)) / NULLIF(y, 0)",
    "x::date + INTERVAL 1 DAY",
    "DATE_TRUNC('month', x)",
    "EXTRACT(year FROM x)",
    "x LIKE 'a!%' ESCAPE '!'",
    "REGEXP_MATCHES(x, 'a')",
    "x -> '$.a'",
    "JSON_EXTRACT_STRING(x, '$.a')",
    "[x, y][1]",
    "{'a': x}",
    "x IS NOT DISTINCT FROM y",
    "x AT TIME ZONE 'UTC'",
    "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)",
    "STRING_AGG(x, ',' ORDER BY y)",
    "QUANTILE_CONT(x, 0.5)",
    "EXISTS (SELECT COLUMNS('a') FROM u)",
    "SOME_FUNCTION_OF_THE_WAREHOUSE(x)",
    "ROUND(x, 2)",
    "ARG_MAX(x, y)",
    "LIST_CONTAINS([1, 2], x)",
    "GREATEST(x, y)",
    "TRY_CAST(x AS INT)",
]
CLAUSES = (
    "SELECT {} FROM t",
    "SELECT 1 FROM t WHERE {}",
    "SELECT 1 FROM t ORDER BY {}",
    "SELECT 1 FROM t GROUP BY {}",
)


def select(part: str, clause: str = CLAUSES[0]) -> exp.Select:
    tree = read_query(clause.format(part), "duckdb")
    assert isinstance(tree, exp.Select), part
    return tree


@pytest.mark.parametrize("clause", CLAUSES)
@pytest.mark.parametrize("part", REFUSED)
def test_what_is_not_known_is_refused(part: str, clause: str) -> None:
    with pytest.raises(InvalidQuery, match="not read over the model"):
        refuse_unknown_kinds(select(part, clause))


@pytest.mark.parametrize("part", READ)
def test_what_reads_named_fields_is_read(part: str) -> None:
    refuse_unknown_kinds(select(part))


@pytest.mark.parametrize("kind", [exp.ReadCSV, exp.Predict, exp.GenerateSeries, exp.Flatten])
def test_a_kind_that_nobody_has_entered_is_refused_by_name(kind: type[exp.Func]) -> None:
    tree = select("1")
    tree.set("expressions", [kind(this=exp.column("x"))])
    with pytest.raises(InvalidQuery, match=f"{kind.sql_name()} is not read"):
        refuse_unknown_kinds(tree)
