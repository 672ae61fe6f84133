"""The SQL we write against the best SQL found by hand, both on raw DuckDB, interleaved."""

from __future__ import annotations

import math
import statistics

import duckdb

from bench.clock import paired, ratio_line
from bench.compile import NOW, SCOPE
from bench.questions import QUESTIONS
from holoscope.modeling.model import Model
from holoscope.query.compiler import compile_query
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.dialect import DuckDBDialect

_SUITE = "q"


def run(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Print a line for each question and the geometric mean of q1-q9."""
    print("\n## SQL quality: our SQL over the limit, raw DuckDB (median ratio [range])")
    medians = []
    for question in QUESTIONS:
        compiled = compile_query(
            parse_query(question.body), model, SCOPE, DuckDBDialect(), now=NOW, time_zone=question.time_zone
        )
        mine, limit = paired(
            lambda sql=compiled.sql: connection.sql(sql).to_arrow_table(),
            lambda sql=question.limit: connection.sql(sql).to_arrow_table(),
        )
        print(ratio_line(question.name, mine, limit))
        if question.name.startswith(_SUITE):
            medians.append(statistics.median(a / b for a, b in zip(mine, limit, strict=True)))
    print(f"geometric mean of {len(medians)}: x{math.exp(sum(map(math.log, medians)) / len(medians)):.2f}")
