"""The chasm trap: orders and complaints both hang on the customer, and have nothing to do with each other."""

from support.customers import customers
from support.little import TOTAL, answer, by


def test_each_branch_is_counted_as_if_the_other_were_not_there() -> None:
    # 3 orders and 6 complaints of known customers; side by side Bob's would make 1 x 2, Ann's 2 x 1 rows.
    assert answer(customers(), "care", "orders.count", "complaints.count", "customers.count") == [(3, 6, 3)]


def test_sums_on_both_branches_and_in_the_middle() -> None:
    rows = answer(
        customers(),
        "care",
        "customers.name",
        "orders.revenue",
        "complaints.minutes_sum",
        "customers.age_sum",
        sorts=by("customers.name"),
    )
    assert rows == [("Ann", 20, 3, 20), ("Bob", 40, 10, 50), ("Cid", 0, 3, 20)]


def test_the_total_of_a_chasm_is_the_total_of_each_branch() -> None:
    rows = answer(
        customers(),
        "care",
        "customers.city",
        "orders.revenue",
        "complaints.minutes_sum",
        sorts=by("customers.city"),
        column_totals=TOTAL,
    )
    assert rows == [(None, 0, 3), ("Gent", 60, 13), ("total", None, 60, 16)]


def test_an_average_on_one_branch_does_not_feel_the_other() -> None:
    # Ann 10, 10 and Bob 40 (who complained twice): 60 / 3. Multiplied rows would give (10+10+40+40) / 4.
    assert answer(customers(), "care", "orders.average_amount", "complaints.count") == [(20.0, 6)]


def test_people_without_rows_on_a_branch_show_nothing_of_it_rather_than_vanish() -> None:
    rows = answer(customers(), "care", "customers.name", "orders.count", sorts=by("customers.name"))
    assert rows == [("Ann", 2), ("Bob", 1), ("Cid", 0)]
