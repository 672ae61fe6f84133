"""What an aggregate of the model is told beside its operand: which rows count, and what counts once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import Anything
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import Aggregate
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.relax import filtered_name
from holoscope.query.targets import target_of
from holoscope.query.types import UNKNOWN
from holoscope.query.value import Value

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def condition_of(resolver: Resolver, found: Measure) -> Value | None:
    """Give what the rows of a measure must meet, None when they are all rows."""
    parts: list[exp.Expr] = []
    views: frozenset[str] = frozenset()
    for name, condition in found.filters.items():
        base, _ = split_grain(name)
        target, read = target_of(resolver, name if "." in base else f"{found.view}.{name}", direct=False)
        built = [build_predicate(condition, target, resolver.context)]
        if name in found.offsets:
            canonical = resolver.lookup.canonical(name, found.view)
            asked = resolver.query_filters.get(filtered_name(canonical), Anything())
            moved = replace(target, back=(found.offsets[name], *resolver.back(canonical)))
            built.append(build_predicate(asked, moved, resolver.context))
        predicates = [predicate for predicate in built if predicate is not None]
        if predicates:
            parts += predicates
            views |= read
    if not parts:
        return None
    return Value(exp.and_(*parts, copy=False), UNKNOWN, views)


def cancelled_by(resolver: Resolver, found: Measure) -> frozenset[str]:
    """Name the filters of the query that do not hold for a measure."""
    return frozenset(filtered_name(resolver.lookup.canonical(name, found.view)) for name in found.cancels)


def distinct_key(
    resolver: Resolver,
    aggregate: Aggregate,
    sql: str | None,
    found: Dimension | Measure,
    chain: tuple[str, ...],
) -> Value | None:
    """Give the key that `*_distinct_on` keeps one value for.

    Raises:
        InvalidQuery: the field does not say which.
    """
    if not aggregate.is_distinct_on:
        return None
    if sql is None:
        raise InvalidQuery(f'"{found.qualified_name}": {aggregate} needs custom_primary_key_sql.')
    return resolver.expression(sql, found.view, chain)
