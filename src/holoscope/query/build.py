"""A spec becomes a plan: names resolved, row rules applied, the grain and the joins decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoJoinPath, NoSuchField
from holoscope.modeling.columns import table_key
from holoscope.modeling.conditions import Condition
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.references import qualified
from holoscope.modeling.timeframes import split_grain, weekday_index
from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.any_of import any_of
from holoscope.query.asked import Asked
from holoscope.query.attach import Closed, Level
from holoscope.query.comparing.build import build_periods
from holoscope.query.comparing.period import Period
from holoscope.query.compiled import FORMAT_COLUMN, GREATEST
from holoscope.query.display import Displays, fields_read
from holoscope.query.dynamic import model_for
from holoscope.query.facts import Facts, Grain, views_that_change_rows
from holoscope.query.fills.choose import choose_fills
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Context, Target
from holoscope.query.inside import model_inside, model_outside, refuse_broken
from holoscope.query.masks import shown_measure
from holoscope.query.named_topic import with_named_topic
from holoscope.query.passes import PASSES
from holoscope.query.pivoting import pivots_of, placed_order
from holoscope.query.plan.calls import CallPlanner, PresenceOf, is_strict
from holoscope.query.plan.grouping import Grouping
from holoscope.query.plan.node import OrderKey, Output, QueryPlan, Rows, Total, key_column
from holoscope.query.relax import Where, filtered_name
from holoscope.query.required import with_required_filters
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure
from holoscope.query.reuse.sign import sign
from holoscope.query.reuse.signature import Signature
from holoscope.query.rollups.choose import Rewritten, answer_from_rollup
from holoscope.query.scope import Scope
from holoscope.query.security import row_rules
from holoscope.query.source import Source, choose_source, find_source, require_usual_joins
from holoscope.query.spec import FieldFilter, NullSort, QuerySpec, Sort
from holoscope.query.subqueries import Subqueries
from holoscope.query.times import grain_text
from holoscope.query.totals import totals_of
from holoscope.query.value import Value, is_inner
from holoscope.sql.dialect import Dialect
from holoscope.sql.markers import wall_clock
from holoscope.sql.trees import copy_of

Column = ResolvedDimension | ResolvedMeasure
_SMALLEST = NullSort.OMNI_DEFAULT


@dataclass(slots=True)
class Built:
    """A plan and what naming its result needs: the columns asked for and the names that are missing.

    `rollup` names the view whose table is read in place of the base tables, of the plan `instead_of`.
    `signature` says what the plan's result holds, for questions that are asked later.
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
    signature: Signature | None = None
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


