"""The fan trap: a customer joined to two orders is there twice, and must be counted once."""

from decimal import Decimal

import pytest

from holoscope.kit.errors import FanOutNeedsKey
from support.customers import FILES, TABLES, customers
from support.little import answer, by, little_world


def test_ages_are_added_once_for_each_customer_however_many_orders_they_have() -> None:
    # Ann 20 (two orders) + Bob 50 (one) = 70. Naive SQL says 20 + 20 + 50 = 90.
    assert answer(customers(), "sales", "customers.age_sum") == [(70,)]


def test_customers_are_counted_once() -> None:
    # Orders 1 to 3 have customers Ann, Ann, Bob; 4 and 5 have none.
    assert answer(customers(), "sales", "customers.count", "orders.count") == [(2, 5)]


def test_a_customer_counts_in_each_group_he_belongs_to() -> None:
    # Ann bought in the shop and on the web, Bob on the web.
    rows = answer(customers(), "sales", "orders.channel", "customers.age_sum", sorts=by("orders.channel"))
    assert rows == [("shop", 20), ("web", 70)]


def test_equal_amounts_of_different_orders_both_count() -> None:
    # Ann's two orders of 10 €: deduplicating by value instead of by key would give 10.
    rows = answer(customers(), "care", "customers.name", "orders.revenue", sorts=by("customers.name"))
    assert rows == [("Ann", 20), ("Bob", 40), ("Cid", 0)]


def test_equal_ages_of_different_customers_both_count() -> None:
    # Ann and Cid are both 20: 20 + 50 + 20.
    assert answer(customers(), "care", "customers.age_sum", "orders.count") == [(90, 3)]


def test_a_filter_on_the_many_side_does_not_multiply() -> None:
    # Customers with a web order: Ann and Bob, each once.
    on_web = {"orders.channel": {"type": "string", "kind": "EQUALS", "values": ["web"]}}
    assert answer(customers(), "care", "customers.age_sum", filters=on_web) == [(70,)]
    any_channel = {"orders.channel": {"type": "null", "is_negative": True}}
    assert answer(customers(), "care", "customers.age_sum", filters=any_channel) == [(70,)]


def test_a_ratio_divides_two_right_numbers() -> None:
    # 72 € over 2 known customers.
    assert answer(customers(), "sales", "orders.revenue_per_customer") == [(36.0,)]
    assert answer(customers(), "sales", "orders.revenue") == [(Decimal("72.00"),)]


def test_without_a_key_there_is_no_number_at_all() -> None:
    keyless = FILES["customers.view"].replace("{ primary_key: true }", "{}")
    ground = little_world(TABLES, {**FILES, "customers.view": keyless})
    for measure in ("age_sum", "count", "average_age", "median_age"):
        with pytest.raises(FanOutNeedsKey, match="Join fans out data without primary key"):
            answer(ground, "sales", f"customers.{measure}")
    # What repetition cannot change is still told.
    assert answer(ground, "sales", "customers.ages") == [(2,)]
    # And so is what no join multiplies: the customers alone, and the orders.
    assert answer(ground, "care", "customers.age_sum") == [(90,)]
    assert answer(ground, "sales", "customers.city", "orders.count", sorts=by("customers.city")) == [
        (None, 2),
        ("Gent", 3),
    ]
