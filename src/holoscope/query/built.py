"""What building a query yields: its plan, and what naming the result needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from holoscope.query.compiled import unsigned
from holoscope.query.display import Displays
from holoscope.query.plan.node import QueryPlan, key_column
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import Column, ResolvedDimension, ResolvedMeasure
from holoscope.query.reuse.signature import Signature
from holoscope.query.source import Source


@dataclass(slots=True)
class Built:
    """A plan and what naming its result needs: the columns asked for and the names that are missing.

    `rollup` names the view whose table is read in place of the base tables, of the plan `instead_of`.
    `sign` says what the plan's result holds, for questions that are asked later.
    """

    plan: QueryPlan
    source: Source
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    depends_on_now: bool
    displays: Displays
    resolver: Resolver
    rollup: str | None = None
    instead_of: QueryPlan | None = None
    sign: Callable[[], Signature | None] = unsigned
    beside: tuple[QueryPlan, ...] = ()
    periods: Mapping[str, str] = field(default_factory=dict)
    follows_levels: bool = False

    @property
    def pivots(self) -> tuple[str, ...]:
        """Names of the dimensions that become columns, from the outermost."""
        dimensions = [item for item in self.columns if isinstance(item, ResolvedDimension)]
        return tuple(dimensions[number].name for number in self.plan.pivots or ())

    def values(self) -> Iterator[tuple[str, exp.Expr]]:
        """Give each column's name and its value over keys and calls, times as values and not as text."""
        number = 0
        for item in self.columns:
            if isinstance(item, ResolvedMeasure):
                yield item.name, item.tree
            else:
                yield item.name, exp.column(key_column(number))
                number += 1
