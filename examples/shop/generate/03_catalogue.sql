-- What is sold, and where it is stored.

CREATE TABLE distribution_centers AS
SELECT id, name, state, latitude::DECIMAL(9, 6) AS latitude, longitude::DECIMAL(9, 6) AS longitude,
       opened_on::DATE AS opened_on, is_automated
FROM (VALUES
  (1, 'Memphis TN', 'Tennessee', 35.117400, -89.971100, '2009-03-02', true),
  (2, 'Chicago IL', 'Illinois', 41.836900, -87.684700, '2011-05-16', true),
  (3, 'Houston TX', 'Texas', 29.760400, -95.369800, '2012-09-03', false),
  (4, 'Los Angeles CA', 'California', 34.050000, -118.250000, '2010-01-18', true),
  (5, 'New Orleans LA', 'Louisiana', 29.950000, -90.066700, '2014-11-24', false),
  (6, 'Port Authority of New York/New Jersey NY/NJ', 'New York', 40.634000, -73.783400, '2008-02-04', true),
  (7, 'O''Fallon MO', 'Missouri', 38.810600, -90.699800, '2016-06-13', false),
  (8, 'São Paulo', NULL, -23.550500, -46.633300, '2019-08-05', NULL),
  (9, '東京', NULL, 35.676200, 139.650300, '2021-04-12', true),
  (10, 'Zürich "Nord"', NULL, 47.376900, 8.541700, NULL, false),
  (11, 'Reno NV (planned)', 'Nevada', 39.529600, -119.813800, NULL, NULL)   -- holds no product yet
) AS centers(id, name, state, latitude, longitude, opened_on, is_automated);

-- A category is offered in the departments whose letters it carries; `cents` is its usual price.
CREATE TEMP TABLE category AS
SELECT row_number() OVER (ORDER BY name) - 1 AS slot, name, singular, departments, cents
FROM (VALUES
  ('Accessories', 'Belt', ['Men', 'Women', 'Kids'], 2400), ('Active', 'Jersey', ['Men', 'Women'], 3900),
  ('Blazers & Jackets', 'Blazer', ['Women', 'Men'], 9800), ('Dresses', 'Dress', ['Women', 'Kids'], 7600),
  ('Hoodies', 'Hoodie', ['Men', 'Women', 'Kids'], 5200), ('Jeans', 'Jeans', ['Men', 'Women', 'Kids'], 8900),
  ('Outerwear & Coats', 'Coat', ['Men', 'Women', 'Kids'], 14900), ('Pants', 'Chinos', ['Men', 'Women'], 6100),
  ('Shorts', 'Shorts', ['Men', 'Women', 'Kids'], 3600), ('Skirts', 'Skirt', ['Women', 'Kids'], 4700),
  ('Sleep & Lounge', 'Pyjamas', ['Men', 'Women'], 4100), ('Socks', 'Socks', ['Men', 'Women', 'Kids'], 1200),
  ('Suits', 'Suit', ['Men'], 21900), ('Sweaters', 'Sweater', ['Men', 'Women'], 7300),
  ('Swim', 'Swimsuit', ['Women', 'Men', 'Kids'], 3300), ('Tops & Tees', 'Tee', ['Men', 'Women', 'Kids'], 2700)
) AS categories(name, singular, departments, cents);

CREATE TEMP TABLE product_base AS
SELECT
  i AS id,
  category.name AS category,
  singular,
  departments[pick(i, 41, len(departments)) + 1] AS department,
  CASE
    WHEN chance(i, 42, 12) THEN NULL
    WHEN chance(i, 43, 12) THEN ''
    ELSE ['Northwind', 'Larkspur', 'Basalt', 'Copper & Pine', 'Halyard', 'Juniper Row', 'Kestrel', 'Lantern',
          'Meridian', 'northwind', 'O''Fallon & Sons', '"Double" Stitch', '100% Wool_Co', 'Zürich Outdoor', '東京デニム',
          'São Paulo Surf', 'Été ☀️', 'Quill', 'Ridgeline', 'Saltmarsh', 'Tallow', 'Umber', 'Vesper', 'Wren',
          'Yarrow', 'Zephyr', 'Ålesund Knit', 'Back\slash', 'Comma, Inc.', 'Dune'][pick_skewed(i, 44, 30) + 1]
  END AS brand,
  ['Classic', 'Slim', 'Relaxed', 'Everyday', 'Trail', 'Studio', 'Heritage', 'Light'][pick(i, 46, 8) + 1] AS cut,
  ['Black', 'Navy', 'Olive', 'Rust', 'Sand', 'White', 'Teal', '藍'][pick(i, 47, 8) + 1] AS colour,
  cents * (55 + pick(i, 48, 60) + pick(i, 49, 60)) // 100 // 100 * 100 + 99 AS retail_cents
FROM range(1, getvariable('product_rows') + 1) AS rows(i)
JOIN category ON slot = pick(i, 40, 16);

CREATE TABLE products AS
SELECT
  id,
  concat_ws(' ', nullif(brand, ''), cut, singular, colour, CASE WHEN chance(id, 50, 30) THEN '🎁' END) AS name,
  category,
  brand,
  department,
  'SKU-' || lpad(CAST(id AS VARCHAR), 7, '0') AS sku,
  money(retail_cents) AS retail_price,
  money(retail_cents * (38 + pick(id, 51, 25)) // 100) AS cost,
  CASE WHEN NOT chance(id, 52, 15) THEN pick_skewed(id, 53, 10) + 1 END::INTEGER AS distribution_center_id,
  CASE WHEN NOT chance(id, 55, 30) THEN NOT chance(id, 56, 90) END AS is_active,
  CASE WHEN NOT chance(id, 57, 60) THEN getvariable('first_day') - CAST(pick(id, 58, 900) AS INTEGER) END AS released_on
FROM product_base
ORDER BY id;
