"""What a rollup table holds, in the expressions of the tables it was made from.

A column stands for the expression its field compiles to, in UTC and for the topic the table was made
in. Fields whose expression depends on who asks, or on the time of asking, stand for nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlglot import exp

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.references import find_references
from holoscope.modeling.timeframes import GRAINS, Grain, GrainKind, split_grain, weekday_index
from holoscope.modeling.topics import Topic
from holoscope.modeling.types import Aggregate, ColumnType, DataType
from holoscope.modeling.views import Rollup, View
from holoscope.query.asked import example_of
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.joins import Joined, tree_of_topic, tree_of_view
from holoscope.query.plan.node import Table
from holoscope.query.resolve import Resolver
from holoscope.query.scope import Scope
from holoscope.query.selects import table_of
from holoscope.query.source import build_rows
from holoscope.query.targets import target_of
from holoscope.query.value import Value
from holoscope.sql.quoting import column
from holoscope.sql.trees import cast

ADDING = frozenset((Aggregate.SUM, Aggregate.COUNT, Aggregate.MIN, Aggregate.MAX))
"""Aggregates whose results add up to those of a coarser grain."""

_COARSER = {
    "year": (),
    "quarter": ("year",),
    "month": ("quarter", "year"),
    "week": (),
    "date": ("week", "month", "quarter", "year"),
}
_COARSER |= {
    finer: (*("minute", "hour")[at:], "date", *_COARSER["date"])
    for at, finer in enumerate(("second", "minute", "hour"))
}
_ORDER = ("year", "quarter", "month", "week", "date", "hour", "minute", "second")
_NOBODY = Scope({}, frozenset())
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Bound:
    """A stored period of a time: bounds at the start of a `unit` mean the same for both.

    Periods are those of a `zone`; a bound counts only where the zone's clock is steady around it.
    """

    column: exp.Expr
    unit: str
    week_start: int
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class StoredDimension:
    """The expressions a column answers, each with what to read instead; `views` are those it reads."""

    views: frozenset[str]
    patterns: tuple[tuple[exp.Expr, exp.Expr], ...]
    bounds: tuple[tuple[exp.Expr, Bound], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRollup:
    """A rollup table: its columns, the joins its rows were made with, and the filters they passed."""

    view: str
    base: str
    topic: str | None
    table: Table
    joined: Joined
    dimensions: tuple[StoredDimension, ...]
    calls: Mapping[object, exp.Expr]
    pins: frozenset[exp.Expr]
    coarseness: tuple[int, int, str]


def stored_rollup(view: View, rollup: Rollup, around: Resolver) -> StoredRollup | None:
    """Say what the table behind `view` holds; None when that cannot be told for certain.

    Of `around`, the resolver of a query, only the model, the dialect and the week's first day matter.
    """
    model = around.model
    if view.query is not None:
        return None  # a query is no table
    topic = model.topics.get(rollup.topic) if rollup.topic is not None else None
    if (rollup.topic is not None and topic is None) or (topic and topic.base_view != rollup.base_view):
        return None
    try:
        return _Reader(view, rollup, around, topic).read()
    except HoloscopeError:
        return None  # a field of it does not compile


class _Reader:
    """Reads one rollup."""

    def __init__(self, view: View, rollup: Rollup, around: Resolver, topic: Topic | None) -> None:
        self.view, self.rollup, self.topic = view, rollup, topic
        self.model, self.dialect = around.model, around.context.dialect
        self.clock = Clockwork.at(_EARLIEST, "UTC", around.week_start)
        self.resolver = self._resolver(around, around.week_start)
        # A stored week begins on the day the table's own topic says.
        first_day = (topic.week_start_day if topic else None) or self.model.week_start_day
        self.own = self._resolver(around, weekday_index(first_day))

    def _resolver(self, around: Resolver, week_start: int) -> Resolver:
        context = replace(around.context, clock=self.clock, scope=_NOBODY)
        asked = example_of(self.model)
        return replace(around.afresh(), context=context, week_start=week_start, asked=asked)

    def read(self) -> StoredRollup | None:
        dimensions: list[StoredDimension] = []
        calls: dict[object, exp.Expr] = {}
        views = {self.rollup.base_view}
        fineness = 0
        for name, stored_in in self.rollup.fields.items():
            base, word = split_grain(name)
            found = self.resolver.lookup.find(base, direct=False)
            if found is None:
                return None
            if isinstance(found, Measure):
                if not self._measure(found, stored_in, calls, views):
                    return None
                continue
            dimension = self._dimension(found, word, stored_in)
            if dimension is None:
                return None
            dimensions.append(dimension)
            views |= dimension.views
            fineness += _ORDER.index(word) if word in _ORDER else len(_ORDER)
        pins = self._pins(views)
        if pins is None or self.clock.reads:
            return None
        tree = tree_of_topic(self.topic, self.model) if self.topic else tree_of_view(self._base, self.model)
        _, joined = build_rows(tree, frozenset(views), [], self.resolver)
        if not self._are_the_same_for_all(joined):
            return None
        return StoredRollup(
            view=self.view.name,
            base=self._base,
            topic=self.rollup.topic,
            table=table_of(self.view.name, self.resolver),
            joined=joined,
            dimensions=tuple(dimensions),
            calls=calls,
            pins=pins,
            coarseness=(len(dimensions), fineness, self.view.name),
        )

    @property
    def _base(self) -> str:
        return self.rollup.base_view

    def _are_the_same_for_all(self, joined: Joined) -> bool:
        """Tell whether the rows depend on nothing a query says: no templates, no queries behind views."""
        views = [self.model.views[name] for name in joined.views]
        if any(view.query is not None or "{" in (view.sql or "") for view in views):
            return False
        conditions = [edge.relationship for edge in joined.edges]
        return not any("{{" in f"{one.on_sql}{one.where_sql}" for one in conditions)

    def _measure(
        self, found: Measure, stored_in: str, calls: dict[object, exp.Expr], views: set[str]
    ) -> bool:
        """Note the one call a measure is; its joins matter even where the column is of no use."""
        before = len(self.resolver.calls)
        tree, kind = self.resolver.measure_tree(found)
        for call in self.resolver.calls[before:]:
            views |= call.reads
        number = tree.name.removeprefix("a") if isinstance(tree, exp.Column) else ""
        if not number.isdecimal() or not self._is_plain(found):
            return True
        call = self.resolver.calls[int(number)]
        if call.aggregate not in ADDING or call.literal is not None or call.once_per is not None:
            return True
        if self._column_type(stored_in).data_type is not kind.data_type:
            return False
        calls[call.key()] = column(stored_in, self.view.name)
        return True

    def _dimension(self, found: Dimension, word: str | None, stored_in: str) -> StoredDimension | None:
        raw = self.resolver.raw(found)
        kind = self._column_type(stored_in)
        grain = GRAINS.get(word) if word else None
        if word is not None and grain is None:
            return None
        if not self._is_plain(found):
            return StoredDimension(raw.views, ())
        read: exp.Expr = column(stored_in, self.view.name)
        if grain is None or grain.kind is GrainKind.RAW:
            alike = kind_of(kind) == kind_of(raw.type)
            return StoredDimension(raw.views, ((_bare(raw.tree), read),)) if alike else None
        value = self.own.reference(f"{found.qualified_name}[{grain.name}]", found.view)
        if kind.data_type is not value.type.data_type or kind.has_zone:
            return None
        if grain.kind is not GrainKind.TRUNCATED:
            return StoredDimension(raw.views, ((_bare(value.tree), read),))
        return self._period(found, grain, read, raw)

    def _period(self, found: Dimension, grain: Grain, stored: exp.Expr, raw: Value) -> StoredDimension:
        """A stored period answers itself, coarser ones, and bounds where it begins."""
        read = cast(stored, "timestamp")
        name = found.qualified_name
        patterns = [(_bare(self.own.reference(f"{name}[{grain.name}]", found.view).tree), read)]
        for coarser in _COARSER.get(grain.name, ()):
            asked = self.resolver.reference(f"{name}[{coarser}]", found.view)
            start = self.resolver.week_start_of(found)
            patterns.append(
                (_bare(asked.tree), self.dialect.truncate(read.copy(), coarser, week_start=start))
            )
        if grain.name == "date" and raw.type.date_only:
            patterns.append((_bare(raw.tree), cast(stored.copy(), "date")))
        if grain.name not in _ORDER:
            return StoredDimension(raw.views, tuple(patterns))
        unit = "day" if grain.name == "date" else grain.name
        bound = Bound(read, unit, self.own.week_start_of(found))
        return StoredDimension(raw.views, tuple(patterns), ((_bare(raw.tree), bound),))

    def _pins(self, views: set[str]) -> frozenset[exp.Expr] | None:
        pins = set()
        for name, condition in self.rollup.filters.items():
            found = self.resolver.lookup.find(split_grain(name)[0], direct=False)
            if not isinstance(found, Dimension) or not self._is_plain(found):
                return None
            target, read = target_of(self.resolver, name, direct=False)
            predicate = build_predicate(condition, target, self.resolver.context)
            views |= read
            if predicate is not None and predicate.find(exp.Query) is not None:
                return None
            if predicate is not None:
                pins.add(predicate)
        return frozenset(pins)

    def _column_type(self, name: str) -> ColumnType:
        return self.resolver.columns.type_of(self.view.name, name)

    def _is_plain(self, found: Dimension | Measure, depth: int = 0) -> bool:
        """Tell whether a field means the same for everybody, whenever it is asked."""
        special = bool(found.mask_unless_access_grants or found.level_of_detail)
        if isinstance(found, Dimension):
            special = special or bool(found.dynamic_top_n or found.custom_calendar)
        if special or depth > _DEPTH or "{{" in (found.sql or ""):
            return False
        names = [f"{ref.view or found.view}.{ref.name}" for ref in find_references(found.sql or "")]
        if isinstance(found, Measure):
            names += [split_grain(name)[0] for name in found.filters]
            if found.cancels or found.offsets:
                return False
        inner = (self.resolver.lookup.find(name, direct=False) for name in names)
        return all(one is not None and self._is_plain(one, depth + 1) for one in inner)


def kind_of(type_: ColumnType) -> object:
    """Give what must be alike for a column to stand for an expression; an unknown type is like no other."""
    if type_.data_type is DataType.UNKNOWN:
        return object()
    return type_.data_type, type_.date_only, type_.has_zone


def _bare(tree: exp.Expr) -> exp.Expr:
    while isinstance(tree, exp.Paren):
        tree = tree.this
    return tree
