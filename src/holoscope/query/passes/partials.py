"""Aggregates that add up: partial results within finer groups, and the expression that joins them."""

from __future__ import annotations

from sqlglot import exp

from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.sql.quoting import column
from holoscope.sql.trees import cast, copy_of

_ADDING = frozenset((Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MIN, Aggregate.MAX))


def is_decomposable(call: Call) -> bool:
    """Tell whether a call can be computed from partial results."""
    return call.aggregate in _ADDING and call.literal is None and call.once_per is None


def decompose(call: Call, source: str, number: int) -> tuple[list[tuple[str, exp.Expr]], Call]:
    """Split a call into named partial results and the call over them, as columns of `source`."""
    partials, whole = _split(call, source, number)
    return partials, Call(None, None, frozenset((source,)), call.measure, literal=whole)


def _split(call: Call, source: str, number: int) -> tuple[list[tuple[str, exp.Expr]], exp.Expr]:
    value = _kept(call)
    name, count = f"s{number}", f"n{number}"
    partial = column(name, source)
    if call.aggregate is Aggregate.COUNT:
        counted = exp.Star() if call.operand is None and call.condition is None else value
        total = exp.Coalesce(this=exp.Sum(this=partial), expressions=[exp.Literal.number(0)])
        return [(name, exp.Count(this=counted))], cast(total, "bigint")
    if call.aggregate is Aggregate.SUM:
        whole: exp.Expr = exp.Sum(this=partial)
        if call.coalesce_zero:
            whole = exp.Coalesce(this=whole, expressions=[exp.Literal.number(0)])
        return [(name, exp.Sum(this=value))], whole
    if call.aggregate is Aggregate.AVERAGE:
        added = cast(exp.Sum(this=partial), "double")
        whole = exp.Paren(this=exp.Div(this=added, expression=exp.Sum(this=column(count, source))))
        return [(name, exp.Sum(this=value)), (count, exp.Count(this=copy_of(value)))], whole
    kind = exp.Min if call.aggregate is Aggregate.MIN else exp.Max
    return [(name, kind(this=value))], kind(this=partial)


def _kept(call: Call) -> exp.Expr:
    value = copy_of(call.operand) if call.operand is not None else exp.Literal.number(1)
    if call.condition is None:
        return value
    return exp.Case(ifs=[exp.If(this=call.condition.copy(), true=value)])
