"""Acceptance cases 58 to 64: calendars, empty answers, alternatives, fills, orders (query digest §7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from support.bench import Bench

COUNT, STATE, STATUS, CREATED = (
    "order_items.count",
    "users.state",
    "order_items.status",
    "order_items.created_at",
)


def test_58_weeks(bench: Bench) -> None:
    week = f"{CREATED}[week]"
    sorts = [{"column_name": week}]
    mondays = bench.ask(week, COUNT, sorts=sorts).rows
    assert {row[0].weekday() for row in mondays} == {0}
    assert mondays == bench.sql(
        "SELECT date_trunc('week', created_at)::timestamp, count(*) FROM order_items GROUP BY 1 ORDER BY 1"
    )
    sundays = bench.ask(week, COUNT, sorts=sorts, join_paths_from_topic_name="sunday").rows
    assert {row[0].weekday() for row in sundays} == {6}
    moved = bench.sql(
        "SELECT date_trunc('week', created_at + INTERVAL 1 DAY)::timestamp, count(*) "
        "FROM order_items GROUP BY 1 ORDER BY 1"
    )
    assert sundays == [(monday - timedelta(days=1), items) for monday, items in moved]


def test_59_fiscal_years(bench: Bench) -> None:
    """With an offset of 10 the fiscal year starts in March."""
    year = f"{CREATED}[fiscal_year]"
    answer = bench.ask(year, COUNT, sorts=[{"column_name": year}])
    starts = [row[0] for row in answer.rows]
    assert {(start.month, start.day) for start in starts} == {(3, 1)}
    assert [row[:2] for row in answer.rows] == bench.sql(
        "SELECT (date_trunc('year', created_at - INTERVAL 2 MONTH) + INTERVAL 2 MONTH)::timestamp, count(*) "
        "FROM order_items GROUP BY 1 ORDER BY 1"
    )


def test_60_nothing(bench: Bench) -> None:
    nowhere = {STATE: {"type": "string", "kind": "EQUALS", "values": ["Atlantis"]}}
    answer = bench.ask(STATE, "order_items.total_sale_price", filters=nowhere)
    assert (answer.table.num_rows, answer.columns) == (0, [STATE, "order_items.total_sale_price"])
    assert bench.ask("order_items.total_sale_price", filters=nowhere).rows == [(0,)]


def test_61_either_of_two_fields(bench: Bench) -> None:
    either: dict[str, Any] = {
        "id": "either",
        "type": "MULTI_FIELD_FILTER",
        "conjunction": "OR",
        "filters": [
            {
                "id": "a",
                "fieldName": STATE,
                "filter": {"type": "string", "kind": "EQUALS", "values": ["Ohio"]},
            },
            {
                "id": "b",
                "fieldName": STATUS,
                "filter": {"type": "string", "kind": "EQUALS", "values": ["returned"]},
            },
        ],
    }
    assert bench.ask(COUNT, controls=[either]).rows == bench.sql(
        "SELECT count(*) FROM order_items o LEFT JOIN users u ON u.id = o.user_id "
        "WHERE u.state = 'Ohio' OR o.status = 'returned'"
    )


def test_62_empty_months_are_filled(bench: Bench) -> None:
    month = f"{CREATED}[month]"
    filters = {
        CREATED: {"type": "date", "kind": "BETWEEN", "left_side": "2026-01-01", "right_side": "2026-07-01"},
        "order_items.id": {"type": "number", "kind": "EQUALS", "values": [1]},
    }
    answer = bench.ask(month, COUNT, filters=filters, fill_fields=[month], sorts=[{"column_name": month}])
    texts = [row[-1] for row in answer.rows]
    assert texts == [f"2026-{number:02}" for number in range(1, 7)]


def test_63_an_order_that_is_not_selected(bench: Bench) -> None:
    answer = bench.ask(STATE, sorts=[{"column_name": COUNT, "sort_descending": True}], limit=3)
    assert answer.columns == [STATE]
    assert answer.rows == bench.sql(
        "SELECT state FROM order_items o LEFT JOIN users u ON u.id = o.user_id "
        "GROUP BY 1 ORDER BY count(*) DESC LIMIT 3"
    )


def test_64_a_field_in_the_order_of_another(bench: Bench) -> None:
    ranked = "order_items.ranked_status"
    answer = bench.ask(ranked, COUNT, sorts=[{"column_name": ranked}])
    found = [row[answer.columns.index(ranked)] for row in answer.rows]
    ranks = {"complete": 1, "shipped": 2, "processing": 3}
    assert [ranks.get(each, 4) for each in found] == sorted(ranks.get(each, 4) for each in found)
    assert found[0] == "complete"
    assert answer.fields == [ranked, COUNT]
