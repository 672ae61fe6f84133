"""Truths about measures beside joins that multiply rows, and their totals."""

from support.questions import AGGREGATION, Truth, ask, by

JOINS: dict[str, Truth] = {
    "stock sold, with subtotals": Truth(
        ask(
            "order_items",
            "inventory_items.product_department",
            "inventory_items.product_category",
            "inventory_items.product_brand",
            "inventory_items.count",
            sorts=by(
                "inventory_items.product_department",
                "inventory_items.product_category",
                "inventory_items.product_brand",
            ),
            column_totals={
                "inventory_items.product_department": AGGREGATION,
                "inventory_items.product_category": AGGREGATION,
            },
        ),
        """
        WITH sold AS (
          SELECT i.id, product_department AS d, product_category AS c, product_brand AS b
          FROM order_items AS o LEFT JOIN inventory_items AS i ON i.id = o.inventory_item_id
        )
        SELECT d AS "inventory_items.product_department", c AS "inventory_items.product_category",
               b AS "inventory_items.product_brand", count(DISTINCT id) AS "inventory_items.count",
               CASE WHEN grouping(c) = 1 THEN 'column_subtotal::inventory_items.product_department'
                    WHEN grouping(b) = 1 THEN 'column_subtotal::inventory_items.product_category'
                    ELSE '' END AS "$omni_column_total_indicator"
        FROM sold
        GROUP BY GROUPING SETS ((d, c, b), (d, c), (d))
        ORDER BY d NULLS FIRST, grouping(c), c NULLS FIRST, grouping(b), b NULLS FIRST
        """,
    ),
    "buyers by state, orphans and all": Truth(
        ask(
            "order_items",
            "users.state",
            "order_items.total_sale_price",
            "order_items.distinct_buyers",
            "users.count",
            "users.age_sum",
            sorts=by("-order_items.total_sale_price"),
        ),
        """
        WITH items AS (
          SELECT state, sum(sale_price) AS sales, count(DISTINCT o.user_id) AS buyers
          FROM order_items AS o LEFT JOIN users AS u ON u.id = o.user_id
          GROUP BY state
        ), people AS (
          SELECT state, count(*) AS people, sum(age) AS ages
          FROM users WHERE id IN (SELECT user_id FROM order_items)
          GROUP BY state
        )
        SELECT items.state AS "users.state", sales AS "order_items.total_sale_price",
               buyers AS "order_items.distinct_buyers", coalesce(people, 0) AS "users.count",
               coalesce(ages, 0) AS "users.age_sum"
        FROM items LEFT JOIN people ON people.state IS NOT DISTINCT FROM items.state
        ORDER BY 2 DESC
        """,
    ),
    "ages beside orders (fan trap)": Truth(
        ask(
            "users",
            "users.region",
            "users.count",
            "users.age_sum",
            "users.average_age",
            "users.median_age",
            "orders.count",
            "order_items.total_sale_price",
            sorts=by("users.region"),
        ),
        """
        WITH people AS (
          SELECT region, count(*) AS n, sum(age) AS ages, avg(age) AS mean, median(age) AS middle
          FROM users GROUP BY region
        ), bought AS (
          SELECT region, count(o.id) AS orders
          FROM users AS u JOIN orders AS o ON o.user_id = u.id GROUP BY region
        ), paid AS (
          SELECT region, sum(sale_price) AS sales
          FROM users AS u JOIN orders AS o ON o.user_id = u.id JOIN order_items AS i ON i.order_id = o.id
          GROUP BY region
        )
        SELECT p.region AS "users.region", n AS "users.count", ages AS "users.age_sum",
               mean AS "users.average_age",
               middle AS "users.median_age", coalesce(orders, 0) AS "orders.count",
               coalesce(sales, 0) AS "order_items.total_sale_price"
        FROM people AS p
        LEFT JOIN bought ON bought.region IS NOT DISTINCT FROM p.region
        LEFT JOIN paid ON paid.region IS NOT DISTINCT FROM p.region
        ORDER BY p.region NULLS FIRST
        """,
    ),
    "orders beside visits (chasm trap)": Truth(
        ask(
            "users",
            "users.gender",
            "users.total_store_credit",
            "orders.total_shipping_fee",
            "orders.average_shipping_fee",
            "events.total_duration_ms",
            "events.count",
            sorts=by("users.gender"),
        ),
        """
        WITH people AS (SELECT gender, sum(store_credit) AS credit FROM users GROUP BY gender),
        bought AS (
          SELECT gender, sum(shipping_fee) AS fees, avg(shipping_fee) AS fee
          FROM users AS u JOIN orders AS o ON o.user_id = u.id GROUP BY gender
        ), visited AS (
          SELECT gender, sum(duration_ms) AS ms, count(*) AS n
          FROM users AS u JOIN events AS e ON e.user_id = u.id GROUP BY gender
        )
        SELECT p.gender AS "users.gender", credit AS "users.total_store_credit",
               coalesce(fees, 0) AS "orders.total_shipping_fee", fee AS "orders.average_shipping_fee",
               coalesce(ms, 0) AS "events.total_duration_ms", coalesce(n, 0) AS "events.count"
        FROM people AS p
        LEFT JOIN bought ON bought.gender IS NOT DISTINCT FROM p.gender
        LEFT JOIN visited ON visited.gender IS NOT DISTINCT FROM p.gender
        ORDER BY p.gender NULLS FIRST
        """,
    ),
    "ratios by category, with a total": Truth(
        ask(
            "order_items",
            "products.category",
            "order_items.average_order_value",
            "order_items.sales_per_item",
            "order_items.average_sale_price",
            "order_items.return_rate",
            sorts=by("products.category"),
            column_totals={"::total::": AGGREGATION},
        ),
        """
        SELECT category AS "products.category",
               sum(sale_price)::DOUBLE / count(DISTINCT order_id) AS "order_items.average_order_value",
               sum(sale_price)::DOUBLE / count(*) AS "order_items.sales_per_item",
               avg(sale_price) AS "order_items.average_sale_price",
               count(*) FILTER (status = 'Returned')::DOUBLE / count(*) AS "order_items.return_rate",
               CASE grouping(category) WHEN 1 THEN 'column_total' ELSE '' END
                 AS "$omni_column_total_indicator"
        FROM order_items AS o
        LEFT JOIN inventory_items AS i ON i.id = o.inventory_item_id
        LEFT JOIN products AS p ON p.id = i.product_id
        GROUP BY GROUPING SETS ((category), ())
        ORDER BY grouping(category), category NULLS FIRST
        """,
    ),
    "from the warehouse down to the piece sold": Truth(
        ask(
            "supply",
            "distribution_centers.name",
            "distribution_centers.count",
            "products.count",
            "products.total_retail_price",
            "inventory_items.total_cost",
            "inventory_items.sold_count",
            "order_items.count",
            "order_items.total_sale_price",
            table="distribution_centers",
            sorts=by("distribution_centers.name"),
        ),
        """
        WITH goods AS (
          SELECT distribution_center_id AS id, count(*) AS n, sum(retail_price) AS price
          FROM products GROUP BY ALL
        ), stock AS (
          SELECT p.distribution_center_id AS id, sum(i.cost) AS cost,
                 count(*) FILTER (sold_at IS NOT NULL) AS sold
          FROM inventory_items AS i JOIN products AS p ON p.id = i.product_id GROUP BY ALL
        ), pieces AS (
          SELECT p.distribution_center_id AS id, count(*) AS n, sum(o.sale_price) AS sales
          FROM order_items AS o JOIN inventory_items AS i ON i.id = o.inventory_item_id
          JOIN products AS p ON p.id = i.product_id GROUP BY ALL
        )
        SELECT name AS "distribution_centers.name", 1 AS "distribution_centers.count",
               coalesce(goods.n, 0) AS "products.count", coalesce(price, 0) AS "products.total_retail_price",
               coalesce(cost, 0) AS "inventory_items.total_cost",
               coalesce(sold, 0) AS "inventory_items.sold_count",
               coalesce(pieces.n, 0) AS "order_items.count",
               coalesce(sales, 0) AS "order_items.total_sale_price"
        FROM distribution_centers AS d
        LEFT JOIN goods ON goods.id = d.id LEFT JOIN stock ON stock.id = d.id
        LEFT JOIN pieces ON pieces.id = d.id
        ORDER BY name
        """,
    ),
    "cost of the stock that each state bought (many to many)": Truth(
        ask(
            "order_items",
            "users.state",
            "inventory_items.total_cost",
            "inventory_items.average_cost",
            "products.average_retail_price",
            "products.brand_count",
            sorts=by("users.state"),
        ),
        """
        WITH bought AS (
          SELECT DISTINCT u.state, i.id, i.cost, i.product_id
          FROM order_items AS o
          LEFT JOIN users AS u ON u.id = o.user_id
          LEFT JOIN inventory_items AS i ON i.id = o.inventory_item_id
        ), goods AS (
          SELECT state, avg(retail_price) AS price, count(DISTINCT brand) AS brands
          FROM (SELECT DISTINCT state, p.id, retail_price, brand
                FROM bought LEFT JOIN products AS p ON p.id = product_id)
          GROUP BY state
        ), stock AS (
          SELECT state, sum(cost) AS cost, avg(cost) AS mean FROM bought GROUP BY state
        )
        SELECT stock.state AS "users.state", cost AS "inventory_items.total_cost",
               mean AS "inventory_items.average_cost", price AS "products.average_retail_price",
               brands AS "products.brand_count"
        FROM stock JOIN goods ON goods.state IS NOT DISTINCT FROM stock.state
        ORDER BY stock.state NULLS FIRST
        """,
    ),
    "margin by category": Truth(
        ask(
            "order_items",
            "inventory_items.product_category",
            "order_items.total_margin",
            "order_items.margin_rate",
            sorts=by("inventory_items.product_category"),
        ),
        """
        SELECT product_category AS "inventory_items.product_category",
               coalesce(sum(sale_price - cost), 0) AS "order_items.total_margin",
               coalesce(sum(sale_price - cost), 0)::DOUBLE / nullif(coalesce(sum(sale_price), 0), 0)
                 AS "order_items.margin_rate"
        FROM order_items AS o LEFT JOIN inventory_items AS i ON i.id = o.inventory_item_id
        GROUP BY 1
        ORDER BY 1 NULLS FIRST
        """,
    ),
    "one row about everything": Truth(
        ask(
            "order_items",
            "order_items.count",
            "order_items.order_count",
            "order_items.average_sale_price",
            "users.count",
            "users.average_age",
            "orders.total_shipping_fee",
            "inventory_items.count",
            "products.count",
            "distribution_centers.count",
        ),
        """
        SELECT
          (SELECT count(*) FROM order_items) AS "order_items.count",
          (SELECT count(DISTINCT order_id) FROM order_items) AS "order_items.order_count",
          (SELECT avg(sale_price) FROM order_items) AS "order_items.average_sale_price",
          (SELECT count(*) FROM users WHERE id IN (SELECT user_id FROM order_items)) AS "users.count",
          (SELECT avg(age) FROM users WHERE id IN (SELECT user_id FROM order_items)) AS "users.average_age",
          (SELECT sum(shipping_fee) FROM orders WHERE id IN (SELECT order_id FROM order_items))
            AS "orders.total_shipping_fee",
          (SELECT count(*) FROM inventory_items WHERE id IN (SELECT inventory_item_id FROM order_items))
            AS "inventory_items.count",
          (SELECT count(*) FROM products WHERE id IN (
             SELECT product_id FROM inventory_items WHERE id IN (SELECT inventory_item_id FROM order_items)))
            AS "products.count",
          (SELECT count(DISTINCT distribution_center_id) FROM products WHERE id IN (
             SELECT product_id FROM inventory_items WHERE id IN (SELECT inventory_item_id FROM order_items)))
            AS "distribution_centers.count"
        """,
    ),
    "sessions behind each kind of event": Truth(
        ask(
            "events",
            "events.event_type",
            "events.count",
            "web_sessions.count",
            "web_sessions.total_duration_ms",
            sorts=by("events.event_type"),
        ),
        """
        WITH lengths AS (SELECT session_id, sum(duration_ms) AS ms FROM events GROUP BY session_id),
        seen AS (SELECT event_type, session_id, count(*) AS n FROM events GROUP BY ALL)
        SELECT event_type AS "events.event_type", sum(n) AS "events.count", count(*) AS "web_sessions.count",
               sum(ms) AS "web_sessions.total_duration_ms"
        FROM seen JOIN lengths USING (session_id)
        GROUP BY event_type
        ORDER BY event_type
        """,
    ),
}
