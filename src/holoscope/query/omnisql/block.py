"""One SELECT over the fields of a view and of what the model joins to it, planned like any query.

Rows are those of the view; fields of other views come by the model's joins, of which only the needed ones
are made. Aggregates of the writer's own count each row of the view once, with whatever their arguments
read; measures count as the model says. Neither is repeated by joins that others need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.fields import Dimension
from holoscope.modeling.types import ColumnType
from holoscope.query.attach import Level
from holoscope.query.generate import generate, limited
from holoscope.query.omnisql.clauses import Clauses, Term
from holoscope.query.omnisql.expressions import Expressions
from holoscope.query.omnisql.names import Item
from holoscope.query.outputs import time_text
from holoscope.query.plan.node import OrderKey, Output, QueryPlan, key_column
from holoscope.query.planning import Planning
from holoscope.query.relax import Where, filtered_name
from holoscope.query.resolved import ResolvedDimension, ResolvedMeasure
from holoscope.query.spec import NullSort
from holoscope.query.times import grain_text
from holoscope.query.value import Value
from holoscope.sql.parse import reference_index
from holoscope.sql.trees import copy_of

_SQL_FILTER = "$sql"
"""Stands for the field of a condition about several fields: no measure cancels it by name."""


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column of a SELECT: `item` is the field it shows as it is, None for an expression.

    `text` names the column that holds the times of a timeframe, or of a measure, as people read them.
    """

    name: str
    type: ColumnType
    is_aggregated: bool
    item: Item | None = None
    text: str | None = None


