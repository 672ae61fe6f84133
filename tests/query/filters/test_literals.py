"""Every row of `literals.md`: windows of time at fixed clocks, for the product and for a calendar of days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holoscope.modeling.conditions import DateKind, DateMatch
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.windows import window_of
from support.days import Clock, window

PAGE = Path(__file__).with_name("literals.md")
_CLOCK = re.compile(r"## (.+?), (\S+), weeks from (\w+)(?:, fiscal offset (-?\d+))?$")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _rows() -> Iterator[tuple[Clock, str, str, str]]:
    clock = None
    for line in PAGE.read_text("utf-8").splitlines():
        if found := _CLOCK.match(line):
            now = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
            offset = int(found[4]) if found[4] else None
            clock = Clock(now, found[2], _WEEKDAYS.index(found[3]), offset)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if clock is not None and line.startswith("| `"):
            yield clock, cells[0].strip("`"), cells[1], cells[2]


ROWS = list(_rows())
PARAMETERS = pytest.mark.parametrize(
    ("clock", "text", "low", "high"),
    ROWS,
    ids=lambda value: f"{value.zone} {value.now:%Y-%m-%dT%H:%M}" if isinstance(value, Clock) else value,
)


def condition(text: str) -> DateMatch:
    """Read a window of the page as the filter that asks for it."""
    if text.startswith("before "):
        return DateMatch(DateKind.BEFORE, right=text.removeprefix("before "))
    if text.startswith("from "):
        return DateMatch(DateKind.ON_OR_AFTER, text.removeprefix("from "))
    if " for " in text:
        return DateMatch(DateKind.TIME_FOR_INTERVAL_DURATION, *text.split(" for "))
    if " to " in text:
        return DateMatch(DateKind.BETWEEN, *text.split(" to "))
    return DateMatch(DateKind.TIME_FOR_UNIT_DURATION, text)


def shown(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


@PARAMETERS
def test_the_product_reads_the_window(clock: Clock, text: str, low: str, high: str) -> None:
    clockwork = Clockwork.at(clock.now, clock.zone, clock.week_start, clock.offset)
    found = window_of(condition(text), clockwork)
    ends = [None if end is None else clockwork.to_utc(end) for end in found]
    assert [shown(end) for end in ends] == [low, high]


@PARAMETERS
def test_a_calendar_of_days_agrees(clock: Clock, text: str, low: str, high: str) -> None:
    assert [shown(end) for end in window(text, clock)] == [low, high]


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 150
    assert len({(clock.zone, clock.now) for clock, *_ in ROWS}) >= 8
