"""Meanings that stay open until a dialect writes them, so that passes can see and move them.

A marker is a call with a reserved name; `lower_markers` replaces it by the dialect's words.
"""

from __future__ import annotations

from sqlglot import exp

from holoscope.sql.dialect import Dialect

_WALL_CLOCK = "__wall_clock"
_HOUR = "__hour"
_MEET = "__meet"
_EACH_TIME = "__each_time"
_MARKERS = frozenset((_WALL_CLOCK, _HOUR, _MEET, _EACH_TIME))


def wall_clock(value: exp.Expr, zone: str, *, has_zone: bool) -> exp.Expr:
    """Stand for the wall time in `zone` of a UTC timestamp, or of an instant with zone."""
    arguments = [value, exp.Literal.string(zone), exp.Boolean(this=has_zone)]
    return exp.Anonymous(this=_WALL_CLOCK, expressions=arguments)


def hour_floor(value: exp.Expr) -> exp.Expr:
    """Stand for a timestamp without zone floored to the hour."""
    return exp.Anonymous(this=_HOUR, expressions=[value])


def keys_meet(left: exp.Expr, right: exp.Expr, *, alike: bool = True) -> exp.Expr:
    """Stand for two keys that are equal or both NULL, as a condition of a join; see `Dialect.meet`."""
    return exp.Anonymous(this=_MEET, expressions=[left, right, exp.Boolean(this=alike)])


def each_time(low: exp.Expr, high: exp.Expr, *, unit: str, count: int) -> exp.Expr:
    """Stand for the times from `low` to `high` in steps, a row each in a SELECT list."""
    arguments = [low, high, exp.Literal.string(unit), exp.Literal.number(count)]
    return exp.Anonymous(this=_EACH_TIME, expressions=arguments)


def has_markers(tree: exp.Expr) -> bool:
    """Tell whether anything in a tree is left for the dialect to say."""
    return any(node.this in _MARKERS for node in tree.find_all(exp.Anonymous))


def find_wall_clocks(tree: exp.Expr) -> list[exp.Anonymous]:
    """List the wall-clock markers in a tree."""
    return [node for node in tree.find_all(exp.Anonymous) if node.this == _WALL_CLOCK]


def zone_of(marker: exp.Anonymous) -> tuple[exp.Expr, str, bool]:
    """Give a wall-clock marker's value, zone and whether the value is an instant with zone."""
    value, zone, has_zone = marker.expressions
    return value, zone.name, bool(has_zone.this)


def lower_markers(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Copy a tree with every marker in the dialect's words."""
    fresh = tree.copy()
    for node in reversed(list(fresh.find_all(exp.Anonymous))):  # markers may stand inside markers
        lowered = _lowered(node, dialect)
        if node is fresh:
            fresh = lowered
        elif lowered is not node:
            node.replace(lowered)
    return fresh


def rendered(tree: exp.Expr, dialect: Dialect) -> str:
    """Write a tree as text for a warehouse, every marker in its words."""
    return dialect.render(lower_markers(tree, dialect) if has_markers(tree) else tree)


def _lowered(node: exp.Anonymous, dialect: Dialect) -> exp.Expr:
    if node.this == _WALL_CLOCK:
        value, zone, has_zone = zone_of(node)
        return dialect.to_zone(value, zone, has_zone=has_zone)
    if node.this == _HOUR:
        return dialect.truncate(node.expressions[0], "hour")
    if node.this == _MEET:
        left, right, alike = node.expressions
        return dialect.meet(left, right, alike=bool(alike.this))
    if node.this == _EACH_TIME:
        low, high, unit, count = node.expressions
        return dialect.each_time(low, high, unit=unit.name, count=int(count.name))
    return node
