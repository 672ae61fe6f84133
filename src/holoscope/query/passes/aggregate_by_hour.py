"""Aggregate by the hour first, then move the hours into another zone: one conversion an hour, not a row.

Where a zone's offsets are whole hours, all rows of one UTC hour share their local hour, so every
grain of an hour or more can be taken from the hour. Calls must add up from partial results.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.query.aggregates import Call
from holoscope.query.joins import Joined
from holoscope.query.passes.partials import decompose, is_decomposable
from holoscope.query.plan.calls import is_strict
from holoscope.query.plan.grouping import Grouping
from holoscope.query.plan.node import Rows, Table, select_rows
from holoscope.sql.capabilities import Capabilities
from holoscope.sql.markers import find_wall_clocks, hour_floor, zone_of
from holoscope.sql.quoting import column
from holoscope.sql.trees import cast
from holoscope.sql.zones import FIRST_YEAR, shifts_by_whole_hours

_HOURLY = "hourly"
_HOUR = "hour_start"


def aggregate_by_hour(grouping: Grouping, facts: Capabilities) -> Grouping:
    """Rewrite a question over local time when every grain and call allows it; else return it unchanged."""
    if not facts.aggregate_by_hour_pays or not grouping.calls:
        return grouping
    shifted = _shifted_value(grouping)
    if shifted is None or not _calls_allow(grouping):
        return grouping
    return _rewrite(grouping, shifted)


def _shifted_value(grouping: Grouping) -> exp.Expr | None:
    """Give the one UTC timestamp whose wall time the keys read, if they read it by the hour or coarser."""
    values: set[exp.Expr] = set()
    for number, key in enumerate(grouping.keys):
        markers = find_wall_clocks(key)
        if markers and number not in grouping.coarse_keys:
            return None
        for marker in markers:
            value, zone, has_zone = zone_of(marker)
            if has_zone or not shifts_by_whole_hours(zone):
                return None
            values.add(value)
    return values.pop() if len(values) == 1 else None


def _calls_allow(grouping: Grouping) -> bool:
    joined = grouping.joined
    for call in grouping.calls:
        if not is_decomposable(call) or joined.multiplies(call.views):
            return False
        if call.views & joined.optional and (call.operand is None or not is_strict(call.operand)):
            return False
        trees = [tree for tree in (call.operand, call.condition) if tree is not None]
        if any(find_wall_clocks(tree) for tree in trees):
            return False
    return True


def _rewrite(grouping: Grouping, shifted: exp.Expr) -> Grouping:
    inner = select_rows(grouping.rows)
    groups: list[exp.Expr] = [_hour_of(shifted)]
    inner = inner.select(exp.alias_(groups[0].copy(), _HOUR), copy=False)
    keys: list[exp.Expr] = []
    for number, key in enumerate(grouping.keys):
        if find_wall_clocks(key):
            keys.append(_at_hour(key, shifted))
            continue
        name = f"j{number}"
        inner = inner.select(exp.alias_(key.copy(), name), copy=False)
        groups.append(key.copy())
        keys.append(column(name, _HOURLY))
    calls: list[Call] = []
    for call in grouping.calls:
        partials, whole = decompose(call, _HOURLY, len(calls))
        for name, partial in partials:
            inner = inner.select(exp.alias_(partial, name), copy=False)
        calls.append(whole)
    inner.set("group", exp.Group(expressions=groups))
    rows = Rows(Table(_HOURLY, inner.subquery(copy=False)), (), ())
    return replace(grouping, rows=rows, joined=Joined(_HOURLY, ()), keys=tuple(keys), calls=tuple(calls))


def _at_hour(key: exp.Expr, shifted: exp.Expr) -> exp.Expr:
    fresh = key.copy()
    for marker in find_wall_clocks(fresh):
        if marker.expressions[0] == shifted:
            marker.expressions[0].replace(column(_HOUR, _HOURLY))
    return fresh


def _hour_of(value: exp.Expr) -> exp.Expr:
    """Floor to the hour where the zone is known to keep hours together; older times stay as they are."""
    since = cast(exp.Literal.string(f"{FIRST_YEAR}-01-01 00:00:00"), "timestamp")
    recent = exp.GTE(this=value.copy(), expression=since)
    return exp.Case(ifs=[exp.If(this=recent, true=hour_floor(value.copy()))], default=value.copy())
