-- Orders, their items, and the stock the items were taken from. Ids rise with time.

-- Stock before it is known what was sold. One per cent points at products that are no longer in the catalogue.
CREATE TEMP TABLE stock AS
SELECT
  j AS id,
  CASE WHEN chance(j, 60, 10) THEN getvariable('product_rows') + 1 + pick(j, 61, 25)
       ELSE pick_skewed(j, 62, getvariable('product_rows')) + 1 END AS product_id,
  CAST(day AS TIMESTAMP) - to_days(CAST(20 + pick(j, 64, 60) AS INTEGER))
    + to_seconds(21600 + pick(j, 65, 43200)) AS created_at
FROM range(1, getvariable('stock_rows') + 1) AS rows(j)
JOIN day_slot ON slot = (j - 1) * getvariable('day_slots') // getvariable('stock_rows');

-- An order takes its day from its place in the sequence and its buyer from those who had signed up by then.
CREATE TEMP TABLE order_base AS
SELECT
  o AS id,
  day,
  CAST(day AS TIMESTAMP) + to_seconds(second_of_day(o, 70)) AS created_at,
  CAST(getvariable('anchor') - day AS INTEGER) AS age_days,
  CASE
    WHEN chance(o, 72, 10) THEN getvariable('user_rows') + 1 + pick(o, 73, 40)
    WHEN chance(o, 74, 5) THEN NULL
    ELSE pick_skewed(o, 75, greatest(1, CAST(day - getvariable('first_day') AS BIGINT)
                                        * getvariable('user_rows') // 2006)) + 1
  END AS user_id,
  pick(o, 77, 100) AS fate
FROM range(1, getvariable('order_rows') + getvariable('empty_order_rows') + 1) AS rows(o)
JOIN day_slot ON slot = (o - 1) * getvariable('day_slots')
                        // (getvariable('order_rows') + getvariable('empty_order_rows'));

-- The last `empty_order_rows` ids would all be recent; empty orders are spread over time instead.
CREATE TEMP TABLE order_number AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS number
FROM (
  SELECT id FROM order_base
  WHERE (id * getvariable('empty_order_rows')) // (getvariable('order_rows') + getvariable('empty_order_rows'))
      = ((id - 1) * getvariable('empty_order_rows')) // (getvariable('order_rows') + getvariable('empty_order_rows'))
);

CREATE TABLE orders AS
SELECT
  id,
  user_id,
  CASE
    WHEN chance(id, 78, 8) THEN NULL
    WHEN fate < 11 THEN 'Cancelled'
    WHEN age_days < 3 THEN 'Processing'
    WHEN age_days < 10 THEN CASE WHEN fate < 40 THEN 'Processing' ELSE 'Shipped' END
    WHEN fate < 17 THEN 'Processing'
    WHEN fate < 30 THEN 'Shipped'
    WHEN fate < 37 AND age_days >= 40 THEN 'Returned'
    ELSE 'Complete'
  END AS status,
  created_at,
  ['web', 'web', 'app', 'app', 'app', 'phone'][pick(id, 79, 6) + 1] AS channel,
  CASE WHEN chance(id, 80, 120) THEN ['WELCOME10', 'SUMMER', 'O''CLOCK', ''][pick(id, 81, 4) + 1] END AS coupon_code,
  money(CASE WHEN chance(id, 82, 450) THEN 0 ELSE [395, 495, 895, 1295][pick(id, 83, 4) + 1] END) AS shipping_fee
FROM order_base
ORDER BY id;

-- Twelve items in a row belong to six orders of one to four items.
CREATE TEMP TABLE item_base AS
SELECT
  i AS id,
  orders.id AS order_id,
  orders.user_id,
  orders.created_at + to_seconds(pick(i, 90, 240)) AS created_at,
  age_days,
  CASE WHEN NOT chance(i, 91, 5) THEN
    (i - 1) * getvariable('stock_rows') // getvariable('item_rows') + 1
    - pick(i, 92, least(getvariable('stock_rows') // 40,
                        (i - 1) * getvariable('stock_rows') // getvariable('item_rows') + 1))
  END AS inventory_item_id,
  CASE
    WHEN chance(i, 93, 10) THEN NULL
    WHEN orders.status = 'Complete' AND age_days >= 40 AND chance(i, 94, 60) THEN 'Returned'
    ELSE orders.status
  END AS status
FROM range(1, getvariable('item_rows') + 1) AS rows(i)
JOIN order_number ON number = (i - 1) // 12 * 6 + [0, 1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5][(i - 1) % 12 + 1]
JOIN orders ON orders.id = order_number.id
JOIN order_base ON order_base.id = orders.id;

CREATE TABLE order_items AS
WITH shipped AS (
  SELECT *, CASE WHEN status IN ('Shipped', 'Complete', 'Returned')
                 THEN created_at + to_seconds(14400 + pick(id, 95, 244800)) END AS shipped_at
  FROM item_base
), delivered AS (
  SELECT *, CASE WHEN status IN ('Complete', 'Returned')
                 THEN shipped_at + to_seconds(86400 + pick(id, 96, 432000)) END AS delivered_at
  FROM shipped
)
SELECT
  delivered.id,
  order_id,
  user_id,
  inventory_item_id,
  status,
  CASE
    WHEN chance(delivered.id, 97, 5) THEN NULL
    WHEN chance(delivered.id, 98, 4) THEN 0.00::DECIMAL(12, 2)
    ELSE money(CAST(coalesce(retail_price, 25.00) * 100 AS BIGINT)
               * [100, 100, 100, 100, 100, 90, 90, 80, 70, 50][pick(delivered.id, 99, 10) + 1] // 100)
  END AS sale_price,
  delivered.created_at,
  shipped_at,
  delivered_at,
  CASE WHEN status = 'Returned' THEN delivered_at + to_seconds(86400 + pick(delivered.id, 100, 2160000)) END AS returned_at,
  CASE WHEN NOT chance(delivered.id, 101, 50) THEN chance(delivered.id, 102, 120) END AS is_gift
FROM delivered
LEFT JOIN stock ON stock.id = inventory_item_id
LEFT JOIN products ON products.id = product_id
ORDER BY delivered.id;

-- Products are copied onto the stock, as shops do; stock of a vanished product keeps only its cost.
CREATE TABLE inventory_items AS
WITH sold AS (
  SELECT inventory_item_id, min(created_at) AS sold_at
  FROM order_items
  WHERE inventory_item_id IS NOT NULL AND status IS DISTINCT FROM 'Cancelled'
  GROUP BY ALL
)
SELECT
  stock.id,
  product_id,
  created_at,
  sold_at,
  coalesce(products.cost, money(900 + pick(stock.id, 66, 4000))) AS cost,
  products.name AS product_name,
  products.category AS product_category,
  products.brand AS product_brand,
  products.department AS product_department,
  products.sku AS product_sku,
  products.retail_price AS product_retail_price,
  products.distribution_center_id AS product_distribution_center_id
FROM stock
LEFT JOIN products ON products.id = product_id
LEFT JOIN sold ON sold.inventory_item_id = stock.id
ORDER BY stock.id;
