"""Acceptance cases 1 to 9: rows, order, limits (query digest §7)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.bench import RUN, Bench, T

STATE = "users.state"


def test_01_measures_alone_are_one_row(bench: Bench) -> None:
    assert bench.ask(T, "order_items.count", "users.count").rows == [(Decimal("1039886.47"), 10_000, 497)]


def test_02_groups_in_ascending_order_begin_with_null(bench: Bench) -> None:
    rows = bench.ask(STATE, T, sorts=[{"column_name": STATE}]).rows
    assert len(rows) == 21
    assert rows[:2] == [(None, Decimal("56516.01")), ("Arizona", Decimal("23450.50"))]


def test_03_descending_order_ends_with_null(bench: Bench) -> None:
    rows = bench.ask(STATE, T, sorts=[{"column_name": STATE, "sort_descending": True}]).rows
    assert rows[-1] == (None, Decimal("56516.01"))
    assert [row[0] for row in rows[:-1]] == sorted((row[0] for row in rows[:-1]), reverse=True)


@pytest.mark.parametrize(("null_sort", "descending", "place"), [("LAST", False, -1), ("FIRST", True, 0)])
def test_04_null_sort(bench: Bench, null_sort: str, descending: bool, place: int) -> None:
    sort = {"column_name": STATE, "sort_descending": descending, "null_sort": null_sort}
    assert bench.ask(STATE, T, sorts=[sort]).rows[place][0] is None


def test_05_a_thousand_rows_without_a_limit(bench: Bench) -> None:
    assert len(bench.ask("order_items.id", default_group_by=False).rows) == 1000


def test_06_an_explicit_limit_holds(bench: Bench) -> None:
    assert len(bench.ask("order_items.id", default_group_by=False, limit=50_000).rows) == 10_000


@pytest.mark.parametrize("limit", [0, -1])
def test_07_no_limit_and_none_below_one(bench: Bench, limit: int) -> None:
    assert len(bench.ask("order_items.id", default_group_by=False, limit=None).rows) == 10_000
    response = bench.client.post(RUN, json=bench.body("order_items.id", limit=limit))
    assert response.status_code == 400
    assert "query.limit" in response.json()["detail"]


def test_08_no_limit_cannot_be_pivoted(bench: Bench) -> None:
    body = bench.body(STATE, "order_items.status", T, limit=None, pivots=["order_items.status"])
    response = bench.client.post(RUN, json=body)
    assert response.status_code == 400
    wanted = "query.limit: Unlimited limit (null) cannot be used with pivoted queries"
    assert wanted in response.json()["detail"]


def test_09_pages(bench: Bench) -> None:
    sorts = [{"column_name": STATE}]
    whole = bench.ask(STATE, T, sorts=sorts).rows
    assert bench.ask(STATE, T, sorts=sorts, limit=5, offset=5).rows == whole[5:10]
