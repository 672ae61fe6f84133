"""Row-level expressions with what must be known about them, and the calls measures make over them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from holoscope.modeling.types import Aggregate, ColumnType
from holoscope.query.aggregates import AGGREGATE_TYPES, REPEATABLE, Call
from holoscope.query.types import NUMBER, UNKNOWN


@dataclass(frozen=True, slots=True)
class Value:
    """A row-level expression, its type, and the views it reads. `stored` is untouched by zones.

    `masks` are the lists of access grants without which it is shown as a digest (docs/decisions/0031).
    """

    tree: exp.Expr
    type: ColumnType
    views: frozenset[str]
    convertible: bool = True
    masks: frozenset[tuple[str, ...]] = frozenset()


NOT_READ = Value(exp.null(), UNKNOWN, frozenset())
"""Stands for a value that is named and not looked at."""


@dataclass(frozen=True, slots=True)
class SubColumn:
    """What a column of a query holds; `convertible` times are instants, others wall times."""

    type: ColumnType
    convertible: bool


UNKNOWN_COLUMN = SubColumn(UNKNOWN, convertible=True)


def is_inner(view: str) -> bool:
    """Tell whether a name among the views read means an inner aggregation instead."""
    return view.startswith("$")


def counted_views(own: str, operand: Value | None) -> frozenset[str]:
    """Give the views whose rows an operand of a field of `own` counts.

    A value that comes from inner aggregations alone belongs to their grain, not to rows of `own`.
    """
    if operand is not None and operand.views and all(map(is_inner, operand.views)):
        return operand.views
    return frozenset((own,)) | (operand.views if operand else frozenset())


@dataclass(frozen=True, slots=True)
class Aggregation:
    """What an aggregate is told beside its operand. `key` is that of `*_distinct_on`."""

    aggregate: Aggregate
    percentile: Decimal | None = None
    key: Value | None = None
    condition: Value | None = None


def call_over(
    operand: Value | None, views: frozenset[str], said: Aggregation, name: str
) -> tuple[Call, ColumnType]:
    """Make the call of an aggregate over `operand` (None: it counts rows), and the type it yields."""
    condition, kept = said.condition, said.condition.tree if said.condition else None
    plain = said.aggregate.plain
    once_per = None
    if said.key is not None:
        # One value for each key; a row without a key has nothing to be told apart by, and is left out.
        views |= said.key.views
        has_key: exp.Expr = exp.Not(this=exp.Is(this=said.key.tree, expression=exp.Null()))
        kept = exp.and_(kept, has_key) if kept is not None else has_key
        once_per = (said.key.tree,) if plain not in REPEATABLE else None
    kind = AGGREGATE_TYPES[plain] or (operand.type if operand else NUMBER)
    call = Call(
        plain,
        operand.tree if operand else None,
        views,
        name,
        condition=kept,
        condition_views=condition.views if condition else frozenset(),
        percentile=said.percentile,
        coalesce_zero=plain is Aggregate.SUM,
        once_per=once_per,
    )
    return call, kind
