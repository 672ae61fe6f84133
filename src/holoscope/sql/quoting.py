"""Identifiers: quoted exactly when they must be."""

from __future__ import annotations

import re

from sqlglot import exp

_PLAIN = re.compile(r"^[a-z_][a-z0-9_]*$")
_RESERVED_WORDS = """
    all analyse analyze and anti any array as asc asymmetric authorization binary both by case cast
    check collate collation column concurrently constraint create cross current_catalog current_date
    current_role current_schema current_time current_timestamp current_user default deferrable desc
    describe distinct do else end except exists false fetch for foreign freeze from full grant group
    having ilike in initially inner intersect into is isnull join lambda lateral leading left like
    limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps
    pivot placing primary qualify references returning right select semi session_user show similar
    some summarize symmetric system_user table tablesample then to trailing true union unique
    unpivot user using values variadic verbose when where window with
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())


def identifier(name: str) -> exp.Identifier:
    """Make an identifier; quotes are set for anything but plain lower-case, unreserved words."""
    plain = _PLAIN.match(name) is not None and name not in _RESERVED
    return exp.Identifier(this=name, quoted=not plain)


def column(name: str, table: str) -> exp.Column:
    """Make a qualified column."""
    return exp.Column(this=identifier(name), table=identifier(table))


def output(value: exp.Expr, name: str) -> exp.Alias:
    """Name a result column; wire names hold dots and brackets, so they are always quoted."""
    return exp.Alias(this=value, alias=exp.Identifier(this=name, quoted=True))


def conjunction(parts: list[exp.Expr]) -> exp.Expr | None:
    """AND the parts together, None when there are none."""
    if not parts:
        return None
    return exp.and_(*parts, copy=False)
