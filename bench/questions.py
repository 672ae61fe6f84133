"""The questions: what Holoscope is asked, and the fastest hand-written SQL found for the same answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """`limit` may use inner joins where keys match; Holoscope keeps LEFT joins, part of the ratio.

    `postgres` is the same by hand for PostgreSQL, where its words differ.
    """

    name: str
    fields: list[str]
    limit: str
    topic: str = "order_items"
    more: dict[str, Any] = field(default_factory=dict)
    time_zone: str = "UTC"
    postgres: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        return {
            "table": "order_items",
            "join_paths_from_topic_name": self.topic,
            "fields": self.fields,
            "limit": None,
            **self.more,
        }


MONTH = "order_items.created_at[month]"
QUESTIONS = [
    Question(
        "q1 revenue by month",
        [MONTH, "order_items.total_sale_price"],
        "select date_trunc('month', created_at) m, sum(sale_price) from order_items group by 1 order by 1",
        more={"sorts": [{"column_name": MONTH}]},
    ),
    Question(
        "q2 category x state",
        ["products.category", "users.state", "order_items.total_sale_price"],
        "select p.category, u.state, sum(o.sale_price) from order_items o join users u on u.id = o.user_id "
        "join inventory_items i on i.id = o.inventory_item_id join products p on p.id = i.product_id "
        "group by 1, 2",
    ),
    Question(
        "q3 distinct buyers by month",
        [MONTH, "order_items.distinct_buyers"],
        "select date_trunc('month', created_at) m, count(distinct user_id) from order_items group by 1",
    ),
    Question(
        "q4 filtered measure and ratio",
        ["order_items.status", "order_items.returned_count", "order_items.return_rate"],
        "select status, count(case when status = 'Returned' then 1 end) r, "
        "count(case when status = 'Returned' then 1 end) / count(*) from order_items group by 1",
        postgres="select status, count(case when status = 'Returned' then 1 end) r, "
        "1.0 * count(case when status = 'Returned' then 1 end) / count(*) from order_items group by 1",
    ),
    Question(
        "q5 top 10 by one join",
        ["users.state", "order_items.total_sale_price"],
        "select u.state, sum(o.sale_price) s from order_items o join users u on u.id = o.user_id "
        "group by 1 order by 2 desc limit 10",
        more={
            "sorts": [{"column_name": "order_items.total_sale_price", "sort_descending": True}],
            "limit": 10,
        },
    ),
    Question(
        "q6 fan-out",
        ["users.state", "users.age_sum", "order_items.total_sale_price"],
        "select u.state, sum(u.age), sum(o.s) from (select user_id, sum(sale_price) s from order_items "
        "group by 1) o join users u on u.id = o.user_id group by 1",
    ),
    Question(
        "q7 groups that pass a filter",
        ["users.state", "order_items.count"],
        "select u.state, count(*) from order_items o join users u on u.id = o.user_id "
        "where o.created_at >= timestamp '2025-07-01' and o.created_at < timestamp '2026-07-01' "
        "and o.status <> 'Cancelled' group by 1 having count(*) > 1000",
        more={
            "filters": {
                "order_items.created_at": {
                    "type": "date",
                    "kind": "BETWEEN",
                    "left_side": "2025-07-01",
                    "right_side": "2026-07-01",
                },
                "order_items.status": {
                    "type": "string",
                    "kind": "EQUALS",
                    "values": ["Cancelled"],
                    "is_negative": True,
                },
                "order_items.count": {"type": "number", "kind": "GREATER_THAN", "values": ["1000"]},
            }
        },
    ),
    Question(
        "q8 groups with their total",
        ["products.category", "order_items.total_sale_price", "order_items.distinct_buyers"],
        "select p.category, sum(o.sale_price), count(distinct o.user_id) from order_items o "
        "join inventory_items i on i.id = o.inventory_item_id join products p on p.id = i.product_id "
        "group by grouping sets ((1), ())",
        more={"column_totals": {"::total::": {"type": "aggregation"}}},
    ),
    Question(
        "q9 many groups",
        ["order_items.user_id", "order_items.total_sale_price"],
        "select user_id, sum(sale_price) from order_items group by 1",
    ),
    Question(
        "q10 months without a gap",
        [MONTH, "order_items.count"],
        "with m as (select date_trunc('month', created_at) m, count(*) n from order_items group by 1) "
        "select g, n from (select unnest(generate_series((select min(m) from m), (select max(m) from m), "
        "interval 1 month)) g) left join m on g = m order by 1",
        more={"sorts": [{"column_name": MONTH}], "fill_fields": [MONTH]},
        postgres="with m as (select date_trunc('month', created_at) m, count(*) n from order_items "
        "group by 1) select g, n from generate_series((select min(m) from m), (select max(m) from m), "
        "interval '1 month') g left join m on g = m order by 1",
    ),
    Question(
        "time zone",
        [MONTH, "order_items.total_sale_price"],
        "select date_trunc('month', created_at) m, sum(sale_price) from order_items group by 1",
        time_zone="America/New_York",
    ),
    Question(
        "many to many probe",
        ["products.category", "users.age_sum"],
        "select category, sum(u.age) from (select distinct p.category, o.user_id from order_items o "
        "join inventory_items i on i.id = o.inventory_item_id join products p on p.id = i.product_id) d "
        "join users u on u.id = d.user_id group by 1",
    ),
]
