"""Names become expressions, as this asker sees the model: the resolver knows meaning.

A dimension resolves to one expression and the views it reads; a measure to an expression over
aggregate calls, which are collected so that the planner can decide how each is computed. What names mean
by themselves is in files of their own (`dimensions.py`, `measures.py`, `targets.py`); here is what those
ask of each other, and what one query keeps while it is resolved.
Sources: query digest §2.2, modeling digest §8, §9, §11, §18.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import Condition, InQuery
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import split_grain, weekday_index
from holoscope.modeling.types import ColumnType
from holoscope.query.aggregates import Call
from holoscope.query.asked import Asked
from holoscope.query.columns import Columns
from holoscope.query.comparing.period import Period
from holoscope.query.filters.target import Context, QueryValues
from holoscope.query.inner import Inner, inner_column
from holoscope.query.lookup import Lookup
from holoscope.query.measures import measure_value
from holoscope.query.raw import raw_value
from holoscope.query.row_sql import row_value
from holoscope.query.subqueries import Subqueries
from holoscope.query.times import grain_of, value_at
from holoscope.query.value import Value, is_inner

_DEPTH = 50


@dataclass(slots=True)
class Memory:
    """What one query has worked out for itself alone, and how often it met what no other may share."""

    values: dict[object, Any] = field(default_factory=dict)
    personal: int = 0


@dataclass(slots=True)
class Resolver:
    """Resolves the names of one query; collects aggregate calls in `calls`.

    `inside` names the views and queries that this query stands inside. With `stored_times`, times that no
    timeframe changes stay as they are stored, for the query around to show; one that `unmasks` leaves the
    masks of what it selects to the query around. `period` is the one it asks of several. `in_select` stands
    inside SQL written for a view, which knows no masks: there they hold at once. `reading` names the views
    that are looked at for no query.
    """

    model: Model
    context: Context
    week_start: int
    asked: Asked
    subqueries: Subqueries
    inside: tuple[str, ...] = ()
    stored_times: bool = False
    unmasks: bool = False
    in_select: bool = False
    reading: tuple[str, ...] = ()
    period: Period | None = None
    calls: list[Call] = field(default_factory=list)
    query_filters: dict[str, Condition] = field(default_factory=dict)
    lookup: Lookup = field(init=False)
    columns: Columns = field(init=False)
    _call_index: dict[object, int] = field(default_factory=dict)
    _known: dict[object, Any] = field(init=False)
    _own: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        """Share what expressions mean between queries: it depends on these facts and the model alone."""
        clock = self.context.clock
        facts = ("expressions", self.context.dialect.name, clock.zone, self.week_start, self.stored_times)
        self._known = self.model.derived.setdefault(facts, {})
        self.lookup = Lookup(self.model, self.context.scope)
        self.columns = Columns(self)
        self.context = replace(
            self.context,
            open_query=self._open_query,
            alone=self.for_this_query_alone,
            example=self.asked.is_example,
        )

    def _open_query(self, condition: InQuery) -> QueryValues:
        self.for_this_query_alone()
        return self.subqueries.values(condition, self)

    # -- others of the same asker -----------------------------------------------------

    def scratch(self) -> Resolver:
        """Give a resolver of the same query that collects calls of its own."""
        return replace(self, calls=[], _call_index={})

    def afresh(self) -> Resolver:
        """Give a resolver for another query of the same asker, which shares nothing with this one."""
        return replace(self, calls=[], query_filters={}, _call_index={}, _own=Memory(), period=None)

    # -- what is kept -----------------------------------------------------------------

    def for_this_query_alone(self) -> None:
        """Say that what is being resolved depends on who asks, or on what: no other query may share it."""
        self._own.personal += 1

    def _recall(self, key: object) -> Value | None:
        value: Value | None = self._known.get(key)
        if value is None and (value := self._own.values.get(key)) is not None:
            self.for_this_query_alone()
        return value

    def _keep(self, key: object, make: Callable[[], Value]) -> Value:
        """Make a value and keep it: with the model where every query shares it, else for this query alone."""
        own, reads = self._own, self.context.clock.reads
        before = own.personal, len(reads)
        value = make()
        if (own.personal, len(reads)) != before:
            own.values[key] = value
            return value
        for name in filter(is_inner, value.views):
            if ("inner", name) in own.values:
                self._known["inner", name] = own.values["inner", name]
        self._known[key] = value
        return value

    def define(self, inner: Inner, kind: ColumnType, *, convertible: bool) -> Value:
        """Keep an inner aggregation under its name and give the column that stands for it."""
        self._own.values["inner", inner.name] = inner
        return Value(inner_column(inner.name), kind, frozenset((inner.name,)), convertible)

    def inner(self, name: str) -> Inner:
        """Give the inner aggregation that a name among a value's views means."""
        found: Inner = self._own.values.get(("inner", name)) or self._known["inner", name]
        return found

    def add_call(self, call: Call) -> exp.Expr:
        """Register an aggregate call once and return the column that stands for it."""
        key = call.key()
        if key not in self._call_index:
            self._call_index[key] = len(self.calls)
            self.calls.append(call)
        return exp.column(f"a{self._call_index[key]}")

    # -- what names and SQL mean to each other ----------------------------------------

    def raw(self, found: Dimension, chain: tuple[str, ...] = ()) -> Value:
        """Give a dimension's expression as stored, references substituted, columns qualified.

        Raises:
            InvalidQuery: references form a cycle, or name a measure. NoSuchField: they name nothing.
        """
        key = (found.view, found.name)
        cached = self._recall(key)
        if cached is not None:
            return cached
        steps = _step(found, chain)
        return self._keep(key, lambda: raw_value(self, found, steps))

    def expression(
        self, text: str, view: str, chain: tuple[str, ...] = (), names: dict[str, str] | None = None
    ) -> Value:
        """Compile row-level SQL written in `view`; `names` renames views (join aliases)."""
        key = (view, text, tuple(names.items()) if names else ())
        return self._recall(key) or self._keep(key, lambda: row_value(self, text, view, chain, names))

    def reference(self, name: str, view: str, chain: tuple[str, ...] = ()) -> Value:
        """Resolve one `${...}` to a row-level value."""
        base, word = split_grain(name)
        qualified = self.lookup.qualify(base, view)
        found = self.lookup.find(qualified, direct=False)
        if found is None:
            raise InvalidQuery(
                f'Could not substitute Omni SQL: Field "{qualified}" not found: No such field "{qualified}"'
            )
        if not isinstance(found, Dimension):
            raise InvalidQuery(
                f'"{chain[-1] if chain else view}" is row-level SQL and may not use '
                f'the measure "{qualified}".'
            )
        raw = self.raw(found, chain)
        if word is None:
            return raw
        grain = grain_of(self, found, raw, word)
        if grain is None:
            raise InvalidQuery(f'Could not substitute Omni SQL: "{qualified}" has no timeframe "{word}".')
        return replace(value_at(self, raw, grain, found, chain), convertible=False)

    def measure_tree(self, found: Measure, chain: tuple[str, ...] = ()) -> tuple[exp.Expr, ColumnType]:
        """Give a measure's expression over `a<n>` columns and its type.

        Raises:
            InvalidQuery: measures form a cycle, or one of them says what does not go together.
        """
        return measure_value(self, found, _step(found, chain))

    def week_start_of(self, found: Dimension) -> int:
        """Give the first day of a field's weeks."""
        return self.week_start if found.week_start_day is None else weekday_index(found.week_start_day)

    def back(self, name: str) -> tuple[str, ...]:
        """Give how far the period asked of moves the windows of the query's filter on a field."""
        return () if self.period is None else self.period.back(name)


def _step(found: Dimension | Measure, chain: tuple[str, ...]) -> tuple[str, ...]:
    """Go from the fields of `chain` to one they refer to."""
    steps = (*chain, found.qualified_name)
    if found.qualified_name in chain or len(chain) > _DEPTH:
        raise InvalidQuery(f"Fields refer to each other in a circle: {' -> '.join(steps)}")
    return steps
