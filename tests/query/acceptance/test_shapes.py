"""Acceptance cases 33 to 42: totals, pivots, calculations, periods, joins (query digest §7)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from support.bench import Bench, T

COUNT, STATE, STATUS, CREATED = (
    "order_items.count",
    "users.state",
    "order_items.status",
    "order_items.created_at",
)
INDICATOR = "$omni_column_total_indicator"
TOTAL = {"::total::": {"type": "aggregation"}}


def classes(table: Any) -> list[str]:
    return [each or "" for each in table.column(INDICATOR).to_pylist()]


def test_33_grand_total(bench: Bench) -> None:
    table = bench.ask(STATE, T, "users.count", column_totals=TOTAL, sorts=[{"column_name": STATE}]).table
    kinds = classes(table)
    assert (kinds.count(""), len(kinds)) == (21, 22)
    (total,) = [row for row, kind in zip(table.to_pylist(), kinds, strict=True) if kind]
    assert (total[STATE], total[T], total["users.count"]) == (None, Decimal("1039886.47"), 497)


def test_34_subtotals(bench: Bench) -> None:
    sorts = [{"column_name": STATE}, {"column_name": STATUS}]
    totals = {**TOTAL, STATE: {"type": "aggregation"}}
    table = bench.ask(STATE, STATUS, T, COUNT, column_totals=totals, limit=10, sorts=sorts).table
    kinds = classes(table)
    counted = Counter(kinds)
    subtotal = f"column_subtotal::{STATE}"
    assert counted[""] <= 10
    assert 1 <= counted[subtotal] <= 10
    assert counted["column_total"] + counted["::total::"] == 1
    rows = table.to_pylist()
    assert rows[-1][COUNT] == 10_000
    for place, kind in enumerate(kinds):
        members = [n for n, row in enumerate(rows) if not kinds[n] and row[STATE] == rows[place][STATE]]
        assert kind != subtotal or not members or members[-1] == place - 1, "a subtotal follows its members"
    sums = dict(
        bench.sql(
            "SELECT state, count(*) FROM order_items o LEFT JOIN users u ON u.id = o.user_id GROUP BY 1"
        )
    )
    found = {row[STATE]: row[COUNT] for row, kind in zip(rows, kinds, strict=True) if kind == subtotal}
    assert all(sums[state] == items for state, items in found.items())


def test_35_pivots(bench: Bench) -> None:
    sorts = [{"column_name": STATE}]
    answer = bench.ask(STATE, STATUS, T, pivots=[STATUS], sorts=sorts, limit=5)
    rows = answer.table.to_pylist()
    states = [row[STATE] for row in rows]
    assert len(dict.fromkeys(states)) == 5
    statuses = {row[STATUS] for row in rows}
    assert len(statuses) > 1
    assert len(rows) > 5, "one row for each state and status"
    for row in rows:
        (found,) = bench.truth.execute(
            "SELECT sum(sale_price) FROM order_items o LEFT JOIN users u ON u.id = o.user_id "
            "WHERE state IS NOT DISTINCT FROM ? AND status = ?",
            [row[STATE], row[STATUS]],
        ).fetchall()
        assert found[0] == row[T]
    numbers = [row["$omni_pivot_row_num"] for row in rows]
    assert sorted(set(numbers)) == [1, 2, 3, 4, 5]
    assert {row["$omni_pivot_col_num"] for row in rows} == set(range(1, len(statuses) + 1))
    assert not [name for name in answer.fields if name.startswith("$omni")]


def call(operator: str, *operands: Any) -> dict[str, Any]:
    return {"type": "call", "operator": operator, "operands": list(operands)}


def field(name: str) -> dict[str, Any]:
    return {"type": "field", "field_name": name}


def literal(value: Any) -> dict[str, Any]:
    return {"type": "literal", "value": value}


def test_36_a_ratio(bench: Bench) -> None:
    ratio = {
        "calc_name": "per_item",
        "sql_expression": call("Omni.OMNI_FX_SAFE_DIVIDE", field(T), field(COUNT)),
    }
    rows = bench.ask(STATE, T, COUNT, "per_item", calculations=[ratio], sorts=[{"column_name": STATE}]).rows
    assert len(rows) == 21
    for _, total, items, each in rows:
        assert float(each) == pytest.approx(float(total) / items)
    zero = call("Omni.OMNI_FX_SAFE_DIVIDE", field(T), call("Omni.OMNI_FX_MINUS", field(COUNT), field(COUNT)))
    by_zero = {"calc_name": "per_item", "sql_expression": zero}
    assert {row[3] for row in bench.ask(STATE, T, COUNT, "per_item", calculations=[by_zero]).rows} == {None}


def running(of: str) -> dict[str, Any]:
    start = call("Omni.ABSOLUTE_POSITION", literal(1))
    window = call("Omni.OMNI_OFFSET_MULTI", field(of), start, literal(0), literal(1), literal(1))
    return {"calc_name": "so_far", "sql_expression": call("Omni.OMNI_FX_SUM", window)}


def test_37_a_running_total(bench: Bench) -> None:
    asked = {"calculations": [running(COUNT)]}
    rows = bench.ask(STATE, COUNT, "so_far", sorts=[{"column_name": STATE}], **asked).rows
    total = 0
    for _, items, so_far in rows:
        total += items
        assert int(so_far) == total
    assert bench.ask(STATE, COUNT, "so_far", sorts=[], **asked).error[0] == "PLAN_CALC_REQUIRES_SORT"


def test_38_swallowed_errors(bench: Bench) -> None:
    broken = {"calc_name": "broken", "sql_expression": call("Omni.OMNI_FX_NOT_THERE", field(STATE))}
    swallowed = bench.ask(STATE, COUNT, "broken", calculations=[{**broken, "swallow_errors": True}])
    assert swallowed.job["status"] == "COMPLETE"
    assert {row[2] for row in swallowed.rows} == {"#ERROR!"}
    assert "broken" in swallowed.job["summary"]["invalid_calculations"]
    assert bench.ask(STATE, COUNT, "broken", calculations=[broken]).error[0] == "CALCS_FAILED"


def test_39_a_month_and_the_one_before(bench: Bench) -> None:
    month = {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-06"}
    rows = bench.ask(
        "omni_period_pivot",
        T,
        filters={CREATED: month},
        pivots=["omni_period_pivot"],
        period_over_period_computations=[
            {"date_filter_field_name": CREATED, "time_unit_name": "MONTH", "periods_ago": None},
            {"date_filter_field_name": CREATED, "time_unit_name": "MONTH", "periods_ago": 1},
        ],
    ).table.to_pylist()
    found = {row["omni_period_pivot"]: row[T] for row in rows}
    sums = bench.sql(
        "SELECT sum(sale_price) FILTER (created_at >= '2026-06-01' AND created_at < '2026-07-01'), "
        "sum(sale_price) FILTER (created_at >= '2026-05-01' AND created_at < '2026-06-01') FROM order_items"
    )
    assert [(found["Current Period"], found["Previous Period"])] == sums


def test_40_fan_out(bench: Bench) -> None:
    """A sum over the one side counts each row once; without a key it is refused."""
    people = {"join_paths_from_topic_name": "people", "table": "users"}
    both = bench.ask("users.total_lifetime_value", COUNT, **people).rows
    assert both == bench.sql(
        "SELECT (SELECT sum(lifetime_value) FROM users), count(o.id) "
        "FROM users u LEFT JOIN order_items o ON o.user_id = u.id"
    )
    fanned = bench.ask(
        "order_items.total_quantity", "shelves.total_weight", join_paths_from_topic_name="shelved"
    )
    kind, text = fanned.error
    assert kind == "PLAN_PK_REQUIRED_DUE_TO_JOIN_FANOUT"
    assert text.startswith("Join fans out data without primary key")


def test_41_unused_joins_are_left_out(bench: Bench) -> None:
    assert "JOIN" not in bench.ask(T, COUNT).sql.upper()


def test_42_a_dimension_alone_is_distinct(bench: Bench) -> None:
    rows = bench.ask(STATE, sorts=[{"column_name": STATE}]).rows
    assert rows[0] == (None,)
    states = [row[0] for row in rows[1:]]
    assert states == sorted(set(states))
    assert len(states) == 20
