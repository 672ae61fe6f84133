"""Windows of time: the wall times between which a condition about a time holds (query digest §3.3)."""

from __future__ import annotations

from datetime import datetime

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import Composite, Condition, DateKind, DateMatch, Expression, OneOf
from holoscope.modeling.types import DataType
from holoscope.query.filters.expressions import read_expression
from holoscope.query.filters.literals import Clockwork, add_duration, resolve

Window = tuple[datetime | None, datetime | None]
_TWO_ENDED = (DateKind.TIME_FOR_UNIT_DURATION, DateKind.TIME_FOR_INTERVAL_DURATION, DateKind.BETWEEN)


def window_of(condition: DateMatch, clock: Clockwork) -> Window:
    """Give the wall time from which the window runs, and the one before which it ends.

    Raises:
        InvalidQuery: a side is missing, or is no literal; an offset where the window has no two ends.
    """
    low, high = _plain_window(condition, clock)
    if condition.offset is None:
        return low, high
    if low is None or high is None or condition.kind not in _TWO_ENDED:
        raise InvalidQuery(
            f"offset_interval_string makes a window with two ends longer, and {condition.kind} has one: "
            "remove it."
        )
    if condition.offset.strip().startswith("-"):
        return add_duration(low, condition.offset, clock), high
    return low, add_duration(high, condition.offset, clock)


def moved_window(window: Window, back: tuple[str, ...], clock: Clockwork) -> Window:
    """Move a window back by each of these lengths."""
    low, high = window
    for length in back:
        gone = f"-{length.strip()}"
        low, high = (None if end is None else add_duration(end, gone, clock) for end in (low, high))
    return low, high


def period_of(condition: Condition, clock: Clockwork) -> Window | None:
    """Give the wall times from which, and before which, a time meets a condition; None when it is no period.

    Raises:
        InvalidQuery: a literal is invalid.
    """
    match condition:
        case DateMatch(negative=False):
            return window_of(condition, clock)
        case OneOf((str() | int() as only,), negative=False):
            return window_of(DateMatch(DateKind.TIME_FOR_UNIT_DURATION, str(only)), clock)
        case Expression(text):
            return period_of(read_expression(text, "", DataType.TIMESTAMP), clock)
        case Composite(_, (only,), negative=False):
            return period_of(only, clock)
        case Composite("AND", parts, negative=False):
            periods = [period_of(part, clock) for part in parts]
            starts = [period[0] for period in periods if period and period[0]]
            ends = [period[1] for period in periods if period and period[1]]
            return None if None in periods else (max(starts, default=None), min(ends, default=None))
    return None


def _plain_window(condition: DateMatch, clock: Clockwork) -> Window:
    left = resolve(condition.left, clock, fiscal=condition.fiscal) if condition.left is not None else None
    match condition.kind:
        case DateKind.TIME_FOR_UNIT_DURATION:
            if left is None:
                raise InvalidQuery("TIME_FOR_UNIT_DURATION needs left_side, such as 'last quarter'.")
            return left.start, left.end
        case DateKind.TIME_FOR_INTERVAL_DURATION:
            if left is None or condition.right is None:
                raise InvalidQuery("TIME_FOR_INTERVAL_DURATION needs left_side and right_side ('30 days').")
            return left.start, add_duration(left.start, condition.right, clock)
        case DateKind.ON_OR_AFTER:
            return (left.start if left else None), None
        case DateKind.BEFORE:
            return None, resolve(
                condition.right, clock, fiscal=condition.fiscal
            ).start if condition.right is not None else None
        case DateKind.BETWEEN:
            high = (
                resolve(condition.right, clock, fiscal=condition.fiscal).start
                if condition.right is not None
                else None
            )
            return (left.start if left else None), high
