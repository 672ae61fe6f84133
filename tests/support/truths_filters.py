"""Truths about filters, and about the rows that topics and people are cut down to."""

from support.questions import Truth, ask, by

FILTERS: dict[str, Truth] = {
    "brands whose name contains NORTH": Truth(
        ask(
            "order_items",
            "products.brand",
            "order_items.count",
            "products.count",
            filters={
                "products.brand": {
                    "type": "string",
                    "kind": "CONTAINS",
                    "values": ["NORTH"],
                    "case_insensitive": True,
                }
            },
            sorts=by("products.brand"),
        ),
        """
        SELECT brand AS "products.brand", count(*) AS "order_items.count",
               count(DISTINCT p.id) AS "products.count"
        FROM order_items AS o
        JOIN inventory_items AS i ON i.id = o.inventory_item_id
        JOIN products AS p ON p.id = i.product_id
        WHERE lower(brand) LIKE '%north%'
        GROUP BY brand
        ORDER BY brand
        """,
    ),
    "brands with a per cent sign, a quote or an emoji": Truth(
        ask(
            "order_items",
            "products.brand",
            "products.count",
            filters={
                "products.brand": {
                    "type": "composite",
                    "conjunction": "OR",
                    "filters": [
                        {"type": "string", "kind": "STARTS_WITH", "values": ["100%", '"Dou']},
                        {"type": "string", "kind": "EQUALS", "values": ["O'Fallon & Sons", "Été ☀️"]},
                        {"type": "string", "kind": "CONTAINS", "values": ["l_C"]},
                    ],
                }
            },
            sorts=by("products.brand"),
        ),
        """
        SELECT brand AS "products.brand", count(DISTINCT p.id) AS "products.count"
        FROM order_items AS o
        JOIN inventory_items AS i ON i.id = o.inventory_item_id
        JOIN products AS p ON p.id = i.product_id
        WHERE brand IN ('100% Wool_Co', '"Double" Stitch', 'O''Fallon & Sons', 'Été ☀️')
        GROUP BY brand
        ORDER BY brand
        """,
    ),
    "everything but complete, unknown status kept": Truth(
        ask(
            "order_items",
            "orders.status",
            "orders.count",
            "orders.total_shipping_fee",
            filters={
                "orders.status": {
                    "type": "string",
                    "kind": "EQUALS",
                    "values": ["Complete"],
                    "is_negative": True,
                }
            },
            sorts=by("orders.status"),
        ),
        """
        WITH asked AS (
          SELECT DISTINCT r.id, r.status, r.shipping_fee
          FROM order_items AS o LEFT JOIN orders AS r ON r.id = o.order_id
          WHERE r.status IS DISTINCT FROM 'Complete'
        )
        SELECT status AS "orders.status", count(id) AS "orders.count",
               sum(shipping_fee) AS "orders.total_shipping_fee"
        FROM asked
        GROUP BY status
        ORDER BY status NULLS FIRST
        """,
    ),
    "cities left blank are not cities unknown": Truth(
        ask(
            "users",
            "users.city",
            "users.count",
            filters={
                "users.city": {
                    "type": "composite",
                    "conjunction": "OR",
                    "filters": [
                        {"type": "string", "kind": "EQUALS", "values": ["", "東京"]},
                        {"type": "null"},
                    ],
                }
            },
            sorts=by("users.city"),
        ),
        """
        SELECT city AS "users.city", count(*) AS "users.count"
        FROM users WHERE city IS NULL OR city IN ('', '東京')
        GROUP BY city
        ORDER BY city NULLS FIRST
        """,
    ),
    "evening sales of one quarter by hour": Truth(
        ask(
            "order_items",
            "order_items.created_at[hour_of_day]",
            "order_items.count",
            filters={
                "order_items.created_at": {
                    "type": "date",
                    "kind": "BETWEEN",
                    "left_side": "2026-01-01",
                    "right_side": "2026-04-01",
                },
                "order_items.created_at[hour_of_day]": {
                    "type": "number",
                    "kind": "GREATER_THAN",
                    "values": ["18"],
                    "is_inclusive": True,
                },
            },
            sorts=by("order_items.created_at[hour_of_day]"),
        ),
        """
        SELECT hour(created_at) AS "order_items.created_at[hour_of_day]", count(*) AS "order_items.count"
        FROM order_items
        WHERE created_at >= TIMESTAMP '2026-01-01' AND created_at < TIMESTAMP '2026-04-01'
              AND hour(created_at) >= 18
        GROUP BY 1
        ORDER BY 1
        """,
    ),
    "states that sold for more than 5,000 dollars": Truth(
        ask(
            "order_items",
            "users.state",
            "order_items.count",
            filters={
                "order_items.total_sale_price": {"type": "number", "kind": "GREATER_THAN", "values": ["5000"]}
            },
            sorts=by("-order_items.count", "users.state"),
        ),
        """
        SELECT state AS "users.state", count(*) AS "order_items.count"
        FROM order_items LEFT JOIN users ON users.id = user_id
        GROUP BY state
        HAVING sum(sale_price) > 5000
        ORDER BY 2 DESC, 1 NULLS FIRST
        """,
    ),
    "the twelve complete months before now": Truth(
        ask(
            "order_items",
            "order_items.created_at[quarter]",
            "order_items.total_sale_price",
            filters={
                "order_items.created_at": {
                    "type": "date",
                    "kind": "TIME_FOR_INTERVAL_DURATION",
                    "left_side": "12 complete months ago",
                    "right_side": "12 months",
                }
            },
            sorts=by("order_items.created_at[quarter]"),
        ),
        """
        SELECT date_trunc('quarter', created_at) AS "order_items.created_at[quarter]__raw",
               sum(sale_price) AS "order_items.total_sale_price",
               year(any_value(created_at)) || '-Q' || quarter(any_value(created_at))
                 AS "order_items.created_at[quarter]"
        FROM order_items
        WHERE created_at >= TIMESTAMP '2025-06-01' AND created_at < TIMESTAMP '2026-06-01'
        GROUP BY 1
        ORDER BY 1
        """,
        at_anchor=True,
    ),
    "weeks of one spring": Truth(
        ask(
            "order_items",
            "order_items.created_at[week]",
            "order_items.count",
            filters={
                "order_items.created_at": {
                    "type": "date",
                    "kind": "TIME_FOR_UNIT_DURATION",
                    "left_side": "2025 Q2",
                }
            },
            sorts=by("-order_items.created_at[week]"),
        ),
        """
        SELECT (created_at::DATE - (isodow(created_at) - 1)::INTEGER)::TIMESTAMP
                 AS "order_items.created_at[week]",
               count(*) AS "order_items.count"
        FROM order_items
        WHERE created_at >= TIMESTAMP '2025-04-01' AND created_at < TIMESTAMP '2025-07-01'
        GROUP BY 1
        ORDER BY 1 DESC
        """,
    ),
    "sums of nothing": Truth(
        ask(
            "order_items",
            "order_items.count",
            "order_items.total_sale_price",
            "order_items.average_sale_price",
            "users.age_sum",
            filters={"users.state": {"type": "string", "kind": "EQUALS", "values": ["Atlantis"]}},
        ),
        """
        SELECT 0 AS "order_items.count", 0 AS "order_items.total_sale_price",
               NULL::DOUBLE AS "order_items.average_sale_price", 0 AS "users.age_sum"
        """,
    ),
    "visits by day, an instant with a zone": Truth(
        ask(
            "events",
            "events.occurred_at[date]",
            "events.count",
            "events.session_count",
            "events.purchases_per_session",
            filters={
                "events.occurred_at": {
                    "type": "date",
                    "kind": "BETWEEN",
                    "left_side": "2026-06-01",
                    "right_side": "2026-06-11",
                }
            },
            sorts=by("events.occurred_at[date]"),
        ),
        """
        WITH wall AS (SELECT *, occurred_at AT TIME ZONE 'UTC' AS moment FROM events)
        SELECT date_trunc('day', moment) AS "events.occurred_at[date]__raw", count(*) AS "events.count",
               count(DISTINCT session_id) AS "events.session_count",
               count(*) FILTER (event_type = 'purchase')::DOUBLE / count(DISTINCT session_id)
                 AS "events.purchases_per_session",
               strftime(date_trunc('day', moment), '%Y-%m-%d') AS "events.occurred_at[date]"
        FROM wall
        WHERE moment >= TIMESTAMP '2026-06-01' AND moment < TIMESTAMP '2026-06-11'
        GROUP BY date_trunc('day', moment)
        ORDER BY 1
        """,
    ),
    "gifts, or not known to be gifts": Truth(
        ask(
            "order_items",
            "order_items.is_gift",
            "order_items.count",
            filters={
                "order_items.is_gift": {"type": "boolean", "is_negative": True, "treat_nulls_as_false": True}
            },
            sorts=by("order_items.is_gift"),
        ),
        """
        SELECT is_gift AS "order_items.is_gift", count(*) AS "order_items.count"
        FROM order_items
        WHERE is_gift IS NOT TRUE
        GROUP BY is_gift
        ORDER BY is_gift NULLS FIRST
        """,
    ),
    "prices from 10 to under 20": Truth(
        ask(
            "order_items",
            "order_items.sale_price",
            "order_items.count",
            filters={
                "order_items.sale_price": {"type": "number", "kind": "BETWEEN", "values": ["10", "19.99"]}
            },
            sorts=by("-order_items.sale_price"),
        ),
        """
        SELECT sale_price AS "order_items.sale_price", count(*) AS "order_items.count"
        FROM order_items
        WHERE sale_price >= 10 AND sale_price < 19.99
        GROUP BY sale_price
        ORDER BY sale_price DESC
        """,
    ),
    "regions seen by one who sees the West": Truth(
        ask(
            "regional_order_items",
            "order_items.status",
            "order_items.count",
            "order_items.total_sale_price",
            table="order_items",
            sorts=by("order_items.status"),
        ),
        """
        SELECT status AS "order_items.status", count(*) AS "order_items.count",
               sum(sale_price) AS "order_items.total_sale_price"
        FROM order_items JOIN users ON users.id = user_id
        WHERE region = 'West'
        GROUP BY status
        ORDER BY status NULLS FIRST
        """,
        attributes={"region": ("West",)},
    ),
    "regions seen by one who sees two": Truth(
        ask("regional_order_items", "order_items.count", table="order_items"),
        """
        SELECT count(*) AS "order_items.count"
        FROM order_items WHERE user_id IN (SELECT id FROM users WHERE region IN ('East', 'South'))
        """,
        attributes={"region": ("East", "South")},
    ),
    "regions seen by one who sees all": Truth(
        ask("regional_order_items", "order_items.count", table="order_items"),
        """SELECT count(*) AS "order_items.count" FROM order_items""",
        attributes={"region": ("ALL",)},
    ),
    "only complete items, whatever is asked": Truth(
        ask(
            "completed_order_items",
            "inventory_items.product_department",
            "order_items.count",
            table="order_items",
            sorts=by("inventory_items.product_department"),
        ),
        """
        SELECT product_department AS "inventory_items.product_department", count(*) AS "order_items.count"
        FROM order_items AS o LEFT JOIN inventory_items AS i ON i.id = o.inventory_item_id
        WHERE o.status = 'Complete'
        GROUP BY 1
        ORDER BY 1 NULLS FIRST
        """,
    ),
    "margins, for the finance team": Truth(
        ask("margins", "order_items.count", "order_items.total_margin", table="order_items"),
        """
        SELECT count(*) AS "order_items.count", sum(sale_price - cost) AS "order_items.total_margin"
        FROM order_items AS o JOIN inventory_items AS i ON i.id = o.inventory_item_id
        """,
        attributes={"team": ("finance",)},
    ),
}
