"""Which cells of a pivoted result stand at given values of its pivots (`pivot_value_map`)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.sheet.sheet import SheetColumn, sheet_column
from holoscope.sql.trees import cast, copy_of


def stands_at(pivot: SheetColumn, value: object) -> exp.Expr:
    """Tell whether a cell stands where a pivot has a value of the wire: text, number, boolean, null for NULL.

    A time may be given as ISO text, or as the text its timeframe is shown as.
    """
    column = copy_of(pivot.value)
    if value is None:
        return exp.Is(this=column, expression=exp.Null())
    kind = pivot.type.data_type
    if kind is DataType.NUMBER:
        number = _number(value)
        return exp.false() if number is None else exp.EQ(this=column, expression=number)
    if kind is DataType.BOOLEAN:
        word = str(value).lower()
        return exp.EQ(this=column, expression=exp.Boolean(this=word == "true"))
    text = exp.Literal.string(str(value))
    if kind is not DataType.TIMESTAMP:
        return exp.EQ(this=column if kind is DataType.STRING else cast(column, "varchar"), expression=text)
    tests: list[exp.Expr] = []
    time = _time(str(value))
    if time is not None:
        word = "timestamptz" if pivot.type.has_zone else "timestamp"
        zoned = time if time.tzinfo or not pivot.type.has_zone else time.replace(tzinfo=UTC)
        moment = zoned if pivot.type.has_zone else zoned.replace(tzinfo=None)
        tests.append(exp.EQ(this=column, expression=cast(exp.Literal.string(moment.isoformat(" ")), word)))
    if isinstance(pivot.value, exp.Column) and pivot.value.name == f"{pivot.name}__raw":
        tests.append(exp.EQ(this=sheet_column(pivot.name), expression=text))
    return exp.Paren(this=exp.or_(*tests, copy=False)) if tests else exp.false()


def _number(value: object) -> exp.Expr | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if isinstance(value, bool) or not number.is_finite():
        return None
    literal = exp.Literal.number(format(abs(number), "f"))
    return exp.Neg(this=literal) if number < 0 else literal


def _time(text: str) -> datetime | None:
    for written in (text, f"{text}-01", f"{text}-01-01"):
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            continue
    return None
