"""The order of a query's rows: what each sort compares, also where that is no column of the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from holoscope.kit.errors import NoSuchField
from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.attach import Level
from holoscope.query.dimensions import find_dimension
from holoscope.query.measures import find_measure
from holoscope.query.plan.node import OrderKey, key_column
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import Column, ResolvedDimension, ResolvedMeasure
from holoscope.query.spec import NullSort, Sort
from holoscope.query.value import Value
from holoscope.sql.trees import copy_of


@dataclass(frozen=True, slots=True)
class Sorting:
    """Orders one query, whose rows are put together on `level`; `sorts` are about columns of that."""

    resolver: Resolver
    level: Level
    columns: Sequence[Column]
    dimensions: Sequence[ResolvedDimension]
    sorts: Sequence[Sort]
    grouped: bool

    def keys(self) -> tuple[OrderKey, ...]:
        """Give what rows are ordered by.

        Raises:
            NoSuchField: a sort names nothing that rows, or groups, have.
        """
        return tuple(self._key(sort) for sort in self.sorts)

    def _key(self, sort: Sort) -> OrderKey:
        name = sort.column_name.removesuffix("__raw")
        for item in self.columns:
            if item.name.lower() == name.lower():
                measured = isinstance(item, ResolvedMeasure)
                return OrderKey(self._of_column(item, sort), sort.descending, sort.nulls, is_measure=measured)
        dimension = find_dimension(self.resolver, name)
        if dimension is not None:
            by = dimension.sort or dimension.value
            return OrderKey(self._unselected(by, sort), sort.descending, sort.nulls)
        measure = find_measure(self.resolver, name)
        if measure is not None and self.grouped:
            return OrderKey(measure.tree, sort.descending, sort.nulls, is_measure=True)
        raise NoSuchField(sort.column_name)

    def _of_column(self, item: Column, sort: Sort) -> exp.Expr:
        if isinstance(item, ResolvedMeasure):
            return item.tree
        if item.sort is not None:
            return self._unselected(item.sort, sort)
        return exp.column(key_column(self.dimensions.index(item)))

    def _unselected(self, value: Value, sort: Sort) -> exp.Expr:
        """Order by a value that is no column: in a group, by its least or greatest, which adds no rows."""
        if not self.grouped:
            return copy_of(self.level.place(value.tree, value.views))
        aggregate = Aggregate.MAX if sort.descending else Aggregate.MIN
        return self.resolver.add_call(Call(aggregate, value.tree, value.views, sort.column_name))

    def calls(self) -> dict[int, int]:
        """For each dimension sorted by another value than its own, the number of the call that has it."""
        calls: dict[int, int] = {}
        for sort in self.sorts:
            for number, item in enumerate(self.dimensions):
                if item.sort is not None and item.name.lower() == sort.column_name.lower():
                    calls[number] = int(self._unselected(item.sort, sort).name[1:])
        return calls

    def of_dimensions(
        self, order: Sequence[OrderKey], *, always: bool = False
    ) -> tuple[OrderKey | None, ...]:
        """For each dimension, the one of `order` the query gives it, to keep members beside their subtotal.

        With `always`, one that the query gives no sort has the order of its field, if that has one.
        """
        names = (sort.column_name.removesuffix("__raw").lower() for sort in self.sorts)
        found: dict[str, OrderKey | None] = dict(zip(names, order, strict=True))
        for item in self.dimensions:
            name = item.name.lower()
            if always and item.sort is not None and name not in found:
                value = self._unselected(item.sort, Sort(item.name))
                found[name] = OrderKey(value, descending=False, nulls=NullSort.OMNI_DEFAULT)
        return tuple(found.get(item.name.lower()) for item in self.dimensions)
