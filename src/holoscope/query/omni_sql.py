"""The query in the model's own words: what `summary.omni_sql` shows (query digest §4.8).

It is OmniSQL: what the query selects, its filters as conditions over `${view.field}`, its order and limit.
What a topic demands by itself is not in it, nor what is laid over the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.conditions import Composite, Condition, InQuery
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.references import qualified
from holoscope.modeling.timeframes import split_grain
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Target
from holoscope.query.joins import JoinTree
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import Column, ResolvedDimension
from holoscope.query.spec import FieldFilter, NullSort, QuerySpec, Sort
from holoscope.query.targets import target_of
from holoscope.sql.markers import rendered
from holoscope.sql.trees import copy_of

_NULLS = {NullSort.FIRST: " NULLS FIRST", NullSort.LAST: " NULLS LAST", NullSort.DIALECT_DEFAULT: ""}


def describe(base: str, columns: Sequence[Column], limit_rows: int | None) -> str:
    """Write what is selected over `${view.field}` names."""
    text = _select(base, columns)
    groups = [str(n) for n, item in enumerate(columns, start=1) if not isinstance(item.field, Measure)]
    if groups and len(groups) < len(columns):
        text += f"\nGROUP BY {', '.join(groups)}"
    return text if limit_rows is None else f"{text}\nLIMIT {limit_rows}"


def describe_query(tree: JoinTree, columns: Sequence[Column], spec: QuerySpec, resolver: Resolver) -> str:
    """Write the whole query as OmniSQL over the base view of its join tree."""
    writer = _Writer(resolver, tree)
    filters = list(filter(writer.holds, spec.filters))
    where = [text for item in filters if (text := writer.row_filter(item))]
    where += [f"({' OR '.join(texts)})" for group in spec.any_of if (texts := writer.alternatives(group))]
    having = [text for item in filters if (text := writer.group_filter(item))]
    groups = [str(n) for n, item in enumerate(columns, start=1) if isinstance(item, ResolvedDimension)]
    is_grouped = spec.group_by or len(groups) < len(columns) or bool(having)
    text = _select(tree.base, columns)
    if where:
        text += f"\nWHERE {' AND '.join(where)}"
    if groups and is_grouped:
        text += f"\nGROUP BY {', '.join(groups)}"
    if having:
        text += f"\nHAVING {' AND '.join(having)}"
    order = [term for sort in spec.sorts if (term := writer.order(sort, columns, is_grouped=is_grouped))]
    if order:
        text += f"\nORDER BY {', '.join(order)}"
    if spec.limit_rows is not None:
        text += f"\nLIMIT {spec.limit_rows}"
    return f"{text}\nOFFSET {spec.offset_rows}" if spec.offset_rows else text


def _select(base: str, columns: Sequence[Column]) -> str:
    terms = []
    for item in columns:
        if isinstance(item.field, Measure):
            word = f"OMNI_{item.field.aggregate.wire_name}" if item.field.aggregate else "OMNI_MEASURE"
            terms.append(f'{word}(${{{item.name}}}) AS "{item.name}"')
        else:
            terms.append(f"${{{item.name}}}")
    return f"SELECT {', '.join(terms)}\nFROM ${{{base}}}"


class _Writer:
    def __init__(self, resolver: Resolver, tree: JoinTree) -> None:
        self._resolver = resolver
        self._tree = tree

    def holds(self, item: FieldFilter) -> bool:
        """Tell whether a filter is in force: some are left out where their field is not joined."""
        if not item.ignore_if_unjoinable:
            return True
        found = self._resolver.lookup.find(split_grain(item.field)[0])
        return found is not None and found.view in self._tree

    def row_filter(self, item: FieldFilter) -> str | None:
        """Write a filter on a dimension; None for any other."""
        name, found = item.field, self._resolver.lookup.find(split_grain(item.field)[0])
        if not isinstance(found, Dimension) or _asks_query(item.condition):
            return None
        target = target_of(self._resolver, name)[0]
        return self._condition(item.condition, target, name)

    def group_filter(self, item: FieldFilter) -> str | None:
        """Write a filter on a measure; None for any other."""
        found = self._resolver.lookup.find(item.field)
        if not isinstance(found, Measure) or _asks_query(item.condition):
            return None
        kind = self._resolver.scratch().measure_tree(found)[1]
        target = Target(item.field, exp.null(), kind, keep_nulls=False)
        return self._condition(item.condition, target, item.field)

    def alternatives(self, group: Sequence[FieldFilter]) -> list[str]:
        texts = [self.row_filter(item) for item in group if self.holds(item)]
        return [text for text in texts if text] if all(texts) else []

    def _condition(self, condition: Condition, target: Target, name: str) -> str | None:
        """Write a condition about `${name}`, whose times are on the query's clock."""
        mark = exp.Column(this=exp.Identifier(this=_mark(condition), quoted=False))
        dialect = self._resolver.context.dialect
        about = _about(target, mark)
        try:
            predicate = build_predicate(condition, about, self._resolver.context)
        except HoloscopeError:
            return None
        if predicate is None:
            return None
        tree: exp.Expr = exp.Paren(this=copy_of(predicate))
        text = rendered(tree, dialect)
        text = re.sub(r"\s*\n\s*", " ", text) if "'" not in text else text
        return text.replace(mark.name, f"${{{name}}}")

    def order(self, sort: Sort, columns: Sequence[Column], *, is_grouped: bool) -> str | None:
        """Write one term of the order; groups go by the least or greatest of what is not selected."""
        name = sort.column_name.removesuffix("__raw")
        nulls = _NULLS.get(sort.nulls, " NULLS LAST" if sort.descending else " NULLS FIRST")
        direction = f"{' DESC' if sort.descending else ''}{nulls}"
        extreme = "MAX" if sort.descending else "MIN"
        for place, item in enumerate(columns, start=1):
            if item.name.lower() != name.lower():
                continue
            other = _order_field(item)
            if other is None:
                return f"{place}{direction}"
            return f"{extreme}(${{{other}}}){direction}" if is_grouped else f"${{{other}}}{direction}"
        found = self._resolver.lookup.find(split_grain(name)[0])
        if found is None:
            return None
        if isinstance(found, Measure) or not is_grouped:
            return f"${{{name}}}{direction}"
        return f"{extreme}(${{{name}}}){direction}"


def _order_field(item: Column) -> str | None:
    """Give the field that orders a dimension in place of its own values."""
    if not isinstance(item, ResolvedDimension) or item.sort is None:
        return None
    if item.grain is not None and item.grain.sorted_by is not None:
        return f"{split_grain(item.name)[0]}[{item.grain.sorted_by}]"
    by = item.field.order_by_field
    return None if by is None else qualified(by, item.field.view)


def _about(target: Target, mark: exp.Column) -> Target:
    return replace(target, value=mark, wall=mark, shifted=False)


def _asks_query(condition: Condition) -> bool:
    if isinstance(condition, Composite):
        return any(map(_asks_query, condition.parts))
    return isinstance(condition, InQuery)


def _mark(condition: Condition) -> str:
    """Give a name that no value of the condition holds."""
    written, mark = repr(condition), "omni_field"
    while mark in written:
        mark += "_"
    return mark
