"""Meanings that stay open until a dialect writes them, so that passes can see and move them.

A marker is a call with a reserved name; `lower_markers` replaces it by the dialect's words.
"""

from __future__ import annotations

from sqlglot import exp

from holoscope.sql.dialect import Dialect

_WALL_CLOCK = "__wall_clock"
_HOUR = "__hour"


def wall_clock(value: exp.Expr, zone: str, *, has_zone: bool) -> exp.Expr:
    """Stand for the wall time in `zone` of a UTC timestamp, or of an instant with zone."""
    arguments = [value, exp.Literal.string(zone), exp.Boolean(this=has_zone)]
    return exp.Anonymous(this=_WALL_CLOCK, expressions=arguments)


def hour_floor(value: exp.Expr) -> exp.Expr:
    """Stand for a timestamp without zone floored to the hour."""
    return exp.Anonymous(this=_HOUR, expressions=[value])


def find_wall_clocks(tree: exp.Expr) -> list[exp.Anonymous]:
    """List the wall-clock markers in a tree."""
    return [node for node in tree.find_all(exp.Anonymous) if node.this == _WALL_CLOCK]


def zone_of(marker: exp.Anonymous) -> tuple[exp.Expr, str, bool]:
    """Give a wall-clock marker's value, zone and whether the value is an instant with zone."""
    value, zone, has_zone = marker.expressions
    return value, zone.name, bool(has_zone.this)


def lower_markers(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Copy a tree with every marker in the dialect's words."""

    def change(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous):
            return node
        if node.this == _WALL_CLOCK:
            value, zone, has_zone = zone_of(node)
            return dialect.to_zone(value, zone, has_zone=has_zone)
        if node.this == _HOUR:
            return dialect.truncate(node.expressions[0], "hour")
        return node

    return tree.transform(change)
