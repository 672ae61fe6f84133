"""Columns that readers drop: values which only a column's format needs in each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.attach import Level
from holoscope.query.compiled import FORMAT_COLUMN, GREATEST
from holoscope.query.dimensions import find_dimension
from holoscope.query.display import fields_read
from holoscope.query.measures import find_measure
from holoscope.query.plan.calls import is_strict
from holoscope.query.plan.node import Output
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import Column
from holoscope.query.value import Value, is_inner


@dataclass(frozen=True, slots=True)
class FormatColumns:
    """Adds to the rows on `level` what formats read.

    In a group these are its least and its greatest value: a format never changes the groups. What would
    change the rows to be read is left out.
    """

    resolver: Resolver
    level: Level
    grouped: bool

    def of(self, columns: Sequence[Column]) -> dict[str, list[Output]]:
        """Give the columns to add, by the name of the field whose values they hold."""
        selected = {item.name for item in columns}
        added: dict[str, list[Output]] = {}
        for item in columns:
            for written in fields_read(item.field, self.resolver.model):
                name = self.resolver.lookup.settled(written, item.field.view)
                if name is None or name in selected or name in added:
                    continue
                values = self._values(name)
                column = f"{FORMAT_COLUMN}{len(added)}"
                if values:
                    added[name] = [
                        Output(given, value)
                        for given, value in zip((column, column + GREATEST), values, strict=False)
                    ]
        return added

    def _values(self, name: str) -> list[exp.Expr]:
        dimension = find_dimension(self.resolver, name)
        if dimension is None:
            return self._measure(name) if self.grouped else []
        value = dimension.value
        if not self._may_add(value):
            return []
        if not self.grouped:
            return [self.level.place(value.tree, value.views)]
        return [
            self.resolver.add_call(Call(kind, value.tree, value.views, name))
            for kind in (Aggregate.MIN, Aggregate.MAX)
        ]

    def _measure(self, name: str) -> list[exp.Expr]:
        """Compute a measure, where nothing about it could make the query fail."""
        trial, views = self.resolver.scratch(), self.resolver.model.views
        if find_measure(trial, name) is None:
            return []
        for call in trial.calls:
            keyed = all(not is_inner(view) and views[view].primary_key for view in call.reads)
            if call.literal is not None or not keyed or not self._leave_rows(call.reads):
                return []
        found = find_measure(self.resolver, name)
        return [] if found is None else [found.tree]

    def _may_add(self, value: Value) -> bool:
        """Tell whether reading a value leaves the rows, and what can be counted in them, as they are."""
        return is_strict(value.tree) and self._leave_rows(value.views)

    def _leave_rows(self, views: frozenset[str]) -> bool:
        tree = self.level.facts.tree
        if any(is_inner(view) or view not in tree for view in views):
            return False
        steps = [edge for view in views for edge in tree.path(view)]
        return all(edge.kind == "LEFT" and not edge.multiplies_parent for edge in steps)
