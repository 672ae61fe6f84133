"""DuckDB's words. Each rule here is executed by a case page; none is taken from a transpiler."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from holoscope.sql.capabilities import Capabilities
from holoscope.sql.dialect import Dialect, Unsupported
from holoscope.sql.functions import Say
from holoscope.sql.trees import atom, cast
from holoscope.warehouses.duckdb.functions import FUNCTIONS

_MOST_DIGITS = 38
_PARTS = {
    "hour_of_day": "hour",
    "day_of_month": "day",
    "day_of_year": "dayofyear",
    "week_of_year": "week",
    "month_num": "month",
    "quarter_of_year": "quarter",
}
_FORMATS = {
    "date": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
    "time_of_day": "%H:%M:%S",
    "timestamp": "%Y-%m-%d %H:%M:%S.%g",
}
_TRUNCATIONS = frozenset(
    {"millisecond", "second", "minute", "hour", "date", "week", "month", "quarter", "year"}
)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _days(count: int) -> exp.Expr:
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var("DAY"))


class DuckDBDialect(Dialect):
    """DuckDB 1.5 and 2.0."""

    name: ClassVar[str] = "duckdb"
    text_type: ClassVar[str] = "varchar"
    capabilities: ClassVar[Capabilities] = Capabilities(
        aggregate_before_join_pays=True, aggregate_by_hour_pays=True
    )
    functions: ClassVar[Mapping[str, Say]] = FUNCTIONS
    has_windowed_median: ClassVar[bool] = True

    def number_literal(self, value: Decimal) -> exp.Expr:
        if value.adjusted() < _MOST_DIGITS:
            return super().number_literal(value)
        # No decimal holds it, and a whole number of that length is comparable to none.
        literal = exp.Literal.number(f"{abs(value):e}".replace("E", "e"))
        return exp.Neg(this=literal) if value < 0 else literal

    def truncate(self, value: exp.Expr, unit: str, *, week_start: int = 0) -> exp.Expr:
        if unit not in _TRUNCATIONS:
            raise Unsupported(f"{self.name} cannot truncate to {unit!r}.")
        word = _text("day" if unit == "date" else unit)
        if unit == "week" and week_start:
            shifted = exp.Sub(this=atom(value), expression=_days(week_start))
            floored: exp.Expr = exp.Add(this=_call("date_trunc", word, shifted), expression=_days(week_start))
        else:
            floored = _call("date_trunc", word, value)
        # date_trunc of a DATE is a DATE in some units and versions, a TIMESTAMP in others.
        return cast(floored, "timestamp")

    def extract(self, value: exp.Expr, part: str, *, week_start: int = 0) -> exp.Expr:
        if part == "day_of_week_num":
            monday_based = exp.Paren(
                this=exp.Sub(this=_call("isodow", value), expression=exp.Literal.number(1 + week_start))
            )
            shifted = exp.Paren(this=exp.Add(this=monday_based, expression=exp.Literal.number(7)))
            return exp.Mod(this=shifted, expression=exp.Literal.number(7))
        if part == "day_of_quarter":
            start = cast(_call("date_trunc", _text("quarter"), value), "date")
            return exp.Add(
                this=_call("date_diff", _text("day"), start, cast(value, "date")),
                expression=exp.Literal.number(1),
            )
        if part == "epoch":
            return _call("epoch", value)
        if part not in _PARTS:
            raise Unsupported(f"{self.name} cannot extract {part!r}.")
        return _call("date_part", _text(_PARTS[part]), value)

    def format_time(self, value: exp.Expr, style: str) -> exp.Expr:
        if style == "quarter":
            return exp.DPipe(
                this=exp.DPipe(this=_call("strftime", value, _text("%Y")), expression=_text("-Q")),
                expression=cast(_call("date_part", _text("quarter"), value), "varchar"),
            )
        if style == "month_name":
            return _call("monthname", value)
        if style == "day_of_week_name":
            return _call("dayname", value)
        if style not in _FORMATS:
            raise Unsupported(f"{self.name} cannot format a time as {style!r}.")
        return _call("strftime", value, _text(_FORMATS[style]))

    def to_zone(self, value: exp.Expr, zone: str, *, has_zone: bool) -> exp.Expr:
        instant = value if has_zone else _call("timezone", _text("UTC"), value)
        return _call("timezone", _text(zone), instant)

    def seconds_between(self, start: exp.Expr, end: exp.Expr, *, per: int) -> exp.Expr:
        # Whole microseconds subtract exactly; only the one division rounds.
        ends = [_call("epoch_us", cast(moment, "timestamp")) for moment in (end, start)]
        passed = exp.Paren(this=exp.Sub(this=ends[0], expression=ends[1]))
        return exp.Div(this=cast(passed, "double"), expression=exp.Literal.number(per * 1_000_000))

    def whole_days(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return _call("date_diff", _text("day"), cast(start, "date"), cast(end, "date"))

    def months_crossed(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return _call("date_diff", _text("month"), start, end)

    def quotient(self, value: exp.Expr, size: int) -> exp.Expr:
        return exp.IntDiv(this=value, expression=exp.Literal.number(size))

    def add_months(self, value: exp.Expr, count: exp.Expr) -> exp.Expr:
        return exp.Add(this=atom(value), expression=_call("to_months", cast(count, "int")))

    def each_time(self, low: exp.Expr, high: exp.Expr, *, unit: str, count: int) -> exp.Expr:
        step = exp.Interval(this=_text(str(count)), unit=exp.var(unit.upper()))
        return _call("unnest", _call("generate_series", low, high, step))

    def percentile(self, value: exp.Expr, fraction: Decimal) -> exp.Expr:
        return _call("quantile_cont", cast(value, "double"), self.number_literal(fraction))

    def average(self, value: exp.Expr) -> exp.Expr:
        return exp.Avg(this=value)

    def row_key(self, keys: list[exp.Expr]) -> exp.Expr:
        return keys[0] if len(keys) == 1 else _call("row", *keys)

    def ratio(self, numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
        return exp.Div(this=numerator, expression=denominator)

    def like(self, value: exp.Expr, pattern: exp.Expr, *, escape: str | None) -> exp.Expr:
        found = exp.Like(this=value, expression=pattern)
        return found if escape is None else exp.Escape(this=found, expression=_text(escape))

    def meet(self, left: exp.Expr, right: exp.Expr, *, alike: bool) -> exp.Expr:
        return exp.NullSafeEQ(this=left, expression=right)

    def render(self, tree: exp.Expr) -> str:
        return tree.sql(dialect="duckdb", pretty=True, comments=False)
