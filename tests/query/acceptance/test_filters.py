"""Acceptance cases 10 to 32: filters (query digest §7)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import AttributeDefinition, AttributeType, set_attributes
from support.bench import NOW, Bench, T

COUNT, STATE, CREATED = "order_items.count", "users.state", "order_items.created_at"
PRICE = "order_items.sale_price"


def equals(*values: Any, **more: Any) -> dict[str, Any]:
    return {"type": "string", "kind": "EQUALS", "values": list(values), **more}


def number(kind: str, *values: Any, **more: Any) -> dict[str, Any]:
    return {"type": "number", "kind": kind, "values": list(values), **more}


def count(bench: Bench, field: str, filter_: Any) -> int:
    (row,) = bench.ask(COUNT, filters={field: filter_}).rows
    return int(row[0])


def test_10_equals(bench: Bench) -> None:
    assert count(bench, STATE, equals("California")) == 1260


def test_11_is_negative_keeps_null(bench: Bench) -> None:
    rows = bench.ask(STATE, T, filters={STATE: equals("California", is_negative=True)}).rows
    assert len(rows) == 20
    assert None in [row[0] for row in rows]
    assert sum(row[1] for row in rows) == Decimal("911289.03")


def test_12_null(bench: Bench) -> None:
    rows = bench.ask(STATE, COUNT, filters={STATE: {"type": "null", "is_negative": False}}).rows
    assert rows == [(None, 590)]


def test_13_contains(bench: Bench) -> None:
    contains = {"type": "string", "kind": "CONTAINS", "values": ["cal"]}
    assert bench.ask(STATE, COUNT, filters={STATE: contains}).rows == []
    rows = bench.ask(STATE, COUNT, filters={STATE: {**contains, "case_insensitive": True}}).rows
    assert rows == [("California", 1260)]


def test_14_several_values(bench: Bench) -> None:
    assert count(bench, STATE, equals("New York", "Ohio")) == 955 + 409 == 1364


def test_15_no_values_are_no_filter(bench: Bench) -> None:
    assert count(bench, STATE, equals()) == 10_000


def test_16_inclusive(bench: Bench) -> None:
    quantity = "order_items.quantity"
    for value in ("10", "2"):
        for field in (PRICE, quantity):
            column = field.partition(".")[2]
            without = count(bench, field, number("LESS_THAN", value))
            with_it = count(bench, field, number("LESS_THAN", value, is_inclusive=True))
            assert [(without, with_it)] == bench.sql(
                f"SELECT count(*) FILTER ({column} < {value}), count(*) FILTER ({column} <= {value}) "
                "FROM order_items"
            )
    assert count(bench, quantity, number("LESS_THAN", "2")) < count(
        bench, quantity, number("LESS_THAN", "2", is_inclusive=True)
    )


def test_17_between_leaves_the_upper_end_out(bench: Bench) -> None:
    assert [(count(bench, PRICE, number("BETWEEN", "10", "20")),)] == bench.sql(
        "SELECT count(*) FROM order_items WHERE sale_price >= 10 AND sale_price < 20"
    )
    quantity = "order_items.quantity"
    assert [(count(bench, quantity, number("BETWEEN", "1", "3")),)] == bench.sql(
        "SELECT count(*) FROM order_items WHERE quantity IN (1, 2)"
    )


def test_18_numbers_of_json(bench: Bench) -> None:
    quantity = "order_items.quantity"
    assert count(bench, quantity, number("EQUALS", 2)) == count(bench, quantity, number("EQUALS", "2")) > 0
    assert count(bench, PRICE, number("EQUALS", 10)) == count(bench, PRICE, number("EQUALS", "10"))


def test_19_dates_between(bench: Bench) -> None:
    july = {"type": "date", "kind": "BETWEEN", "left_side": "2025-07-01", "right_side": "2025-08-01"}
    assert bench.ask(T, COUNT, filters={CREATED: july}).rows == [(Decimal("35745.27"), 344)]


MONTHS = f"{CREATED}[month]"


@pytest.mark.parametrize(
    ("left", "first", "last"), [("12 months ago", 7, 6), ("12 complete months ago", 6, 5)]
)
def test_20_months_back(bench: Bench, left: str, first: int, last: int) -> None:
    window = {
        "type": "date",
        "kind": "TIME_FOR_INTERVAL_DURATION",
        "left_side": left,
        "right_side": "12 months",
    }
    answer = bench.ask(MONTHS, T, filters={CREATED: window}, sorts=[{"column_name": MONTHS}])
    texts = [row[2] for row in answer.rows]
    assert (len(texts), texts[0], texts[-1]) == (12, f"2025-{first:02}", f"2026-{last:02}")


def test_21_the_formatted_pair(bench: Bench) -> None:
    answer = bench.ask(MONTHS, T, sorts=[{"column_name": MONTHS}], limit=1)
    assert answer.columns == [f"{MONTHS}__raw", T, MONTHS] == answer.fields
    raw, _, text = answer.rows[0]
    assert isinstance(raw, datetime)
    assert text == f"{raw:%Y-%m}"


def test_22_an_hour_of_the_day(bench: Bench) -> None:
    hour = f"{CREATED}[hour_of_day]"
    rows = bench.ask(hour, COUNT, filters={hour: number("EQUALS", "9")}).rows
    assert rows == [(9, bench.sql("SELECT count(*) FROM order_items WHERE hour(created_at) = 9")[0][0])]


def test_23_a_timeframe_that_does_not_exist(bench: Bench) -> None:
    answer = bench.ask(f"{CREATED}[fortnight]", COUNT)
    assert (answer.missing, answer.rows) == ([f"{CREATED}[fortnight]"], [(10_000,)])


def test_24_a_field_that_does_not_exist(bench: Bench) -> None:
    answer = bench.ask("users.nope", COUNT)
    assert (answer.missing, answer.rows) == (["users.nope"], [(10_000,)])


def test_25_a_filter_on_what_does_not_exist(bench: Bench) -> None:
    kind, text = bench.ask(COUNT, filters={"users.nope": equals("x")}).error
    assert kind == "PLAN"
    assert text.startswith('No such field "users.nope"')
    assert count(bench, "users.nope", equals("x", ignore_if_unjoinable=True)) == 10_000


def test_26_having(bench: Bench) -> None:
    rows = bench.ask(
        STATE, T, filters={T: number("GREATER_THAN", "50000")}, sorts=[{"column_name": STATE}]
    ).rows
    assert [row[0] for row in rows] == [
        None, "California", "Florida", "Georgia", "Michigan", "New Jersey", "New York", "Pennsylvania",
        "Texas",
    ]  # fmt: skip
    assert dict(rows)["Georgia"] == Decimal("50150.60")


def test_27_a_filtered_measure_that_is_not_selected(bench: Bench) -> None:
    answer = bench.ask(STATE, filters={T: number("GREATER_THAN", "50000")})
    assert (answer.columns, answer.fields, len(answer.rows)) == ([STATE], [STATE], 9)


def test_28_either_of_two_ranges(bench: Bench) -> None:
    either = {
        "type": "composite",
        "conjunction": "OR",
        "filters": [number("LESS_THAN", "20000"), number("GREATER_THAN", "100000")],
    }
    rows = bench.ask(STATE, T, filters={T: either}, sorts=[{"column_name": STATE}]).rows
    assert rows == bench.sql(
        "SELECT state, sum(sale_price) s FROM order_items o LEFT JOIN users u ON u.id = o.user_id "
        "GROUP BY 1 HAVING s < 20000 OR s > 100000 ORDER BY 1 NULLS FIRST"
    )
    assert rows


def test_29_booleans(bench: Bench) -> None:
    returned = "order_items.returned"
    wanted = bench.sql(
        "SELECT count(*) FILTER (returned), count(*) FILTER (NOT returned), count(*) FROM order_items"
    )
    found = [
        count(bench, returned, {"type": "boolean", **each})
        for each in ({"is_negative": False}, {"is_negative": True}, {})
    ]
    assert [tuple(found)] == wanted


def test_30_booleans_with_kind_and_values(bench: Bench) -> None:
    returned = "order_items.returned"
    for values in ([True], ["true"]):
        filter_ = {"type": "boolean", "kind": "EQUALS", "values": values}
        assert [(count(bench, returned, filter_),)] == bench.sql(
            "SELECT count(*) FROM order_items WHERE returned"
        )


def test_31_user_attributes(bench: Bench) -> None:
    house = bench.house
    member = house.client(house.member_key)
    mine = {"type": "user_attribute", "user_attribute_name": "region"}
    by_filter = bench.body(COUNT, filters={STATE: mine})
    by_rule = bench.body(STATE, COUNT, join_paths_from_topic_name="regional", sorts=[{"column_name": STATE}])
    assert bench.send(by_filter, member).error[1].endswith('user attribute "region", which is not set.')
    assert bench.send(by_rule, member).error[0] == "FORBIDDEN"
    with house.database.writing() as connection:
        region = AttributeDefinition("", "region", "Region", AttributeType.STRING, multiple_values=True)
        define_attribute(connection, house.organization_id, region, NOW)
        set_attributes(connection, house.organization_id, house.member_id, {"region": ["Ohio", "Texas"]})
    both = bench.sql(
        "SELECT state, count(*) FROM order_items o JOIN users u ON u.id = o.user_id "
        "WHERE state IN ('Ohio', 'Texas') GROUP BY 1 ORDER BY 1"
    )
    assert bench.send(by_filter, member).rows == [(sum(each for _, each in both),)]
    assert bench.send(by_rule, member).rows == both
    email = bench.ask(
        COUNT, filters={"users.email": {"type": "user_attribute", "user_attribute_name": "omni_user_email"}}
    )
    assert email.rows == [(0,)]


def test_32_another_query(bench: Bench) -> None:
    reference = {
        "model_id": bench.house.model_id,
        "table": "users",
        "join_paths_from_topic_name": "people",
        "fields": ["users.id"],
        "filters": {STATE: equals("California")},
        "limit": None,
    }
    by_query = {"type": "query", "field_name": "users.id", "query_id": "cal"}
    asked = {"staticQueryReferences": {"cal": reference}}
    inside = bench.ask(COUNT, filters={"order_items.user_id": by_query}, **asked).rows
    outside = bench.ask(
        COUNT, filters={"order_items.user_id": {**by_query, "is_negative": True}}, **asked
    ).rows
    assert (inside, outside) == ([(1260,)], [(10_000 - 1260,)])
    unknown = {**by_query, "query_id": "other"}
    error = bench.ask(COUNT, filters={"order_items.user_id": unknown}, **asked).error
    assert error[1] == "No referenced query with id other found in query"
