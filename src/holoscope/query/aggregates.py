"""Aggregate calls: what a measure computes over rows, before anyone decides how."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from holoscope.modeling.types import Aggregate, ColumnType
from holoscope.query.types import NUMBER, STRING

AGGREGATE_TYPES: dict[Aggregate, ColumnType | None] = {  # None: the operand's own type
    Aggregate.COUNT: NUMBER,
    Aggregate.COUNT_DISTINCT: NUMBER,
    Aggregate.SUM: NUMBER,
    Aggregate.AVERAGE: NUMBER,
    Aggregate.MEDIAN: NUMBER,
    Aggregate.PERCENTILE: NUMBER,
    Aggregate.MIN: None,
    Aggregate.MAX: None,
    Aggregate.LIST: STRING,
}

# Repeating a row changes nothing for these (modeling digest §18.4).
REPEATABLE = frozenset((Aggregate.MIN, Aggregate.MAX, Aggregate.COUNT_DISTINCT, Aggregate.LIST))

_SIMPLE: dict[type[exp.Expr], Aggregate] = {
    exp.Sum: Aggregate.SUM,
    exp.Avg: Aggregate.AVERAGE,
    exp.Min: Aggregate.MIN,
    exp.Max: Aggregate.MAX,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One aggregate over the rows of `views`: each combination of their rows counts once.

    `operand` None counts rows. `condition` keeps a row when any of its joined rows meets it.
    `literal` holds an aggregate written in SQL that none of ours describes; it cannot be
    protected from fan-out. With `once_per`, each combination of those values counts once in a group,
    whatever the joins do; of several operands for one combination the greatest counts. `cancels` names
    the fields on which the query's own filter does not hold for this call.
    """

    aggregate: Aggregate | None
    operand: exp.Expr | None
    views: frozenset[str]
    measure: str
    condition: exp.Expr | None = None
    condition_views: frozenset[str] = frozenset()
    percentile: Decimal | None = None
    coalesce_zero: bool = False
    literal: exp.Expr | None = None
    once_per: tuple[exp.Expr, ...] | None = None
    cancels: frozenset[str] = frozenset()

    @property
    def owner(self) -> str:
        """The view whose rows the measure is about."""
        name = self.measure.partition(".")[0]
        return name if name in self.views or len(self.views) != 1 else next(iter(self.views))

    @property
    def reads(self) -> frozenset[str]:
        return self.views | self.condition_views

    def key(self) -> object:
        """Equal for calls that compute the same."""
        return (
            self.aggregate,
            self.operand,
            self.views,
            self.condition,
            self.percentile,
            self.coalesce_zero,
            self.literal,
            self.once_per,
            self.cancels,
        )


def literal_call(node: exp.Expr, views: frozenset[str], measure: str) -> Call:
    """Recognise an aggregate written in SQL, so that it is as safe from fan-out as a declared one."""
    operand = node.this
    if isinstance(node, exp.Count):
        if isinstance(operand, exp.Distinct) and len(operand.expressions) == 1:
            return Call(Aggregate.COUNT_DISTINCT, operand.expressions[0], views, measure)
        if isinstance(operand, exp.Star):
            return Call(Aggregate.COUNT, None, views, measure)
        if not isinstance(operand, exp.Distinct) and not node.expressions:
            return Call(Aggregate.COUNT, operand, views, measure)
    kind = _SIMPLE.get(type(node))
    if kind is not None and not isinstance(operand, exp.Distinct) and not node.expressions:
        return Call(kind, operand, views, measure)
    return Call(None, None, views, measure, literal=node)
