"""Named periods of a custom calendar: `this quarter` is what its table says (modeling digest §9.4).

The table is asked by sub-selects, for the period that holds today, the ones before and after it, and
the days in them. Where the table has no such period no day is in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import DateKind, DateMatch
from holoscope.sql.trees import copy_of

_UNIT = r"(week|month|quarter|year)s?"
_RELATIVE = re.compile(rf"(this|last|next)\s+(fiscal\s+)?{_UNIT}", re.IGNORECASE)
_AGO = re.compile(rf"(\d{{1,9}})\s+(complete\s+)?{_UNIT}\s+(ago|from\s+now)", re.IGNORECASE)
_LENGTH = re.compile(rf"(\d{{1,9}})\s+(?:complete\s+)?{_UNIT}", re.IGNORECASE)
_NUMBERED = re.compile(r"(\d{4})(?:-(\d{1,2})|[ -]+q([1-4]))?", re.IGNORECASE)
_FISCAL = re.compile(r"fy\s*\d{4}.*", re.IGNORECASE)
_PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Periods:
    """A calendar's table: `day` of each row, the first day of its `starts[unit]`, its `numbers`."""

    source: exp.Expr
    day: exp.Expr
    starts: Mapping[str, exp.Expr]
    numbers: Mapping[str, exp.Expr]

    def start(self, unit: str, shift: int, today: exp.Expr) -> exp.Expr:
        """Give the first day of the period `shift` periods after the one that holds today."""
        column = self.starts[unit]
        now = self._select(exp.Max(this=column.copy())).where(
            exp.EQ(this=self.day.copy(), expression=today.copy()), copy=False
        )
        if shift == 0:
            return now.subquery(copy=False)
        compare = exp.GT if shift > 0 else exp.LT
        wanted = self._select(exp.alias_(column.copy(), _PERIOD)).distinct(copy=False)
        wanted = wanted.where(compare(this=column.copy(), expression=now.subquery(copy=False)), copy=False)
        order = exp.Ordered(this=exp.column(_PERIOD), desc=shift < 0, nulls_first=False)
        return (
            wanted.order_by(order, copy=False)
            .limit(1, copy=False)
            .offset(abs(shift) - 1, copy=False)
            .subquery(copy=False)
        )

    def holds(self, day: exp.Expr, unit: str, shift: int, count: int, today: exp.Expr) -> exp.Expr:
        """Tell whether a day lies in `count` periods, the first of them `shift` after the present one."""
        column = self.starts[unit]
        after = exp.GTE(this=column.copy(), expression=self.start(unit, shift, today))
        first = self._select(exp.alias_(column.copy(), _PERIOD)).distinct(copy=False).where(after, copy=False)
        order = exp.Ordered(this=exp.column(_PERIOD), desc=False, nulls_first=False)
        some = first.order_by(order, copy=False).limit(count, copy=False).subquery("periods", copy=False)
        wanted = exp.select(exp.column(_PERIOD, "periods")).from_(some, copy=False)
        return self._days(day, exp.In(this=column.copy(), query=wanted.subquery(copy=False)))

    def numbered(self, day: exp.Expr, **numbers: int) -> exp.Expr:
        """Tell whether a day lies in the period with these numbers."""
        tests = [
            exp.EQ(this=self.numbers[name].copy(), expression=exp.Literal.number(number))
            for name, number in numbers.items()
        ]
        return self._days(day, exp.and_(*tests, copy=False))

    def _select(self, column: exp.Expr) -> exp.Select:
        return exp.select(column).from_(self.source.copy(), copy=False)

    def _days(self, day: exp.Expr, condition: exp.Expr) -> exp.Expr:
        known = exp.Not(this=exp.Is(this=self.day.copy(), expression=exp.Null()))
        days = self._select(self.day.copy()).where(known, copy=False).where(condition, copy=False)
        return exp.In(this=copy_of(day), query=days.subquery(copy=False))


@dataclass(frozen=True, slots=True)
class Named:
    """A literal that names a period: `shift` periods of `unit` from the present one."""

    unit: str
    shift: int


def named_period(literal: str | None, periods: Periods) -> Named | None:
    """Read a literal that names a period of the calendar; None for any other.

    Raises:
        InvalidQuery: it names a fiscal period, which fields with a calendar do not have.
    """
    text = (literal or "").strip()
    relative, ago = _RELATIVE.fullmatch(text), _AGO.fullmatch(text)
    if (relative and relative[2]) or _FISCAL.fullmatch(text):
        raise InvalidQuery(f"'{text}': a field with a calendar of its own has no fiscal periods.")
    if relative and relative[3].lower() in periods.starts:
        return Named(relative[3].lower(), {"last": -1, "this": 0, "next": 1}[relative[1].lower()])
    if ago and ago[3].lower() in periods.starts:
        count = int(ago[1])
        if ago[4].lower() != "ago":
            return Named(ago[3].lower(), count)
        return Named(ago[3].lower(), -count if ago[2] or count == 0 else 1 - count)
    return None


def period_predicate(
    condition: DateMatch, periods: Periods, day: exp.Expr, today: exp.Expr
) -> exp.Expr | None:
    """Compile a condition on whole periods of the calendar; None when it names none.

    Raises:
        InvalidQuery: the length of a window is in another unit than its start.
    """
    if condition.fiscal:
        raise InvalidQuery("A field with a calendar of its own has no fiscal periods.")
    first = named_period(condition.left, periods)
    if condition.kind is DateKind.TIME_FOR_UNIT_DURATION:
        if first is not None:
            return periods.holds(day, first.unit, first.shift, 1, today)
        return _numbered(condition.left or "", periods, day)
    if condition.kind is not DateKind.TIME_FOR_INTERVAL_DURATION or first is None:
        return None
    length = _LENGTH.fullmatch((condition.right or "").strip())
    if length is None or length[2].lower() != first.unit or int(length[1]) < 1:
        raise InvalidQuery(
            f"'{condition.left}' is a period of a calendar: give its length in {first.unit}s, "
            f"not '{condition.right}'."
        )
    return periods.holds(day, first.unit, first.shift, int(length[1]), today)


def _numbered(literal: str, periods: Periods, day: exp.Expr) -> exp.Expr | None:
    """`2026`, `2026 Q1` and `2026-02` are the calendar's own where it numbers its periods."""
    match = _NUMBERED.fullmatch(literal.strip())
    if match is None or "year_num" not in periods.numbers:
        return None
    year, month, quarter = match.groups()
    if month and "month_num" in periods.numbers:
        return periods.numbered(day, year_num=int(year), month_num=int(month))
    if quarter and "quarter_of_year" in periods.numbers:
        return periods.numbered(day, year_num=int(year), quarter_of_year=int(quarter))
    return None if month or quarter else periods.numbered(day, year_num=int(year))
