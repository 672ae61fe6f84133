"""Custom calendars: periods of a time are columns of a table, joined on the day (modeling digest §9.4).

Each dimension with a calendar has a copy of the calendar's view to itself, named `view$field`, and a
left join to it in every join tree that holds its view. Of several rows for one day one is joined,
the first by its periods, so that no row of the view is repeated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.calendars import calendar_copy, field_of_copy
from holoscope.modeling.fields import Dimension
from holoscope.modeling.joins import Cardinality, Relationship
from holoscope.modeling.model import CustomCalendar, Model
from holoscope.modeling.timeframes import Grain
from holoscope.query.filters.periods import Periods
from holoscope.query.joins import Edge, JoinTree
from holoscope.query.plan.node import Table
from holoscope.query.selects import table_of
from holoscope.query.types import NUMBER, STRING, WALL_TIME
from holoscope.query.value import Value
from holoscope.query.wall import wall_of
from holoscope.sql.trees import atom, cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver

_FAMILIES = {  # what is counted within a period, or names it
    "year": ("year", "year_num", "day_of_year"),
    "quarter": ("quarter", "quarter_of_year", "day_of_quarter"),
    "month": ("month", "month_num", "month_name", "day_of_month"),
    "week": ("week", "week_of_year"),
}
_LABELS = {
    "year": ("year_num",),
    "quarter": ("year_num", "quarter_of_year"),
    "month": ("year_num", "month_num"),
}
_NUMBER = "$number"
STARTS = ("year", "quarter", "month", "week")


def with_calendars(tree: JoinTree, model: Model) -> JoinTree:
    """Add to a join tree the joins to calendars that fields of its views have."""
    edges = dict(tree.edges)
    for name in tree.views:
        for field in model.views[name].dimensions.values() if name in model.views else ():
            calendar = model.custom_calendars.get(field.custom_calendar or "")
            child = calendar_copy(name, field.name)
            if calendar is not None and child in model.views:
                join = Relationship(
                    name, child, None, field.position, Cardinality.MANY_TO_ONE, right_view=calendar.view
                )
                edges[child] = Edge(name, child, "LEFT", Cardinality.MANY_TO_ONE, join)
    return tree if len(edges) == len(tree.edges) else JoinTree(tree.base, edges)


def calendar_of(found: Dimension, model: Model) -> CustomCalendar | None:
    """Give the calendar of a dimension, None for the ordinary one.

    Raises:
        InvalidQuery: the model has no such calendar; another one would give other periods.
    """
    if found.custom_calendar is None:
        return None
    calendar = model.custom_calendars.get(found.custom_calendar)
    if calendar is None:
        raise InvalidQuery(
            f'"{found.qualified_name}" has no calendar: "{found.custom_calendar}" is not there.'
        )
    return calendar


def calendar_condition(child: str, resolver: Resolver) -> Value | None:
    """Give the condition that joins a calendar's copy; None when `child` is none."""
    named = field_of_copy(child)
    if named is None:
        return None
    view, field = named
    found = resolver.model.views[view].dimensions[field]
    calendar = calendar_of(found, resolver.model)
    if calendar is None:
        return None
    raw = resolver.raw(found)
    day = cast(copy_of(resolver.raw(resolver.model.views[child].dimensions[calendar.date]).tree), "timestamp")
    return Value(exp.EQ(this=_day(resolver, raw), expression=day), STRING, raw.views | {child})


def calendar_table(child: str, resolver: Resolver) -> Table:
    """Give the table behind a calendar's copy with one row for each day; any other view's as it is."""
    table = table_of(child, resolver)
    named = field_of_copy(child)
    calendar = (
        calendar_of(resolver.model.views[named[0]].dimensions[named[1]], resolver.model) if named else None
    )
    if calendar is None:
        return table
    copy = resolver.model.views[child]
    day, *periods = (
        copy_of(resolver.raw(copy.dimensions[name]).tree)
        for name in (calendar.date, *dict.fromkeys(calendar.mappings.values()))
    )
    number = exp.Window(
        this=exp.RowNumber(),
        partition_by=[day],
        order=exp.Order(expressions=[exp.Ordered(this=period, nulls_first=False) for period in periods]),
    )
    numbered = exp.select(exp.column(exp.Star(), child), exp.alias_(number, _NUMBER)).from_(table.named())
    once = exp.select("*").from_(numbered.subquery(child, copy=False), copy=False)
    once = once.where(exp.EQ(this=exp.column(_NUMBER, child), expression=exp.Literal.number(1)), copy=False)
    return Table(child, once.subquery(copy=False))


