"""What the inner aggregations of one query share: its source, its filters, and what it is grouped by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from holoscope.modeling.fields import Grouping
from holoscope.query.inner import Inner
from holoscope.query.joins import Joined, JoinTree
from holoscope.query.plan.calls import KeyOf, PresenceOf
from holoscope.query.plan.node import Rows
from holoscope.query.relax import Where
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.value import is_inner


@dataclass(slots=True)
class Facts:
    """What every inner aggregation shares with its query.

    `rules` hold for all rows whatever is cancelled; `filters` are the query's own. `always_joined`
    are the views whose joins add or remove rows of the query: its inner aggregations join them too.
    """

    resolver: Resolver
    tree: JoinTree
    rules: tuple[Where, ...]
    filters: tuple[Where, ...]
    key_of: KeyOf
    presence: Callable[[Rows], PresenceOf]
    has_totals: bool = False
    always_joined: frozenset[str] = frozenset()
    numbered: int = 0
    _reads: dict[str, frozenset[str]] = field(default_factory=dict)

    def reads(self, name: str) -> frozenset[str]:
        """Give every inner aggregation that one needs, itself included."""
        found = self._reads.get(name)
        if found is None:
            seen: set[str] = set()
            waiting = [name]
            while waiting:
                item = waiting.pop()
                if item not in seen:
                    seen.add(item)
                    waiting.extend(filter(is_inner, self._views(item)))
            found = self._reads[name] = frozenset(seen)
        return found

    def views_behind(self, name: str) -> frozenset[str]:
        """Name the views that an inner aggregation reads, those it needs included, with the ways to them."""
        read = frozenset().union(*map(self._views, self.reads(name)))
        named = sorted(view for view in read if not is_inner(view) and view in self.tree)
        return frozenset(self.tree.prune(named).views)

    def _views(self, name: str) -> frozenset[str]:
        inner, scratch = self.resolver.inner(name), self.resolver.scratch()
        inner.compute(scratch)
        return frozenset().union(*(key.views for key in inner.keys), *(call.reads for call in scratch.calls))

    def follows_query(self, views: Iterable[str]) -> bool:
        """Tell whether a value that reads `views` depends on what the query is grouped by."""
        return any(
            self.resolver.inner(item).grouping is not Grouping.FIXED
            for view in views
            if is_inner(view)
            for item in self.reads(view)
        )


@dataclass(frozen=True, slots=True)
class Grain:
    """One field the query is grouped by, and its place among them."""

    number: int
    dimension: ResolvedDimension


def excludes(inner: Inner, dimension: ResolvedDimension) -> bool:
    """Tell whether `always_exclude` names a field, or the timeframe it is asked at."""
    if inner.grouping is not Grouping.ALWAYS_EXCLUDE:
        return False
    name, grain = dimension.field.qualified_name, dimension.grain
    return name in inner.fields or (grain is not None and f"{name}[{grain.name}]" in inner.fields)


def views_that_change_rows(joined: Joined) -> frozenset[str]:
    """Give the views whose joins leave rows out or add some: other rows are asked without them."""
    return frozenset(
        edge.child for edge in joined.edges if edge.kind != "LEFT" or edge.relationship.where_sql is not None
    )
