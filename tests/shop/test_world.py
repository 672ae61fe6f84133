"""What the shop's rows promise: every trap a query layer must survive is really in them."""

from datetime import date, datetime

import pytest

from support.shop import open_shop


@pytest.fixture(scope="module")
def shop():
    with open_shop() as connection:
        yield connection


def value(shop, sql):
    return shop.execute(sql).fetchone()[0]


@pytest.mark.parametrize(
    "column",
    [
        "users.state",
        "users.age",
        "users.city",
        "users.email",
        "users.is_subscriber",
        "users.last_name",
        "products.brand",
        "products.distribution_center_id",
        "products.is_active",
        "products.released_on",
        "inventory_items.product_department",
        "inventory_items.sold_at",
        "orders.status",
        "orders.coupon_code",
        "orders.user_id",
        "order_items.status",
        "order_items.sale_price",
        "order_items.inventory_item_id",
        "order_items.returned_at",
        "order_items.is_gift",
        "events.user_id",
        "events.is_mobile",
        "events.page",
        "distribution_centers.state",
        "distribution_centers.is_automated",
    ],
)
def test_has_nulls_and_values(shop, column):
    table = column.partition(".")[0]
    nulls, values = shop.execute(
        f"SELECT count(*) FILTER ({column} IS NULL), count({column}) FROM {table}"
    ).fetchone()
    assert nulls > 0
    assert values > 0


@pytest.mark.parametrize(
    "column", ["users.city", "users.email", "products.brand", "orders.coupon_code", "events.page"]
)
def test_has_empty_strings_beside_nulls(shop, column):
    assert value(shop, f"SELECT count(*) FROM {column.partition('.')[0]} WHERE {column} = ''") > 0


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        ("order_items", "user_id", "users"),
        ("orders", "user_id", "users"),
        ("events", "user_id", "users"),
        ("inventory_items", "product_id", "products"),
    ],
)
def test_has_orphans(shop, child, key, parent):
    orphans = value(
        shop,
        f"SELECT count(*) FROM {child} WHERE {key} IS NOT NULL AND {key} NOT IN (SELECT id FROM {parent})",
    )
    assert orphans > 0


@pytest.mark.parametrize(
    ("parent", "child", "key"),
    [
        ("orders", "order_items", "order_id"),
        ("users", "orders", "user_id"),
        ("products", "inventory_items", "product_id"),
        ("distribution_centers", "products", "distribution_center_id"),
    ],
)
def test_has_parents_without_children(shop, parent, child, key):
    assert (
        value(
            shop, f"SELECT count(*) FROM {parent} WHERE id NOT IN (SELECT {key} FROM {child} WHERE {key} > 0)"
        )
        > 0
    )


@pytest.mark.parametrize(
    ("child", "key"),
    [
        ("products", "distribution_center_id"),
        ("inventory_items", "product_id"),
        ("order_items", "inventory_item_id"),
        ("order_items", "order_id"),
        ("orders", "user_id"),
        ("events", "user_id"),
    ],
)
def test_every_step_of_the_chain_fans_out(shop, child, key):
    assert value(shop, f"SELECT max(n) FROM (SELECT count(*) AS n FROM {child} GROUP BY {key})") > 1


@pytest.mark.parametrize(
    "table",
    ["users", "products", "inventory_items", "orders", "order_items", "distribution_centers", "events"],
)
def test_ids_are_keys(shop, table):
    assert value(shop, f"SELECT count(*) = count(DISTINCT id) FROM {table}")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("users.city", "São Paulo"),
        ("users.state", "東京都"),
        ("users.city", "Zürich"),
        ("users.city", "O'Fallon"),
        ("distribution_centers.name", 'Zürich "Nord"'),
        ("products.brand", '"Double" Stitch'),
        ("products.brand", "100% Wool_Co"),
        ("products.brand", "northwind"),
        ("products.brand", "Northwind"),
        ("products.brand", "Été ☀️"),
    ],
)
def test_has_text_that_breaks_careless_quoting(shop, column, text):
    rows = shop.execute(
        f"SELECT count(*) FROM {column.partition('.')[0]} WHERE {column} = ?", [text]
    ).fetchone()
    assert rows[0] > 0


def test_has_emoji_in_product_names(shop):
    assert value(shop, "SELECT count(*) FROM products WHERE name LIKE '%🎁%'") > 0


@pytest.mark.parametrize(
    ("column", "type_name"),
    [
        ("order_items.sale_price", "DECIMAL(12,2)"),
        ("products.retail_price", "DECIMAL(12,2)"),
        ("inventory_items.cost", "DECIMAL(12,2)"),
        ("order_items.created_at", "TIMESTAMP"),
        ("events.occurred_at", "TIMESTAMP WITH TIME ZONE"),
        ("users.signed_up_on", "DATE"),
        ("order_items.is_gift", "BOOLEAN"),
        ("users.age", "INTEGER"),
    ],
)
def test_column_types(shop, column, type_name):
    table, _, name = column.partition(".")
    assert value(shop, f"SELECT typeof({name}) FROM {table} LIMIT 1") == type_name


def test_trade_lasts_four_years_and_ends_on_the_anchor(shop):
    first, last = shop.execute("SELECT min(created_at), max(created_at) FROM order_items").fetchone()
    assert first.date() == date(2022, 7, 1)
    assert date(2026, 6, 24) <= last.date() <= date(2026, 6, 30)
    for column in ("shipped_at", "delivered_at", "returned_at"):
        assert value(shop, f"SELECT max({column}) FROM order_items") < datetime(2026, 7, 1)
    assert value(shop, "SELECT count(DISTINCT date_trunc('month', created_at)) FROM order_items") == 48


def test_time_runs_forward(shop):
    assert value(shop, "SELECT count(*) FROM order_items WHERE NOT (created_at < shipped_at)") == 0
    assert value(shop, "SELECT count(*) FROM order_items WHERE NOT (shipped_at < delivered_at)") == 0
    assert value(shop, "SELECT count(*) FROM order_items WHERE NOT (delivered_at < returned_at)") == 0
    assert (
        value(
            shop,
            "SELECT count(*) FROM orders JOIN users ON users.id = user_id WHERE created_at < signed_up_on",
        )
        == 0
    )
    assert (
        value(
            shop,
            "SELECT count(*) FROM order_items JOIN inventory_items ON inventory_items.id = inventory_item_id "
            "WHERE order_items.created_at < inventory_items.created_at",
        )
        == 0
    )


def test_business_grows_and_december_is_busiest(shop):
    by_year = shop.execute(
        "SELECT year(created_at), count(*) FROM order_items "
        "WHERE year(created_at) BETWEEN 2023 AND 2025 GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert by_year[0][1] < by_year[1][1] < by_year[2][1]
    busiest = value(
        shop,
        "SELECT month(created_at) FROM order_items WHERE year(created_at) = 2025 "
        "GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
    )
    assert busiest == 12


def test_some_products_sell_far_better_than_others(shop):
    share = value(
        shop,
        "SELECT sum(n) FILTER (place <= 0.2) / sum(n) FROM ("
        "SELECT count(*) AS n, percent_rank() OVER (ORDER BY count(*) DESC) AS place "
        "FROM inventory_items GROUP BY product_id)",
    )
    assert share > 0.35
