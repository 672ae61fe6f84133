"""Fiscal periods: the calendar's own, moved by the model's `fiscal_month_offset` (query digest §2.2).

A time moved by the offset lies in the calendar period that names its fiscal one: with 11, February 2026
becomes January 2027, the first month of FY2027.
"""

from __future__ import annotations

from sqlglot import exp

from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import atom, copy_of

_SIZES = {"fiscal_quarter": ("quarter", 3), "fiscal_year": ("year", 12)}


def fiscal_start(wall: exp.Expr, grain: str, offset: int, dialect: Dialect) -> exp.Expr:
    """Give the first moment of the fiscal quarter or year that `wall` lies in."""
    unit, size = _SIZES[grain]
    shift = offset % size
    if not shift:
        return dialect.truncate(wall, unit)
    # From the first of the month on, adding months never meets a day that a month lacks.
    moved = dialect.add_months(dialect.truncate(wall, "month"), _number(shift))
    return dialect.add_months(dialect.truncate(moved, unit), _number(-shift))


def fiscal_label(start: exp.Expr, grain: str, offset: int, dialect: Dialect) -> exp.Expr:
    """Write the first moment of a fiscal period as text: `FY2027`, `FY2027-Q1`."""
    moved = dialect.add_months(copy_of(start), _number(offset)) if offset else copy_of(start)
    text = dialect.format_time(moved, _SIZES[grain][0])
    return exp.DPipe(this=dialect.text_literal("FY"), expression=atom(text))


def day_of_quarter(wall: exp.Expr, offset: int | None, dialect: Dialect) -> exp.Expr:
    """Count the days of a quarter from 1; the quarter is fiscal when there is an offset."""
    if offset is None or offset % 3 == 0:
        return dialect.extract(wall, "day_of_quarter")
    start = fiscal_start(copy_of(wall), "fiscal_quarter", offset, dialect)
    return exp.Add(this=dialect.whole_days(start, wall), expression=_number(1))


def _number(count: int) -> exp.Expr:
    literal = exp.Literal.number(abs(count))
    return exp.Neg(this=literal) if count < 0 else literal
