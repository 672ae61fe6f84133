"""DuckDB's words for the functions of calculations (`sql/functions.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from holoscope.sql.functions import Say, text_of_number
from holoscope.sql.trees import cast, copy_of

_NUMERAL = r"\s*[-+]?([0-9]{1,200}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?\s*"
_DAY_MICROSECONDS = 86_400_000_000


def _call(name: str, *operands: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[copy_of(item) for item in operands])


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: int) -> exp.Expr:
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def _try(value: exp.Expr, word: str) -> exp.Expr:
    return exp.TryCast(this=copy_of(value), to=exp.DataType.build(word, dialect="duckdb"))


def _number_of_text(value: exp.Expr) -> exp.Expr:
    is_numeral = _call("regexp_full_match", value, _text(_NUMERAL))
    return exp.Case(ifs=[exp.If(this=is_numeral, true=_try(_call("trim", value), "double"))])


def _text_of_date(value: exp.Expr) -> exp.Expr:
    return _call("strftime", value, _text("%Y-%m-%d"))


def _text_of_moment(value: exp.Expr) -> exp.Expr:
    return _call("strftime", value, _text("%Y-%m-%d %H:%M:%S"))


def _time_of_text(value: exp.Expr) -> exp.Expr:
    pattern = r"\s*\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?\s*"
    is_time = _call("regexp_full_match", value, _text(pattern))
    return exp.Case(ifs=[exp.If(this=is_time, true=_try(_call("trim", value), "timestamp"))])


def _exact(value: exp.Expr) -> exp.Expr:
    return _try(value, "decimal(38, 12)")


def _add_days(value: exp.Expr, days: exp.Expr) -> exp.Expr:
    double = exp.Paren(this=cast(copy_of(days), "double"))
    passed = exp.Mul(this=double, expression=_number(_DAY_MICROSECONDS))
    length = _call("to_microseconds", cast(_call("round", passed), "bigint"))
    is_near = exp.LT(this=_call("abs", double), expression=_number(10_000_000))
    moved = exp.Add(this=exp.Paren(this=copy_of(value)), expression=length)
    return exp.Case(ifs=[exp.If(this=is_near, true=moved)])


def _date_of(year: exp.Expr, month: exp.Expr, day: exp.Expr) -> exp.Expr:
    is_known = exp.and_(
        exp.Between(this=copy_of(year), low=_number(1), high=_number(9999)),
        exp.Between(this=copy_of(month), low=_number(-9999), high=_number(9999)),
        exp.Between(this=copy_of(day), low=_number(-99_999), high=_number(99_999)),
    )
    start = cast(_call("make_date", year, _number(1), _number(1)), "timestamp")
    less = [exp.Paren(this=exp.Sub(this=copy_of(item), expression=_number(1))) for item in (month, day)]
    months = _call("to_months", cast(less[0], "int"))
    days = _call("to_days", cast(less[1], "int"))
    moved = exp.Add(this=exp.Add(this=start, expression=months), expression=days)
    return exp.Case(ifs=[exp.If(this=is_known, true=moved)])


def _grouped(value: exp.Expr) -> exp.Expr:
    return _call("format", _text("{:,}"), cast(copy_of(value), "bigint"))


def _trimmed(name: str) -> Say:
    return lambda value, characters: _call(name, value, characters)


FUNCTIONS: Mapping[str, Say] = MappingProxyType(
    {
        "number_of_text": _number_of_text,
        "text_of_number": text_of_number("varchar"),
        "text_of_date": _text_of_date,
        "text_of_moment": _text_of_moment,
        "time_of_text": _time_of_text,
        "exact": _exact,
        "add_days": _add_days,
        "date_of": _date_of,
        "grouped": _grouped,
        "btrim": _trimmed("trim"),
        "ltrim": _trimmed("ltrim"),
        "rtrim": _trimmed("rtrim"),
    }
)
