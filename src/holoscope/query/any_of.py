"""Alternatives across fields: rows, or groups, that pass one at least of several filters (digest §2.9)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoJoinPath
from holoscope.modeling.conditions import Anything
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.timeframes import split_grain
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Target
from holoscope.query.inherited_masks import shown_measure
from holoscope.query.joins import JoinTree
from holoscope.query.resolve import Resolver
from holoscope.query.spec import FieldFilter
from holoscope.query.targets import target_of


def any_of(
    items: Sequence[FieldFilter], resolver: Resolver, tree: JoinTree
) -> tuple[exp.Expr, frozenset[str], bool] | None:
    """Compile alternatives: the predicate, the views it reads, and whether it is about groups.

    None when none of them restricts anything: a placeholder is not there, as in a composite.

    Raises:
        NoSuchField, NoJoinPath: a field does not exist here and its filter does not say that this may be.
        InvalidQuery: dimensions and measures stand together: one is about rows, the other about groups.
    """
    dimensions: list[exp.Expr] = []
    measures: list[exp.Expr] = []
    views: frozenset[str] = frozenset()
    for item in items:
        found = _found(item, resolver, tree)
        if found is None or isinstance(item.condition, Anything):
            continue
        if isinstance(found, Measure):
            value, kind = shown_measure(resolver, found)
            target = Target(found.qualified_name, value, kind, keep_nulls=False, shifted=kind.has_zone)
            read: frozenset[str] = frozenset()
        else:
            target, read = target_of(resolver, item.field)
        predicate = build_predicate(item.condition, target, resolver.context)
        if predicate is not None:
            (measures if isinstance(found, Measure) else dimensions).append(predicate)
            views |= read
    if dimensions and measures:
        raise InvalidQuery(
            "A MULTI_FIELD_FILTER is about dimensions or about measures, not about both: the first choose "
            "rows, the others groups of rows. Split it."
        )
    parts = dimensions or measures
    if not parts:
        return None
    either = parts[0] if len(parts) == 1 else exp.Paren(this=exp.or_(*parts, copy=False))
    return either, views, bool(measures)


def _found(item: FieldFilter, resolver: Resolver, tree: JoinTree) -> Dimension | Measure | None:
    base, _ = split_grain(item.field)
    found = resolver.lookup.find(base) or resolver.lookup.find_filter(base)
    if item.ignore_if_unjoinable and (found is None or found.view not in tree):
        return None
    if isinstance(found, FilterField):
        raise InvalidQuery(
            f'"{item.field}" only fills templates and cannot be one of several alternatives: filter it by '
            "itself in query.filters."
        )
    if found is None:
        return resolver.lookup.require(base)
    if found.view not in tree:
        raise NoJoinPath(tree.base, found.view)
    return found
