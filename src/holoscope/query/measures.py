"""A measure's value over the aggregate calls it needs, which the query collects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.fields import Measure
from holoscope.modeling.types import Aggregate, ColumnType, DataType
from holoscope.query.aggregates import Call
from holoscope.query.aggregation import cancelled_by, condition_of, distinct_key
from holoscope.query.group_sql import group_value
from holoscope.query.inherited_masks import shown_measure
from holoscope.query.inner import level_of_detail
from holoscope.query.resolved import ResolvedMeasure
from holoscope.query.types import NUMBER
from holoscope.query.value import Aggregation, Value, call_over, counted_views
from holoscope.query.wall import shown_time
from holoscope.query.written import read_sql, type_of_sql
from holoscope.sql.verbatim import is_verbatim

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def find_measure(resolver: Resolver, name: str) -> ResolvedMeasure | None:
    """Resolve a measure; None when the name is no visible measure."""
    found = resolver.lookup.find(name)
    if not isinstance(found, Measure):
        return None
    tree, kind = resolver.measure_tree(found) if resolver.unmasks else shown_measure(resolver, found)
    return ResolvedMeasure(name, found, tree, kind)


def measure_value(resolver: Resolver, found: Measure, chain: tuple[str, ...]) -> tuple[exp.Expr, ColumnType]:
    """Give a measure's expression over `a<n>` columns and its type.

    `chain` names the fields it is asked for by, itself the last.

    Raises:
        InvalidQuery: the measure says too little, or what does not go together.
    """
    condition = condition_of(resolver, found)
    if found.aggregate is None:
        if condition is not None:
            raise InvalidQuery(f'Measure "{found.qualified_name}": filters need an aggregate_type.')
        return _derived(resolver, found, chain)
    return _aggregated(resolver, found, found.aggregate, condition, chain)


def _aggregated(
    resolver: Resolver, found: Measure, aggregate: Aggregate, condition: Value | None, chain: tuple[str, ...]
) -> tuple[exp.Expr, ColumnType]:
    if found.level_of_detail is not None:
        operand: Value | None = level_of_detail(resolver, found, found.level_of_detail, chain)
    else:
        operand = None if found.sql is None else resolver.expression(found.sql, found.view, chain)
    if operand is None and aggregate is not Aggregate.COUNT:
        raise InvalidQuery(f'Measure "{found.qualified_name}" needs sql.')
    views = counted_views(found.view, operand)
    if operand is not None and aggregate in (Aggregate.MIN, Aggregate.MAX):
        operand = shown_time(resolver, operand)
    key = distinct_key(resolver, aggregate, found.custom_primary_key_sql, found, chain)
    said = Aggregation(aggregate, found.percentile, key, condition)
    call, kind = call_over(operand, views, said, found.qualified_name)
    return resolver.add_call(replace(call, cancels=cancelled_by(resolver, found))), kind


def _derived(resolver: Resolver, found: Measure, chain: tuple[str, ...]) -> tuple[exp.Expr, ColumnType]:
    """Compile SQL over measures; literal aggregates in it become calls of their own."""
    if found.sql is None:
        raise InvalidQuery(f'Measure "{found.qualified_name}" needs sql or an aggregate_type.')
    if is_verbatim(found.sql):
        value = resolver.expression(found.sql, found.view, chain)
        call = Call(None, None, value.views, found.qualified_name, literal=value.tree)
        return resolver.add_call(call), NUMBER
    written = read_sql(resolver, found.sql, found.view)
    tree, values = group_value(resolver, written, found.qualified_name, chain)
    kind = type_of_sql(resolver, written, values)
    return tree, kind if kind.data_type is not DataType.UNKNOWN else NUMBER
