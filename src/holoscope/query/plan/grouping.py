"""The logical heart of a plan: rows, the groups they fall into, and the calls over them.

Passes rewrite this value; `CallPlanner` then decides how each call is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from holoscope.query.aggregates import Call
from holoscope.query.joins import Joined
from holoscope.query.plan.node import Rows


@dataclass(frozen=True, slots=True)
class Grouping:
    """`calls` over `rows` in groups of `keys`; `joined` says what the joins do to row counts.

    `row_counts` are the warehouse's own estimates by view, empty where unknown. `coarse_keys` are
    the positions of keys that depend on a wall time by the hour or coarser.
    """

    rows: Rows
    joined: Joined
    keys: tuple[exp.Expr, ...]
    calls: tuple[Call, ...]
    row_counts: tuple[tuple[str, int], ...] = ()
    coarse_keys: frozenset[int] = frozenset()


def tables_of(tree: exp.Expr) -> frozenset[str]:
    """Give the views whose columns an expression reads."""
    return frozenset(column.table for column in tree.find_all(exp.Column))
