"""A translated part of a calculation: a tree over the sheet's columns, what it holds, when it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlglot import exp

from holoscope.modeling.types import ColumnType, DataType
from holoscope.sql.trees import copy_of

NUMBER, STRING, BOOLEAN, TIME = DataType.NUMBER, DataType.STRING, DataType.BOOLEAN, DataType.TIMESTAMP
BLANK = DataType.UNKNOWN
"""The kind of a blank constant, and of columns whose type the catalog does not tell."""
WORDS = {NUMBER: "a number", STRING: "text", BOOLEAN: "true or false", TIME: "a time", BLANK: "blank"}
Value = Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Term:
    """A tree over columns of the sheet, and the kind of its values.

    `stage` is the first stage of the sheet in which all its columns are there. `constant` is True of what
    the calculation writes out, whose value is `value`. `date_only` times have no time of day.
    """

    tree: exp.Expr
    kind: DataType
    stage: int = 0
    constant: bool = False
    value: Value = None
    date_only: bool = False

    @property
    def is_simple(self) -> bool:
        """Tell whether it costs nothing to write twice."""
        return isinstance(self.tree, (exp.Column, exp.Literal, exp.Null, exp.Boolean))

    @property
    def is_blank(self) -> bool:
        return self.constant and self.value is None

    @property
    def words(self) -> str:
        """Say what it holds, for people."""
        return (
            f"the text {self.value!r}"
            if self.constant and self.kind is STRING
            else WORDS.get(self.kind, self.kind)
        )

    @property
    def column_type(self) -> ColumnType:
        return ColumnType(self.kind, date_only=self.date_only)

    def over(self, tree: exp.Expr, kind: DataType | None = None) -> Term:
        """Give a term of the same stage with another tree."""
        return replace(self, tree=tree, kind=kind or self.kind, constant=False, value=None, date_only=False)


def number(value: Decimal | int) -> exp.Expr:
    """Write a number down."""
    text = format(Decimal(value), "f")
    literal = exp.Literal.number(text.lstrip("-"))
    return exp.Neg(this=literal) if text.startswith("-") else literal


def text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def call(name: str, *operands: exp.Expr) -> exp.Expr:
    """Call a function that every warehouse knows by this name."""
    return exp.Anonymous(this=name, expressions=[copy_of(item) for item in operands])


def plus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Add(this=copy_of(left), expression=copy_of(right)))


def minus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Sub(this=copy_of(left), expression=copy_of(right)))


def times(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Mul(this=copy_of(left), expression=copy_of(right)))


def divided(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Divide; by zero it gives NULL. Both sides are of double precision already, or one is."""
    by = (
        right
        if isinstance(right, exp.Literal) and right.name.strip("0.")
        else exp.Nullif(this=copy_of(right), expression=exp.Literal.number(0))
    )
    return exp.Paren(this=exp.Div(this=copy_of(left), expression=copy_of(by)))


def is_null(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Is(this=copy_of(tree), expression=exp.Null()))


def is_present(tree: exp.Expr) -> exp.Expr:
    return exp.Not(this=is_null(tree))


def when(*cases: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    """Write CASE WHEN; without `otherwise` it gives NULL."""
    ifs = [exp.If(this=copy_of(test), true=copy_of(value)) for test, value in cases]
    return exp.Case(ifs=ifs, default=None if otherwise is None else copy_of(otherwise))


def compare(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Paren(this=kind(this=copy_of(left), expression=copy_of(right)))


def both(*conditions: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.and_(*(copy_of(item) for item in conditions), copy=False))


def either(*conditions: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.or_(*(copy_of(item) for item in conditions), copy=False))
