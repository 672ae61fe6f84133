"""Inner aggregations: values that rows get from an aggregate at a grain of its own (modeling digest §8, §12).

A level of detail, `omni_dimensionalize` and `dynamic_top_n` resolve to a column of a table that does
not exist yet. That table's name stands among the views a value reads; `attach.py` builds the table
and joins it when the query is known (docs/decisions/0033).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.fields import Dimension, DynamicTopN, Grouping, LevelOfDetail, Measure
from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import AGGREGATE_TYPES
from holoscope.query.aggregation import condition_of, distinct_key
from holoscope.query.group_sql import group_value
from holoscope.query.types import NUMBER, STRING
from holoscope.query.value import Aggregation, Value, call_over
from holoscope.query.written import Written, type_of_sql
from holoscope.sql.parse import reference_index
from holoscope.sql.quoting import column
from holoscope.sql.trees import cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver

_FUNCTION = "omni_dimensionalize"
_COUNTING = frozenset((Aggregate.COUNT, Aggregate.COUNT_DISTINCT, Aggregate.SUM))


@dataclass(frozen=True, slots=True)
class Inner:
    """One inner aggregation.

    `compute` gives its value over `a<n>` columns, the calls being added to the resolver it is given.
    `keys` are the grain's own fields, named by `fields`; `grouping` says what the query's grain adds.
    `ranked` (descending or not) gives the place of each key by the value instead of the value.
    """

    name: str
    grouping: Grouping
    fields: tuple[str, ...]
    keys: tuple[Value, ...]
    compute: Callable[[Resolver], exp.Expr]
    cancels_filters: bool = False
    ranked: bool | None = None
    empty_is_zero: bool = False


def level_of_detail(
    resolver: Resolver, found: Dimension | Measure, detail: LevelOfDetail, chain: tuple[str, ...]
) -> Value:
    """Define the aggregation of a field's `level_of_detail` and give the column it becomes."""
    operand = None if found.sql is None else resolver.expression(found.sql, found.view, chain)
    key = distinct_key(resolver, detail.aggregate, detail.custom_primary_key_sql, found, chain)
    # What is aggregated are the rows of what it reads, wherever the field is declared.
    views = (operand.views if operand else None) or frozenset((found.view,))

    def compute(inner: Resolver) -> exp.Expr:
        condition = condition_of(inner, found) if isinstance(found, Measure) else None
        said = Aggregation(detail.aggregate, detail.percentile, key, condition)
        return inner.add_call(call_over(operand, views, said, found.qualified_name)[0])

    # What is left out of the grain need not be a value here, but it must exist.
    values = tuple(resolver.reference(name, found.view, chain) for name in detail.fields)
    keys = () if detail.grouping is Grouping.ALWAYS_EXCLUDE else values
    plain = detail.aggregate.plain
    inner = Inner(
        f"${found.qualified_name}",
        detail.grouping,
        tuple(resolver.lookup.canonical(name, found.view) for name in detail.fields),
        keys,
        compute,
        detail.cancel_query_filters,
        empty_is_zero=plain in _COUNTING,
    )
    kind = AGGREGATE_TYPES[plain] or (operand.type if operand else NUMBER)
    return resolver.define(inner, kind, convertible=operand.convertible if operand else True)


def top_values(
    resolver: Resolver, found: Dimension, value: Value, top: DynamicTopN, n: int, chain: tuple[str, ...]
) -> Value:
    """Keep `value` where it is among the first `n` by the measure, NULL being a value like others."""
    measure = resolver.lookup.find(top.by, direct=False)
    if not isinstance(measure, Measure):
        raise InvalidQuery(f'"{found.qualified_name}" is ranked by "{top.by}", which is no measure.')

    def compute(inner: Resolver) -> exp.Expr:
        return inner.measure_tree(measure, chain)[0]

    name = f"${found.qualified_name}"
    inner = Inner(name, Grouping.FIXED, (), (value,), compute, ranked=top.descending)
    place = resolver.define(inner, NUMBER, convertible=True)
    shown, kind = copy_of(value.tree), value.type
    if top.otherwise is not None and kind.data_type is not STRING.data_type:
        shown, kind = cast(shown, "varchar"), STRING
    kept = exp.LTE(this=place.tree, expression=exp.Literal.number(n))
    other = None if top.otherwise is None else resolver.context.dialect.text_literal(top.otherwise)
    tree = exp.Case(ifs=[exp.If(this=kept, true=shown)], default=other)
    return Value(tree, kind, value.views | place.views, value.convertible)


def dimensionalized(
    resolver: Resolver, written: Written, chain: tuple[str, ...]
) -> tuple[exp.Expr, list[Value]] | None:
    """Cut `omni_dimensionalize(<aggregate>)` out of row-level SQL; None when there is none.

    Gives the tree with further references in their place, and the values of these.
    """
    template = written.template
    if not any(map(is_dimensionalize, template.tree.find_all(exp.Anonymous))):
        return None
    values: list[Value] = []

    def change(node: exp.Expr) -> exp.Expr:
        if not is_dimensionalize(node):
            return node
        if len(node.expressions) != 1:
            raise InvalidQuery(f"{_FUNCTION} takes one aggregate.")
        name = f"${chain[-1] if chain else written.view}#{len(values)}"
        values.append(_dimensionalize(resolver, written, node.expressions[0], name, chain))
        return exp.column(f"__ref_{len(template.references) + len(values) - 1}")

    return template.tree.copy().transform(change, copy=False), values


def _dimensionalize(
    resolver: Resolver, whole: Written, tree: exp.Expr, name: str, chain: tuple[str, ...]
) -> Value:
    own = tuple(node.name for node in tree.find_all(exp.Column) if reference_index(node) is None)
    written = whole.around(replace(whole.template, tree=tree.copy(), own_columns=own))

    def compiled(inner: Resolver) -> tuple[exp.Expr, list[Value]]:
        return group_value(inner, written, name.removeprefix("$"), chain, counts_own=False)

    def compute(inner: Resolver) -> exp.Expr:
        return compiled(inner)[0]

    kind = type_of_sql(resolver, written, compiled(resolver.scratch())[1])
    inner = Inner(name, Grouping.ALWAYS_INCLUDE, (), (), compute)
    return resolver.define(inner, kind, convertible=True)


def is_dimensionalize(node: exp.Expr) -> bool:
    """Tell whether a node is a call of `omni_dimensionalize`."""
    return isinstance(node, exp.Anonymous) and str(node.this).lower() == _FUNCTION


def inner_column(name: str) -> exp.Column:
    """Give the column that stands for an inner aggregation until it is attached."""
    return column("value", name)
