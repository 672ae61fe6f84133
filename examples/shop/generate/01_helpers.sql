-- Numbers, macros and lookup tables shared by the steps that follow.
-- Everything is integer arithmetic on row numbers, so the rows do not depend on threads, time or machine.
-- Set by the caller: the variables `seed` and `item_rows` (rows of order_items).

SET VARIABLE order_rows = (getvariable('item_rows') + 11) // 12 * 6;             -- orders that have items
SET VARIABLE empty_order_rows = greatest(3, getvariable('order_rows') * 3 // 100); -- orders that have none
SET VARIABLE user_rows = greatest(60, getvariable('item_rows') * 8 // 100);
SET VARIABLE product_rows = greatest(120, getvariable('item_rows') // 50);
SET VARIABLE stock_rows = greatest(200, getvariable('item_rows') * 8 // 10);
SET VARIABLE event_rows = greatest(500, getvariable('item_rows') * 12 // 10);

-- Days are counted from the first sign-up; trade starts on day 546 and ends on the anchor, day 2006.
SET VARIABLE first_day = DATE '2021-01-01';
SET VARIABLE trade_start = DATE '2022-07-01';
SET VARIABLE anchor = DATE '2026-06-30';

-- One avalanche round over 32 bits held in a BIGINT: no intermediate value exceeds 2^59.
CREATE TEMP MACRO scramble(x) AS (xor(x, x >> 16) * 73244475) & 4294967295;

-- A number in [0, 2^32) that looks random and depends on row, column (`salt`) and seed only.
CREATE TEMP MACRO mix(i, salt) AS
  scramble(scramble((i * 2654435761 + salt * 3266489917 + getvariable('seed') * 97531) & 4294967295));

-- A whole number in [0, n).
CREATE TEMP MACRO pick(i, salt, n) AS (mix(i, salt) * n) >> 32;

-- True for about `per_mille` rows in a thousand.
CREATE TEMP MACRO chance(i, salt, per_mille) AS pick(i, salt, 1000) < per_mille;

-- Like pick, but small numbers come up much more often (the product of two uniform picks).
CREATE TEMP MACRO pick_skewed(i, salt, n) AS (pick(i, salt, n) * (pick(i, salt + 1, n) + 1)) // n;

CREATE TEMP MACRO money(cents) AS CAST(CAST(cents AS DECIMAL(16, 0)) * 0.01 AS DECIMAL(12, 2));

-- Seconds into a day, quiet at night and busy in the evening.
CREATE TEMP MACRO second_of_day(i, salt) AS
  [0, 1, 5, 6, 7, 7, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13,
   14, 14, 14, 15, 15, 15, 16, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19, 20, 20,
   20, 20, 20, 20, 20, 21, 21, 21, 21, 21, 21, 22, 22, 22, 23, 23][pick(i, salt, 64) + 1] * 3600
  + pick(i, salt + 1, 3600);

-- Each trading day fills as many slots as it is busy: growth over the years, season, weekday.
CREATE TEMP TABLE day_slot AS
WITH busy AS (
  SELECT
    CAST(day AS DATE) AS day,
    (40 + 60 * (row_number() OVER (ORDER BY day)) // 1461)
    * [82, 78, 90, 94, 102, 98, 92, 96, 94, 104, 138, 156][month(day)]
    * [112, 88, 90, 94, 98, 108, 124][dayofweek(day) + 1]
    // 20000 AS weight
  FROM range(getvariable('trade_start')::TIMESTAMP, getvariable('anchor')::TIMESTAMP + INTERVAL 1 DAY,
             INTERVAL 1 DAY) AS days(day)
)
SELECT row_number() OVER (ORDER BY day, copy) - 1 AS slot, day
FROM busy, unnest(range(weight)) AS copies(copy);

SET VARIABLE day_slots = (SELECT count(*) FROM day_slot);
