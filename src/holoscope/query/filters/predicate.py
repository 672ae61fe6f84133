"""A condition about one expression becomes a SQL predicate (query digest §3.2-§3.5)."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import (
    Anything,
    AttributeMatch,
    BooleanMatch,
    Composite,
    Condition,
    DateKind,
    DateMatch,
    DatePart,
    DatePartMatch,
    InQuery,
    IsNull,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.modeling.timeframes import WEEKDAYS
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.filters.literals import Clockwork, add_duration, floor, resolve
from holoscope.query.filters.periods import Periods, named_period, period_predicate
from holoscope.query.fiscal import day_of_quarter
from holoscope.query.scope import Scope
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import cast, copy_of

_MONTHS = tuple(name.lower() for name in month_name[1:])
_ESCAPE = "!"
_WHOLE = (DateKind.TIME_FOR_UNIT_DURATION, DateKind.TIME_FOR_INTERVAL_DURATION)


@dataclass(frozen=True, slots=True)
class Target:
    """What a condition is about. `wall` is `value` in the query's zone, for calendar parts.

    `keep_nulls`: a negated condition also matches NULL (dimensions yes, measures no).
    `shifted`: `value` is stored in UTC while literals are wall time of the query's zone.
    `back` moves every window of time back by a length such as `1 year`.
    `week_start`: the first day of the weeks of this field, where it differs from the query's.
    `periods`: the calendar that says what a named period is, where the field has one of its own.
    """

    name: str
    value: exp.Expr
    type: ColumnType
    keep_nulls: bool = True
    wall: exp.Expr | None = None
    shifted: bool = True
    back: str | None = None
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
    """What compiling a condition needs. `open_query` compiles the query that a condition is about."""

    dialect: Dialect
    clock: Clockwork
    scope: Scope
    open_query: Callable[[InQuery], QueryValues] | None = None


def build_predicate(condition: Condition, target: Target, context: Context) -> exp.Expr | None:
    """Compile a condition; None when it restricts nothing.

    Raises:
        InvalidQuery: the condition cannot be about a field of this type, or a literal is invalid.
    """
    match condition:
        case Anything():
            return None
        case IsNull(negative):
            null = exp.Is(this=copy_of(target.value), expression=exp.Null())
            return exp.Not(this=null) if negative else null
        case Composite(conjunction, parts, negative):
            return _composite(conjunction, parts, negative, target, context)
        case OneOf():
            return _one_of(condition, target, context)
        case StringMatch():
            return _string(condition, target, context.dialect)
        case NumberMatch():
            return _number(condition, target, context.dialect)
        case DateMatch():
            return _date(condition, target, context)
        case DatePartMatch():
            return _date_part(condition, target, context)
        case BooleanMatch(value, nulls):
            return _boolean(value, nulls, target)
        case AttributeMatch():
            return _attribute(condition, target, context)
        case InQuery():
            return _in_query(condition, target, context)


def _attribute(condition: AttributeMatch, target: Target, context: Context) -> exp.Expr | None:
    values = context.scope.attributes.get(condition.attribute)
    if not values:
        raise InvalidQuery(
            f'Filter on "{target.name}" needs the user attribute "{condition.attribute}", which is not set.'
        )
    return _one_of(OneOf(tuple(values), condition.negative), target, context)


def _in_query(condition: InQuery, target: Target, context: Context) -> exp.Expr:
    """Compare with the values of another query. A NULL among them matches nothing, denied or not."""
    if context.open_query is None or not target.keep_nulls:
        raise InvalidQuery(f'Filter on "{target.name}": only dimensions can be filtered by a query.')
    values = context.open_query(condition)
    kinds = {target.type.data_type, values.type.data_type} - {DataType.UNKNOWN}
    if len(kinds) > 1:
        raise InvalidQuery(
            f'Filter on "{target.name}": "{condition.field}" of the query is '
            f"{values.type.data_type.lower()}, the field is {target.type.data_type.lower()}."
        )
    value = copy_of(target.value if values.convertible or target.wall is None else target.wall)
    return _negated(exp.In(this=value, query=values.select.subquery(copy=False)), condition.negative, target)


def _negated(predicate: exp.Expr, negative: bool, target: Target) -> exp.Expr:
    if not negative:
        return predicate
    denied = exp.Not(this=exp.Paren(this=predicate))
    if not target.keep_nulls:
        return denied
    null = exp.Is(this=copy_of(target.value), expression=exp.Null())
    return exp.Paren(this=exp.Or(this=denied, expression=null))


def _any(parts: Iterable[exp.Expr]) -> exp.Expr:
    predicates = list(parts)
    return predicates[0] if len(predicates) == 1 else exp.Paren(this=exp.or_(*predicates, copy=False))


def _composite(
    conjunction: str, parts: tuple[Condition, ...], negative: bool, target: Target, context: Context
) -> exp.Expr | None:
    built = [build_predicate(part, target, context) for part in parts]
    predicates = [part for part in built if part is not None]  # a placeholder is not there
    if not predicates:
        return None
    join = exp.or_ if conjunction == "OR" else exp.and_
    group = predicates[0] if len(predicates) == 1 else exp.Paren(this=join(*predicates, copy=False))
    if negative and target.keep_nulls:
        # NULL fails every test of the group but those for NULL itself, and so passes its denial.
        return exp.Not(this=exp.Coalesce(this=group, expressions=[exp.false()]))
    return _negated(group, negative, target)


def _require(target: Target, wanted: DataType, words: str) -> None:
    if target.type.data_type not in (wanted, DataType.UNKNOWN):
        raise InvalidQuery(
            f'Filter on "{target.name}": a {words} filter cannot be used on a '
            f"{target.type.data_type.lower()} field."
        )


def _string(condition: StringMatch, target: Target, dialect: Dialect) -> exp.Expr:
    value = copy_of(target.value)
    if target.type.data_type is not DataType.STRING:
        value = cast(value, "varchar")
    if condition.kind is StringKind.IS_EMPTY:
        empty = exp.EQ(this=value, expression=dialect.text_literal(""))
        return _negated(empty, condition.negative, target)
    literals: list[exp.Expr] = [
        dialect.text_literal(_pattern(condition.kind, item)) for item in condition.values
    ]
    if condition.case_insensitive:
        value = exp.Lower(this=value)
        literals = [exp.Lower(this=literal) for literal in literals]
    if condition.kind is StringKind.EQUALS:
        return _negated(_equals(value, literals), condition.negative, target)
    escape = None if condition.kind is StringKind.SQL_LIKE else _ESCAPE
    likes = [dialect.like(copy_of(value), literal, escape=escape) for literal in literals]
    return _negated(_any(likes), condition.negative, target)


def _equals(value: exp.Expr, literals: list[exp.Expr]) -> exp.Expr:
    if len(literals) == 1:
        return exp.EQ(this=value, expression=literals[0])
    return exp.In(this=value, expressions=literals)


def _pattern(kind: StringKind, text: str) -> str:
    if kind in (StringKind.EQUALS, StringKind.SQL_LIKE):
        return text
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    head = "" if kind is StringKind.STARTS_WITH else "%"
    tail = "" if kind is StringKind.ENDS_WITH else "%"
    return f"{head}{text}{tail}"


def _number(condition: NumberMatch, target: Target, dialect: Dialect) -> exp.Expr:
    _require(target, DataType.NUMBER, "number")
    value = copy_of(target.value)
    literals = [dialect.number_literal(item) for item in condition.values]
    first = literals[0]
    if condition.kind is NumberKind.EQUALS:
        predicate = _equals(value, literals)
    elif condition.kind is NumberKind.LESS_THAN:
        predicate = _compare(exp.LTE if condition.inclusive else exp.LT, value, first)
    elif condition.kind is NumberKind.GREATER_THAN:
        predicate = _compare(exp.GTE if condition.inclusive else exp.GT, value, first)
    else:
        upper = exp.LTE if condition.upper_inclusive else exp.LT
        bounds = (_compare(exp.GTE, value, first), _compare(upper, copy_of(value), literals[1]))
        predicate = exp.Paren(this=exp.and_(*bounds, copy=False))
    return _negated(predicate, condition.negative, target)


def _compare(kind: type[exp.Binary], value: exp.Expr, literal: exp.Expr) -> exp.Expr:
    return kind(this=value, expression=literal)


def _boolean(wanted: bool, nulls_are_false: bool, target: Target) -> exp.Expr:
    _require(target, DataType.BOOLEAN, "boolean")
    value = exp.EQ(this=copy_of(target.value), expression=exp.Boolean(this=wanted))
    if wanted or not nulls_are_false:
        return value
    null = exp.Is(this=copy_of(target.value), expression=exp.Null())
    return exp.Paren(this=exp.Or(this=value, expression=null))


def _date(condition: DateMatch, target: Target, context: Context) -> exp.Expr | None:
    _require(target, DataType.TIMESTAMP, "date")
    if condition.offset and not condition.offset.strip().startswith("0 "):
        raise InvalidQuery("This server does not compute offset_interval_string yet: remove it.")
    if target.periods is not None:
        named = _of_calendar(condition, target.periods, target, context)
        if named is not None:
            return _negated_surely(named, condition.negative, target)
    low, high = _window(condition, _clock_of(target, context))
    if target.back is not None:
        length = f"-{target.back.strip()}"
        low, high = (None if end is None else add_duration(end, length) for end in (low, high))
    bounds: list[exp.Expr] = []
    if low is not None:
        bounds.append(exp.GTE(this=copy_of(target.value), expression=_instant(low, target, context)))
    if high is not None:
        bounds.append(exp.LT(this=copy_of(target.value), expression=_instant(high, target, context)))
    if not bounds:
        return None
    predicate = bounds[0] if len(bounds) == 1 else exp.Paren(this=exp.and_(*bounds, copy=False))
    return _negated(predicate, condition.negative, target)


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
    if target.back is not None:
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
    plain = _date(rest, replace(target, periods=None), context)
    return exp.and_(*bounds, *([plain] if plain is not None else []), copy=False)


def _negated_surely(predicate: exp.Expr, negative: bool, target: Target) -> exp.Expr:
    """Deny a predicate that is NULL where the calendar has no such period: then every row passes."""
    group = exp.Paren(this=predicate)
    if not negative or not target.keep_nulls:
        return _negated(group, negative, target)
    return exp.Not(this=exp.Coalesce(this=group, expressions=[exp.false()]))


def period_of(condition: Condition, context: Context) -> tuple[datetime | None, datetime | None] | None:
    """Give the wall times from which, and before which, a time meets a condition; None when it is no period.

    Raises:
        InvalidQuery: a literal is invalid.
    """
    match condition:
        case DateMatch(negative=False):
            return _window(condition, context.clock)
        case OneOf((str() | int() as only,), negative=False):
            return _window(DateMatch(DateKind.TIME_FOR_UNIT_DURATION, str(only)), context.clock)
        case Composite("AND", parts, negative=False):
            periods = [period_of(part, context) for part in parts]
            starts = [period[0] for period in periods if period and period[0]]
            ends = [period[1] for period in periods if period and period[1]]
            return None if None in periods else (max(starts, default=None), min(ends, default=None))
    return None


def _clock_of(target: Target, context: Context) -> Clockwork:
    """The clock with the week of the field."""
    if target.week_start is None or target.week_start == context.clock.week_start:
        return context.clock
    return replace(context.clock, week_start=target.week_start)


def _window(condition: DateMatch, clock: Clockwork) -> tuple[datetime | None, datetime | None]:
    left = resolve(condition.left, clock, fiscal=condition.fiscal) if condition.left is not None else None
    match condition.kind:
        case DateKind.TIME_FOR_UNIT_DURATION:
            if left is None:
                raise InvalidQuery("TIME_FOR_UNIT_DURATION needs left_side, such as 'last quarter'.")
            return left.start, left.end
        case DateKind.TIME_FOR_INTERVAL_DURATION:
            if left is None or condition.right is None:
                raise InvalidQuery("TIME_FOR_INTERVAL_DURATION needs left_side and right_side ('30 days').")
            return left.start, add_duration(left.start, condition.right)
        case DateKind.ON_OR_AFTER:
            return (left.start if left else None), None
        case DateKind.BEFORE:
            return None, resolve(
                condition.right, clock, fiscal=condition.fiscal
            ).start if condition.right is not None else None
        case DateKind.BETWEEN:
            high = (
                resolve(condition.right, clock, fiscal=condition.fiscal).start
                if condition.right is not None
                else None
            )
            return (left.start if left else None), high


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


def _date_part(condition: DatePartMatch, target: Target, context: Context) -> exp.Expr:
    _require(target, DataType.TIMESTAMP, "date")
    wall, clock = copy_of(target.wall or target.value), _clock_of(target, context)
    if condition.part is DatePart.IS_ON_DAY_OF_WEEK:
        part, numbers = (
            "day_of_week_num",
            [_weekday(item, clock.week_start) for item in condition.values],
        )
    elif condition.part is DatePart.IS_IN_MONTH_OF_YEAR:
        part, numbers = "month_num", [_named(item, _MONTHS, 1) for item in condition.values]
    else:
        part, numbers = str(condition.part), [_integer(item) for item in condition.values]
    if condition.part is DatePart.IS_ON_DAY_OF_QUARTER:
        offset = clock.fiscal_offset if target.periods is None else None
        value = day_of_quarter(wall, offset, context.dialect)
    else:
        value = context.dialect.extract(wall, part, week_start=clock.week_start)
    literals = [context.dialect.number_literal(Decimal(number)) for number in numbers]
    return _negated(_equals(value, literals), condition.negative, target)


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


def _integer(text: str) -> int:
    word = text.strip().upper().removeprefix("Q")
    if not word.isdecimal():
        raise InvalidQuery(f"Invalid literal value '{text}' in filter")
    return int(word)


def _one_of(condition: OneOf, target: Target, context: Context) -> exp.Expr | None:
    """`is`/`not`: scalars read by the type of the field; None matches NULL."""
    present = [value for value in condition.values if value is not None]
    with_null = len(present) < len(condition.values)
    if not condition.values:
        return None
    parts = _scalars(present, condition, target, context) if present else []
    if condition.negative:
        # `not [a, null]` also denies NULL; `not [a]` keeps it.
        inner = Target(target.name, target.value, target.type, target.keep_nulls and not with_null)
        denied = [_negated(_any(parts), True, inner)] if parts else []
        if with_null:
            null = exp.Is(this=copy_of(target.value), expression=exp.Null())
            denied.append(exp.Not(this=null))
        return denied[0] if len(denied) == 1 else exp.Paren(this=exp.and_(*denied, copy=False))
    if with_null:
        parts.append(exp.Is(this=copy_of(target.value), expression=exp.Null()))
    return _any(parts)


def _scalars(values: Sequence[object], condition: OneOf, target: Target, context: Context) -> list[exp.Expr]:
    kind = target.type.data_type
    if kind is DataType.TIMESTAMP:
        spans = [DateMatch(DateKind.TIME_FOR_UNIT_DURATION, str(value)) for value in values]
        return [part for span in spans if (part := _date(span, target, context)) is not None]
    if kind is DataType.BOOLEAN:
        return [_boolean_word(value, target) for value in values]
    if kind is DataType.NUMBER:
        numbers = tuple(_decimal(value, target) for value in values)
        return [_number(NumberMatch(NumberKind.EQUALS, numbers), target, context.dialect)]
    words = tuple(_word(value) for value in values)
    match_ = StringMatch(StringKind.EQUALS, words, case_insensitive=condition.case_insensitive)
    return [_string(match_, target, context.dialect)]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean_word(value: object, target: Target) -> exp.Expr:
    word = str(value).lower()
    if word not in ("true", "false", "falsey"):
        raise InvalidQuery(f'Filter on "{target.name}": {value!r} is not true, false or falsey.')
    return _boolean(word == "true", word == "falsey", target)


def _decimal(value: object, target: Target) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise InvalidQuery(f'Filter on "{target.name}": {value!r} is not a number.') from None
    if not number.is_finite():
        raise InvalidQuery(f'Filter on "{target.name}": {value!r} is not a number.')
    return number
