"""Functions of calculations that warehouses say in different words: what each must mean.

A dialect's table has every one of them (`Dialect.function`). NULL operands give NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlglot import exp

from holoscope.sql.trees import cast, copy_of

FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "number_of_text": "The number a text writes (digits, a point, an exponent of two digits); else NULL.",
        "text_of_number": "A number without trailing zeros: 5, 0.25; fractions as doubles are written.",
        "text_of_date": "The day of a timestamp as YYYY-MM-DD.",
        "text_of_moment": "A timestamp as YYYY-MM-DD HH:MM:SS.",
        "time_of_text": "The timestamp an ISO date or date and time writes; else NULL.",
        "exact": "A number as a decimal of twelve places or more; beyond 1e25 NULL.",
        "add_days": "A timestamp moved by days, which may have a fraction.",
        "date_of": "The midnight of year, month and day; months and days run on; NULL outside 1 to 9999.",
        "grouped": "A text of digits with a comma before every third from the right.",
        "btrim": "A text without the characters of another at both ends.",
        "ltrim": "A text without the characters of another at its beginning.",
        "rtrim": "A text without the characters of another at its end.",
    }
)

Say = Callable[..., exp.Expr]
"""Makes the tree of a function from the trees of its operands."""


def text_of_number(text_type: str) -> Say:
    """Make `text_of_number` for an engine that writes doubles shortest, but whole ones as 5.0 or 1e+15."""

    def say(value: exp.Expr) -> exp.Expr:
        double = cast(copy_of(value), "double")
        is_whole = exp.and_(
            exp.EQ(this=double, expression=exp.Anonymous(this="trunc", expressions=[double.copy()])),
            exp.LT(
                this=exp.Anonymous(this="abs", expressions=[double.copy()]),
                expression=exp.Literal.number("1e15"),
            ),
        )
        whole = cast(cast(double.copy(), "bigint"), text_type)
        return exp.Case(ifs=[exp.If(this=is_whole, true=whole)], default=cast(double.copy(), text_type))

    return say
