"""The SELECT of groups that were aggregated, with the groups that fills add to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from holoscope.query.fills.grid import MOST_VALUES
from holoscope.query.plan.node import Fill, QueryPlan, TimeRange, call_column, key_column
from holoscope.sql.markers import each_time, keys_meet
from holoscope.sql.trees import copy_of

_ALL, _DATA, _REST, _SET = "grouped_rows", "data_rows", "other_keys", "g"
_VALUE, _PLACE = "v", "o"


def with_fills(
    plan: QueryPlan, merged: exp.Query, passing: Sequence[exp.Expr], keep: exp.Expr | None
) -> exp.Query:
    """Add groups whose calls are NULL to `merged`, the groups of data and of totals (columns k, a, g).

    Groups of data that do not meet `passing` are left out first; totals stay if they meet `keep`.
    Other keys than the filled ones take every combination the data has.
    """
    data = _select_all(_ALL)
    for condition in passing:
        data = data.where(copy_of(condition), copy=False)
    if plan.totals:
        data = data.where(exp.EQ(this=exp.column(_SET), expression=exp.Literal.number(0)), copy=False)
    query: exp.Query = _filled(plan)
    if plan.totals:
        totals = exp.select(*(exp.column(name) for name in _columns(plan))).from_(_ALL)
        totals = totals.where(exp.NEQ(this=exp.column(_SET), expression=exp.Literal.number(0)), copy=False)
        if keep is not None:
            totals = totals.where(copy_of(keep), copy=False)
        query = exp.Union(this=query, expression=totals, distinct=False)
    return query.with_(_ALL, as_=merged, copy=False).with_(_DATA, as_=data, copy=False)


def _filled(plan: QueryPlan) -> exp.Select:
    fills = {fill.number: fill for fill in plan.fills}
    rest = [key_column(number) for number in range(len(plan.keys)) if number not in fills]
    homes = {key_column(number): _home(number) for number in fills}
    columns: list[exp.Expr] = []
    placed = {fill.order_call: number for number, fill in fills.items() if fill.order_call is not None}
    for name in _columns(plan):
        if name == _SET:
            columns.append(exp.alias_(exp.Literal.number(0), _SET))
        elif name in homes:
            columns.append(exp.alias_(exp.column(_VALUE, homes[name]), name))
        elif name in rest:
            columns.append(exp.column(name, _REST))
        else:
            columns.append(_call(name, placed))
    select = exp.select(*columns)
    for number, fill in fills.items():
        source = _values(fill).subquery(_home(number), copy=False)
        if select.args.get("from_") is None:
            select = select.from_(source, copy=False)
        else:
            select = select.join(source, join_type="CROSS", copy=False)
    if rest:
        others = exp.select(*(exp.column(name) for name in rest)).distinct(copy=False).from_(_DATA)
        select = select.join(others.subquery(_REST, copy=False), join_type="CROSS", copy=False)
    meets = [
        keys_meet(
            exp.column(_VALUE, homes[name]) if name in homes else exp.column(name, _REST),
            exp.column(name, _DATA),
            alike=name not in homes,  # listed values are literals
        )
        for name in (key_column(number) for number in range(len(plan.keys)))
    ]
    return select.join(exp.to_table(_DATA), on=exp.and_(*meets, copy=False), join_type="LEFT", copy=False)


def _columns(plan: QueryPlan) -> list[str]:
    keys = [key_column(number) for number in range(len(plan.keys))]
    calls = sorted(number for part in plan.parts for number, _ in part.calls)
    return [*keys, *(call_column(number) for number in calls), *([_SET] if plan.totals else [])]


def _home(number: int) -> str:
    return f"f{number}"


def _call(name: str, placed: dict[int, int]) -> exp.Expr:
    """Give a call's value; one that orders a filled field is known where there is no data."""
    value = exp.column(name, _DATA)
    for call, number in placed.items():
        if call_column(call) == name:
            place = exp.column(_PLACE, _home(number))
            return exp.alias_(exp.Coalesce(this=value, expressions=[place]), name)
    return value


def _values(fill: Fill) -> exp.Select:
    """Select the values a key shall have, and those it has: `v`, and its place `o` where that is needed."""
    key = exp.column(key_column(fill.number))
    had = exp.select(exp.alias_(key.copy(), _VALUE)).from_(_DATA)
    wanted = _wanted(fill)
    if fill.order_call is None:
        both = exp.Union(this=wanted, expression=had, distinct=True)
        return exp.select(exp.column(_VALUE)).from_(both.subquery("filled", copy=False), copy=False)
    had = had.select(exp.alias_(exp.column(call_column(fill.order_call)), _PLACE), copy=False)
    both = exp.Union(this=wanted, expression=had, distinct=False)
    place = exp.alias_(exp.Min(this=exp.column(_PLACE)), _PLACE)
    select = exp.select(exp.column(_VALUE), place).from_(both.subquery("filled", copy=False), copy=False)
    return select.group_by(exp.column(_VALUE), copy=False)


def _wanted(fill: Fill) -> exp.Select:
    if isinstance(fill.times, TimeRange):
        return _range(fill.times, exp.column(key_column(fill.number)))
    names = [_VALUE, _PLACE] if fill.order_call is not None else [_VALUE]
    rows = [
        exp.Tuple(expressions=[copy_of(value), exp.Literal.number(place)][: len(names)])
        for value, place in fill.values
    ]
    alias = exp.TableAlias(
        this=exp.to_identifier("listed"), columns=[exp.to_identifier(name) for name in names]
    )
    return exp.select(*(exp.column(name) for name in names)).from_(
        exp.Values(expressions=rows, alias=alias), copy=False
    )


def _range(times: TimeRange, key: exp.Column) -> exp.Select:
    """Select each time between bounds; an open end is where the data ends."""

    def end(known: exp.Expr | None, kind: Callable[..., exp.Expr]) -> exp.Expr:
        if known is not None:
            return copy_of(known)
        return exp.select(kind(this=key.copy())).from_(_DATA).subquery(copy=False)

    low, high = end(times.low, exp.Min), end(times.high, exp.Max)
    each = each_time(low, high, unit=times.unit, count=times.count)
    select = exp.select(exp.alias_(each, _VALUE))
    select.set("limit", exp.Limit(expression=exp.Literal.number(MOST_VALUES)))
    return select


def _select_all(name: str) -> exp.Select:
    return exp.select("*").from_(name)
