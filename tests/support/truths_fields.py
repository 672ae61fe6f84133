"""Truths about fields: grains, aggregates, filtered and derived measures, plain rows."""

from support.questions import AGGREGATION, Truth, ask, by

FIELDS: dict[str, Truth] = {
    "sales by month": Truth(
        ask(
            "order_items",
            "order_items.created_at[month]",
            "order_items.sale_price_sum",
            "order_items.count",
            sorts=by("order_items.created_at[month]"),
        ),
        """
        SELECT date_trunc('month', created_at) AS "order_items.created_at[month]__raw",
               sum(sale_price) AS "order_items.sale_price_sum",
               count(*) AS "order_items.count",
               strftime(date_trunc('month', created_at), '%Y-%m') AS "order_items.created_at[month]"
        FROM order_items
        GROUP BY ALL
        ORDER BY 1
        """,
    ),
    "people by state, with a total": Truth(
        ask(
            "users",
            "users.state",
            "users.count",
            "users.average_age",
            "users.state_count",
            sorts=by("users.state"),
            column_totals={"::total::": AGGREGATION},
        ),
        """
        SELECT state AS "users.state", count(*) AS "users.count", avg(age) AS "users.average_age",
               count(DISTINCT state) AS "users.state_count",
               CASE grouping(state) WHEN 1 THEN 'column_total' ELSE '' END AS "$omni_column_total_indicator"
        FROM users
        GROUP BY GROUPING SETS ((state), ())
        ORDER BY grouping(state), state NULLS FIRST
        """,
    ),
    "filtered measures by country": Truth(
        ask(
            "order_items",
            "users.country",
            "order_items.returned_count",
            "order_items.not_returned_count",
            "order_items.gift_count",
            "order_items.completed_sales",
            "order_items.expensive_count",
            "order_items.sales_2025",
            "order_items.western_sales",
            sorts=by("users.country"),
        ),
        """
        SELECT country AS "users.country",
               count(*) FILTER (status = 'Returned') AS "order_items.returned_count",
               count(*) FILTER (status IS DISTINCT FROM 'Returned') AS "order_items.not_returned_count",
               count(*) FILTER (is_gift) AS "order_items.gift_count",
               coalesce(sum(sale_price) FILTER (status IN ('Complete', 'Shipped')), 0)
                 AS "order_items.completed_sales",
               count(*) FILTER (sale_price >= 100) AS "order_items.expensive_count",
               coalesce(sum(sale_price) FILTER (year(created_at) = 2025), 0) AS "order_items.sales_2025",
               coalesce(sum(sale_price) FILTER (region = 'West'), 0) AS "order_items.western_sales"
        FROM order_items LEFT JOIN users ON users.id = user_id
        GROUP BY country
        ORDER BY country NULLS FIRST
        """,
    ),
    "spread of prices by department": Truth(
        ask(
            "order_items",
            "inventory_items.product_department",
            "order_items.lowest_sale_price",
            "order_items.median_sale_price",
            "order_items.p90_sale_price",
            "order_items.highest_sale_price",
            sorts=by("inventory_items.product_department"),
        ),
        """
        SELECT product_department AS "inventory_items.product_department",
               min(sale_price) AS "order_items.lowest_sale_price",
               quantile_cont(sale_price::DOUBLE, 0.5) AS "order_items.median_sale_price",
               quantile_cont(sale_price::DOUBLE, 0.9) AS "order_items.p90_sale_price",
               max(sale_price) AS "order_items.highest_sale_price"
        FROM order_items AS o LEFT JOIN inventory_items AS i ON i.id = o.inventory_item_id
        GROUP BY 1
        ORDER BY 1 NULLS FIRST
        """,
    ),
    "plain rows, a page of them": Truth(
        ask(
            "order_items",
            "order_items.id",
            "users.full_name",
            "order_items.sale_price",
            "order_items.shipped_at",
            "order_items.is_returned",
            "order_items.price_band",
            default_group_by=False,
            sorts=by("-order_items.sale_price", "order_items.id"),
            limit=40,
            offset=20,
        ),
        """
        SELECT o.id AS "order_items.id",
               CASE WHEN u.id IS NULL THEN '' ELSE concat_ws(' ', first_name, last_name) END
                 AS "users.full_name",
               sale_price AS "order_items.sale_price", shipped_at AS "order_items.shipped_at",
               status = 'Returned' AS "order_items.is_returned",
               CASE WHEN sale_price IS NULL THEN NULL WHEN sale_price >= 100 THEN '$100 and over'
                    WHEN sale_price >= 25 THEN '$25 to $99.99' ELSE 'Under $25' END
                 AS "order_items.price_band"
        FROM order_items AS o LEFT JOIN users AS u ON u.id = o.user_id
        ORDER BY sale_price DESC NULLS LAST, o.id
        LIMIT 40 OFFSET 20
        """,
    ),
    "busy weekdays, Monday first": Truth(
        ask(
            "order_items",
            "order_items.created_at[day_of_week_name]",
            "order_items.count",
            sorts=by("order_items.created_at[day_of_week_name]"),
        ),
        """
        SELECT dayname(created_at) AS "order_items.created_at[day_of_week_name]",
               count(*) AS "order_items.count"
        FROM order_items
        GROUP BY 1, isodow(created_at)
        ORDER BY isodow(created_at)
        """,
    ),
    "sign-ups by year": Truth(
        ask(
            "users",
            "users.signed_up_on[year]",
            "users.count",
            "users.subscriber_count",
            "users.not_subscriber_count",
            "users.subscriber_rate",
            sorts=by("users.signed_up_on[year]"),
        ),
        """
        SELECT make_date(year(signed_up_on), 1, 1)::TIMESTAMP AS "users.signed_up_on[year]__raw",
               count(*) AS "users.count", count(*) FILTER (is_subscriber) AS "users.subscriber_count",
               count(*) FILTER (is_subscriber IS NOT TRUE) AS "users.not_subscriber_count",
               count(*) FILTER (is_subscriber)::DOUBLE / count(*) AS "users.subscriber_rate",
               CAST(year(signed_up_on) AS VARCHAR) AS "users.signed_up_on[year]"
        FROM users
        GROUP BY year(signed_up_on)
        ORDER BY 1
        """,
    ),
    "ages in their natural order": Truth(
        ask("users", "users.age_band", "users.count", sorts=by("users.age_band")),
        """
        SELECT CASE WHEN age < 25 THEN 'Under 25' WHEN age < 40 THEN '25 to 39' WHEN age < 60 THEN '40 to 59'
                    WHEN age IS NOT NULL THEN '60 and over' END AS "users.age_band",
               count(*) AS "users.count"
        FROM users
        GROUP BY 1
        ORDER BY min(age) NULLS FIRST
        """,
    ),
    "statuses that occur in each channel": Truth(
        ask(
            "order_items",
            "orders.channel",
            "order_items.statuses",
            "orders.first_order_at",
            sorts=by("orders.channel"),
        ),
        """
        WITH seen AS (
          SELECT DISTINCT r.channel, o.status FROM order_items AS o LEFT JOIN orders AS r ON r.id = o.order_id
        ), first AS (
          SELECT channel, min(created_at) AS at FROM orders
          WHERE id IN (SELECT order_id FROM order_items) GROUP BY channel
        )
        SELECT seen.channel AS "orders.channel",
               string_agg(status, ',' ORDER BY status) AS "order_items.statuses",
               any_value(first.at) AS "orders.first_order_at__raw",
               strftime(any_value(first.at), '%Y-%m-%d %H:%M:%S.%g') AS "orders.first_order_at"
        FROM seen LEFT JOIN first ON first.channel IS NOT DISTINCT FROM seen.channel
        GROUP BY 1
        ORDER BY 1 NULLS FIRST
        """,
    ),
}
