"""Conditions on times become SQL: windows, periods of custom calendars, parts of the calendar."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import DateKind, DateMatch, DatePart, DatePartMatch
from holoscope.modeling.timeframes import WEEKDAYS
from holoscope.modeling.types import DataType
from holoscope.query.filters.literals import Clockwork, floor
from holoscope.query.filters.periods import Periods, named_period, period_predicate
from holoscope.query.filters.target import Context, Target, equals_any, negated, negated_surely, require_type
from holoscope.query.filters.windows import moved_window, window_of
from holoscope.query.fiscal import day_of_quarter
from holoscope.sql.trees import copy_of

_MONTHS = tuple(name.lower() for name in month_name[1:])
_MOST_DIGITS = 9
_CLOCK = re.compile(r"(\d{1,2})(?::00)?\s*(am|pm)?")
_NUMBERED_AS = {DatePart.IS_ON_DAY_OF_WEEK: "day_of_week_num", DatePart.IS_IN_MONTH_OF_YEAR: "month_num"}
_WHOLE = (DateKind.TIME_FOR_UNIT_DURATION, DateKind.TIME_FOR_INTERVAL_DURATION)


def date_predicate(condition: DateMatch, target: Target, context: Context) -> exp.Expr | None:
    """Compile a window of time; None when it has no end at all.

    Raises:
        InvalidQuery: the field is no time, or a literal is invalid.
    """
    require_type(target, DataType.TIMESTAMP, "date")
    if target.periods is not None:
        named = _of_calendar(condition, target.periods, target, context)
        if named is not None:
            return negated_surely(named, condition.negative, target)
    clock = _clock_of(target, context)
    low, high = moved_window(window_of(condition, clock), target.back, clock)
    bounds: list[exp.Expr] = []
    if low is not None:
        bounds.append(exp.GTE(this=copy_of(target.value), expression=_instant(low, target, context)))
    if high is not None:
        bounds.append(exp.LT(this=copy_of(target.value), expression=_instant(high, target, context)))
    if not bounds:
        return None
    predicate = bounds[0] if len(bounds) == 1 else exp.Paren(this=exp.and_(*bounds, copy=False))
    return negated(predicate, condition.negative, target)


def _of_calendar(condition: DateMatch, periods: Periods, target: Target, context: Context) -> exp.Expr | None:
    """Compile what a condition says of the field's own calendar; None when it names no period of it."""
    sides = [named_period(literal, periods) for literal in (condition.left, condition.right)]
    day = context.dialect.truncate(copy_of(target.wall or target.value), "date")
    today: exp.Expr = exp.Null()
    if sides != [None, None]:
        midnight = floor(context.clock.now("period of a calendar"), "day")
        today = context.dialect.time_literal(midnight, date_only=False, has_zone=False)
    found = period_predicate(condition, periods, day, today)
    if found is None and (condition.kind in _WHOLE or sides == [None, None]):
        return None
    if target.back or condition.offset:
        raise InvalidQuery(f'Filter on "{target.name}": periods of a calendar cannot be moved by an offset.')
    if found is not None:
        return found
    bounds: list[exp.Expr] = []
    for side, compare in zip(sides, (exp.GTE, exp.LT), strict=True):
        if side is not None:
            bounds.append(compare(this=copy_of(day), expression=periods.start(side.unit, side.shift, today)))
    left = None if sides[0] is not None else condition.left
    right = None if sides[1] is not None else condition.right
    rest = replace(condition, left=left, right=right, negative=False)
    plain = date_predicate(rest, replace(target, periods=None), context)
    return exp.and_(*bounds, *([plain] if plain is not None else []), copy=False)


def _clock_of(target: Target, context: Context) -> Clockwork:
    """The clock with the week of the field."""
    if target.week_start is None or target.week_start == context.clock.week_start:
        return context.clock
    return replace(context.clock, week_start=target.week_start)


def _instant(wall: datetime, target: Target, context: Context) -> exp.Expr:
    kind = target.type
    if kind.date_only:
        # A date stands for its midnight; a bound inside a day is compared as a timestamp.
        whole = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        if whole != wall:
            return context.dialect.time_literal(wall, date_only=False, has_zone=False)
        return context.dialect.time_literal(wall, date_only=True, has_zone=False)
    if target.shifted:
        return context.dialect.time_literal(
            context.clock.to_utc(wall), date_only=False, has_zone=kind.has_zone
        )
    return context.dialect.time_literal(wall, date_only=False, has_zone=kind.has_zone)


def part_predicate(condition: DatePartMatch, target: Target, context: Context) -> exp.Expr:
    """Compile a test of a part of the calendar, by number or name.

    Raises:
        InvalidQuery: the field is no time, or a value names no such part.
    """
    require_type(target, DataType.TIMESTAMP, "date")
    wall, clock = copy_of(target.wall or target.value), _clock_of(target, context)
    numbers = part_numbers(condition, clock.week_start)
    part = _NUMBERED_AS.get(condition.part, str(condition.part))
    if condition.part is DatePart.IS_ON_DAY_OF_QUARTER:
        offset = clock.fiscal_offset if target.periods is None else None
        value = day_of_quarter(wall, offset, context.dialect)
    else:
        value = context.dialect.extract(wall, part, week_start=clock.week_start)
    literals = [context.dialect.number_literal(Decimal(number)) for number in numbers]
    return negated(equals_any(value, literals), condition.negative, target)


def part_numbers(condition: DatePartMatch, week_start: int) -> list[int]:
    """Give the numbers that the values name; days of the week count from its first day, from 0.

    Raises:
        InvalidQuery: a value names no such part.
    """
    match condition.part:
        case DatePart.IS_ON_DAY_OF_WEEK:
            return [_weekday(item, week_start) for item in condition.values]
        case DatePart.IS_IN_MONTH_OF_YEAR:
            return [_named(item, _MONTHS, 1) for item in condition.values]
        case DatePart.IS_AT_HOUR_OF_DAY:
            return [_hour(item) for item in condition.values]
    return [_integer(item) for item in condition.values]


def _weekday(text: str, week_start: int) -> int:
    """Numbers count from the week's first day; names mean themselves."""
    word = text.strip().lower()
    for index, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.startswith(word):
            return (index - week_start) % 7
    return _integer(text)


def _named(text: str, names: tuple[str, ...], first: int) -> int:
    word = text.strip().lower()
    for index, name in enumerate(names):
        if len(word) >= 3 and name.startswith(word):
            return index + first
    return _integer(text)


def _hour(text: str) -> int:
    """Read `9`, `09:00`, `9 am` or `12pm`."""
    match = _CLOCK.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidQuery(f"Invalid literal value '{text}' in filter")
    hour = int(match[1])
    return hour if match[2] is None else hour % 12 + (12 if match[2] == "pm" else 0)


def _integer(text: str) -> int:
    word = text.strip().upper().removeprefix("Q")
    if not word.isdecimal() or len(word) > _MOST_DIGITS:
        raise InvalidQuery(f"Invalid literal value '{text}' in filter")
    return int(word)
