"""Filters that a measure cancels leave WHERE and hold for each other measure (modeling digest §13.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.timeframes import GRAINS, GrainKind, split_grain
from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.plan.node import call_column
from holoscope.sql.trees import copy_of


@dataclass(frozen=True, slots=True)
class Where:
    """A predicate rows must meet and the views it reads.

    `field` names the field a filter of the query is about; a rule of the topic has none, and nothing
    cancels it. Rules of access are `of_access`.
    """

    tree: exp.Expr
    views: frozenset[str]
    field: str | None = None
    of_access: bool = False


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What stays in WHERE, the calls with their conditions, and what groups that are shown must meet."""

    where: tuple[exp.Expr, ...]
    calls: tuple[Call, ...]
    shown: exp.Expr | None = None


def filtered_name(name: str) -> str:
    """Give the name a filter is cancelled by: timeframes that are still times are the field itself."""
    base, word = split_grain(name)
    grain = GRAINS.get(word) if word else None
    if word is None or (grain is not None and grain.kind in (GrainKind.RAW, GrainKind.TRUNCATED)):
        return base
    return f"{base}[{word}]"


def relax(calls: Sequence[Call], wheres: Sequence[Where]) -> Relaxed:
    """Move each filter that some call cancels into the conditions of the calls that do not.

    A group is shown only when a row of it passes all filters: what a measure cancels adds no rows.

    Raises:
        InvalidQuery: an aggregate written in SQL would lose a filter that another measure cancels.
    """
    cancelled = frozenset().union(*(call.cancels for call in calls)) if calls else frozenset()
    moved = [where for where in wheres if where.field is not None and where.field in cancelled]
    where = tuple(item.tree for item in wheres if item not in moved)
    if not moved:
        return Relaxed(where, tuple(calls))
    views = frozenset().union(*(item.views for item in moved))
    test = exp.and_(*(copy_of(item.tree) for item in moved), copy=False)
    passing = Call(
        Aggregate.MAX, exp.Literal.number(1), frozenset(), "", condition=test, condition_views=views
    )
    shown = exp.EQ(this=exp.column(call_column(len(calls))), expression=exp.Literal.number(1))
    return Relaxed(where, (*(_filtered(call, moved) for call in calls), passing), shown)


def _filtered(call: Call, moved: Sequence[Where]) -> Call:
    tests = [item for item in moved if item.field not in call.cancels]
    if not tests:
        return call
    if call.literal is not None:
        raise InvalidQuery(
            f'Measure "{call.measure}" aggregates in its own SQL and cannot keep the filter on '
            f'"{tests[0].field}", which another measure of the query cancels: give it an aggregate_type.'
        )
    parts = [copy_of(item.tree) for item in tests]
    if call.condition is not None:
        parts.insert(0, copy_of(call.condition))
    views = call.condition_views.union(*(item.views for item in tests))
    return replace(call, condition=exp.and_(*parts, copy=False), condition_views=views)
