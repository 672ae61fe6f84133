"""Totals are answers to the same question without the groups, not sums of the rows above them."""

from decimal import Decimal

import pytest

from support.customers import customers
from support.little import TOTAL, answer, by


def test_customers_of_all_channels_are_counted_again() -> None:
    # Shop 1 (Ann), web 2 (Ann, Bob): two customers in all, and 20 + 50 years.
    rows = answer(
        customers(),
        "sales",
        "orders.channel",
        "customers.count",
        "customers.age_sum",
        sorts=by("orders.channel"),
        column_totals=TOTAL,
    )
    assert rows == [("shop", 1, 20), ("web", 2, 70), ("total", None, 2, 70)]


def test_a_ratio_is_divided_again() -> None:
    rows = answer(
        customers(),
        "sales",
        "orders.channel",
        "orders.revenue_per_order",
        sorts=by("orders.channel"),
        column_totals=TOTAL,
    )
    assert [row[-1] for row in rows] == pytest.approx([17 / 2, 55 / 3, 72 / 5])


def test_the_limit_cuts_rows_not_the_total() -> None:
    rows = answer(
        customers(),
        "sales",
        "orders.id",
        "orders.revenue",
        sorts=by("orders.id"),
        limit=2,
        column_totals=TOTAL,
    )
    assert rows == [(1, 10), (2, 10), ("total", None, Decimal("72.00"))]


def test_filters_hold_in_the_total() -> None:
    web = {"orders.channel": {"type": "string", "kind": "EQUALS", "values": ["web"]}}
    rows = answer(
        customers(),
        "sales",
        "customers.name",
        "orders.revenue",
        "customers.age_sum",
        filters=web,
        sorts=by("customers.name"),
        column_totals=TOTAL,
    )
    assert rows == [(None, 5, 0), ("Ann", 10, 20), ("Bob", 40, 50), ("total", None, 55, 70)]


def test_the_key_of_a_repeated_view_beside_its_total() -> None:
    rows = answer(
        customers(),
        "sales",
        "customers.id",
        "customers.age_sum",
        sorts=by("customers.id"),
        column_totals=TOTAL,
    )
    assert rows == [(None, 0), (1, 20), (2, 50), ("total", None, 70)]


def test_a_total_over_nothing_is_zero_and_there() -> None:
    nothing = {"orders.channel": {"type": "string", "kind": "EQUALS", "values": ["fax"]}}
    rows = answer(
        customers(),
        "sales",
        "orders.channel",
        "orders.revenue",
        "customers.age_sum",
        "customers.average_age",
        filters=nothing,
        column_totals=TOTAL,
    )
    assert rows == [("total", None, 0, 0, None)]
