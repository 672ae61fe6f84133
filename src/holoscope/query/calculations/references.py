"""Columns of referenced queries, opened for look-ups as tables of keys and values (query digest §2.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.stages import Stages
from holoscope.query.calculations.term import Term, is_present
from holoscope.query.subqueries import RefColumn, Referenced
from holoscope.sql.markers import wall_clock
from holoscope.sql.quoting import column, output
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver

_FOUND = "found"
_KEY, _VALUE, _PLACE = "look_up_key", "look_up_value", "look_up_place"


@dataclass(slots=True)
class References:
    """Opens each referenced query once; every pair of key and value is a common table of `stages`."""

    resolver: Resolver
    stages: Stages
    _opened: dict[str, Referenced] = field(default_factory=dict)
    _tables: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def open(self, query: str, key: int | str, value: int | str) -> tuple[str, Term, Term]:
        """Name a table that has one row a key, and give the terms of its key and value.

        Of several rows with a key the first counts, in the query's order, or the least value without one.

        Raises:
            BadCalculation: no such query is referenced, or it has no such column.
        """
        referenced = self._referenced(query)
        keys, values = _find(referenced, query, key), _find(referenced, query, value)
        known = (referenced.key, keys.name, values.name)
        if known not in self._tables:
            self._tables[known] = f"{self.stages.prefix}_look_up_{len(self._tables)}"
            self.stages.add_table(self._tables[known], self._first_rows(referenced, keys, values))
        return self._tables[known], _term(keys, _KEY), _term(values, _VALUE)

    def _referenced(self, query: str) -> Referenced:
        found = self._opened.get(query.lower())
        if found is None:
            known = self.resolver.asked.spec.references
            name = query if query in known else next((k for k in known if k.lower() == query.lower()), None)
            if name is None:
                raise BadCalculation(f"No referenced query with id {query} found in query")
            self.resolver.for_this_query_alone()
            found = self._opened[query.lower()] = self.resolver.subqueries.referenced(name, self.resolver)
        return found

    def _first_rows(self, referenced: Referenced, keys: RefColumn, values: RefColumn) -> exp.Query:
        key, value = (self._on_the_clock(item) for item in (keys, values))
        order = [exp.Ordered(this=copy_of(value), nulls_first=False)]
        if referenced.row is not None:
            order = [exp.Ordered(this=column(referenced.row, _FOUND), nulls_first=False)]
        place = exp.Window(
            this=exp.RowNumber(), partition_by=[copy_of(key)], order=exp.Order(expressions=order)
        )
        numbered = exp.select(output(key, _KEY), output(value, _VALUE), output(place, _PLACE))
        numbered = numbered.from_(referenced.select.subquery(_FOUND, copy=False), copy=False)
        numbered = numbered.where(is_present(key), copy=False)
        first = exp.EQ(this=column(_PLACE, _FOUND), expression=exp.Literal.number(1))
        rows = exp.select(column(_KEY, _FOUND), column(_VALUE, _FOUND))
        return rows.from_(numbered.subquery(_FOUND, copy=False), copy=False).where(first, copy=False)

    def _on_the_clock(self, item: RefColumn) -> exp.Expr:
        """Read a time as people see it: on the clock of the query around."""
        tree: exp.Expr = column(item.alias, _FOUND)
        kind = item.type
        if kind.data_type is not DataType.TIMESTAMP or kind.date_only or not item.convertible:
            return tree
        return wall_clock(tree, self.resolver.context.clock.zone, has_zone=kind.has_zone)


def _term(item: RefColumn, name: str) -> Term:
    return Term(column(name, _FOUND), item.type.data_type, date_only=item.type.date_only)


def _find(referenced: Referenced, query: str, wanted: int | str) -> RefColumn:
    if isinstance(wanted, int):
        if wanted >= len(referenced.columns):
            raise BadCalculation(
                f"'{query}' has {len(referenced.columns)} columns: there is no number {wanted + 1}."
            )
        return referenced.columns[wanted]
    for item in referenced.columns:
        if item.name.lower() == wanted.lower():
            return item
    raise BadCalculation(f'the query "{query}" has no column {wanted}.')
