"""Inner aggregations become tables joined to the rows that read them.

Each is a SELECT of its own over the query's source with the query's row rules and filters, grouped by
its grain, and joined back by a LEFT join on the grain in which NULL meets NULL. The grain is its key,
so the join repeats no row (docs/decisions/0033).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.kit.errors import FanOutNeedsKey, InvalidQuery
from holoscope.modeling.fields import Grouping
from holoscope.query.aggregates import REPEATABLE, Call
from holoscope.query.facts import Facts, Grain, excludes
from holoscope.query.generate import generate
from holoscope.query.inner import Inner
from holoscope.query.joins import Joined
from holoscope.query.plan.calls import CallPlanner
from holoscope.query.plan.node import Join, Output, QueryPlan, Rows, Table, key_column
from holoscope.query.relax import Relaxed, Where, relax
from holoscope.query.source import build_rows
from holoscope.query.value import is_inner
from holoscope.sql.markers import keys_meet
from holoscope.sql.quoting import column
from holoscope.sql.trees import copy_of, replaced

_RANKED = "ranked"


@dataclass(slots=True)
class Attached:
    """One table to be joined: inner aggregations of one grain, under one set of filters.

    `on` pairs an expression of the rows with the number of the query's field it stands for, None
    for a field of the grain itself. `per_level` tables are built anew for each level of totals.
    """

    alias: str
    members: list[Inner]
    cancelled: frozenset[str]
    on: list[tuple[exp.Expr, int | None]]
    per_level: bool


@dataclass(frozen=True, slots=True)
class _Placed:
    """A call whose inner aggregations have columns; `grain` are their own fields, None without any."""

    call: Call
    grain: tuple[exp.Expr, ...] | None = None
    grain_views: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Closed:
    """The rows of a level without what is attached to them, their joins, and the calls over them."""

    rows: Rows
    joined: Joined
    calls: tuple[Call, ...]
    shown: exp.Expr | None


class Level:
    """The rows of one SELECT while it is put together: the views it needs and what is attached to them."""

    def __init__(
        self, facts: Facts, grain: Sequence[Grain] = (), active: frozenset[str] = frozenset()
    ) -> None:
        self.facts = facts
        self.grain = tuple(grain)
        self.active = active
        self.needed: set[str] = {facts.tree.base, *facts.always_joined}
        self.attached: list[tuple[object, Attached]] = []

    @property
    def follows_levels(self) -> bool:
        """Tell whether something attached differs from one level of totals to the next."""
        return any(item.per_level for _, item in self.attached)

    # -- expressions ------------------------------------------------------------------

    def place(
        self,
        tree: exp.Expr,
        views: frozenset[str],
        *,
        cancelled: frozenset[str] = frozenset(),
        measured: bool = False,
    ) -> exp.Expr:
        """Note what an expression reads and put attached columns in where it reads inner aggregations.

        `measured` values follow each level of totals; others keep the grain of the data rows.
        """
        names = sorted(filter(is_inner, views))
        self.needed |= views.difference(names)
        if not names:
            return tree
        columns = {name: self._column(name, cancelled, measured) for name in names}

        def change(node: exp.Expr) -> exp.Expr:
            found = columns.get(node.table) if isinstance(node, exp.Column) else None
            return node if found is None else copy_of(found)

        return replaced(tree, change)

    def _column(self, name: str, cancelled: frozenset[str], measured: bool) -> exp.Expr:
        if name in self.active:
            raise InvalidQuery(f'"{name.removeprefix("$")}" is computed from itself.')
        inner = self.facts.resolver.inner(name)
        per_level = measured and self.facts.has_totals and self.facts.follows_query((name,))
        if inner.cancels_filters:
            cancelled = frozenset(where.field for where in self.facts.filters if where.field)
        attached = self._attached(inner, cancelled, per_level)
        names = [member.name for member in attached.members]
        value: exp.Expr = column(f"v{names.index(name)}", attached.alias)
        if inner.empty_is_zero:  # a row the filters leave out may meet no group: nothing was counted there
            value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
        return value

    def _attached(self, inner: Inner, cancelled: frozenset[str], per_level: bool) -> Attached:
        """Find or begin the table that gives an inner aggregation; equal grains share one."""
        ranked = inner.name if inner.ranked is not None else None
        keys = tuple(key.tree for key in inner.keys)
        excluded = frozenset(inner.fields) if inner.grouping is Grouping.ALWAYS_EXCLUDE else None
        shared = (inner.grouping, keys, excluded, cancelled, per_level, ranked)
        for key, item in self.attached:
            if key == shared and self._joins_in(inner, item):
                return item
        on = [(self.place(key.tree, key.views), None) for key in inner.keys]
        pairs: list[tuple[exp.Expr, int | None]] = [*on]
        for part in self.grain:
            if inner.grouping is not Grouping.FIXED and not excludes(inner, part.dimension):
                value = part.dimension.value
                pairs.append((self.place(value.tree, value.views), part.number))
        self.facts.numbered += 1
        fresh = Attached(f"$detail_{self.facts.numbered}", [inner], cancelled, pairs, per_level)
        self.attached.append((shared, fresh))
        return fresh

    def _joins_in(self, inner: Inner, item: Attached) -> bool:
        """Add an aggregation to a table, unless one of the two is computed from the other."""
        reads = self.facts.reads
        for member in item.members:
            if member.name == inner.name:
                return True
            if member.name in reads(inner.name) or inner.name in reads(member.name):
                return False
        item.members.append(inner)
        return True

    # -- calls ------------------------------------------------------------------------

    def _place_call(self, call: Call) -> _Placed:
        if not any(map(is_inner, call.reads)):
            self.needed |= call.reads
            return _Placed(call)
        names = sorted(filter(is_inner, call.views))
        if call.literal is not None and names:
            raise InvalidQuery(
                f'Measure "{call.measure}" aggregates "{names[0].removeprefix("$")}" in its own SQL, '
                "which cannot be kept exact: give it an aggregate_type."
            )

        def placed(tree: exp.Expr | None, views: frozenset[str]) -> exp.Expr | None:
            if tree is None:
                return None
            return self.place(tree, views, cancelled=call.cancels, measured=True)

        views = call.views.difference(names)
        fresh = replace(
            call,
            operand=placed(call.operand, call.views),
            condition=placed(call.condition, call.reads),
            views=views,
            condition_views=frozenset(view for view in call.condition_views if not is_inner(view)),
        )
        if call.once_per is not None:
            keys = tuple(self.place(key, call.views, measured=True) for key in call.once_per)
            return _Placed(replace(fresh, once_per=keys))
        if not names or call.aggregate in REPEATABLE:
            return _Placed(fresh)
        own = [key for name in names for key in self.facts.resolver.inner(name).keys]
        grain = tuple(dict.fromkeys(self.place(key.tree, key.views) for key in own))
        grain_views = frozenset(view for key in own for view in key.views if not is_inner(view))
        return _Placed(fresh, grain, grain_views)

    def _settle(self, placed: _Placed, joined: Joined) -> Call:
        """Decide what tells the values of a call apart: rows, or the grain they were computed at."""
        call, grain = placed.call, placed.grain
        if grain is None:
            return call
        if not call.views:
            return replace(call, once_per=grain or (exp.true(),))
        determined = all(
            any(joined.determines(view, other) for view in call.views) for other in placed.grain_views
        )
        if determined:
            return call
        keys: list[exp.Expr] = []
        for view in joined.key_views(call.views):
            found = self.facts.key_of(view)
            if not found:
                raise FanOutNeedsKey(call.measure, view)
            keys.extend(found)
        return replace(call, once_per=(*keys, *grain))

    # -- rows -------------------------------------------------------------------------

    def close(self, calls: Sequence[Call], wheres: Sequence[Where]) -> Closed:
        """Decide the joins once everything is placed, and where each filter holds."""
        placed = [self._place_call(call) for call in calls]
        tests = [replace(item, tree=self.place(item.tree, item.views)) for item in wheres]
        resolver = self.facts.resolver
        relaxed: Relaxed = relax([item.call for item in placed], tests)
        rows, joined = build_rows(self.facts.tree, frozenset(self.needed), list(relaxed.where), resolver)
        settled = [
            self._settle(replace(item, call=call), joined)
            for item, call in zip(placed, relaxed.calls, strict=False)
        ]
        return Closed(rows, joined, (*settled, *relaxed.calls[len(settled) :]), relaxed.shown)

    def views_read(self, joined: Joined) -> frozenset[str]:
        """Name the views whose rows are read: those that are joined, and those of inner aggregations."""
        members = (member.name for _, item in self.attached for member in item.members)
        return frozenset(joined.views).union(*map(self.facts.views_behind, members))

    def attach(self, rows: Rows, keeps: tuple[int, ...] | None = None) -> Rows:
        """Join what was placed; for a level of totals, as it is where the fields at `keeps` stay."""
        if not self.attached:
            return rows
        tables = tuple(self._table(item, keeps) for _, item in self.attached)
        return replace(rows, joins=(*rows.joins, *tables))

    def _table(self, item: Attached, keeps: tuple[int, ...] | None) -> Join:
        if not item.per_level:
            keeps = None
        grain = tuple(part for part in self.grain if keeps is None or part.number in keeps)
        numbers = {part.number for part in grain}
        on = [tree for tree, number in item.on if number is None or number in numbers]
        plan = self._plan(item, grain)
        select = generate(plan)
        if item.members[0].ranked is not None:
            select = _ranking(select, descending=item.members[0].ranked)
        meets = [
            keys_meet(copy_of(tree), column(key_column(number), item.alias)) for number, tree in enumerate(on)
        ]
        test = exp.and_(*meets, copy=False) if meets else exp.true()
        return Join(Table(item.alias, select.subquery(copy=False)), "LEFT", test, attached=True)

    def _plan(self, item: Attached, grain: tuple[Grain, ...]) -> QueryPlan:
        facts = self.facts
        level = Level(facts, grain, self.active.union(member.name for member in item.members))
        resolver = facts.resolver.scratch()
        values = [member.compute(resolver) for member in item.members]
        keys = [level.place(key.tree, key.views) for key in item.members[0].keys]
        kept = {number for _, number in item.on}
        for part in grain:
            if part.number in kept:
                value = part.dimension.value
                keys.append(level.place(value.tree, value.views))
        closed = level.close(resolver.calls, level.wheres(item.cancelled))
        rows = level.attach(closed.rows)
        planner = CallPlanner(
            closed.joined, resolver.context.dialect, facts.key_of, facts.presence(closed.rows)
        )
        outputs = [Output(name, exp.column(name)) for name in map(key_column, range(len(keys)))]
        outputs += [Output(f"v{number}", value) for number, value in enumerate(values)]
        return QueryPlan(
            rows=rows,
            keys=tuple(keys),
            parts=planner.plan(closed.calls),
            outputs=tuple(outputs),
            having=(closed.shown,) if closed.shown is not None and keys else (),
            order=(),
            limit_rows=None,
            offset_rows=0,
            totals=(),
            total_order=(),
            grouped=True,
        )

    def wheres(self, cancelled: frozenset[str]) -> list[Where]:
        """Give what the rows of an inner aggregation must meet.

        A filter of the query on an inner aggregation holds outside alone; a rule of the topic on one
        holds everywhere but within itself.
        """
        rules = [item for item in self.facts.rules if not self._is_about_active(item)]
        filters = [
            item
            for item in self.facts.filters
            if item.field not in cancelled and not any(map(is_inner, item.views))
        ]
        return [*rules, *filters]

    def _is_about_active(self, rule: Where) -> bool:
        names = filter(is_inner, rule.views)
        return any(not self.active.isdisjoint(self.facts.reads(name)) for name in names)


def _ranking(select: exp.Select, *, descending: bool) -> exp.Select:
    """Give each key its place by the value; equal values are told apart by the key, NULL is last."""
    key, value = column(key_column(0), _RANKED), column("v0", _RANKED)
    order = [
        exp.Ordered(this=value, desc=descending, nulls_first=False),
        exp.Ordered(this=key.copy(), desc=False, nulls_first=True),
    ]
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))
    return exp.select(key, exp.alias_(place, "v0")).from_(select.subquery(_RANKED, copy=False), copy=False)
