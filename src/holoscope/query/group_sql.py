"""Aggregating SQL of the model: an expression over measures, and over aggregates written in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.fields import Measure
from holoscope.modeling.timeframes import split_grain
from holoscope.query.aggregates import literal_call
from holoscope.query.lifting import check_aggregated, lift_aggregates
from holoscope.query.ratios import as_ratios
from holoscope.query.types import UNKNOWN
from holoscope.query.value import NOT_READ, Value, counted_views
from holoscope.query.written import Written, filled_in
from holoscope.sql.parse import reference_index

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def group_value(
    resolver: Resolver, written: Written, name: str, chain: tuple[str, ...], *, counts_own: bool = True
) -> tuple[exp.Expr, list[Value]]:
    """Compile aggregating SQL over `a<n>` columns; also gives the values of its references.

    Aggregates written in it count rows of its view and of what they read, or of the latter alone.

    Raises:
        InvalidQuery: it holds a window function, or a value that is not aggregated.
    """
    template, view = written.template, written.view
    if template.tree.find(exp.Window):
        raise InvalidQuery(f'Measure "{name}": window functions belong in calculations.')
    used = {reference_index(node) for node in template.tree.find_all(exp.Column)}
    values: list[Value] = []
    reads: dict[int, Value] = {}
    for position, reference in enumerate(template.references):
        qualified = resolver.lookup.qualify(split_grain(reference)[0], view)
        target = resolver.lookup.find(qualified, direct=False)
        if position not in used:
            values.append(NOT_READ)
        elif isinstance(target, Measure):
            values.append(Value(*resolver.measure_tree(target, chain), frozenset()))
        else:
            reads[position] = resolver.reference(reference, view, chain)
            values.append(reads[position])
    parts = list(values)

    def lifted(node: exp.Expr, views: frozenset[str]) -> exp.Expr:
        counted = views
        if counts_own or not views:
            counted = counted_views(view, Value(node, UNKNOWN, views))
        call = literal_call(filled_in(resolver, node, written, parts), counted, name)
        parts.append(Value(resolver.add_call(call), UNKNOWN, views))
        return exp.column(f"__ref_{len(parts) - 1}")

    tree = lift_aggregates(template.tree.copy(), view, name, reads, lifted)
    check_aggregated(tree, name, reads)
    ratios = as_ratios(tree, resolver.context.dialect)
    return exp.Paren(this=filled_in(resolver, ratios, written, parts)), values
