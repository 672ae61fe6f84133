"""Keys that are NULL or point nowhere: the row stays, belongs to nobody, and is not lost."""

from decimal import Decimal

from support.customers import customers
from support.little import TOTAL, answer, by


def test_orders_without_a_customer_stay_in_the_sum() -> None:
    # Orders 4 (customer 9, unknown) and 5 (no customer) are both under NULL: 5 + 7.
    rows = answer(customers(), "sales", "customers.name", "orders.revenue", sorts=by("customers.name"))
    assert rows == [(None, Decimal("12.00")), ("Ann", Decimal("20.00")), ("Bob", Decimal("40.00"))]


def test_a_known_customer_without_a_city_and_an_unknown_customer_share_the_group_of_null() -> None:
    rows = answer(customers(), "sales", "customers.city", "orders.revenue", sorts=by("customers.city"))
    assert rows == [(None, Decimal("12.00")), ("Gent", Decimal("60.00"))]


def test_a_missing_customer_is_not_a_customer() -> None:
    # In the group of NULL there are two orders and no customer.
    rows = answer(
        customers(), "sales", "customers.name", "orders.count", "customers.count", sorts=by("customers.name")
    )
    assert rows == [(None, 2, 0), ("Ann", 2, 1), ("Bob", 1, 1)]


def test_two_null_keys_never_meet() -> None:
    # Order 5 and complaint 7 both have no customer; nothing may join them.
    assert answer(customers(), "care", "orders.count", "complaints.count") == [(3, 6)]


def test_groups_with_null_are_kept_when_totals_are_asked_for() -> None:
    rows = answer(
        customers(),
        "sales",
        "customers.city",
        "orders.count",
        "customers.count",
        sorts=by("customers.city"),
        column_totals=TOTAL,
    )
    assert rows == [(None, 2, 0), ("Gent", 3, 2), ("total", None, 5, 2)]


def test_not_equal_keeps_the_rows_that_do_not_know() -> None:
    not_gent = {
        "customers.city": {"type": "string", "kind": "EQUALS", "values": ["Gent"], "is_negative": True}
    }
    assert answer(customers(), "sales", "orders.count", filters=not_gent) == [(2,)]
