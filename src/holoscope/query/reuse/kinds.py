"""What is certain of the values of an expression: that another engine groups and compares them alike.

Results leave a warehouse in few types, so text may be anything: an interval, an enumeration that sorts by
its own order, a structure. Only what an expression is certain to be may be grouped or compared again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from sqlglot import exp

from holoscope.modeling.types import ColumnType, DataType
from holoscope.sql.markers import find_wall_clocks

KindOf = Callable[[str, str], ColumnType]
"""Gives the type of a view's column."""


class Kind(StrEnum):
    """What values certainly are. Nothing may be derived from values of an `UNCERTAIN` one but themselves."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    UNCERTAIN = "uncertain"


_DIGITS = re.compile(r"\(\d+\)")
_TEXTS = frozenset(("VARCHAR", "TEXT", "CHARACTER VARYING"))
_TIMES = frozenset(
    (
        "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE",
        "TIMESTAMPTZ",
    )
)  # fmt: skip
_CASTS = {
    exp.DataType.Type.VARCHAR: Kind.TEXT,
    exp.DataType.Type.TEXT: Kind.TEXT,
    exp.DataType.Type.DATE: Kind.DATE,
    exp.DataType.Type.TIMESTAMP: Kind.TIME,
    exp.DataType.Type.TIMESTAMPNTZ: Kind.TIME,
    exp.DataType.Type.TIMESTAMPTZ: Kind.TIME,
    exp.DataType.Type.BOOLEAN: Kind.BOOLEAN,
    exp.DataType.Type.DOUBLE: Kind.NUMBER,
    exp.DataType.Type.DECIMAL: Kind.NUMBER,
    exp.DataType.Type.INT: Kind.NUMBER,
    exp.DataType.Type.BIGINT: Kind.NUMBER,
}
_TESTS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Like, exp.Not, exp.Connector)
_SUMS = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.IntDiv)
_OF_TEXT = (exp.DPipe, exp.Lower, exp.Upper, exp.Trim, exp.Substring)
_CALLS = {
    "strftime": Kind.TEXT,
    "to_char": Kind.TEXT,
    "date_trunc": Kind.TIME,
    "monthname": Kind.TEXT,
    "dayname": Kind.TEXT,
    "md5": Kind.TEXT,
    "date_part": Kind.NUMBER,
    "isodow": Kind.NUMBER,
    "date_diff": Kind.NUMBER,
    "epoch": Kind.NUMBER,
    "timezone": Kind.TIME,
}


def kind_of(tree: exp.Expr, type_of: KindOf) -> Kind:
    """Say what the values of a row's expression certainly are."""
    if isinstance(tree, exp.Paren):
        return kind_of(tree.this, type_of)
    if isinstance(tree, exp.Column):
        return _of_column(type_of(tree.table, tree.name))
    if isinstance(tree, exp.Literal):
        return Kind.TEXT if tree.is_string else Kind.NUMBER
    if isinstance(tree, (exp.Cast, exp.TryCast)):
        return _CASTS.get(tree.to.this, Kind.UNCERTAIN)
    if isinstance(tree, (exp.Boolean, *_TESTS)):
        return Kind.BOOLEAN
    if isinstance(tree, _SUMS):
        kinds = {kind_of(part, type_of) for part in (tree.this, tree.args.get("expression")) if part}
        return Kind.NUMBER if kinds == {Kind.NUMBER} else Kind.UNCERTAIN
    if isinstance(tree, _OF_TEXT):
        return Kind.TEXT if all(_is_plain(column, type_of) for column in tree.find_all(exp.Column)) else (
            Kind.UNCERTAIN
        )  # fmt: skip
    if isinstance(tree, exp.Extract):
        return Kind.NUMBER
    if isinstance(tree, exp.Anonymous):
        return Kind.TIME if find_wall_clocks(tree) else _CALLS.get(str(tree.this).lower(), Kind.UNCERTAIN)
    return _of_branches(tree, type_of)


def _of_branches(tree: exp.Expr, type_of: KindOf) -> Kind:
    if isinstance(tree, exp.Case):
        branches = [branch.args["true"] for branch in tree.args["ifs"]]
        return _common((*branches, tree.args.get("default")), type_of)
    if isinstance(tree, exp.Coalesce):
        return _common((tree.this, *tree.expressions), type_of)
    if isinstance(tree, exp.Nullif):
        return kind_of(tree.this, type_of)
    return Kind.UNCERTAIN


def _common(branches: Iterable[exp.Expr | None], type_of: KindOf) -> Kind:
    kinds = {kind_of(item, type_of) for item in branches if item is not None and not _is_null(item)}
    return kinds.pop() if len(kinds) == 1 else Kind.UNCERTAIN


def _is_null(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Null)


def _is_plain(column: exp.Column, type_of: KindOf) -> bool:
    """Tell whether text made of a column compares by its bytes; a column of an unknown type may not."""
    return _of_column(type_of(column.table, column.name)) is not Kind.UNCERTAIN


def _of_column(found: ColumnType) -> Kind:
    native = _DIGITS.sub("", found.native.upper())
    match found.data_type:
        case DataType.NUMBER:
            return Kind.NUMBER
        case DataType.BOOLEAN:
            return Kind.BOOLEAN
        case DataType.STRING:
            return Kind.TEXT if native in _TEXTS else Kind.UNCERTAIN
        case DataType.TIMESTAMP:
            if found.date_only:
                return Kind.DATE
            return Kind.TIME if native in _TIMES else Kind.UNCERTAIN
    return Kind.UNCERTAIN
