"""The signature of a query, taken from what its builder decided before any rewrite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlglot import exp

from holoscope.modeling.timeframes import GrainKind
from holoscope.modeling.types import Aggregate, ColumnType
from holoscope.query.aggregates import Call
from holoscope.query.plan.grouping import Grouping
from holoscope.query.plan.node import QueryPlan, key_column
from holoscope.query.relax import Where
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.reuse.kinds import Kind, KindOf, kind_of
from holoscope.query.reuse.signature import Key, Signature, Time, bare, conjuncts
from holoscope.query.times import grain_text
from holoscope.query.types import UNKNOWN
from holoscope.query.wall import wall_of
from holoscope.sql.markers import find_wall_clocks, zone_of

_PROVEN = frozenset(
    (
        "rows", "keys", "parts", "outputs", "having", "order", "limit_rows", "offset_rows", "total_order",
        "grouped",
    )
)  # fmt: skip
_OF_VALUES = (Aggregate.MIN, Aggregate.MAX, Aggregate.COUNT_DISTINCT)


def sign(
    plan: QueryPlan,
    written: Grouping,
    dimensions: Sequence[ResolvedDimension],
    wheres: Sequence[Where],
    resolver: Resolver,
    rollup: str | None,
) -> Signature | None:
    """Say what the result of `plan` holds; None where nothing is proven about results of its form.

    `written` is the grouping before passes, with one key for each of `dimensions`.
    """
    # Whatever a plan may come to say beside these is not proven until it is added here.
    if any(getattr(plan, item.name) for item in fields(plan) if item.name not in _PROVEN):
        return None
    if len(written.rows.joins) != len(written.joined.edges):
        return None
    type_of = _types(resolver)
    own = {part for where in wheres if where.field is not None for part in conjuncts(where.tree)}
    demanded = {part for where in wheres if where.field is None for part in conjuncts(where.tree)}
    met = {part for tree in written.rows.where for part in conjuncts(tree)}
    return Signature(
        dialect=resolver.context.dialect.name,
        rollup=rollup,
        rows=written.rows,
        joined=written.joined,
        rules=frozenset((met - own) | demanded),
        filters=frozenset(own),
        keys=tuple(
            Key(bare(tree), kind_of(tree, type_of), _time(tree, item, number, resolver))
            for number, (tree, item) in enumerate(zip(written.keys, dimensions, strict=True))
        ),
        calls=written.calls,
        kinds=tuple(_kind(call, type_of) for call in written.calls),
        outputs=plan.outputs,
        having=frozenset(part for tree in plan.having for part in conjuncts(tree)),
        order=plan.order,
        limit_rows=plan.limit_rows,
        offset_rows=plan.offset_rows,
        grouped=plan.grouped,
    )


def _types(resolver: Resolver) -> KindOf:
    def type_of(view: str, name: str) -> ColumnType:
        return resolver.columns.type_of(view, name) if view in resolver.model.views else UNKNOWN

    return type_of


def _kind(call: Call, type_of: KindOf) -> Kind:
    """Say what a call aggregates, where its results are values of that."""
    if call.operand is None or call.aggregate not in _OF_VALUES:
        return Kind.UNCERTAIN
    return kind_of(call.operand, type_of)


def _time(tree: exp.Expr, item: ResolvedDimension, number: int, resolver: Resolver) -> Time | None:
    """Say which time a key is computed from, if it is from one alone."""
    grain = item.grain
    if grain is None or grain.kind in (GrainKind.RAW, GrainKind.ELAPSED):
        return None
    raw = resolver.raw(item.field)
    wall, week_start = wall_of(resolver, raw), resolver.week_start_of(item.field)
    begins = False
    if grain.kind is GrainKind.TRUNCATED and not grain.needs_fiscal:
        floored = resolver.context.dialect.truncate(wall.copy(), grain.name, week_start=week_start)
        begins = bare(tree) == bare(floored)
    return Time(
        wall=bare(wall),
        raw=bare(raw.tree),
        grain=grain.name,
        week_start=week_start,
        begins=begins,
        zone=_zone(bare(wall), bare(raw.tree)),
        date_only=raw.type.date_only,
        text=grain_text(resolver, exp.column(key_column(number)), grain)
        if begins and item.formatted
        else None,
    )


def _zone(wall: exp.Expr, raw: exp.Expr) -> str | None:
    """Say on which clock a wall time is read from the stored time; None where more is done to it."""
    if wall == raw:
        return "UTC"
    if wall not in find_wall_clocks(wall):
        return None
    assert isinstance(wall, exp.Anonymous)  # noqa: S101  (markers are)
    value, zone, _ = zone_of(wall)
    return zone if bare(value) == raw else None
