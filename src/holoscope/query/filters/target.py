"""What a condition is about, and what compiling one needs (query digest §3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import InQuery
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.periods import Periods
from holoscope.query.scope import Scope
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import copy_of


@dataclass(frozen=True, slots=True)
class Target:
    """What a condition is about. `wall` is `value` in the query's zone, for calendar parts.

    `keep_nulls`: a negated condition also matches NULL (dimensions yes, measures no).
    `shifted`: `value` is stored in UTC while literals are wall time of the query's zone.
    `back` moves every window of time back by each of these lengths, such as `1 year`.
    `week_start`: the first day of the weeks of this field, where it differs from the query's.
    `periods`: the calendar that says what a named period is, where the field has one of its own.
    """

    name: str
    value: exp.Expr
    type: ColumnType
    keep_nulls: bool = True
    wall: exp.Expr | None = None
    shifted: bool = True
    back: tuple[str, ...] = ()
    week_start: int | None = None
    periods: Periods | None = None


@dataclass(frozen=True, slots=True)
class QueryValues:
    """One column of another query, NULL left out; `convertible` times are instants, others wall times."""

    select: exp.Query
    type: ColumnType
    convertible: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What compiling a condition needs. `open_query` compiles the query that a condition is about.

    `alone` is told that what is compiled depends on who asks. An `example` stands for any query: attributes
    that are not set are NULL in it.
    """

    dialect: Dialect
    clock: Clockwork
    scope: Scope
    open_query: Callable[[InQuery], QueryValues] | None = None
    alone: Callable[[], None] | None = None
    example: bool = False


def negated(predicate: exp.Expr, negative: bool, target: Target) -> exp.Expr:
    """Deny a predicate; a dimension's denial keeps NULL (query digest §3.5)."""
    if not negative:
        return predicate
    denied = exp.Not(this=exp.Paren(this=predicate))
    if not target.keep_nulls:
        return denied
    null = exp.Is(this=copy_of(target.value), expression=exp.Null())
    return exp.Paren(this=exp.Or(this=denied, expression=null))


def negated_surely(predicate: exp.Expr, negative: bool, target: Target) -> exp.Expr:
    """Deny a predicate that is NULL where the calendar has no such period: then every row passes."""
    group = exp.Paren(this=predicate)
    if not negative or not target.keep_nulls:
        return negated(group, negative, target)
    return exp.Not(this=exp.Coalesce(this=group, expressions=[exp.false()]))


def require_type(target: Target, wanted: DataType, words: str) -> None:
    """Refuse a kind of filter that the type of the field does not know.

    Raises:
        InvalidQuery: it is of another type.
    """
    if target.type.data_type not in (wanted, DataType.UNKNOWN):
        raise InvalidQuery(
            f'Filter on "{target.name}": a {words} filter cannot be used on a '
            f"{target.type.data_type.lower()} field."
        )


def equals_any(value: exp.Expr, literals: list[exp.Expr]) -> exp.Expr:
    """Compare with one literal, or with several."""
    if len(literals) == 1:
        return exp.EQ(this=value, expression=literals[0])
    return exp.In(this=value, expressions=literals)
