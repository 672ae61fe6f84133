"""Aggregates written in a measure's SQL are lifted out of it, to be computed like any other."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.value import Value
from holoscope.sql.parse import reference_index


def lift_aggregates(
    tree: exp.Expr,
    view: str,
    name: str,
    reads: dict[int, Value],
    lifted: Callable[[exp.Expr, frozenset[str]], exp.Expr],
) -> exp.Expr:
    """Replace each aggregate by what `lifted` makes of it and of the views it reads."""

    def change(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.AggFunc):
            return node
        views: frozenset[str] = frozenset()
        for inner in node.find_all(exp.Column):
            index = reference_index(inner)
            if index is None:
                views |= {view}
            elif index in reads:
                views |= reads[index].views
            else:
                raise InvalidQuery(f'Measure "{name}" aggregates a measure.')
        return lifted(node, views)

    return tree.transform(change, copy=False)


def check_aggregated(tree: exp.Expr, name: str, reads: dict[int, Value]) -> None:
    """Refuse what stands outside of all aggregates and has a value of its own in every row."""
    for inner in tree.find_all(exp.Column):
        index = reference_index(inner)
        if index is None or index in reads:
            raise InvalidQuery(
                f'Measure "{name}" uses a row-level value outside an aggregate; '
                "give it an aggregate_type or write the aggregate in its sql."
            )
