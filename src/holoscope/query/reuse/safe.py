"""Expressions that mean the same to the engine that derives as to the warehouse they were written for."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

_ANYWHERE = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Not, exp.Connector,
    exp.EQ, exp.NEQ, exp.Is, exp.In, exp.Coalesce, exp.Case, exp.If, exp.Neg, exp.DataType,
)  # fmt: skip
_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_CASTS = frozenset(
    (
        exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.DATE,
        exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ, exp.DataType.Type.TIMESTAMPTZ,
        exp.DataType.Type.BOOLEAN, exp.DataType.Type.BIGINT, exp.DataType.Type.INT, exp.DataType.Type.DOUBLE,
    )
)  # fmt: skip
_LITERAL_CASTS = frozenset(
    (exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ,
     exp.DataType.Type.TIMESTAMPTZ)
)  # fmt: skip
_SAME_ENGINE = (
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe, exp.Lower, exp.Upper, exp.Like,
    exp.Escape, exp.Nullif, exp.Interval, exp.Var,
)  # fmt: skip
_CALLS = frozenset(
    (
        "date_trunc", "date_part", "isodow", "strftime", "monthname", "dayname", "date_diff", "epoch",
        "epoch_us", "timezone", "to_months", "md5", "__wall_clock",
    )
)  # fmt: skip
_VOLATILE = (
    exp.Rand, exp.Randn, exp.Uuid, exp.CurrentDate, exp.CurrentDatetime, exp.CurrentTime,
    exp.CurrentTimestamp, exp.CurrentUser, exp.Localtime, exp.Localtimestamp,
)  # fmt: skip
_VOLATILE_CALLS = frozenset(
    (
        "random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "nextval", "currval", "now",
        "today", "get_current_time", "get_current_timestamp", "transaction_timestamp", "current_setting",
        "timeofday", "clock_timestamp", "statement_timestamp", "age", "current_localtime",
        "current_localtimestamp",
    )
)  # fmt: skip


def is_safe(tree: exp.Expr, *, same_engine: bool) -> bool:
    """Tell whether every part of an expression is known to mean the same.

    With `same_engine` it was written for the engine that derives. Texts are compared for order by no
    other engine alike; equality of them is the same everywhere.
    """
    return all(_is_known(node, same_engine) for node in tree.walk())


def _is_known(node: exp.Expr, same_engine: bool) -> bool:
    if isinstance(node, exp.Var):
        return same_engine and not node.args.get("exact")
    if isinstance(node, (exp.Cast, exp.TryCast)):
        if same_engine:
            return node.to.this in _CASTS
        return isinstance(node.this, exp.Literal) and node.to.this in _LITERAL_CASTS
    if isinstance(node, exp.In):
        return not node.args.get("query") and not node.args.get("unnest") and not node.args.get("field")
    if isinstance(node, _COMPARISONS):
        return same_engine or _is_ordered_alike(node.expression)
    if isinstance(node, _ANYWHERE):
        return True
    if not same_engine:
        return False
    return isinstance(node, _SAME_ENGINE) or (
        isinstance(node, exp.Anonymous) and str(node.this).lower() in _CALLS
    )


def _is_ordered_alike(bound: exp.Expr) -> bool:
    """Tell whether a bound is a number or a time, which every engine orders alike."""
    if isinstance(bound, exp.Neg):
        bound = bound.this
    return isinstance(bound, exp.Cast) or (isinstance(bound, exp.Literal) and not bound.is_string)


def is_settled(trees: Iterable[exp.Expr]) -> bool:
    """Tell whether expressions have the same values whenever they are asked, as far as their words say."""
    return not any(_is_volatile(node) for tree in trees for node in tree.walk())


def _is_volatile(node: exp.Expr) -> bool:
    if isinstance(node, (*_VOLATILE, exp.Collate)):
        return True
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in _VOLATILE_CALLS
    # Text that was not parsed may hold any of these words.
    return isinstance(node, exp.Var) and bool(node.args.get("exact"))
