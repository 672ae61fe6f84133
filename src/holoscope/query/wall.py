"""Times on the clock of the query's zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.types import WALL_TIME
from holoscope.query.value import Value
from holoscope.sql.markers import wall_clock
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def shown_time(resolver: Resolver, raw: Value) -> Value:
    """Show a time on the clock of the query's zone; in UTC an instant stays as it is stored."""
    if raw.type.data_type is not DataType.TIMESTAMP or resolver.stored_times:
        return raw
    if not raw.type.has_zone:
        return replace(raw, tree=wall_of(resolver, raw))
    if resolver.context.clock.zone == "UTC":
        return raw
    return replace(raw, tree=wall_of(resolver, raw), type=WALL_TIME)


def wall_of(resolver: Resolver, raw: Value) -> exp.Expr:
    """Give the wall-clock value in the query's zone."""
    zone, kind = resolver.context.clock.zone, raw.type
    if kind.date_only or (not kind.has_zone and (zone == "UTC" or not raw.convertible)):
        return copy_of(raw.tree)
    return wall_clock(copy_of(raw.tree), zone, has_zone=kind.has_zone)