@dataclass(slots=True)
class Builder:
    """Builds the plan of one query. One instance per query; nothing outlives it.

    `is_read` is False for a query inside another: nobody formats its values.
    """

    spec: QuerySpec
    model: Model
    resolver: Resolver
    source: Source
    is_read: bool = True
    where: list[Where] = field(default_factory=list)
    having: list[exp.Expr] = field(default_factory=list)
    level: Level = field(init=False)

    def build(self) -> Built:
        """Resolve every part of the query and decide its plan."""
        self._note_filters()
        columns, missing = self._columns()
        for item in self.spec.filters:
            if item.field.lower() not in self.spec.added:
                self._filter(item)
        for group in self.spec.any_of:
            self._either(group)
        self._topic_rules()
        dimensions = [item for item in columns if isinstance(item, ResolvedDimension)]
        grouped = self.spec.group_by or len(dimensions) < len(columns) or bool(self.having)
        self.level = self._begin(dimensions)
        keys = tuple(self.level.place(item.value.tree, item.value.views) for item in dimensions)
        sorts = [sort for sort in self.spec.sorts if sort.column_name.lower() not in self.spec.added]
        order = tuple(self._order(sort, columns, dimensions, grouped) for sort in sorts)
        fills = (
            choose_fills(self.spec, dimensions, self.resolver, self._order_calls(dimensions))
            if grouped
            else ()
        )
        pivots = pivots_of(self.spec, dimensions, missing)
        if pivots is not None:
            order = placed_order(order, sorts, dimensions, pivots)
        order_of_keys = self._order_of_keys(dimensions, order, always=pivots is not None)
        helpers = self._helpers(columns, grouped) if self.is_read else {}
        closed = self.level.close(self.resolver.calls, self.where)
        written = grouping = self._grouping(closed, keys, _coarse(dimensions))
        # Rewrites know the query's own tables alone.
        alone = grouped and not self.level.attached
        rollup = self._rollup(written) if alone and closed.shown is None else None
        if rollup is not None:
            grouping = rollup.grouping
        for rewrite in PASSES if alone else ():
            grouping = rewrite(grouping, self.resolver.context.dialect.capabilities)
        if grouping is not written:
            self._planner(written).require_keys(written.calls)
        planner = self._planner(grouping)
        totals = totals_of(self.spec, dimensions, pivots, order, self.resolver) if grouped else ()
        self.level.facts.always_joined = views_that_change_rows(closed.joined)
        plan = QueryPlan(
            rows=self.level.attach(grouping.rows),
            keys=grouping.keys,
            parts=planner.plan(grouping.calls) if grouped else (),
            outputs=(*self._outputs(columns, dimensions), *chain.from_iterable(helpers.values())),
            having=tuple(self.having),
            order=order,
            limit_rows=self.spec.limit_rows,
            offset_rows=self.spec.offset_rows,
            totals=totals,
            total_order=order_of_keys,
            grouped=grouped,
            shown=closed.shown if keys else None,
            level_rows=self._level_rows(grouping.rows, totals),
            fills=fills,
            pivots=pivots,
        )
        shown = {item.name: item.name for item in columns} | {
            key: items[0].name for key, items in helpers.items()
        }
        context = self.resolver.context
        displays = Displays(self.model, context.scope, self.spec, self._settled, shown)
        now = bool(context.clock.reads)
        built = Built(plan, self.source, tuple(columns), missing, now, displays, self.resolver)
        built.follows_levels = self.level.follows_levels
        if self.is_read and not self.level.attached and closed.shown is None:
            name = rollup.view if rollup is not None else None
            built.signature = sign(plan, written, dimensions, self.where, self.resolver, name)
        if rollup is not None:
            parts = self._planner(written).plan(written.calls)
            built.rollup = rollup.view
            built.instead_of = replace(plan, rows=written.rows, keys=written.keys, parts=parts)
        return built

    def _rollup(self, written: Grouping) -> Rewritten | None:
        """Put the question to a rollup table, where one provably answers it."""
        return answer_from_rollup(written, self.source.topic, self.resolver)

    def _settled(self, name: str, view: str) -> str | None:
        try:
            return self.resolver.canonical(name, view)
        except NoSuchField:
            return None

    # -- what formats read -------------------------------------------------------------

    def _helpers(self, columns: list[Column], grouped: bool) -> dict[str, list[Output]]:
        """Make columns that readers drop for each value that only a format needs.

        In a group these are its least and its greatest value: a format never changes the groups. What would
        change the rows to be read is left out.
        """
        selected = {item.name for item in columns}
        helpers: dict[str, list[Output]] = {}
        for item in columns:
            for written in fields_read(item.field, self.model):
                name = self._settled(written, item.field.view)
                if name is None or name in selected or name in helpers:
                    continue
                values = self._helper(name, grouped)
                column = f"{FORMAT_COLUMN}{len(helpers)}"
                if values:
                    helpers[name] = [
                        Output(given, value)
                        for given, value in zip((column, column + GREATEST), values, strict=False)
                    ]
        return helpers

    def _helper(self, name: str, grouped: bool) -> list[exp.Expr]:
        dimension = self.resolver.dimension(name)
        if dimension is None:
            return self._helping_measure(name) if grouped else []
        value = dimension.value
        if not self._may_add(value):
            return []
        if not grouped:
            return [self.level.place(value.tree, value.views)]
        return [
            self.resolver.add_call(Call(kind, value.tree, value.views, name))
            for kind in (Aggregate.MIN, Aggregate.MAX)
        ]

    def _helping_measure(self, name: str) -> list[exp.Expr]:
        """Compute a measure for a format alone, where nothing about it could make the query fail."""
        trial = self.resolver.scratch()
        if trial.measure(name) is None:
            return []
        for call in trial.calls:
            keyed = all(not is_inner(view) and self.model.views[view].primary_key for view in call.reads)
            if call.literal is not None or not keyed or not self._leave_rows(call.reads):
                return []
        found = self.resolver.measure(name)
        return [] if found is None else [found.tree]

    def _may_add(self, value: Value) -> bool:
        """Tell whether reading a value leaves the rows, and what can be counted in them, as they are."""
        return is_strict(value.tree) and self._leave_rows(value.views)

    def _leave_rows(self, views: frozenset[str]) -> bool:
        tree = self.source.tree
        if any(is_inner(view) or view not in tree for view in views):
            return False
        steps = [edge for view in views for edge in tree.path(view)]
        return all(edge.kind == "LEFT" and not edge.multiplies_parent for edge in steps)

    def _planner(self, grouping: Grouping) -> CallPlanner:
        dialect = self.resolver.context.dialect
        return CallPlanner(grouping.joined, dialect, self._key_of, self._presence(grouping.rows))

    def _begin(self, dimensions: list[ResolvedDimension]) -> Level:
        """Begin the query's rows; its grain is what it is grouped by, but for what follows the grain."""
        facts = Facts(
            self.resolver,
            self.source.tree,
            tuple(item for item in self.where if item.field is None),
            tuple(item for item in self.where if item.field is not None),
            self._key_of,
            self._presence,
            has_totals=bool((self.spec.totals or self.spec.pivots) and dimensions),
        )
        grain = [Grain(number, item) for number, item in enumerate(dimensions)]
        return Level(facts, [part for part in grain if not facts.follows_query(part.dimension.value.views)])

    def _level_rows(self, rows: Rows, totals: tuple[Total, ...]) -> dict[tuple[int, ...], Rows]:
        """Give the rows of each level of totals where what is attached to them differs."""
        if not totals or not self.level.follows_levels:
            return {}
        if self.having:
            raise InvalidQuery(
                "Totals of a measure whose level of detail follows the query's grouping cannot be kept to "
                "the groups that pass a filter on a measure: remove the totals or that filter."
            )
        return {total.keeps: self.level.attach(rows, total.keeps) for total in totals}

    def _grouping(self, closed: Closed, keys: tuple[exp.Expr, ...], coarse: frozenset[int]) -> Grouping:
        rows, joined = closed.rows, closed.joined
        counts = self.model.catalog.row_counts
        known = tuple(
            (name, counts[key])
            for name in joined.views
            if (key := table_key(self.model.views[name], self.model.catalog)) in counts
        )
        return Grouping(rows, joined, keys, closed.calls, known, coarse)

    # -- what is asked ----------------------------------------------------------------

    def _columns(self) -> tuple[list[Column], tuple[str, ...]]:
        columns: list[Column] = []
        missing: list[str] = []
        for name in self.spec.fields:
            if name.lower() in self.spec.added:
                continue
            found: Column | None = self.resolver.dimension(name) or self.resolver.measure(name)
            if found is None:
                missing.append(name)
            else:
                columns.append(found)
        measures = (self.resolver.measure(name) for name in self.spec.unselected)
        columns += [found for found in measures if found is not None]
        return columns, tuple(missing)

    def _outputs(self, columns: list[Column], dimensions: list[ResolvedDimension]) -> tuple[Output, ...]:
        """Result columns in the order asked; the text of formatted grains comes after all others."""
        numbers = {item.name: number for number, item in enumerate(dimensions)}
        outputs: list[Output] = []
        texts: list[Output] = []
        for item in columns:
            if isinstance(item, ResolvedMeasure):
                outputs.append(Output(f"{item.name}__raw" if item.is_time else item.name, item.tree))
                if item.is_time:
                    texts.append(Output(item.name, self._time_text(item)))
                continue
            key = exp.column(key_column(numbers[item.name]))
            if item.formatted is None or item.grain is None:
                outputs.append(Output(item.name, key))
                continue
            outputs.append(Output(f"{item.name}__raw", key))
            texts.append(Output(item.name, grain_text(self.resolver, copy_of(key), item.grain)))
        return (*outputs, *texts)

    def _time_text(self, item: ResolvedMeasure) -> exp.Expr:
        """Write the least or greatest time as text, on the query's clock."""
        time = copy_of(item.tree)
        if item.type.has_zone:
            time = wall_clock(time, self.resolver.context.clock.zone, has_zone=True)
        return self.resolver.context.dialect.format_time(time, "timestamp")

    # -- filters ----------------------------------------------------------------------

    def _note_filters(self) -> None:
        """Tell the resolver the query's own filters, which filters of measures may refer to."""
        for item in self.spec.filters:
            name = self._filtered(item.field)
            if name is not None:
                self.resolver.query_filters[name] = item.condition

    def _filtered(self, name: str) -> str | None:
        """Give the name under which measures cancel a filter on a dimension."""
        base, word = split_grain(name)
        found = self.resolver.find(base)
        if not isinstance(found, Dimension):
            return None
        return filtered_name(f"{found.qualified_name}[{word}]" if word else found.qualified_name)

    def _filter(self, item: FieldFilter) -> None:
        base, _ = split_grain(item.field)
        direct = not item.required
        found = self.resolver.find(base, direct=direct) or self.resolver.find_filter(base, direct=direct)
        if item.ignore_if_unjoinable and (found is None or found.view not in self.source.tree):
            return
        if found is None:
            self.resolver.require(base)
        if isinstance(found, Measure):
            self._having(found, item.condition, masked=not item.authored)
        elif not isinstance(found, FilterField):
            target, views = self.resolver.target(item.field, direct=direct, masked=not item.authored)
            target = replace(target, back=self.resolver.back(_point_in_time(found, item.field)))
            self._restrict((target, views), item.condition, self._filtered(item.field))
        elif found.view not in self.source.tree:
            raise NoJoinPath(self.source.tree.base, found.view)

    def _either(self, group: tuple[FieldFilter, ...]) -> None:
        found = any_of(group, self.resolver, self.source.tree)
        if found is None:
            return
        predicate, views, about_groups = found
        if about_groups:
            self.having.append(predicate)
        else:
            self.where.append(Where(predicate, views))

    def _restrict(
        self, about: tuple[Target, frozenset[str]], condition: Condition, field: str | None = None
    ) -> None:
        target, views = about
        predicate = build_predicate(condition, target, self.resolver.context)
        if predicate is not None:
            self.where.append(Where(predicate, views, field))

    def _having(self, found: Measure, condition: Condition, *, masked: bool = False) -> None:
        tree, kind = shown_measure(self.resolver, found) if masked else self.resolver.measure_tree(found)
        target = Target(found.qualified_name, tree, kind, keep_nulls=False, shifted=kind.has_zone)
        predicate = build_predicate(condition, target, self.resolver.context)
        if predicate is not None:
            self.having.append(predicate)

    def _topic_rules(self) -> None:
        """Add what the topic demands of every query; rules of access come from the asker's scope."""
        topic = self.source.topic
        if topic is None:
            return
        for predicate, views in row_rules(topic, self.model, self.resolver):
            if any(map(is_inner, views)):
                raise InvalidQuery(
                    f'Topic "{topic.name}" restricts rows by a field that is computed from rows: '
                    "an access filter needs a field without level_of_detail and dynamic_top_n."
                )
            self.where.append(Where(predicate, views))
        for name, condition in topic.always_where_filters.items():
            if self.resolver.find_filter(name, direct=False) is None:
                self._restrict(self.resolver.target(self._of_base(name), direct=False), condition)
        if topic.always_where_sql is not None:
            value = self.resolver.expression(topic.always_where_sql, topic.base_view)
            self.where.append(Where(exp.Paren(this=value.tree), value.views))
        rules = (item.views for item in self.where if item.field is None)
        require_usual_joins(self.source, frozenset().union(*rules), self.resolver)
        for name, condition in topic.always_having_filters.items():
            found = self.resolver.find(self._of_base(name), direct=False)
            if not isinstance(found, Measure):
                raise NoSuchField(name)
            self._having(found, condition)
        if topic.always_having_sql is not None:
            rule = Measure(topic.base_view, "always_having_sql", topic.position, sql=topic.always_having_sql)
            self.having.append(self.resolver.measure_tree(rule)[0])

    def _of_base(self, name: str) -> str:
        return qualified(name, self.source.tree.base)

    # -- order ------------------------------------------------------------------------

    def _order(
        self, sort: Sort, columns: list[Column], dimensions: list[ResolvedDimension], grouped: bool
    ) -> OrderKey:
        name = sort.column_name.removesuffix("__raw")
        for item in columns:
            if item.name.lower() == name.lower():
                value = self._order_value(item, dimensions, sort, grouped)
                measured = isinstance(item, ResolvedMeasure)
                return OrderKey(value, sort.descending, sort.nulls, is_measure=measured)
        dimension = self.resolver.dimension(name)
        if dimension is not None:
            by = dimension.sort or dimension.value
            return OrderKey(self._unselected(by, sort, grouped), sort.descending, sort.nulls)
        measure = self.resolver.measure(name)
        if measure is not None and grouped:
            return OrderKey(measure.tree, sort.descending, sort.nulls, is_measure=True)
        raise NoSuchField(sort.column_name)

    def _order_value(
        self, item: Column, dimensions: list[ResolvedDimension], sort: Sort, grouped: bool
    ) -> exp.Expr:
        if isinstance(item, ResolvedMeasure):
            return item.tree
        if item.sort is not None:
            return self._unselected(item.sort, sort, grouped)
        return exp.column(key_column(dimensions.index(item)))

    def _unselected(self, value: Value, sort: Sort, grouped: bool) -> exp.Expr:
        """Order by a value that is no column: in a group, by its least or greatest, which adds no rows."""
        if not grouped:
            return copy_of(self.level.place(value.tree, value.views))
        aggregate = Aggregate.MAX if sort.descending else Aggregate.MIN
        return self.resolver.add_call(Call(aggregate, value.tree, value.views, sort.column_name))

    def _order_calls(self, dimensions: list[ResolvedDimension]) -> dict[int, int]:
        """For each dimension sorted by another value than its own, the number of the call that has it."""
        calls: dict[int, int] = {}
        for sort in self.spec.sorts:
            for number, item in enumerate(dimensions):
                if item.sort is not None and item.name.lower() == sort.column_name.lower():
                    calls[number] = int(self._unselected(item.sort, sort, True).name[1:])
        return calls

    def _order_of_keys(
        self, dimensions: list[ResolvedDimension], order: tuple[OrderKey, ...], *, always: bool = False
    ) -> tuple[OrderKey | None, ...]:
        """For each key, the sort the query gives it, for keeping members beside their subtotal.

        With `always`, a key that the query gives no sort has the order of its field, if that has one.
        """
        names = (
            sort.column_name.removesuffix("__raw").lower()
            for sort in self.spec.sorts
            if sort.column_name.lower() not in self.spec.added
        )
        given = dict(zip(names, order, strict=True))
        own = {
            item.name.lower(): OrderKey(
                self._unselected(item.sort, Sort(item.name), grouped=True), descending=False, nulls=_SMALLEST
            )
            for item in dimensions
            if always and item.sort is not None and item.name.lower() not in given
        }
        return tuple({**own, **given}.get(item.name.lower()) for item in dimensions)

    # -- keys -------------------------------------------------------------------------

    def _key_of(self, view_name: str) -> tuple[exp.Expr, ...]:
        view = self.model.views[view_name]
        keys: list[exp.Expr] = []
        for name in view.primary_key:
            dimension = view.dimensions.get(name)
            if dimension is not None:
                keys.append(self.resolver.raw(dimension).tree)
            elif name in view.key_sql:
                keys.append(self.resolver.expression(view.key_sql[name], view_name).tree)
        return tuple(keys)

    def _presence(self, rows: Rows) -> PresenceOf:
        def presence(view_name: str) -> exp.Expr | None:
            key = next((key for key in self._key_of(view_name) if is_strict(key)), None)
            if key is not None:
                return copy_of(key)
            for join in rows.joins:
                # A row that a FULL or RIGHT join keeps without a match may hold NULL there.
                if join.on is None:
                    continue
                if join.table.view == view_name and join.kind in ("LEFT", "INNER"):
                    return _joined_column(join.on, view_name)
                # What stands before a RIGHT join is there exactly where it has met its condition.
                if join.kind == "RIGHT" and join.table.view != view_name:
                    found = _joined_column(join.on, view_name)
                    if found is not None:
                        return found
            return None

        return presence


