"""PostgreSQL's words for the functions of calculations (`sql/functions.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from holoscope.sql.functions import Say, text_of_number
from holoscope.sql.trees import cast, copy_of

_NUMERAL = r"^\s*[-+]?([0-9]{1,200}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?\s*$"
_TIME = (
    r"^\s*[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?)?\s*$"
)


def _call(name: str, *operands: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[copy_of(item) for item in operands])


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: int) -> exp.Expr:
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def _if(test: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=test, true=value)])


def _matches(value: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=copy_of(value), expression=_text(pattern))


def _decimal(value: exp.Expr) -> exp.Expr:
    return exp.Cast(this=copy_of(value), to=exp.DataType.build("decimal"))


def _number_of_text(value: exp.Expr) -> exp.Expr:
    return _if(_matches(value, _NUMERAL), cast(_call("btrim", value, _text(" \t\n\r")), "double"))


def _text_of_date(value: exp.Expr) -> exp.Expr:
    return _call("to_char", value, _text("YYYY-MM-DD"))


def _text_of_moment(value: exp.Expr) -> exp.Expr:
    return _call("to_char", value, _text("YYYY-MM-DD HH24:MI:SS"))


def _time_of_text(value: exp.Expr) -> exp.Expr:
    """Read a time; a day that its month has not is none, and would be an error."""
    trimmed = _call("btrim", value, _text(" \t\n\r"))
    first = cast(exp.DPipe(this=_call("left", trimmed, _number(7)), expression=_text("-01")), "timestamp")
    after = exp.Add(this=first, expression=exp.Interval(this=_text("1"), unit=exp.var("MONTH")))
    last = exp.Paren(this=exp.Sub(this=after, expression=exp.Interval(this=_text("1"), unit=exp.var("DAY"))))
    day = cast(_call("substr", trimmed, _number(9), _number(2)), "int")
    exists = exp.LTE(this=day, expression=exp.Extract(this=exp.var("DAY"), expression=last))
    is_year = exp.NEQ(this=_call("left", trimmed, _number(4)), expression=_text("0000"))
    inner = _if(exp.and_(is_year, exists), cast(trimmed.copy(), "timestamp"))
    return _if(_matches(value, _TIME), inner)


def _exact(value: exp.Expr) -> exp.Expr:
    """A decimal is exact already; a double becomes the shortest decimal that means it."""
    fits = exp.LT(this=_call("abs", value), expression=exp.Literal.number("1e25"))
    return _if(fits, _call("round", _decimal(value), _number(12)))


def _add_days(value: exp.Expr, days: exp.Expr) -> exp.Expr:
    double = exp.Paren(this=cast(copy_of(days), "double"))
    is_near = exp.LT(this=_call("abs", double), expression=_number(700_000))
    length = exp.Mul(this=copy_of(double), expression=exp.Interval(this=_text("1"), unit=exp.var("DAY")))
    return _if(is_near, exp.Paren(this=exp.Add(this=exp.Paren(this=copy_of(value)), expression=length)))


def _date_of(year: exp.Expr, month: exp.Expr, day: exp.Expr) -> exp.Expr:
    is_known = exp.and_(
        exp.Between(this=copy_of(year), low=_number(1), high=_number(9999)),
        exp.Between(this=copy_of(month), low=_number(-9999), high=_number(9999)),
        exp.Between(this=copy_of(day), low=_number(-99_999), high=_number(99_999)),
    )
    start = cast(_call("make_date", cast(copy_of(year), "int"), _number(1), _number(1)), "timestamp")
    less = [
        cast(exp.Paren(this=exp.Sub(this=copy_of(item), expression=_number(1))), "int")
        for item in (month, day)
    ]
    months = _call("make_interval", _number(0), less[0])
    days = _call("make_interval", _number(0), _number(0), _number(0), less[1])
    moved = exp.Add(this=exp.Add(this=start, expression=months), expression=days)
    return _if(is_known, exp.Paren(this=moved))


def _grouped(value: exp.Expr) -> exp.Expr:
    number = cast(copy_of(value), "bigint")
    return _call("to_char", number, _text("FM9,999,999,999,999,999,990"))


def _trimmed(name: str) -> Say:
    return lambda value, characters: _call(name, value, characters)


FUNCTIONS: Mapping[str, Say] = MappingProxyType(
    {
        "number_of_text": _number_of_text,
        "text_of_number": text_of_number("text"),
        "text_of_date": _text_of_date,
        "text_of_moment": _text_of_moment,
        "time_of_text": _time_of_text,
        "exact": _exact,
        "add_days": _add_days,
        "date_of": _date_of,
        "grouped": _grouped,
        "btrim": _trimmed("btrim"),
        "ltrim": _trimmed("ltrim"),
        "rtrim": _trimmed("rtrim"),
    }
)
