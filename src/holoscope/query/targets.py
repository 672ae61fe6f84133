"""A dimension as what a condition is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from holoscope.kit.errors import NoSuchField
from holoscope.modeling.fields import Dimension
from holoscope.modeling.timeframes import GrainKind, split_grain
from holoscope.query.calendars import periods_of
from holoscope.query.filters.target import Target
from holoscope.query.masks import digest, is_masked
from holoscope.query.times import grain_of, value_at
from holoscope.query.types import STRING
from holoscope.query.wall import shown_time, wall_of
from holoscope.sql.trees import atom

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def target_of(
    resolver: Resolver, name: str, *, direct: bool = True, masked: bool | None = None
) -> tuple[Target, frozenset[str]]:
    """Make a dimension the target of a condition; also gives the views it reads.

    A `masked` one shows its digest; what the asker names is, unless something else is said.

    Raises:
        NoSuchField: no such dimension, or a grain that does not exist for it.
    """
    base, word = split_grain(name)
    found = resolver.lookup.find(base, direct=direct)
    if not isinstance(found, Dimension):
        raise resolver.lookup.no_such_field(name)
    raw = resolver.raw(found)
    grain = grain_of(resolver, found, raw, word) if word else None
    if word and grain is None:
        raise NoSuchField(name)
    at_grain = grain is not None and grain.kind is not GrainKind.RAW
    value = value_at(resolver, raw, grain, found) if grain is not None and at_grain else raw
    week = resolver.week_start_of(found)
    if (direct if masked is None else masked) and is_masked(resolver, value.masks):
        tree = atom(digest(resolver, value if at_grain else shown_time(resolver, raw)).tree)
        return Target(name, tree, STRING, wall=tree, shifted=False), value.views
    if at_grain:
        tree = atom(value.tree)
        return Target(name, tree, value.type, wall=tree, shifted=False, week_start=week), value.views
    shifted = raw.convertible or raw.type.has_zone
    wall = atom(wall_of(resolver, raw))
    target = Target(name, atom(raw.tree), raw.type, wall=wall, shifted=shifted, week_start=week)
    return replace(target, periods=periods_of(resolver, found)), raw.views
