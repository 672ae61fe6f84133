"""Controls over a whole server: what they make of pivots and of periods that are compared."""

from __future__ import annotations

from typing import Any

from support.bench import Bench, T

STATE, STATUS, CREATED = "users.state", "order_items.status", "order_items.created_at"
JUNE = {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-06"}


def by_period(bench: Bench, computation: dict[str, Any], **more: Any) -> dict[str, Any]:
    control = {
        "id": "pop",
        "type": "PERIOD_OVER_PERIOD",
        "filterFieldName": CREATED,
        "filterId": "date",
        "computations": [computation],
    }
    answer = bench.ask(T, filters={CREATED: JUNE}, controls=[control], **more)
    return {row["omni_period_pivot"]: row[T] for row in answer.table.to_pylist()}


def total(bench: Bench, start: str, end: str) -> Any:
    return bench.sql(
        f"SELECT sum(sale_price) FROM order_items WHERE created_at >= '{start}' AND created_at < '{end}'"
    )[0][0]


def test_a_control_compares_with_an_earlier_period(bench: Bench) -> None:
    june = total(bench, "2026-06-01", "2026-07-01")
    month = by_period(bench, {"timeUnitName": "MONTH", "periodsAgo": 1, "isDynamicPreviousPeriod": False})
    assert month == {"Current Period": june, "Previous Period": total(bench, "2026-05-01", "2026-06-01")}
    own = [
        {"date_filter_field_name": CREATED, "time_unit_name": "MONTH", "periods_ago": None},
        {"date_filter_field_name": CREATED, "time_unit_name": "MONTH", "periods_ago": 1},
    ]
    year = by_period(bench, {"timeUnitName": "year", "periodsAgo": 1}, period_over_period_computations=own)
    assert year == {"Current Period": june, "Previous Period": total(bench, "2025-06-01", "2025-07-01")}


def test_a_control_changes_the_pivot(bench: Bench) -> None:
    switch = {"type": "FIELD_SELECTION", "kind": "FIELD", "field": STATUS, "value": "products.category"}
    body = {"sorts": [{"column_name": STATE}], "limit": 3}
    changed = bench.ask(STATE, STATUS, T, pivots=[STATUS], controls=[switch], **body)
    plain = bench.ask(STATE, "products.category", T, pivots=["products.category"], **body)
    assert changed.columns == plain.columns
    assert changed.rows == plain.rows
