"""Totals that are taken from the values of their rows (`custom_summary_types`, docs/decisions/0063)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.types import DataType
from holoscope.query.generate import GROUPING, level_of
from holoscope.query.plan.node import QueryPlan
from holoscope.query.sheet.sheet import SheetColumn, over_rows, sheet_column
from holoscope.query.spec import QuerySpec
from holoscope.query.summaries import Summary

_OF_ANY = (Summary.MIN, Summary.MAX, Summary.NONE)


def summarised(
    rows: exp.Query,
    plan: QueryPlan,
    keys: Mapping[int, exp.Expr],
    columns: Mapping[str, SheetColumn],
    spec: QuerySpec,
) -> tuple[exp.Query, dict[str, str]]:
    """Give the rows with a further column for each measure that has a summary, and its name by the measure's.

    `keys` are the columns of the plan's keys. All groups that pass the filters count, shown or not.

    Raises:
        InvalidQuery: the values cannot be summarised so.
    """
    chosen = list(_chosen(columns, spec))
    if not plan.totals or not chosen:
        return rows, {}
    levels = {total.keeps for total in plan.totals}
    places: list[tuple[str, exp.Expr]] = []
    values: list[tuple[str, exp.Expr]] = []
    names: dict[str, str] = {}
    for number, (column, summary) in enumerate(chosen):
        ifs = [exp.If(this=_is_level(plan, tuple(range(len(plan.keys)))), true=column.value.copy())]
        for depth, keeps in enumerate(sorted(levels)):
            inside = [keys[key].copy() for key in keeps]
            own = exp.Case(ifs=[exp.If(this=_is_data(), true=column.value.copy())])
            if summary is Summary.MEDIAN:
                place, count = f"__omni_place_{number}_{depth}", f"__omni_count_{number}_{depth}"
                places += [(place, _place(own, inside)), (count, _window(exp.Count(this=own.copy()), inside))]
                own = exp.Case(
                    ifs=[exp.If(this=_is_middle(sheet_column(place), sheet_column(count)), true=own)]
                )
            ifs.append(exp.If(this=_is_level(plan, keeps), true=_total(summary, own, inside)))
        name = f"__omni_summary_{number}"
        values.append((name, exp.Case(ifs=ifs)))
        names[column.value.name] = name
    if places:
        rows = over_rows(rows, places)
    return over_rows(rows, values), names


def with_summaries(columns: Mapping[str, SheetColumn], names: Mapping[str, str]) -> dict[str, SheetColumn]:
    """Let the columns read their summaries."""
    return {
        key: replace(item, value=sheet_column(names[item.value.name])) if item.value.name in names else item
        for key, item in columns.items()
    }


def _chosen(columns: Mapping[str, SheetColumn], spec: QuerySpec) -> Iterable[tuple[SheetColumn, Summary]]:
    for name, summary in spec.summaries.items():
        column = columns.get(name.lower())
        if column is None:
            if name.lower() in spec.added:
                raise InvalidQuery(
                    f'"{name}" is calculated in total rows too: remove it from query.custom_summary_types.'
                )
            continue
        if not column.is_measure:
            raise InvalidQuery(
                f'"{name}" is no measure, and has no total: query.custom_summary_types names it.'
            )
        if column.value.name != column.name:
            raise InvalidQuery(f'"{name}" holds times, whose totals are aggregated anew: remove its summary.')
        if summary not in _OF_ANY and column.type.data_type is not DataType.NUMBER:
            raise InvalidQuery(f'"{name}" holds no numbers: its total can be min, max or none of the rows.')
        yield column, summary


def _is_level(plan: QueryPlan, keeps: tuple[int, ...]) -> exp.Expr:
    return exp.EQ(this=sheet_column(GROUPING), expression=level_of(keeps, plan))


def _is_data() -> exp.Expr:
    return exp.EQ(this=sheet_column(GROUPING), expression=exp.Literal.number(0))


def _window(aggregate: exp.Expr, inside: list[exp.Expr]) -> exp.Expr:
    return exp.Window(this=aggregate, partition_by=[key.copy() for key in inside])


def _total(summary: Summary, value: exp.Expr, inside: list[exp.Expr]) -> exp.Expr:
    match summary:
        case Summary.SUM:
            return _window(exp.Sum(this=value), inside)
        case Summary.AVERAGE | Summary.MEDIAN:
            return _window(exp.Avg(this=value), inside)
        case Summary.MIN:
            return _window(exp.Min(this=value), inside)
        case Summary.MAX:
            return _window(exp.Max(this=value), inside)
        case Summary.COUNT:
            return _window(exp.Count(this=value), inside)
    return exp.Null()


def _place(value: exp.Expr, inside: list[exp.Expr]) -> exp.Expr:
    """Number the values of rows of data from the least; what is no value comes after them all."""
    order = [exp.Ordered(this=value.copy(), desc=False, nulls_first=False)]
    return exp.Window(
        this=exp.RowNumber(), partition_by=[key.copy() for key in inside], order=exp.Order(expressions=order)
    )


def _is_middle(place: exp.Expr, count: exp.Expr) -> exp.Expr:
    """Tell the one value in the middle, or the two."""
    twice = exp.Mul(this=place, expression=exp.Literal.number(2))
    last = exp.Add(this=count.copy(), expression=exp.Literal.number(2))
    return exp.and_(
        exp.GTE(this=twice, expression=count), exp.LTE(this=twice.copy(), expression=last), copy=False
    )
