"""Guessing gets slow: for an account, for an address, across restarts, and however many guess at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from holoscope.access.origin import set_origin
from holoscope.access.throttle import FREE_FROM_ONE_PLACE, FREE_OF_AN_ADDRESS, Throttle, TooManyAttempts
from holoscope.storage.tables import sign_in_failures
from support.town import PEPPER, Town

ADA = "ada@shop.example"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    set_origin("192.0.2.1", None, None)
    return Clock()


@pytest.fixture
def throttle(town: Town, clock: Clock) -> Throttle:
    return Throttle(town.database, PEPPER, clock)


def fail(throttle: Throttle, times: int, account: str = ADA) -> None:
    for _ in range(times):
        throttle.admit(account)


def wait(throttle: Throttle, account: str = ADA) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        throttle.admit(account)
    assert refused.value.status == 429
    assert str(refused.value.retry_seconds) in refused.value.detail
    return refused.value.retry_seconds


def test_pauses_double_up_to_a_minute_and_are_kept_to_the_second(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE_FROM_ONE_PLACE)
    for expected in (1, 2, 4, 8, 16, 32, 60, 60, 60):
        assert wait(throttle) == expected
        clock.now += timedelta(seconds=expected - 1)
        assert wait(throttle) == 1
        clock.now += timedelta(seconds=1)
        throttle.admit(ADA)


def test_a_refused_attempt_does_not_count(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE_FROM_ONE_PLACE)
    for _ in range(50):
        assert wait(throttle) == 1
    clock.now += timedelta(seconds=1)
    throttle.admit(ADA)


def test_success_forgives_the_account_and_not_the_address(town: Town, throttle: Throttle) -> None:
    fail(throttle, FREE_FROM_ONE_PLACE - 1)
    attempt = throttle.admit(" ADA@Shop.example")
    with town.database.writing() as connection:
        throttle.succeed(connection, attempt)
    fail(throttle, FREE_FROM_ONE_PLACE)
    assert wait(throttle) == 1


def test_what_is_held_against_an_address_outlives_a_success(town: Town, throttle: Throttle) -> None:
    for number in range(FREE_OF_AN_ADDRESS - 1):
        throttle.admit(f"user{number}@shop.example")
    attempt = throttle.admit(ADA)
    with town.database.writing() as connection:
        throttle.succeed(connection, attempt)
    throttle.admit(ADA)
    assert wait(throttle, "new@shop.example") == 1


def test_one_address_cannot_try_one_password_on_everybody(throttle: Throttle) -> None:
    for number in range(FREE_OF_AN_ADDRESS):
        throttle.admit(f"user{number}@shop.example")
    assert wait(throttle, "new@shop.example") == 1


def test_the_neighbours_of_one_ipv6_subscriber_are_one_place(throttle: Throttle) -> None:
    for number in range(FREE_OF_AN_ADDRESS):
        set_origin(f"2001:db8:1:2::{number:x}", None, None)
        throttle.admit(f"user{number}@shop.example")
    set_origin("2001:db8:1:2:ffff::1", None, None)
    assert wait(throttle, "new@shop.example") == 1
    set_origin("2001:db8:1:3::1", None, None)
    throttle.admit("new@shop.example")


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_place(throttle: Throttle) -> None:
    fail(throttle, FREE_FROM_ONE_PLACE)
    set_origin("::ffff:192.0.2.1", None, None)
    assert wait(throttle) == 1


def test_many_addresses_are_no_way_around(throttle: Throttle) -> None:
    for number in range(20):
        set_origin(f"198.51.100.{number}", None, None)
        throttle.admit(ADA)
    set_origin("203.0.113.9", None, None)
    assert wait(throttle) == 1
    throttle.admit("bo@shop.example")


def test_it_is_forgotten_after_a_quarter_of_an_hour(town: Town, throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE_FROM_ONE_PLACE)
    clock.now += timedelta(minutes=15)
    fail(throttle, FREE_FROM_ONE_PLACE)
    with town.database.reading() as connection:
        rows = connection.execute(select(sign_in_failures)).all()
    assert len(rows) == 3 * FREE_FROM_ONE_PLACE
    assert "shop.example" not in json.dumps([row.digest for row in rows])


def test_a_restart_and_another_process_remember(town: Town, throttle: Throttle, clock: Clock) -> None:
    fail(throttle, FREE_FROM_ONE_PLACE)
    assert wait(Throttle(town.database, PEPPER, clock)) == 1


def test_many_at_once_are_no_way_around(throttle: Throttle) -> None:
    def attempt(_: int) -> bool:
        set_origin("192.0.2.1", None, None)
        try:
            throttle.admit(ADA)
        except TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == FREE_FROM_ONE_PLACE
