"""Masks: who may see a value, what reads a masked field, and the digest that is shown instead.

A mask is a list of grants; what a value is made of hands its masks on (docs/decisions/0031).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.fields import Dimension, Measure
from holoscope.query.grants import grants_hold
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.types import STRING
from holoscope.query.value import Value
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def unless_masked(resolver: Resolver, item: ResolvedDimension) -> ResolvedDimension:
    """Show the digest of a value this asker may not see; it orders and groups by the digest too."""
    if resolver.unmasks or not is_masked(resolver, item.value.masks):
        hidden = item.sort is not None and is_masked(resolver, item.sort.masks)
        return replace(item, sort=None) if hidden else item
    return replace(item, value=digest(resolver, item.value), sort=None, formatted=None)


def is_masked(resolver: Resolver, masks: frozenset[tuple[str, ...]]) -> bool:
    """Tell whether this asker lacks grants that a value asks for; what a column holds is told to all."""
    if resolver.reading:
        return False
    return any(not grants_hold(grants, resolver.model, resolver.context.scope) for grants in masks)


def shown_in_select(resolver: Resolver, value: Value) -> exp.Expr:
    """Give a value for the SELECT behind a view, a digest where this asker may not see it."""
    return (digest(resolver, value) if is_masked(resolver, value.masks) else value).tree


def digest(resolver: Resolver, value: Value) -> Value:
    """Give what is shown in place of a value: equal values have equal digests."""
    return replace(value, tree=resolver.context.dialect.digest(copy_of(value.tree)), type=STRING)


def masks_of(found: Dimension | Measure, inherited: frozenset[tuple[str, ...]]) -> frozenset[tuple[str, ...]]:
    """Give a field's masks: those of what it reads, unless it says itself what it asks for."""
    own = found.mask_unless_access_grants
    if own is None:
        return inherited
    return frozenset((own,)) if own else frozenset()
