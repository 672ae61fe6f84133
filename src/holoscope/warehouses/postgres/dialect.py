"""PostgreSQL's words. Each rule here is executed by a case page; none is taken from a transpiler.

Sessions run in UTC with ISO dates (`sessions`): a text or a day becomes the same time everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from holoscope.sql.capabilities import Capabilities
from holoscope.sql.dialect import Dialect, Unsupported
from holoscope.sql.functions import Say
from holoscope.sql.trees import atom, cast
from holoscope.warehouses.postgres.functions import FUNCTIONS
from holoscope.warehouses.postgres.names import render_named

_PARTS = {
    "hour_of_day": "HOUR",
    "day_of_month": "DAY",
    "day_of_year": "DOY",
    "week_of_year": "WEEK",
    "month_num": "MONTH",
    "quarter_of_year": "QUARTER",
}
_FORMATS = {
    "date": "YYYY-MM-DD",
    "month": "YYYY-MM",
    "quarter": 'YYYY-"Q"Q',
    "year": "YYYY",
    "time_of_day": "HH24:MI:SS",
    "timestamp": "YYYY-MM-DD HH24:MI:SS.MS",
    "month_name": "FMMonth",
    "day_of_week_name": "FMDay",
}
_TRUNCATIONS = {"date": "day", "millisecond": "milliseconds"} | {
    unit: unit for unit in ("second", "minute", "hour", "week", "month", "quarter", "year")
}
_NUL = "\x00"


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _part(word: str, value: exp.Expr) -> exp.Expr:
    # A day has no hours to this server, a timestamp does.
    return exp.Extract(this=exp.var(word), expression=cast(value, "timestamp"))


def _days(count: int) -> exp.Expr:
    return exp.Interval(this=_text(str(count)), unit=exp.var("DAY"))


class PostgresDialect(Dialect):
    """PostgreSQL 13 and later."""

    name: ClassVar[str] = "postgres"
    capabilities: ClassVar[Capabilities] = Capabilities(aggregate_before_join_pays=True)
    functions: ClassVar[Mapping[str, Say]] = FUNCTIONS

    def truncate(self, value: exp.Expr, unit: str, *, week_start: int = 0) -> exp.Expr:
        if unit not in _TRUNCATIONS:
            raise Unsupported(f"{self.name} cannot truncate to {unit!r}.")
        # date_trunc of a DATE is an instant with zone: everything is made a timestamp first.
        time, word = cast(value, "timestamp"), _text(_TRUNCATIONS[unit])
        if unit == "week" and week_start:
            floored = _call("date_trunc", word, exp.Sub(this=time, expression=_days(week_start)))
            return exp.Paren(this=exp.Add(this=floored, expression=_days(week_start)))
        return _call("date_trunc", word, time)

    def extract(self, value: exp.Expr, part: str, *, week_start: int = 0) -> exp.Expr:
        if part == "day_of_week_num":
            monday_based = exp.Sub(
                this=cast(_part("ISODOW", value), "bigint"), expression=_number(1 + week_start)
            )
            shifted = exp.Paren(this=exp.Add(this=monday_based, expression=_number(7)))
            return exp.Mod(this=shifted, expression=_number(7))
        if part == "day_of_quarter":
            start = _call("date_trunc", _text("quarter"), cast(value, "timestamp"))
            return exp.Add(this=cast(self.whole_days(start, value.copy()), "bigint"), expression=_number(1))
        if part == "epoch":
            return cast(exp.Extract(this=exp.var("EPOCH"), expression=value), "double")
        if part not in _PARTS:
            raise Unsupported(f"{self.name} cannot extract {part!r}.")
        return cast(_part(_PARTS[part], value), "bigint")

    def format_time(self, value: exp.Expr, style: str) -> exp.Expr:
        if style not in _FORMATS:
            raise Unsupported(f"{self.name} cannot format a time as {style!r}.")
        return _call("to_char", cast(value, "timestamp"), _text(_FORMATS[style]))

    def to_zone(self, value: exp.Expr, zone: str, *, has_zone: bool) -> exp.Expr:
        instant = value if has_zone else _call("timezone", _text("UTC"), cast(value, "timestamp"))
        return _call("timezone", _text(zone), instant)

    def seconds_between(self, start: exp.Expr, end: exp.Expr, *, per: int) -> exp.Expr:
        # Whole microseconds are exact; only the one division rounds.
        passed = exp.Sub(this=cast(end, "timestamp"), expression=cast(start, "timestamp"))
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=exp.Paren(this=passed))
        micros = cast(exp.Mul(this=seconds, expression=_number(1_000_000)), "double")
        return exp.Div(this=micros, expression=_number(per * 1_000_000), typed=True)

    def whole_days(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Paren(this=exp.Sub(this=cast(end, "date"), expression=cast(start, "date")))

    def months_crossed(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return cast(exp.Sub(this=_months(end), expression=_months(start)), "bigint")

    def quotient(self, value: exp.Expr, size: int) -> exp.Expr:
        return exp.Div(this=value, expression=_number(size), typed=True)

    def add_months(self, value: exp.Expr, count: exp.Expr) -> exp.Expr:
        return exp.Paren(
            this=exp.Add(
                this=cast(value, "timestamp"),
                expression=_call("make_interval", _number(0), cast(count, "int")),
            )
        )

    def each_time(self, low: exp.Expr, high: exp.Expr, *, unit: str, count: int) -> exp.Expr:
        step = exp.Interval(this=_text(str(count)), unit=exp.var(unit.upper()))
        return _call("generate_series", cast(low, "timestamp"), cast(high, "timestamp"), step)

    def percentile(self, value: exp.Expr, fraction: Decimal) -> exp.Expr:
        order = exp.Order(expressions=[exp.Ordered(this=cast(value, "double"))])
        call = _call("percentile_cont", self.number_literal(fraction))
        return exp.WithinGroup(this=call, expression=order)

    def average(self, value: exp.Expr) -> exp.Expr:
        # Of whole numbers and decimals it is exact until this one rounding.
        return cast(exp.Avg(this=value), "double")

    def row_key(self, keys: list[exp.Expr]) -> exp.Expr:
        return keys[0] if len(keys) == 1 else _call("ROW", *keys)

    def ratio(self, numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
        # A decimal of a whole number, a double of a double: `round(x, 2)` knows decimals alone.
        fine = exp.Mul(this=exp.Literal.number("1.0"), expression=atom(numerator))
        return exp.Div(this=fine, expression=denominator, typed=True)

    def like(self, value: exp.Expr, pattern: exp.Expr, *, escape: str | None) -> exp.Expr:
        # Without a word about it, a backslash would escape.
        return exp.Escape(this=exp.Like(this=value, expression=pattern), expression=_text(escape or ""))

    def meet(self, left: exp.Expr, right: exp.Expr, *, alike: bool) -> exp.Expr:
        # IS NOT DISTINCT FROM is never hashed, which makes such a join quadratic and a FULL one impossible.
        # Lists with a NULL in the same place are equal, and lists are hashed.
        if alike:
            return exp.EQ(this=exp.Array(expressions=[left]), expression=exp.Array(expressions=[right]))
        return exp.EQ(this=_call("jsonb_build_array", left), expression=_call("jsonb_build_array", right))

    def text_literal(self, value: str) -> exp.Expr:
        if _NUL in value:
            raise Unsupported("PostgreSQL has no texts with the character U+0000: remove it.")
        return super().text_literal(value)

    def render(self, tree: exp.Expr) -> str:
        return render_named(tree)


def _months(time: exp.Expr) -> exp.Expr:
    """Count months from the year 0."""
    years = exp.Mul(this=exp.Extract(this=exp.var("YEAR"), expression=time), expression=_number(12))
    months = exp.Extract(this=exp.var("MONTH"), expression=time.copy())
    return exp.Paren(this=exp.Add(this=years, expression=months))
