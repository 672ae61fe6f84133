"""A dimension that a query names, at the grain it names: its value, its order, its text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from holoscope.kit.text import read_whole
from holoscope.modeling.fields import Dimension
from holoscope.modeling.references import qualified
from holoscope.modeling.timeframes import GRAINS, split_grain
from holoscope.query.bands import band_order, is_banded
from holoscope.query.calendars import period_start
from holoscope.query.comparing.wire import PERIOD
from holoscope.query.masks import unless_masked
from holoscope.query.raw import stored_value, top_value
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.times import grain_of, value_at
from holoscope.query.types import NUMBER
from holoscope.query.value import Value
from holoscope.query.wall import shown_time, wall_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def find_dimension(resolver: Resolver, name: str, *, direct: bool = True) -> ResolvedDimension | None:
    """Resolve `view.field[grain]`; None when it is no dimension or the grain is illegal for it."""
    period = resolver.period
    if period is not None and name.lower() == PERIOD:
        return period.dimension(name)
    base, word = split_grain(name)
    found = resolver.lookup.find(base, direct=direct)
    if not isinstance(found, Dimension):
        return None
    if word is not None and word.isdecimal() and (most := read_whole(word)) is not None:
        raw, word = top_value(resolver, found, most), None
    else:
        raw = resolver.raw(found)
    if word is None:
        shown, sort = shown_time(resolver, raw), _order_by(resolver, found)
        return unless_masked(resolver, ResolvedDimension(name, found, None, shown, sort))
    grain = grain_of(resolver, found, raw, word)
    if grain is None:
        return None
    if period is not None:
        raw = period.aligned(found, grain, wall_of(resolver, raw), raw, resolver.context.dialect)
    value = value_at(resolver, raw, grain, found)
    sort = period_start(resolver, raw, grain, found)
    formatted = grain.formatted if sort is None else None
    if sort is None and grain.sorted_by is not None:
        sort = value_at(resolver, raw, GRAINS[grain.sorted_by], found)
    return unless_masked(resolver, ResolvedDimension(name, found, grain, value, sort, formatted))


def _order_by(resolver: Resolver, found: Dimension) -> Value | None:
    """Give what a dimension's values are ordered by, where it is not by themselves."""
    if found.order_by_field is not None:
        return resolver.reference(qualified(found.order_by_field, found.view), found.view)
    if not is_banded(found):
        return None
    stored = stored_value(resolver, found, (found.qualified_name,))
    order = band_order(found, stored.tree, stored.type, resolver.context)
    return replace(stored, tree=order, type=NUMBER)
