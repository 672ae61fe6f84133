"""Deadlines are kept whatever the order in which they come and go, and struck until unwatched."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from holoscope.warehouses.watchdog import Watchdog
from support.pace import until


class Item:
    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.struck: list[float] = []

    def strike(self) -> None:
        self.struck.append(time.monotonic())


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    made = Watchdog("test")
    yield made
    made.close()


def test_an_earlier_deadline_is_met_while_a_later_one_is_waited_for(watchdog: Watchdog) -> None:
    late, early = Item(600), Item(0.1)
    watchdog.watch(late)
    time.sleep(0.05)
    watchdog.watch(early)
    until(lambda: len(early.struck) > 2)
    assert early.struck[0] >= early.deadline
    assert late.struck == []


def test_a_later_deadline_is_met_after_the_nearest_went(watchdog: Watchdog) -> None:
    gone, stays = Item(0.1), Item(0.3)
    watchdog.watch(gone)
    watchdog.unwatch(gone)
    watchdog.watch(stays)
    until(lambda: stays.struck)
    assert stays.struck[0] >= stays.deadline
    assert gone.struck == []


def test_a_deadline_is_met_after_nothing_was_watched_for_a_while(watchdog: Watchdog) -> None:
    for _ in range(3):
        item = Item(0.05)
        watchdog.watch(item)
        until(lambda: item.struck)  # noqa: B023  (called at once)
        watchdog.unwatch(item)
        time.sleep(0.1)


def test_a_deadline_that_moves_is_looked_at_when_told(watchdog: Watchdog) -> None:
    item = Item(600)
    watchdog.watch(item)
    item.deadline = 0.0
    watchdog.look_again()
    until(lambda: item.struck)


def test_a_later_deadline_wakes_nobody(watchdog: Watchdog) -> None:
    first = Item(600)
    watchdog.watch(first)
    until(lambda: watchdog._wakes_at == first.deadline)
    rounds: list[object] = []
    watchdog._changed.notify = lambda: rounds.append(1)  # type: ignore[method-assign,assignment,misc]
    for _ in range(5):
        item = Item(700)
        watchdog.watch(item)
        watchdog.unwatch(item)
    assert rounds == []
    del watchdog._changed.notify
