"""Every kind of query body seen in the wild, by its number in the catalogue (query digest §8)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from support.bench import Bench, T

COUNT, STATE, STATUS, CREATED = (
    "order_items.count",
    "users.state",
    "order_items.status",
    "order_items.created_at",
)
JOINED = (
    "FROM order_items o LEFT JOIN users u ON u.id = o.user_id LEFT JOIN products p ON p.id = o.product_id"
)
INDICATOR = "$omni_column_total_indicator"


def send(bench: Bench, **query: Any) -> Any:
    """Send a body as it stands, with the id of this model where a body has some id."""
    key = "model_id" if "model_id" in query else "modelId"
    return bench.send({"query": {**query, key: bench.house.model_id}})


def test_01_the_documented_subtotals_in_snake_case(bench: Bench) -> None:
    answer = send(
        bench,
        version=5,
        model_id="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=["users.country", STATE, STATUS, COUNT],
        filters={},
        sorts=[{"column_name": "users.country", "sort_descending": False}, {"column_name": STATE}],
        limit=1000,
        pivots=[],
        fill_fields=[],
        calculations=[],
        column_limit=50,
        column_totals={"users.country": {"type": "aggregation"}, STATE: {"type": "aggregation"}},
        row_totals={},
        custom_summary_types={},
        join_via_map={},
        user_edited_sql="",
        default_group_by=True,
        dimension_index=2,
        controls=[],
        period_over_period_computations=[],
        query_references={},
        metadata={},
    )
    rows = answer.table.to_pylist()
    kinds = {row[INDICATOR] or "" for row in rows}
    assert kinds == {"", "column_subtotal::users.country", f"column_subtotal::{STATE}"}
    per_state = [row[COUNT] for row in rows if row[INDICATOR] == f"column_subtotal::{STATE}"]
    assert sum(per_state) == sum(row[COUNT] for row in rows if not row[INDICATOR]) == 10_000


def test_02_the_least_of_a_body(bench: Bench) -> None:
    assert send(bench, modelId="", table="order_items", fields=[COUNT]).rows == [(10_000,)]


def test_03_an_indicator_of_this_month_and_the_last(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        version=8,
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=["omni_period_pivot", T],
        pivots=["omni_period_pivot"],
        filters={
            CREATED: {"type": "date", "kind": "BETWEEN", "left_side": "this month", "right_side": "today"}
        },
        sorts=[],
        limit=1000,
        column_totals={"::total::": {"type": "aggregation"}},
        period_over_period_computations=[
            {"date_filter_field_name": CREATED, "time_unit_name": "MONTH", "periods_ago": None},
            {"date_filter_field_name": CREATED, "time_unit_name": "MONTH", "periods_ago": 1},
        ],
    )
    found = {row["omni_period_pivot"]: row[T] for row in answer.table.to_pylist() if not row.get(INDICATOR)}
    assert [(found["Current Period"], found["Previous Period"])] == bench.sql(
        "SELECT sum(sale_price) FILTER (created_at >= '2026-06-01' AND created_at < '2026-06-30'), "
        "sum(sale_price) FILTER (created_at >= '2026-05-01' AND created_at < '2026-05-30') FROM order_items"
    )


def test_04_an_indicator_without_totals(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=["order_items.average_sale_price"],
        filters={},
        sorts=[],
        limit=1000,
        column_totals={},
        row_totals={},
        pivots=[],
        calculations=[],
    )
    assert round(float(answer.rows[0][0]), 6) == round(
        float(bench.sql("SELECT avg(sale_price) FROM order_items")[0][0]), 6
    )


def test_05_an_export_with_booleans_in_words(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        version="7",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[STATUS, COUNT],
        filters={
            "order_items.returned": {
                "type": "boolean",
                "is_negative": "false",
                "treat_nulls_as_false": "false",
            },
            STATE: {"type": "string", "kind": "EQUALS", "values": ["Ohio"], "is_negative": "true"},
        },
        sorts=[
            {
                "column_name": STATUS,
                "sort_descending": "true",
                "is_column_sort": "false",
                "null_sort": "OMNI_DEFAULT",
            }
        ],
        limit="1000",
        offset="0",
        rewriteSql="true",
        default_group_by="true",
        userEditedSQL="",
        dbtMode="false",
        manualSort="true",
    )
    assert answer.rows == bench.sql(
        f"SELECT status, count(*) {JOINED} WHERE returned AND (state <> 'Ohio' OR state IS NULL) "
        "GROUP BY 1 ORDER BY 1 DESC"
    )


def test_06_a_number_and_a_day(bench: Bench) -> None:
    (user, day), *_ = bench.sql("SELECT user_id, created_at::date FROM order_items ORDER BY id LIMIT 1")
    answer = send(
        bench,
        version=5,
        modelId="",
        table="order_items",
        fields=["order_items.id", "order_items.quantity"],
        filters={
            "order_items.user_id": {"kind": "EQUALS", "type": "number", "values": [user]},
            CREATED: {
                "kind": "TIME_FOR_UNIT_DURATION",
                "type": "date",
                "ui_type": "DAY",
                "isFiscal": False,
                "left_side": str(day),
                "is_negative": False,
                "offset_interval_string": "0 days",
            },
        },
        sorts=[],
        limit=5000,
    )
    assert sorted(answer.rows) == bench.sql(
        f"SELECT id, quantity FROM order_items WHERE user_id = {user} AND created_at::date = '{day}' "
        "ORDER BY 1"
    )


def test_07_a_boolean_with_kind_and_values(bench: Bench) -> None:
    filters = {"order_items.returned": {"kind": "EQUALS", "type": "boolean", "values": [True]}}
    answer = send(bench, modelId="", table="order_items", fields=[COUNT], filters=filters, limit=5000)
    assert answer.rows == bench.sql("SELECT count(*) FROM order_items WHERE returned")


def test_08_eight_weeks_from_a_day(bench: Bench) -> None:
    window = {
        "kind": "TIME_FOR_UNIT_DURATION",
        "type": "date",
        "ui_type": "DAY",
        "isFiscal": False,
        "left_side": "2026-01-05",
        "is_negative": False,
        "offset_interval_string": "56 days",
    }
    answer = send(bench, modelId="", table="order_items", fields=[COUNT], filters={CREATED: window})
    assert answer.rows == bench.sql(
        "SELECT count(*) FROM order_items WHERE created_at >= '2026-01-05' AND created_at < '2026-03-03'"
    )


def test_09_pages_of_500(bench: Bench) -> None:
    body = {"modelId": "", "table": "order_items", "fields": ["order_items.id"], "limit": 500}
    sorts = [{"column_name": "order_items.id", "sort_descending": False}]
    pages = [send(bench, **body, sorts=sorts, offset=offset).rows for offset in (0, 500, 9500, 10_000)]
    assert [len(page) for page in pages] == [500, 500, 500, 0]
    assert [row for page in pages for row in page] == bench.sql(
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM order_items) "
        "WHERE n <= 1000 OR n > 9500 ORDER BY 1"
    )


def test_10_a_search_by_the_greatest(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=["users.name", T],
        filters={
            "users.name": {"type": "string", "kind": "CONTAINS", "values": ["AN"], "case_insensitive": True}
        },
        sorts=[{"column_name": T, "sort_descending": True}, {"column_name": "users.name"}],
        limit=20,
        offset=5,
    )
    assert answer.rows == bench.sql(
        f"SELECT name, s FROM (SELECT u.name, sum(sale_price) s {JOINED} "
        "WHERE u.name ILIKE '%an%' GROUP BY 1) "
        "ORDER BY s DESC NULLS LAST, name NULLS FIRST LIMIT 20 OFFSET 5"
    )


def test_11_the_query_of_an_export(bench: Bench) -> None:
    inner = {
        "table": "order_items",
        "fields": [STATUS, COUNT],
        "sorts": [{"column_name": STATUS}],
        "limit": 1000,
        "version": 8,
        "join_paths_from_topic_name": "order_items",
        "model_extension_id": "3f0e4f0e-0000-4000-8000-000000000000",
    }
    answer = bench.send({"query": {"queryJson": inner, "modelId": bench.house.model_id, "name": "Tile"}})
    assert answer.rows == bench.sql("SELECT status, count(*) FROM order_items GROUP BY 1 ORDER BY 1")


def test_12_an_indicator_of_one_row(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[T],
        filters={},
        sorts=[],
        limit=1,
        column_totals={},
        default_group_by=True,
    )
    assert answer.rows == [(Decimal("1039886.47"),)]
    sorts = [{"column_name": T, "sort_descending": True, "null_sort": "DIALECT_DEFAULT"}]
    assert len(send(bench, modelId="", table="order_items", fields=[T], sorts=sorts, limit=1).rows) == 1


def test_13_a_ratio_with_a_label(bench: Bench) -> None:
    ratio = {
        "calc_name": "calc_1",
        "label": "Per Item",
        "format": "USDCURRENCY_2",
        "original_formula": "=B1/C1",
        "sql_expression": {
            "type": "call",
            "operator": "Omni.OMNI_FX_SAFE_DIVIDE",
            "operands": [{"type": "field", "field_name": T}, {"type": "field", "field_name": COUNT}],
        },
    }
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[STATE, T, COUNT, "calc_1"],
        calculations=[ratio],
        metadata={"calc_1": {"label": "Each"}, STATE: {"label": "Land"}},
        sorts=[{"column_name": STATE}],
    )
    for _, total, items, each in answer.rows:
        assert round(float(each), 6) == round(float(total) / items, 6)
    assert answer.job["summary"]["fields"][STATE]["label"] == "Land"


def test_14_the_filter_of_an_address(bench: Bench) -> None:
    """`f--<id>=` carries a filter without its type."""
    text = (
        '{"kind":"BETWEEN","left_side":"2025-07-01","right_side":"2025-08-01","ui_type":"BETWEEN",'
        '"offset_interval_string":null}'
    )
    filters = {CREATED: json.loads(text), STATUS: json.loads('{"values":["complete","returned"]}')}
    answer = send(bench, modelId="", table="order_items", fields=[COUNT], filters=filters)
    assert answer.rows == bench.sql(
        "SELECT count(*) FROM order_items WHERE created_at >= '2025-07-01' AND created_at < '2025-08-01' "
        "AND status IN ('complete', 'returned')"
    )


def test_15_a_tile_of_sql(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="",
        join_paths_from_topic_name="",
        fields=[],
        userEditedSQL="SELECT status, count(*) AS n FROM order_items GROUP BY 1 ORDER BY 1",
        rewriteSql=False,
        filters={},
        sorts=[],
        limit=1000,
    )
    assert answer.rows == bench.sql("SELECT status, count(*) FROM order_items GROUP BY 1 ORDER BY 1")


def test_16_sql_without_fields(bench: Bench) -> None:
    answer = send(bench, modelId="", fields=[], userEditedSQL="-- DO NOT PARSE\nSELECT 1 AS one")
    assert (answer.columns, answer.rows) == (["one"], [(1,)])


def test_17_sql_over_the_model(bench: Bench) -> None:
    text = (
        "SELECT ${users.state}, ${order_items.total_sale_price} FROM ${order_items} "
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 2"
    )
    answer = send(bench, modelId="", fields=[], userEditedSQL=text)
    assert answer.rows == bench.sql(
        f"SELECT state, sum(sale_price) {JOINED} GROUP BY 1 ORDER BY 2 DESC LIMIT 2"
    )


def test_18_sql_from_a_topic(bench: Bench) -> None:
    kind, text = send(
        bench, modelId="", fields=[], userEditedSQL="SELECT * FROM ${Order Items} LIMIT 10"
    ).error
    assert kind == "PLAN"
    assert text == 'Could not substitute Omni SQL: No such view "Order Items"'


def test_19_a_composite_topic(bench: Bench) -> None:
    day = "@_shared_dimensions_.day[year]"
    answer = send(
        bench,
        modelId="",
        table="",
        join_paths_from_topic_name="both",
        fields=[day, "@order_items.order_items.count", "@users_topic.users.count"],
        sorts=[{"column_name": day}],
    )
    rows = {row[0].year: row[1:3] for row in answer.rows}
    assert (
        rows[2026]
        == bench.sql(
            "SELECT (SELECT count(*) FROM order_items WHERE year(created_at) = 2026), "
            "(SELECT count(*) FROM users WHERE year(created_at) = 2026)"
        )[0]
    )


def test_20_measures_as_rows(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[STATUS, COUNT, "order_items.total_quantity"],
        transposed_measures=[COUNT, "order_items.total_quantity"],
        sorts=[{"column_name": STATUS}],
    )
    assert answer.columns[:4] == [STATUS, "measure_name", "measure_order", "measure_value"]
    found = [(row[0], int(row[2]), int(row[3])) for row in answer.rows]
    assert sorted(found) == sorted(
        (status, place, value)
        for status, *values in bench.sql(
            "SELECT status, count(*), sum(quantity)::int FROM order_items GROUP BY 1"
        )
        for place, value in enumerate(values)
    )


def test_21_the_first_ten_brands(bench: Bench) -> None:
    brand = "products.brand_top[10]"
    body = {"modelId": "", "table": "order_items", "join_paths_from_topic_name": "order_items"}
    answer = send(bench, **body, fields=[brand, T], sorts=[{"column_name": T, "sort_descending": True}])
    brands = [row[0] for row in answer.rows if row[0] != "Other"]
    top = bench.sql(f"SELECT brand, sum(sale_price) {JOINED} GROUP BY 1 ORDER BY 2 DESC LIMIT 10")
    assert brands == [each for each, _ in top]
    assert sum(row[1] for row in answer.rows) == Decimal("1039886.47")
    control = {"id": "n", "type": "TOP_N", "field": "products.brand_top", "value": 3, "min": 1, "max": 50}
    fewer = send(bench, **body, fields=[brand, T], controls=[control])
    assert {row[0] for row in fewer.rows} == {*(each for each, _ in top[:3]), "Other"}


def test_22_a_body_written_by_a_model(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        topic="order_items",
        base_view="order_items",
        fields=["users.state", "order_items.count"],
        filters={
            "order_items.created_at": "last 3 months",
            "users.state": "California,New York",
            "order_items.quantity": ">=2",
        },
        sorts=[{"field": "order_items.count", "desc": True}],
        limit=500,
    )
    assert answer.rows == bench.sql(
        f"SELECT state, count(*) {JOINED} WHERE o.created_at >= '2026-04-01' AND o.created_at < '2026-07-01' "
        "AND state IN ('California', 'New York') AND quantity >= 2 GROUP BY 1 ORDER BY 2 DESC"
    )


def test_23_the_echo_of_a_job(bench: Bench) -> None:
    first = bench.ask(STATE, COUNT, sorts=[{"column_name": STATE}], limit=7)
    echo = first.job["query"]
    assert "model_job" in echo
    again = bench.send({"query": echo})
    assert again.rows == first.rows


def test_24_the_label_of_a_topic_as_table(bench: Bench) -> None:
    for table in ("Order Items", "order items"):
        rows = send(
            bench, modelId="", table=table, fields=[STATE, COUNT], sorts=[{"column_name": STATE}]
        ).rows
        assert rows == bench.sql(f"SELECT state, count(*) {JOINED} GROUP BY 1 ORDER BY 1 NULLS FIRST")
    named = {"join_paths_from_topic_name": "Order Items", "table": ""}
    assert send(bench, modelId="", **named, fields=[COUNT]).rows == [(10_000,)]


def test_25_a_query_view_with_its_joins(bench: Bench) -> None:
    sorts = [{"column_name": "sales.total", "sort_descending": True}]
    answer = send(bench, modelId="", table="sales", fields=["sales.state", "sales.total"], sorts=sorts)
    assert answer.rows == bench.sql(
        f"SELECT state, sum(sale_price) {JOINED} GROUP BY 1 ORDER BY 2 DESC LIMIT 5"
    )


def test_26_nulls_as_false_and_whole_numbers(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        fields=[COUNT],
        filters={
            "order_items.returned": {"type": "boolean", "is_negative": True, "treat_nulls_as_false": True},
            "order_items.quantity": {"type": "number", "kind": "BETWEEN", "values": [1, 3]},
        },
    )
    assert answer.rows == bench.sql(
        "SELECT count(*) FROM order_items WHERE coalesce(returned, false) = false AND quantity IN (1, 2)"
    )


def test_27_kinds_of_an_older_server(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[COUNT],
        filters={
            STATE: {"type": "string", "kind": "STRING_IS", "values": ["Ohio", "Texas"]},
            STATUS: {"type": "string", "kind": "STRING_CONTAINS", "values": ["e"]},
            CREATED: {
                "type": "date",
                "kind": "TIME_FOR_DATE_DURATION",
                "left_side": "12 months ago",
                "right_side": "12 months",
            },
            "users.created_at": {
                "type": "date",
                "kind": "WITHIN_RANGE",
                "left_side": "2020",
                "right_side": "2026",
            },
        },
    )
    assert answer.rows == bench.sql(
        f"SELECT count(*) {JOINED} WHERE state IN ('Ohio', 'Texas') AND status LIKE '%e%' "
        "AND o.created_at >= '2025-07-01' AND o.created_at < '2026-07-01' "
        "AND u.created_at >= '2020-01-01' AND u.created_at < '2026-01-01'"
    )


def test_28_alternatives_on_one_field(bench: Bench) -> None:
    either = {
        "type": "composite",
        "conjunction": "OR",
        "filters": [
            {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026-06"},
            {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2025-06"},
        ],
    }
    answer = send(bench, modelId="", table="order_items", fields=[COUNT], filters={CREATED: either})
    assert answer.rows == bench.sql(
        "SELECT count(*) FROM order_items WHERE month(created_at) = 6 AND year(created_at) IN (2025, 2026)"
    )


def test_29_the_attribute_of_who_asks(bench: Bench) -> None:
    mine = {"type": "user_attribute", "user_attribute_name": "omni_user_email", "is_negative": False}
    body = {"modelId": "", "table": "users", "fields": ["users.count"]}
    assert send(bench, **body, filters={"users.email": mine}).rows == [(0,)]
    kind, text = send(
        bench, **body, filters={"users.email": {**mine, "user_attribute_name": "nothing"}}
    ).error
    assert kind == "PLAN"
    assert "which is not set" in text


def test_30_values_of_another_query(bench: Bench) -> None:
    reference = {
        "model_id": bench.house.model_id,
        "table": "order_items",
        "fields": ["order_items.product_id", T],
        "sorts": [{"column_name": T, "sort_descending": True}, {"column_name": "order_items.product_id"}],
        "limit": 3,
    }
    by_query = {"type": "by_query", "field_name": "order_items.product_id", "query_id": "best"}
    body = {
        "modelId": "",
        "table": "products",
        "fields": ["products.count"],
        "staticQueryReferences": {"best": reference},
    }
    assert send(bench, **body, filters={"products.id": by_query}).rows == [(3,)]
    every = send(bench, **body, filters={"products.id": {**by_query, "disregard_limit": "true"}}).rows
    assert every == bench.sql("SELECT count(DISTINCT product_id) FROM order_items")


def test_31_the_whole_envelope_of_a_client(bench: Bench) -> None:
    answer = bench.send(
        {
            "query": {
                "modelId": bench.house.model_id,
                "table": "order_items",
                "join_paths_from_topic_name": "order_items",
                "fields": [f"{CREATED}[month]", T],
                "filters": {
                    STATUS: {"type": "string", "kind": "EQUALS", "values": ["complete"], "is_negative": False}
                },
                "sorts": [
                    {
                        "column_name": f"{CREATED}[month]",
                        "sort_descending": False,
                        "null_sort": "OMNI_DEFAULT",
                    }
                ],
                "limit": 50000,
                "offset": 0,
                "pivots": [],
                "calculations": [],
                "fill_fields": [],
                "column_totals": {},
                "row_totals": {},
                "userEditedSQL": "",
                "default_group_by": True,
                "version": 9,
            },
            "cache": "SkipRequery",
            "planOnly": False,
        }
    )
    assert [(row[0], row[1]) for row in answer.rows] == bench.sql(
        "SELECT date_trunc('month', created_at)::timestamp, sum(sale_price) FROM order_items "
        "WHERE status = 'complete' GROUP BY 1 ORDER BY 1"
    )


def test_32_pivots_as_objects(bench: Bench) -> None:
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[STATE, STATUS, COUNT],
        pivots=[{"name": STATUS}],
        sorts=[{"column_name": STATE}],
        limit=1000,
    )
    found = {(row[STATE], row[STATUS]): row[COUNT] for row in answer.table.to_pylist()}
    wanted = {row[:2]: row[2] for row in bench.sql(f"SELECT state, status, count(*) {JOINED} GROUP BY 1, 2")}
    assert {key: value for key, value in found.items() if value} == wanted


def test_33_alternatives_across_fields(bench: Bench) -> None:
    either = {
        "id": "c",
        "type": "MULTI_FIELD_FILTER",
        "label": "Either",
        "conjunction": "OR",
        "filters": [
            {
                "id": "a",
                "fieldName": "users.age",
                "filter": {"type": "number", "kind": "GREATER_THAN", "values": ["60"]},
            },
            {"id": "b", "fieldName": "products.category", "filter": {"type": "null", "is_negative": False}},
        ],
    }
    answer = send(
        bench,
        modelId="",
        table="order_items",
        join_paths_from_topic_name="order_items",
        fields=[COUNT, T],
        filters={STATUS: {"type": "string", "kind": "EQUALS", "values": ["complete"]}},
        controls=[either],
    )
    assert answer.rows == bench.sql(
        f"SELECT count(*), sum(sale_price) {JOINED} "
        "WHERE status = 'complete' AND (age > 60 OR category IS NULL)"
    )
