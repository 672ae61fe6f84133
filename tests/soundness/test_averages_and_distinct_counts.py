"""Averages, medians and distinct counts where a join repeats rows."""

from support.customers import customers
from support.little import TOTAL, answer, by


def test_an_average_weighs_every_customer_once() -> None:
    # Ann 20 and Bob 50: 35. Weighed by orders it would be (20 + 20 + 50) / 3 = 30.
    assert answer(customers(), "sales", "customers.average_age") == [(35.0,)]


def test_a_median_weighs_every_customer_once() -> None:
    # 20 and 50, halfway: 35. With Ann twice it would be 20.
    assert answer(customers(), "sales", "customers.median_age") == [(35.0,)]


def test_an_average_leaves_out_customers_that_are_not_there() -> None:
    # The group of NULL has orders but no customer: no average, not 0.
    rows = answer(customers(), "sales", "customers.name", "customers.average_age", sorts=by("customers.name"))
    assert rows == [(None, None), ("Ann", 20.0), ("Bob", 50.0)]


def test_the_total_of_an_average_is_not_the_average_of_averages() -> None:
    # Web: 10, 40, 5; shop: 10, 7. All: 72 / 5 = 14.4; the average of 55/3 and 17/2 would be 13.4.
    rows = answer(
        customers(),
        "sales",
        "orders.channel",
        "orders.average_amount",
        sorts=by("orders.channel"),
        column_totals=TOTAL,
    )
    assert [row[-1] for row in rows] == [8.5, 55 / 3, 14.4]


def test_a_distinct_count_over_fan_out() -> None:
    # The ages 20 and 50; Ann's two orders do not make another age.
    assert answer(customers(), "sales", "customers.ages", "customers.names") == [(2, 2)]


def test_a_distinct_count_leaves_null_out() -> None:
    # Customers 1, 1, 2, 9 and NULL.
    assert answer(customers(), "sales", "orders.buyers") == [(3,)]


def test_a_distinct_count_over_groups_is_not_additive() -> None:
    rows = answer(
        customers(),
        "sales",
        "orders.channel",
        "orders.buyers",
        sorts=by("orders.channel"),
        column_totals=TOTAL,
    )
    # Shop: Ann (and nobody). Web: Ann, Bob, 9. Together 3, not 4.
    assert rows == [("shop", 1), ("web", 3), ("total", None, 3)]