@dataclass(slots=True)
class Block:
    """Plans one SELECT. `where` is what its rows must meet.

    `names` are those of its columns by position. `is_last` gives times as pairs of columns, the value and
    its text.
    """

    planning: Planning
    clauses: Clauses
    expressions: Expressions
    names: Mapping[int, str]
    is_last: bool
    where: list[Where] = field(default_factory=list)

    def select(self) -> tuple[exp.Query, tuple[OutColumn, ...]]:
        """Give the SELECT and its columns.

        Raises:
            InvalidQuery, NoJoinPath, FanOutNeedsKey: it cannot be planned.
        """
        for part in self.clauses.where:
            self._restrict_rows(part)
        return self._of_groups() if self.clauses.is_grouped else self._of_rows()

    def _restrict_rows(self, part: exp.Expr) -> None:
        value = self.expressions.row(part, "WHERE", is_typed=False)
        keys = {item.key for item in self._items(part)}
        field_ = filtered_name(next(iter(keys))) if len(keys) == 1 else _SQL_FILTER
        self.where.append(Where(exp.Paren(this=value.tree), value.views, field_))

    def _items(self, tree: exp.Expr) -> list[Item]:
        indexes = (reference_index(node) for node in tree.find_all(exp.Column))
        return [self.expressions.names.items[index] for index in indexes if index is not None]

    # -- rows as they are ---------------------------------------------------------------

    def _of_rows(self) -> tuple[exp.Query, tuple[OutColumn, ...]]:
        trees = list(dict.fromkeys(term.tree for term in self.clauses.terms))
        places = {tree: place for place, tree in enumerate(trees)}
        values = [self.expressions.row(tree, "SELECT") for tree in trees]
        dimensions = [self._dimension(tree, value) for tree, value in zip(trees, values, strict=True)]
        level = self.planning.begin(dimensions, self.where)
        keys = tuple(level.place(value.tree, value.views) for value in values)
        order = []
        for key in self.clauses.order:
            place = places.get(key.tree)
            if place is not None:
                shown: exp.Expr = exp.column(key_column(place))
            else:
                value = self.expressions.row(key.tree, "ORDER BY", is_typed=False)
                shown = copy_of(level.place(value.tree, value.views))
            order.append(OrderKey(shown, key.descending, _nulls(key.nulls_first)))
        outputs = [
            (term, exp.column(key_column(place)), values[place].type)
            for term in self.clauses.terms
            for place in (places[term.tree],)
        ]
        return self._planned(level, keys, dimensions, outputs, tuple(order))

    # -- groups -------------------------------------------------------------------------

    def _of_groups(self) -> tuple[exp.Query, tuple[OutColumn, ...]]:
        trees = list(dict.fromkeys(self.clauses.group))
        values = [self.expressions.row(tree, "GROUP BY") for tree in trees]
        self.expressions.keys = {tree: number for number, tree in enumerate(trees)}
        dimensions = [self._dimension(tree, value) for tree, value in zip(trees, values, strict=True)]
        outputs = [(term, *self.expressions.group(term.tree)) for term in self.clauses.terms]
        having = tuple(self.expressions.group(part)[0] for part in self.clauses.having)
        order = tuple(
            OrderKey(self.expressions.group(key.tree)[0], key.descending, _nulls(key.nulls_first))
            for key in self.clauses.order
        )
        level = self.planning.begin(dimensions, self.where)
        keys = tuple(level.place(value.tree, value.views) for value in values)
        return self._planned(level, keys, dimensions, outputs, order, having)

    def _dimension(self, tree: exp.Expr, value: Value) -> ResolvedDimension:
        """Give what rows are grouped by, the field itself where it is one."""
        index = reference_index(tree)
        found = None if index is None else self.expressions.names.items[index].found
        if isinstance(found, ResolvedDimension):
            return found
        written = Dimension(self.planning.tree.base, tree.key, Position("", 1, 1))
        return ResolvedDimension(written.qualified_name, written, None, value)

    # -- the plan -----------------------------------------------------------------------

    def _planned(
        self,
        level: Level,
        keys: tuple[exp.Expr, ...],
        dimensions: list[ResolvedDimension],
        shown: Sequence[tuple[Term, exp.Expr, ColumnType]],
        order: tuple[OrderKey, ...],
        having: tuple[exp.Expr, ...] = (),
    ) -> tuple[exp.Query, tuple[OutColumn, ...]]:
        is_grouped = self.clauses.is_grouped
        planned = self.planning.finish(level, keys, dimensions, self.where, grouped=is_grouped)
        columns, outputs = self._named(shown)
        plan = QueryPlan(
            rows=planned.rows,
            keys=planned.grouping.keys,
            parts=planned.parts,
            outputs=outputs,
            having=having,
            order=order,
            limit_rows=self.clauses.limit_rows,
            offset_rows=self.clauses.offset_rows,
            totals=(),
            total_order=(),
            grouped=is_grouped,
            shown=planned.shown if keys else None,
        )
        if not self.clauses.is_distinct:
            return generate(plan), columns
        return self._distinct(plan), columns

    def _named(
        self, shown: Sequence[tuple[Term, exp.Expr, ColumnType]]
    ) -> tuple[tuple[OutColumn, ...], tuple[Output, ...]]:
        """Name the columns; a last SELECT gives the text of a time after all other columns."""
        columns: list[OutColumn] = []
        outputs: list[Output] = []
        texts: list[Output] = []
        for position, (term, tree, kind) in enumerate(shown):
            if position not in self.names:  # a field that stands there already
                continue
            name, item = self.names[position], term.item
            text = self._text(item, tree) if self.is_last and item is not None else None
            is_aggregated = self.expressions.is_aggregated(term.tree)
            if text is not None:
                texts.append(Output(name, text))
                columns.append(OutColumn(f"{name}__raw", kind, is_aggregated, item, name))
            else:
                columns.append(OutColumn(name, kind, is_aggregated, item))
            outputs.append(Output(columns[-1].name, tree))
        return tuple(columns), (*outputs, *texts)

    def _text(self, item: Item, tree: exp.Expr) -> exp.Expr | None:
        found = item.found
        if isinstance(found, ResolvedMeasure):
            return time_text(replace(found, tree=tree), self.planning.resolver) if found.is_time else None
        if found.formatted is None or found.grain is None:
            return None
        return grain_text(self.planning.resolver, copy_of(tree), found.grain)

    def _distinct(self, plan: QueryPlan) -> exp.Query:
        """Leave out rows that are there already, before the limit; sorted by columns that are shown."""
        positions = {item.value: position for position, item in enumerate(plan.outputs, start=1)}
        terms = []
        for key in plan.order:
            if key.value not in positions:
                raise InvalidQuery("With SELECT DISTINCT, ORDER BY may name selected columns alone.")
            first = {NullSort.FIRST: True, NullSort.LAST: False}.get(key.nulls)
            place = exp.Literal.number(positions[key.value])
            terms.append(exp.Ordered(this=place, desc=key.descending, nulls_first=first))
        inner = generate(replace(plan, order=(), limit_rows=None, offset_rows=0))
        select = exp.select(exp.Star()).from_(inner.subquery("rows", copy=False), copy=False).distinct()
        if terms:
            select.set("order", exp.Order(expressions=terms))
        return limited(select, plan.limit_rows, plan.offset_rows)


def _nulls(first: bool | None) -> NullSort:
    if first is None:
        return NullSort.DIALECT_DEFAULT
    return NullSort.FIRST if first else NullSort.LAST