def is_offered(calendar: CustomCalendar, grain: Grain) -> bool:
    """Tell whether a grain exists beside a calendar: mapped, or about periods the calendar does not move."""
    if grain.needs_fiscal:
        return False
    if grain.name in calendar.mappings:
        return True
    families = [family for family in _FAMILIES.values() if grain.name in family]
    return not any(name in calendar.mappings for family in families for name in family)


def at_grain(resolver: Resolver, raw: Value, grain: Grain, found: Dimension) -> Value | None:
    """Give the calendar's value for a grain; None when the grain is an ordinary one."""
    calendar = calendar_of(found, resolver.model)
    if calendar is None or grain.name not in calendar.mappings:
        return None
    words = _LABELS.get(grain.name)
    if words is not None and all(word in calendar.mappings for word in words):
        tree, kind = _label(grain.name, [_number(resolver, found, calendar, word) for word in words]), STRING
    elif grain.name in STARTS:
        return period_start(resolver, raw, grain, found)
    else:
        tree, kind = _number(resolver, found, calendar, grain.name), NUMBER
    return _of(raw, found, Value(tree, kind, frozenset()))


def period_start(resolver: Resolver, raw: Value, grain: Grain, found: Dimension) -> Value | None:
    """Give the first day of the calendar's period, by which its labels are ordered; None for no period."""
    calendar = calendar_of(found, resolver.model)
    if calendar is None or grain.name not in STARTS or grain.name not in calendar.mappings:
        return None
    tree = cast(_mapped(resolver, found, calendar, grain.name), "timestamp")
    return _of(raw, found, Value(tree, WALL_TIME, frozenset()))


def periods_of(resolver: Resolver, found: Dimension) -> Periods | None:
    """Give the calendar's table for filters that name periods.

    Raises:
        InvalidQuery: a column of the calendar reads another view.
    """
    calendar = calendar_of(found, resolver.model)
    if calendar is None:
        return None
    view = resolver.model.views[calendar.view]

    def column(name: str) -> exp.Expr:
        value = resolver.raw(view.dimensions[name])
        if value.views - {view.name}:
            raise InvalidQuery(
                f'The calendar "{calendar.name}" reads other views in "{name}": put it into one view.'
            )
        return copy_of(value.tree)

    return Periods(
        source=table_of(view.name, resolver).named(),
        day=cast(column(calendar.date), "timestamp"),
        starts={
            unit: cast(column(name), "timestamp")
            for unit, name in calendar.mappings.items()
            if unit in STARTS
        },
        numbers={word: column(name) for word, name in calendar.mappings.items() if word not in STARTS},
    )


def _day(resolver: Resolver, raw: Value) -> exp.Expr:
    return resolver.context.dialect.truncate(wall_of(resolver, raw), "date")


def _of(raw: Value, found: Dimension, value: Value) -> Value:
    views = raw.views | {calendar_copy(found.view, found.name)}
    return replace(value, views=views, convertible=False, masks=raw.masks)


def _mapped(resolver: Resolver, found: Dimension, calendar: CustomCalendar, key: str) -> exp.Expr:
    copy = resolver.model.views.get(calendar_copy(found.view, found.name))
    if copy is None:
        raise InvalidQuery(f'"{found.qualified_name}" has a calendar that is not joined here.')
    return copy_of(resolver.raw(copy.dimensions[calendar.mappings[key]]).tree)


def _number(resolver: Resolver, found: Dimension, calendar: CustomCalendar, key: str) -> exp.Expr:
    return cast(_mapped(resolver, found, calendar, key), "bigint")


def _label(grain: str, numbers: list[exp.Expr]) -> exp.Expr:
    """Write `2026`, `2026-Q1` or `2026-02`; NULL where a number is NULL."""
    texts = [cast(number, "varchar") for number in numbers]
    if grain == "year":
        return texts[0]
    if grain == "quarter":
        return _joined(texts[0], exp.Literal.string("-Q"), texts[1])
    short = exp.LT(this=copy_of(numbers[1]), expression=exp.Literal.number(10))
    padded = exp.Case(
        ifs=[exp.If(this=short, true=_joined(exp.Literal.string("0"), texts[1].copy()))], default=texts[1]
    )
    return _joined(texts[0], exp.Literal.string("-"), padded)


def _joined(*parts: exp.Expr) -> exp.Expr:
    tree = parts[0]
    for part in parts[1:]:
        tree = exp.DPipe(this=tree, expression=atom(part))
    return exp.Paren(this=tree)
