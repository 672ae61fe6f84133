"""Time between two values, in a unit (query digest §2.2).

Units with a fixed length are the exact time that passed, with a fraction; between two dates, days are
whole. Months, quarters and years are those completed; an end before its start counts backwards.
Everything is computed on stored instants: a change of clocks makes no hour longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.fields import Dimension
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.masks import masks_of
from holoscope.query.types import NUMBER
from holoscope.query.value import Value
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver

_MONTHS = {"months": 1, "quarters": 3, "years": 12}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}

Moment = tuple[exp.Expr, ColumnType]


def elapsed(found: Dimension, start: Moment, end: Moment, unit: str, dialect: Dialect) -> exp.Expr:
    """Give the time from `start` to `end` in `unit`; NULL where either is.

    Raises:
        InvalidQuery: an end of the duration is no time.
    """
    moments = [_instant(found, moment, dialect) for moment in (start, end)]
    if unit in _MONTHS:
        return dialect.whole_months(*moments, size=_MONTHS[unit])
    if start[1].date_only and end[1].date_only and unit == "days":
        return dialect.whole_days(*moments)
    return dialect.seconds_between(*moments, per=_SECONDS[unit])


def duration_in(resolver: Resolver, found: Dimension, unit: str, chain: tuple[str, ...]) -> Value:
    """Give the time a duration takes, in a unit.

    Raises:
        InvalidQuery: it refers to itself.
    """
    if found.duration is None or found.qualified_name in chain:
        raise InvalidQuery(f'The duration "{found.qualified_name}" refers to itself.')
    chain = (*chain, found.qualified_name)
    start = resolver.expression(found.duration.sql_start, found.view, chain)
    end = resolver.expression(found.duration.sql_end, found.view, chain)
    tree = elapsed(found, (start.tree, start.type), (end.tree, end.type), unit, resolver.context.dialect)
    views = start.views | end.views | {found.view}
    return Value(tree, NUMBER, views, convertible=False, masks=masks_of(found, start.masks | end.masks))


def _instant(found: Dimension, moment: Moment, dialect: Dialect) -> exp.Expr:
    value, kind = moment
    if kind.data_type not in (DataType.TIMESTAMP, DataType.UNKNOWN):
        word = kind.data_type.lower()
        raise InvalidQuery(f'Dimension "{found.qualified_name}": a duration runs between times, not {word}.')
    return dialect.to_zone(copy_of(value), "UTC", has_zone=True) if kind.has_zone else copy_of(value)
