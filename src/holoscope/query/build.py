"""A spec becomes a plan: names resolved, row rules applied, the grain and the joins decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import chain

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import weekday_index
from holoscope.query.asked import Asked
from holoscope.query.attach import Level
from holoscope.query.built import Built
from holoscope.query.comparing.build import build_periods
from holoscope.query.comparing.period import Period
from holoscope.query.dimensions import find_dimension
from holoscope.query.display import Displays
from holoscope.query.dynamic import model_for
from holoscope.query.fills.choose import choose_fills
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.target import Context
from holoscope.query.format_columns import FormatColumns
from holoscope.query.inside import model_inside, model_outside, refuse_broken
from holoscope.query.measures import find_measure
from holoscope.query.named_topic import with_named_topic
from holoscope.query.outputs import outputs_of
from holoscope.query.pivoting import pivots_of, placed_order
from holoscope.query.plan.grouping import Grouping
from holoscope.query.plan.node import Output, QueryPlan, Rows, Total
from holoscope.query.planning import Planned, Planning
from holoscope.query.required import with_required_filters
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import Column, ResolvedDimension
from holoscope.query.restrictions import Restrictions
from holoscope.query.reuse.sign import sign
from holoscope.query.rollups.choose import Rewritten, answer_from_rollup
from holoscope.query.scope import Scope
from holoscope.query.sorting import Sorting
from holoscope.query.source import Source, choose_source, find_source
from holoscope.query.spec import QuerySpec
from holoscope.query.subqueries import Subqueries
from holoscope.query.told import Told
from holoscope.query.totals import totals_of
from holoscope.sql.dialect import Dialect


@dataclass(slots=True)
class Builder:
    """Builds the plan of one query. One instance per query; nothing outlives it.

    `is_read` is False for a query inside another: nobody formats its values. One that the model wrote
    `is_authored`: of a view without a topic it reads all rows.
    """

    spec: QuerySpec
    resolver: Resolver
    source: Source
    is_read: bool = True
    is_authored: bool = False
    restrictions: Restrictions = field(init=False)

    def __post_init__(self) -> None:
        """Begin without any restriction."""
        self.restrictions = Restrictions(self.spec, self.resolver, self.source)

    def build(self) -> Built:
        """Resolve every part of the query and decide its plan."""
        spec, resolver, restrictions = self.spec, self.resolver, self.restrictions
        restrictions.announce()
        columns, missing = self._columns()
        restrictions.collect()
        dimensions = [item for item in columns if isinstance(item, ResolvedDimension)]
        grouped = spec.group_by or len(dimensions) < len(columns) or bool(restrictions.having)
        of_views = self.source.topic is None and not self.is_authored
        planning = Planning(resolver, self.source.tree, of_views)
        has_totals = bool((spec.totals or spec.pivots) and dimensions)
        level = planning.begin(dimensions, restrictions.where, has_totals=has_totals)
        keys = tuple(level.place(item.value.tree, item.value.views) for item in dimensions)
        sorts = [sort for sort in spec.sorts if sort.column_name.lower() not in spec.added]
        sorting = Sorting(resolver, level, columns, dimensions, sorts, grouped)
        order = sorting.keys()
        fills = choose_fills(spec, dimensions, resolver, sorting.calls()) if grouped else ()
        pivots = pivots_of(spec, dimensions, missing)
        if pivots is not None:
            order = placed_order(order, sorts, dimensions, pivots)
        order_of_dimensions = sorting.of_dimensions(order, always=pivots is not None)
        helpers = FormatColumns(resolver, level, grouped).of(columns) if self.is_read else {}
        planned = planning.finish(
            level, keys, dimensions, restrictions.where, grouped=grouped, rollup_of=self._rollup_of
        )
        totals = totals_of(spec, dimensions, pivots, order, resolver) if grouped else ()
        plan = QueryPlan(
            rows=planned.rows,
            keys=planned.grouping.keys,
            parts=planned.parts,
            outputs=(*outputs_of(columns, resolver), *chain.from_iterable(helpers.values())),
            having=tuple(restrictions.having),
            order=order,
            limit_rows=spec.limit_rows,
            offset_rows=spec.offset_rows,
            totals=totals,
            total_order=order_of_dimensions,
            grouped=grouped,
            shown=planned.shown if keys else None,
            level_rows=self._level_rows(level, planned.grouping.rows, totals),
            fills=fills,
            pivots=pivots,
        )
        built = Built(
            plan,
            self.source,
            tuple(columns),
            missing,
            depends_on_now=bool(resolver.context.clock.reads),
            displays=self._displays(columns, helpers),
            resolver=resolver,
            follows_levels=level.follows_levels,
        )
        if self.is_read and not level.attached and planned.shown is None:
            name = planned.rollup.view if planned.rollup is not None else None
            written, wheres = planned.written, (*restrictions.where, *planned.rules)
            built.sign = cache(lambda: sign(plan, written, dimensions, wheres, resolver, name))
        if planned.rollup is not None:
            built.rollup = planned.rollup.view
            built.instead_of = _instead_of(plan, planned, planning)
        return built

    def _columns(self) -> tuple[list[Column], tuple[str, ...]]:
        columns: list[Column] = []
        missing: list[str] = []
        for name in self.spec.fields:
            if name.lower() in self.spec.added:
                continue
            found: Column | None = find_dimension(self.resolver, name) or find_measure(self.resolver, name)
            if found is None:
                missing.append(name)
            else:
                columns.append(found)
        measures = (find_measure(self.resolver, name) for name in self.spec.unselected)
        columns += [found for found in measures if found is not None]
        return columns, tuple(missing)

    def _rollup_of(self, written: Grouping) -> Rewritten | None:
        """Put the question to a rollup table, where one provably answers it."""
        return answer_from_rollup(written, self.source.topic, self.resolver)

    def _displays(self, columns: list[Column], helpers: dict[str, list[Output]]) -> Displays:
        resolver = self.resolver
        shown = {item.name: item.name for item in columns}
        shown |= {name: outputs[0].name for name, outputs in helpers.items()}
        return Displays(resolver.model, resolver.context.scope, self.spec, resolver.lookup.settled, shown)

    def _level_rows(self, level: Level, rows: Rows, totals: tuple[Total, ...]) -> dict[tuple[int, ...], Rows]:
        """Give the rows of each level of totals where what is attached to them differs."""
        if not totals or not level.follows_levels:
            return {}
        if self.restrictions.having:
            raise InvalidQuery(
                "Totals of a measure whose level of detail follows the query's grouping cannot be kept to "
                "the groups that pass a filter on a measure: remove the totals or that filter."
            )
        return {total.keeps: level.attach(rows, total.keeps) for total in totals}


def _instead_of(plan: QueryPlan, planned: Planned, planning: Planning) -> QueryPlan:
    """Give the plan over the base tables, in place of which a rollup is read."""
    written = planned.written
    return replace(plan, rows=written.rows, keys=written.keys, parts=planning.parts(written))


def build(
    spec: QuerySpec, model: Model, scope: Scope, dialect: Dialect, *, now: datetime, time_zone: str
) -> Built:
    """Build the plan of one query for one asker.

    Raises:
        Forbidden, InvalidQuery, NoSuchField, NoJoinPath, FanOutNeedsKey, Unsupported.
    """
    if not spec.fields:
        raise InvalidQuery("The query asks for no fields: put at least one name into query.fields.")
    model = model_for(model, scope)
    source = choose_source(spec, model, scope)
    spec, model, week_start = _settled(spec, model, source, scope)
    context = Context(dialect, Clockwork.at(now, time_zone, week_start, model.fiscal_month_offset), scope)

    def resolver(period: Period | None) -> Resolver:
        moved = period.field if period else ""
        asked = Asked(model, spec, source.topic, source.tree, moved, scope=scope)
        return Resolver(model, context, week_start, asked, subqueries_of_one(), period=period)

    def of(period: Period | None) -> Built:
        return Builder(spec, resolver(period), source).build()

    return build_periods(spec, resolver(None), of) if spec.compared.fields else of(None)


def _build_inner(spec: QuerySpec, around: Resolver, authored: bool) -> Built:
    """Build the plan of a query inside another: for the same asker, at the same instant, by its own topic."""
    model, context = model_outside(around.model), around.context
    spec = with_named_topic(spec, model, context.scope)
    find = find_source if authored else choose_source
    source = find(spec, model, context.scope)
    spec, model, week_start = _settled(spec, model, source, context.scope)
    resolver = replace(
        around.afresh(),
        model=model,
        context=replace(context, clock=replace(context.clock, week_start=week_start)),
        week_start=week_start,
        asked=Asked(model, spec, source.topic, source.tree, scope=None if authored else context.scope),
        unmasks=authored and not around.in_select,
    )
    return Builder(spec, resolver, source, is_read=False, is_authored=authored).build()


def subqueries_of_one() -> Subqueries:
    """Make what opens the queries inside one query."""
    return Subqueries(_build_inner)


def _settled(spec: QuerySpec, model: Model, source: Source, scope: Scope) -> tuple[QuerySpec, Model, int]:
    """Give what the topic makes of a query: the filters it needs, the model as seen from it, its weeks."""
    model = model_inside(model, source.topic)
    refuse_broken(spec, source.topic, Told(model, scope))
    first_day = (source.topic.week_start_day if source.topic else None) or model.week_start_day
    return with_required_filters(spec, source.topic, model), model, weekday_index(first_day)
