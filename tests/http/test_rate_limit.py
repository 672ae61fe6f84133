"""The limiter admits exactly its number in any 60 seconds, cheaply, for any Authorization value."""

from __future__ import annotations

import timeit

import pytest

from holoscope.http.rate_limit import RateLimiter


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_admits_sixty_then_says_how_long_to_wait() -> None:
    clock = Hands()
    limiter = RateLimiter(60, clock=clock)
    for _ in range(60):
        assert limiter.wait_seconds(b"Bearer a") == 0
        clock.now += 0.5
    assert limiter.wait_seconds(b"Bearer a") == 30
    assert limiter.wait_seconds(b"Bearer b") == 0, "another key has its own bucket"
    clock.now += 30.0
    assert limiter.wait_seconds(b"Bearer a") == 0


def test_never_more_than_the_limit_in_any_window() -> None:
    clock = Hands()
    limiter = RateLimiter(5, clock=clock)
    admitted = []
    for _ in range(4000):
        if limiter.wait_seconds(b"k") == 0:
            admitted.append(clock.now)
        clock.now += 0.37
    assert all(later - first >= 60 for first, later in zip(admitted, admitted[5:], strict=False))


def test_retry_after_is_between_one_and_sixty() -> None:
    clock = Hands()
    limiter = RateLimiter(1, clock=clock)
    assert limiter.wait_seconds(b"k") == 0
    for step in (0.0, 0.001, 30.0, 29.9):
        clock.now += step
        assert 1 <= limiter.wait_seconds(b"k") <= 60


def test_zero_is_no_limit_and_a_key_may_have_its_own() -> None:
    limiter = RateLimiter(0)
    assert all(limiter.wait_seconds(b"k") == 0 for _ in range(500))
    limiter.set_limit(b"k", 2)
    assert [limiter.wait_seconds(b"k") > 0 for _ in range(3)] == [False, False, True]
    limiter.set_limit(b"k", 0)
    assert limiter.wait_seconds(b"k") == 0
    limiter.set_limit(b"k", None)
    assert limiter.wait_seconds(b"k") == 0


def test_a_lowered_limit_waits_for_enough_to_expire() -> None:
    clock = Hands()
    limiter = RateLimiter(4, clock=clock)
    for _ in range(4):
        limiter.wait_seconds(b"k")
        clock.now += 10
    limiter.set_limit(b"k", 1)
    assert limiter.wait_seconds(b"k") == 50
    clock.now += 50
    assert limiter.wait_seconds(b"k") == 0


def test_memory_is_bounded_under_a_spray_of_keys() -> None:
    limiter = RateLimiter(60, capacity=100)
    for number in range(5000):
        limiter.wait_seconds(str(number).encode())
    assert len(limiter._admitted) <= 100


@pytest.mark.slow
def test_a_hit_costs_microseconds() -> None:
    limiter = RateLimiter(60)
    seconds = min(timeit.repeat(lambda: limiter.wait_seconds(b"Bearer x"), number=20_000, repeat=3))
    assert seconds / 20_000 < 20e-6
