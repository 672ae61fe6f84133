"""Building SQL trees cheaply. Trees are values here: once built, they are never changed in place."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

_TYPES = {
    word: exp.DataType.build(word)
    for word in (
        "bigint",
        "boolean",
        "date",
        "double",
        "int",
        "interval",
        "json",
        "text",
        "timestamp",
        "timestamptz",
        "varchar",
    )
}


def copy_of(tree: exp.Expr) -> exp.Expr:
    """Give a tree that may be put under a new parent: leaves are shared, the rest is copied."""
    return tree if isinstance(tree, (exp.Column, exp.Literal)) else _copied(tree)


def _copied(tree: exp.Expr) -> exp.Expr:
    """As `tree.copy()`, without the book-keeping of `copy.deepcopy`, which a tree has no use for."""
    fresh: exp.Expr = tree.__deepcopy__({})
    return fresh


def atom(tree: exp.Expr) -> exp.Expr:
    """Give a tree that may stand beside any operator: in brackets unless it cannot be misread."""
    atomic = isinstance(tree, (exp.Column, exp.Literal, exp.Func, exp.Paren, exp.Boolean, exp.Null))
    # AND and OR are functions to the tree library, operators to a reader.
    return tree if atomic and not isinstance(tree, exp.Connector) else exp.Paren(this=tree)


def cast(value: exp.Expr, word: str) -> exp.Expr:
    """CAST to one of a few plain types, without parsing the type's name each time."""
    return exp.Cast(this=value, to=_TYPES[word].copy())


def replaced(tree: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Copy a tree with every column replaced by what `change` gives for it."""
    if isinstance(tree, exp.Column):
        return change(tree)
    fresh = _copied(tree)
    for column in list(fresh.find_all(exp.Column)):
        other = change(column)
        if other is not column:
            column.replace(other)
    return fresh
