"""Windows of time and parts of the calendar in English (query digest §3.3)."""

from __future__ import annotations

import re
from calendar import month_name

from holoscope.modeling.conditions import DateKind, DateMatch, DatePart, DatePartMatch
from holoscope.modeling.timeframes import WEEKDAYS
from holoscope.query.filters.dates import part_numbers
from holoscope.query.filters.spoken_literals import Spoken, say_length, say_literal, say_period

_COUNTED = re.compile(r"(\d+) ([a-z]+?)s?")
_PARTS = {
    DatePart.IS_ON_DAY_OF_MONTH: "on day {} of the month",
    DatePart.IS_ON_DAY_OF_QUARTER: "on day {} of the quarter",
    DatePart.IS_ON_DAY_OF_YEAR: "on day {} of the year",
    DatePart.IS_IN_WEEK_OF_YEAR: "in week {} of the year",
    DatePart.IS_IN_QUARTER_OF_YEAR: "in quarter {} of the year",
    DatePart.IS_AT_HOUR_OF_DAY: "in the hour from {}",
}


def say_window(condition: DateMatch) -> str:
    """Put a window of time into words, whether it is denied left aside."""
    words = _window(condition)
    if condition.offset is None:
        return words
    length = say_length(condition.offset).removeprefix("-")
    return f"{words}, and the {length} {'before' if condition.offset.startswith('-') else 'after'} that"


def say_part(condition: DatePartMatch, week_start: int) -> str:
    """Put a test of a part of the calendar into words; `week_start` is the first day of the week, Monday 0.

    Raises:
        InvalidQuery: a value names no such part.
    """
    numbers = part_numbers(condition, week_start)
    match condition.part:
        case DatePart.IS_ON_DAY_OF_WEEK:
            days = [
                WEEKDAYS[(number + week_start) % 7].title() if number < 7 else str(number)
                for number in numbers
            ]
            return f"on a {one_of(days)}"
        case DatePart.IS_IN_MONTH_OF_YEAR:
            months = [month_name[number] if 1 <= number <= 12 else str(number) for number in numbers]
            return f"in {one_of(months)}"
        case DatePart.IS_AT_HOUR_OF_DAY:
            return _PARTS[condition.part].format(one_of([f"{number:02}:00" for number in numbers]))
    return _PARTS[condition.part].format(one_of([str(number) for number in numbers]))


def one_of(words: list[str], joined_by: str = "or") -> str:
    """List words, the last one behind `or`; of more than ten only the first are named."""
    if len(words) > 10:
        return f"{', '.join(words[:8])} {joined_by} {len(words) - 8} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined_by} {words[-1]}"


def _window(condition: DateMatch) -> str:
    left = None if condition.left is None else say_literal(condition.left, fiscal=condition.fiscal)
    right = condition.right
    if condition.kind is DateKind.TIME_FOR_INTERVAL_DURATION and left is not None and right is not None:
        return _interval(left, say_length(right))
    if condition.kind is DateKind.TIME_FOR_UNIT_DURATION and left is not None:
        return left.inside
    end = None if right is None else say_literal(right, fiscal=condition.fiscal).noun
    if left is None:
        return f"before {end}"
    return f"from {left.noun} on" if end is None else f"from {left.noun} up to but not including {end}"


def _interval(start: Spoken, length: str) -> str:
    counted = _COUNTED.fullmatch(length)
    plain = start.unit.removeprefix("fiscal ")
    if start.shift is None or counted is None or counted[2] != plain:
        return f"in the {length} from {start.noun} on"
    count, first = int(counted[1]), start.shift
    if count == 1:
        return start.inside
    units = f"{start.unit}s"
    present = say_period(plain, 0, fiscal=plain != start.unit).noun
    if first + count == 1:
        return f"in the last {count} {units}, {present} included"
    if first + count == 0:
        return f"in the last {count} complete {units}, {present} left out"
    if first in (0, 1):
        return f"in the next {count} {units}, {present} {'left out' if first else 'included'}"
    return f"in the {count} {units} from {start.noun} on"