def _point_in_time(found: Dimension | None, name: str) -> str:
    """Give the name of a field that is filtered as it is, "" of one at a timeframe."""
    return "" if found is None or split_grain(name)[1] not in (None, "raw") else found.qualified_name


def _coarse(dimensions: list[ResolvedDimension]) -> frozenset[int]:
    """Positions of the dimensions whose grain is an hour or coarser."""
    return frozenset(
        number
        for number, item in enumerate(dimensions)
        if item.grain is not None and item.grain.is_hour_or_coarser
    )


def _joined_column(on: exp.Expr, view: str) -> exp.Expr | None:
    """Find a column of `view` that an equality of the join condition makes non-null."""
    for equality in on.find_all(exp.EQ):
        if equality.find_ancestor(exp.Or, exp.Not):
            continue
        for side in (equality.left, equality.right):
            if isinstance(side, exp.Column) and side.table == view:
                return copy_of(side)
    return None


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
    model = model_inside(model, source.topic)
    refuse_broken(spec, source.topic)
    spec = with_required_filters(spec, source.topic, model)
    week_start = _week_start(source, model)
    context = Context(dialect, Clockwork.at(now, time_zone, week_start, model.fiscal_month_offset), scope)

    def resolver(period: Period | None) -> Resolver:
        asked = Asked(model, spec, source.topic, source.tree, period.field if period else "")
        return Resolver(model, context, week_start, asked, subqueries_of_one(), period=period)

    def of(period: Period | None) -> Built:
        return Builder(spec, model, resolver(period), source).build()

    return build_periods(spec, resolver(None), of) if spec.compared.fields else of(None)


def _build_inner(spec: QuerySpec, around: Resolver, authored: bool) -> Built:
    """Build the plan of a query inside another: for the same asker, at the same instant, by its own topic."""
    model, context = model_outside(around.model), around.context
    spec = with_named_topic(spec, model, context.scope)
    find = find_source if authored else choose_source
    source = find(spec, model, context.scope)
    model = model_inside(model, source.topic)
    refuse_broken(spec, source.topic)
    spec = with_required_filters(spec, source.topic, model)
    week_start = _week_start(source, model)
    resolver = replace(
        around.afresh(),
        model=model,
        context=replace(context, clock=replace(context.clock, week_start=week_start)),
        week_start=week_start,
        asked=Asked(model, spec, source.topic, source.tree),
        unmasks=authored and not around.in_select,
    )
    return Builder(spec, model, resolver, source, is_read=False).build()


def subqueries_of_one() -> Subqueries:
    """Make what opens the queries inside one query."""
    return Subqueries(_build_inner)


def _week_start(source: Source, model: Model) -> int:
    first_day = (source.topic.week_start_day if source.topic else None) or model.week_start_day
    return weekday_index(first_day)
