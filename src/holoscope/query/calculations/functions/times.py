"""Functions of dates and times: parts of them, and counting between them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.functions.registry import function, scalar
from holoscope.query.calculations.node import Constant, Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import NUMBER, TIME, Term, compare, divided, minus, number, plus, when
from holoscope.sql.trees import cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]
_PARTS = {
    "YEAR": "YEAR",
    "QUARTER": "QUARTER",
    "MONTH": "MONTH",
    "DAY": "DAY",
    "HOUR": "HOUR",
    "MINUTE": "MINUTE",
    "SECOND": "SECOND",
    "WEEK": "WEEK",
    "ISOWEEKNUM": "WEEK",
    "DOW": "DOW",
    "ISODOW": "ISODOW",
    "DOY": "DOY",
    "EPOCH": "EPOCH",
}
_UNITS = {"D": "DAY", "M": "MONTH", "Y": "YEAR", "Q": "QUARTER", "W": "WEEK"}
_SECONDS = {"HOUR": 3600, "MINUTE": 60, "SECOND": 1}


def part(value: exp.Expr, word: str) -> exp.Expr:
    """Take a part of a timestamp as a whole number."""
    taken = exp.Extract(this=exp.var(word), expression=copy_of(value))
    return cast(exp.Floor(this=taken), "bigint")


for _name in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "QUARTER", "ISOWEEKNUM"):

    @scalar(_name, "t", NUMBER)
    def _part(value: exp.Expr, word: str = _PARTS[_name]) -> exp.Expr:
        return part(value, word)


@scalar("EPOCH", "t", NUMBER)
def _epoch(value: exp.Expr) -> exp.Expr:
    """Give the seconds since 1970."""
    return part(value, "EPOCH")


@function("EXTRACT", 2)
def _extract(t: Translator, nodes: Nodes) -> Term:
    word = str(nodes[0].value).upper() if isinstance(nodes[0], Constant) else ""
    if word not in _PARTS:
        raise BadCalculation(f"EXTRACT needs one of {', '.join(sorted(_PARTS))} as its first operand.")
    value = t.time(nodes[1])
    return t.made(part(value.tree, _PARTS[word]), NUMBER, value)


@function("DATE", 1, 3)
def _date_of(t: Translator, nodes: Nodes) -> Term:
    """Make a date; months and days beyond their ends run on. Of one operand, the day of a time."""
    if len(nodes) == 1:
        value = t.time(nodes[0])
        return t.made(t.dialect.truncate(value.tree, "date"), TIME, value, date_only=True)
    if len(nodes) == 2:
        raise BadCalculation("DATE takes a year, a month and a day.")
    year, month, day = (t.once(t.integer(node)) for node in nodes)
    made = t.dialect.function("date_of", year.tree, month.tree, day.tree)
    return t.made(made, TIME, year, month, day, date_only=True)


@function("TODAY", 0)
def _today(t: Translator, nodes: Nodes) -> Term:
    now = t.clock.now("TODAY")
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Term(t.dialect.time_literal(day, date_only=False, has_zone=False), TIME, date_only=True)


@function("NOW", 0)
def _now(t: Translator, nodes: Nodes) -> Term:
    now = t.clock.now("NOW").replace(microsecond=0)
    return Term(t.dialect.time_literal(now, date_only=False, has_zone=False), TIME)


@function("DAYS", 2)
def _days(t: Translator, nodes: Nodes) -> Term:
    """Count the days from the second date to the first."""
    end, start = (t.time(node) for node in nodes)
    return t.made(t.dialect.whole_days(start.tree, end.tree), NUMBER, start, end)


@function("EOMONTH", 2)
def _end_of_month(t: Translator, nodes: Nodes) -> Term:
    value, count = t.time(nodes[0]), t.integer(nodes[1])
    start = t.dialect.truncate(value.tree, "month")
    next_start = t.dialect.add_months(start, plus(count.tree, number(1)))
    made = t.dialect.function("add_days", exp.Paren(this=next_start), number(-1))
    return t.made(made, TIME, value, count, date_only=True)


@function("EDATE", 2)
def _same_day(t: Translator, nodes: Nodes) -> Term:
    value, count = t.time(nodes[0]), t.integer(nodes[1])
    day = t.dialect.truncate(value.tree, "date")
    return t.made(exp.Paren(this=t.dialect.add_months(day, count.tree)), TIME, value, count, date_only=True)


@function("DATEDIF", 3)
def _date_difference(t: Translator, nodes: Nodes) -> Term:
    """Count whole units from a start to an end; blank if the end lies before it, as in a cell."""
    start, end = (t.once(t.time(node)) for node in nodes[:2])
    written = str(nodes[2].value).strip().upper() if isinstance(nodes[2], Constant) else ""
    unit = _UNITS.get(written, written.removesuffix("S"))
    count = _whole_units(t, start.tree, end.tree, unit)
    if count is None:
        raise BadCalculation(
            'DATEDIF counts "D", "M" or "Y", written out in quotes; also "YM", "MD" and "YD".'
        )
    in_order = compare(exp.LTE, start.tree, end.tree)
    return t.made(when((in_order, count)), NUMBER, start, end)


def _whole_units(t: Translator, start: exp.Expr, end: exp.Expr, unit: str) -> exp.Expr | None:
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}.get(unit)
    if months is not None:
        return t.dialect.whole_months(start, end, size=months)
    if unit in _SECONDS:
        return exp.Floor(this=t.dialect.seconds_between(start, end, per=_SECONDS[unit]))
    days = t.dialect.whole_days(start, end)
    match unit:
        case "DAY":
            return days
        case "WEEK":
            return exp.Floor(this=divided(cast(days, "double"), number(7)))
        case "YM":
            whole = t.dialect.whole_months(start, end)
            years = t.dialect.whole_months(start, end, size=12)
            return minus(whole, exp.Paren(this=exp.Mul(this=years, expression=number(12))))
        case "MD" | "YD":
            whole = t.dialect.whole_months(start, end, size=1 if unit == "MD" else 12)
            count = whole if unit == "MD" else exp.Mul(this=whole, expression=number(12))
            reached = t.dialect.add_months(cast(start, "timestamp"), exp.Paren(this=count))
            return t.dialect.whole_days(exp.Paren(this=reached), end)
        case _:
            return None


@function("WEEKDAY", 1, 2)
def _weekday(t: Translator, nodes: Nodes) -> Term:
    """Number the days of a week: from Sunday = 1 by type 1, Monday = 1 by 2, Monday = 0 by 3."""
    value, kind = t.time(nodes[0]), _week_type(nodes)
    if kind == 3:
        return t.made(_day_of_week(value.tree, 1), NUMBER, value)
    first = {1: 7, 2: 1}.get(kind) or (kind - 10 if 11 <= kind <= 17 else None)
    if first is None:
        raise BadCalculation("WEEKDAY knows the types 1, 2, 3 and 11 to 17.")
    return t.made(plus(_day_of_week(value.tree, first), number(1)), NUMBER, value)


@function("WEEKNUM", 1, 2)
def _week_number(t: Translator, nodes: Nodes) -> Term:
    """Number the weeks of a year; the first is that of 1 January, and begins on Sunday unless said."""
    value, kind = t.once(t.time(nodes[0])), _week_type(nodes)
    if kind == 21:
        return t.made(part(value.tree, "WEEK"), NUMBER, value)
    first = {1: 7, 2: 1}.get(kind) or (kind - 10 if 11 <= kind <= 17 else None)
    if first is None:
        raise BadCalculation("WEEKNUM knows the types 1, 2, 11 to 17 and 21.")
    day = minus(part(value.tree, "DOY"), number(1))
    new_year = _remainder(minus(_day_of_week(value.tree, first), day))
    week = exp.Floor(this=divided(cast(plus(day, new_year), "double"), number(7)))
    return t.made(cast(plus(week, number(1)), "bigint"), NUMBER, value)


def _day_of_week(value: exp.Expr, first: int) -> exp.Expr:
    """Number the days of a week from 0; `first` is its first day, Monday = 1."""
    return _remainder(minus(part(value, "ISODOW"), number(first)))


def _remainder(value: exp.Expr) -> exp.Expr:
    """Give the remainder of a division by seven of what is more than -371."""
    shifted = plus(value, number(371))
    return exp.Paren(this=exp.Mod(this=shifted, expression=number(7)))


def _week_type(nodes: Nodes) -> int:
    if len(nodes) == 1:
        return 1
    value = nodes[1].value if isinstance(nodes[1], Constant) else None
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise BadCalculation("the type of a week is a number that is written out.")
    return int(value)
