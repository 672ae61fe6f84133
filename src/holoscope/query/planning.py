"""Rows, groups and parts of one SELECT: what follows once it is known what it shows and is restricted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.modeling.columns import table_key
from holoscope.query.attach import Closed, Level
from holoscope.query.facts import Facts, Grain, views_that_change_rows
from holoscope.query.joins import JoinTree
from holoscope.query.keys import Keys
from holoscope.query.passes import PASSES
from holoscope.query.plan.calls import CallPlanner
from holoscope.query.plan.grouping import Grouping
from holoscope.query.plan.node import Part, Rows
from holoscope.query.relax import Where
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.rollups.choose import Rewritten
from holoscope.query.shown_keys import keeps_other_side, meeting_shown, rules_of_keys
from holoscope.query.view_rules import rules_of_views

RollupOf = Callable[[Grouping], Rewritten | None]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a SELECT reads and how it groups that, with everything that is attached to its rows.

    `written` is the grouping before any rewrite, `rollup` what it was rewritten to, if it was. `parts` say
    how the calls are computed, none where nothing is grouped. `rules` are those that the views brought.
    """

    rows: Rows
    grouping: Grouping
    parts: tuple[Part, ...]
    written: Grouping
    rollup: Rewritten | None
    shown: exp.Expr | None
    rules: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Planning:
    """Plans the rows of one SELECT over a join tree.

    With `of_views` no topic governs them: each view that is read brings the rules of its rows.
    """

    resolver: Resolver
    tree: JoinTree
    of_views: bool = False

    def begin(
        self, dimensions: Sequence[ResolvedDimension], wheres: Sequence[Where], *, has_totals: bool = False
    ) -> Level:
        """Begin the rows; their grain is what they are grouped by, but for what follows the grain."""
        keys = Keys(self.resolver)
        facts = Facts(
            self.resolver,
            self.tree,
            tuple(item for item in wheres if item.field is None),
            tuple(item for item in wheres if item.field is not None),
            keys.of_view,
            keys.presence_in,
            has_totals=has_totals,
        )
        grain = [Grain(number, item) for number, item in enumerate(dimensions)]
        return Level(facts, [part for part in grain if not facts.follows_query(part.dimension.value.views)])

    def finish(
        self,
        level: Level,
        keys: tuple[exp.Expr, ...],
        dimensions: Sequence[ResolvedDimension],
        wheres: Sequence[Where],
        *,
        grouped: bool,
        rollup_of: RollupOf = lambda written: None,
    ) -> Planned:
        """Decide joins, rewrites and parts, once everything that is shown has been placed on the level.

        Raises:
            FanOutNeedsKey: an exact answer needs the key of a view that has none.
            Forbidden, InvalidQuery: the asker may not see rows of a view, or not without its topic.
        """
        closed, rules = self._closed(level, wheres, grouped=grouped)
        written = grouping = self._grouping(closed, keys, dimensions)
        # Rewrites know the query's own tables alone.
        alone = grouped and not level.attached and len(closed.rows.joins) == len(closed.joined.edges)
        rollup = rollup_of(written) if alone and closed.shown is None else None
        if rollup is not None:
            grouping = rollup.grouping
        for rewrite in PASSES if alone else ():
            grouping = rewrite(grouping, self.resolver.context.dialect.capabilities)
        if grouping is not written:
            self._planner(written).require_keys(written.calls)
        level.facts.always_joined = views_that_change_rows(closed.joined)
        return Planned(
            rows=level.attach(grouping.rows),
            grouping=grouping,
            parts=self.parts(grouping) if grouped else (),
            written=written,
            rollup=rollup,
            shown=closed.shown,
            rules=rules,
        )

    def _closed(
        self, level: Level, wheres: Sequence[Where], *, grouped: bool
    ) -> tuple[Closed, tuple[Where, ...]]:
        """Decide the joins, and then once more with the rules about the rows that are read.

        Groups count each row once, whatever rules join to it; rows as they are must not be repeated by that,
        and neither may come to have rows that a rule alone joins.
        """
        calls = self.resolver.calls
        own = [item for item in wheres if not item.of_access]
        if grouped and not self.of_views and not keeps_other_side(self.tree.edges.values()):
            return level.close(calls, wheres), ()
        closed = level.close(calls, own)
        found: tuple[Where, ...] = ()
        if self.of_views:
            found = tuple(rules_of_views(level.views_read(closed.joined), self.tree, self.resolver))
            level.facts.rules += found
        rules = (*(item for item in wheres if item.of_access), *found)
        if not rules:
            return closed, ()
        beside = rules_of_keys(level, closed.joined, rules, grouped=grouped)
        if not beside:
            return level.close(calls, [*wheres, *found]), found
        kept = level.close(calls, [*own, *(item for item in rules if item not in beside)])
        return replace(kept, rows=meeting_shown(kept.rows, level, kept.joined, beside)), found

    def parts(self, grouping: Grouping) -> tuple[Part, ...]:
        """Decide how the calls of a grouping are computed."""
        return self._planner(grouping).plan(grouping.calls)

    def _planner(self, grouping: Grouping) -> CallPlanner:
        keys, dialect = Keys(self.resolver), self.resolver.context.dialect
        return CallPlanner(grouping.joined, dialect, keys.of_view, keys.presence_in(grouping.rows))

    def _grouping(
        self, closed: Closed, keys: tuple[exp.Expr, ...], dimensions: Sequence[ResolvedDimension]
    ) -> Grouping:
        model = self.resolver.model
        counts = model.catalog.row_counts
        known = tuple(
            (name, counts[key])
            for name in closed.joined.views
            if (key := table_key(model.views[name], model.catalog)) in counts
        )
        coarse = frozenset(
            number
            for number, item in enumerate(dimensions)
            if item.grain is not None and item.grain.is_hour_or_coarser
        )
        return Grouping(closed.rows, closed.joined, keys, closed.calls, known, coarse)
