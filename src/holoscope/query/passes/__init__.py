"""Rewrites of a plan that keep its answer, in the order they run. A pass is `(plan, facts) -> plan`."""

from __future__ import annotations

from collections.abc import Callable

from holoscope.query.plan.node import QueryPlan
from holoscope.sql.capabilities import Capabilities

Pass = Callable[[QueryPlan, Capabilities], QueryPlan]

PASSES: tuple[Pass, ...] = ()
