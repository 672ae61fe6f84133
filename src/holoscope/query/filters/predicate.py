"""A condition about one expression becomes a SQL predicate (query digest §3.2-§3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
    DatePartMatch,
    Expression,
    InQuery,
    IsNull,
    Moved,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.modeling.types import DataType
from holoscope.query.filters.dates import date_predicate, part_predicate
from holoscope.query.filters.expressions import hint, read_expression
from holoscope.query.filters.target import Context, Target, equals_any, negated, negated_surely, require_type
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import cast, copy_of

_ESCAPE = "!"


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
        case Expression(text):
            return _expression(text, target, context)
        case Moved(inner, back, negative):
            moved = build_predicate(inner, replace(target, back=(*target.back, back)), context)
            return None if moved is None else negated_surely(moved, negative, target)
        case OneOf():
            return _one_of(condition, target, context)
        case _:
            return _plain(condition, target, context)


def _expression(text: str, target: Target, context: Context) -> exp.Expr | None:
    read = read_expression(text, target.name, target.type.data_type)
    try:
        return build_predicate(read, target, context)
    except InvalidQuery as error:
        raise InvalidQuery(f"{error.detail}{hint(target.type.data_type)}") from None


def _plain(condition: Condition, target: Target, context: Context) -> exp.Expr | None:
    match condition:
        case StringMatch():
            return _string(condition, target, context.dialect)
        case NumberMatch():
            return _number(condition, target, context.dialect)
        case DateMatch():
            return date_predicate(condition, target, context)
        case DatePartMatch():
            return part_predicate(condition, target, context)
        case BooleanMatch(value, nulls):
            return _boolean(value, nulls, target)
        case AttributeMatch():
            return _attribute(condition, target, context)
        case InQuery():
            return _in_query(condition, target, context)
    raise TypeError(f"no condition: {condition!r}")


def _attribute(condition: AttributeMatch, target: Target, context: Context) -> exp.Expr | None:
    if context.alone is not None:
        context.alone()
    values = context.scope.attributes.get(condition.attribute)
    if not values and context.example:
        return exp.EQ(this=copy_of(target.value), expression=exp.Null())
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
    is_wall = target.type.data_type is DataType.TIMESTAMP and not values.convertible
    value = copy_of(target.wall if is_wall and target.wall is not None else target.value)
    return negated(exp.In(this=value, query=values.select.subquery(copy=False)), condition.negative, target)


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
    return negated(group, negative, target)


def _string(condition: StringMatch, target: Target, dialect: Dialect) -> exp.Expr:
    value = copy_of(target.value)
    if target.type.data_type is not DataType.STRING:
        value = cast(value, "varchar")
    if condition.kind is StringKind.IS_EMPTY:
        empty = exp.EQ(this=value, expression=dialect.text_literal(""))
        return negated(empty, condition.negative, target)
    escaped = condition.kind is not StringKind.SQL_LIKE or condition.only_percent
    literals: list[exp.Expr] = [dialect.text_literal(_pattern(condition, item)) for item in condition.values]
    if condition.case_insensitive:
        value = exp.Lower(this=value)
        literals = [exp.Lower(this=literal) for literal in literals]
    if condition.kind is StringKind.EQUALS:
        return negated(equals_any(value, literals), condition.negative, target)
    escape = _ESCAPE if escaped else None
    likes = [dialect.like(copy_of(value), literal, escape=escape) for literal in literals]
    return negated(_any(likes), condition.negative, target)


def _pattern(condition: StringMatch, text: str) -> str:
    kind = condition.kind
    if kind is StringKind.SQL_LIKE and condition.only_percent:
        return text.replace(_ESCAPE, _ESCAPE * 2).replace("_", f"{_ESCAPE}_")
    if kind in (StringKind.EQUALS, StringKind.SQL_LIKE):
        return text
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    head = "" if kind is StringKind.STARTS_WITH else "%"
    tail = "" if kind is StringKind.ENDS_WITH else "%"
    return f"{head}{text}{tail}"


def _number(condition: NumberMatch, target: Target, dialect: Dialect) -> exp.Expr:
    require_type(target, DataType.NUMBER, "number")
    value = copy_of(target.value)
    literals = [dialect.number_literal(item) for item in condition.values]
    first = literals[0]
    if condition.kind is NumberKind.EQUALS:
        predicate = equals_any(value, literals)
    elif condition.kind is NumberKind.LESS_THAN:
        predicate = _compare(exp.LTE if condition.inclusive else exp.LT, value, first)
    elif condition.kind is NumberKind.GREATER_THAN:
        predicate = _compare(exp.GTE if condition.inclusive else exp.GT, value, first)
    else:
        upper = exp.LTE if condition.upper_inclusive else exp.LT
        bounds = (_compare(exp.GTE, value, first), _compare(upper, copy_of(value), literals[1]))
        predicate = exp.Paren(this=exp.and_(*bounds, copy=False))
    return negated(predicate, condition.negative, target)


def _compare(kind: type[exp.Binary], value: exp.Expr, literal: exp.Expr) -> exp.Expr:
    return kind(this=value, expression=literal)


def _boolean(wanted: bool, nulls_are_false: bool, target: Target) -> exp.Expr:
    require_type(target, DataType.BOOLEAN, "boolean")
    value = exp.EQ(this=copy_of(target.value), expression=exp.Boolean(this=wanted))
    if wanted or not nulls_are_false:
        return value
    null = exp.Is(this=copy_of(target.value), expression=exp.Null())
    return exp.Paren(this=exp.Or(this=value, expression=null))


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
        denied = [negated(_any(parts), True, inner)] if parts else []
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
        return [part for span in spans if (part := date_predicate(span, target, context)) is not None]
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
