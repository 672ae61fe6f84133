"""Rewrites of a grouping that keep its answer, in the order they run. A pass is `(value, facts) -> value`."""

from __future__ import annotations

from collections.abc import Callable

from holoscope.query.passes.aggregate_before_join import aggregate_before_join
from holoscope.query.passes.aggregate_by_hour import aggregate_by_hour
from holoscope.query.plan.grouping import Grouping
from holoscope.sql.capabilities import Capabilities

Pass = Callable[[Grouping, Capabilities], Grouping]

PASSES: tuple[Pass, ...] = (
    aggregate_before_join,  # first: afterwards the base's own columns are gone
    aggregate_by_hour,
)
