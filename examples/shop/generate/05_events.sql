-- Visits to the web shop, five events each; three in ten visitors are unknown.

CREATE TABLE events AS
WITH base AS (
  SELECT
    e AS id,
    (e - 1) // 5 + 1 AS visit,
    CAST((e - 1) % 5 AS INTEGER) + 1 AS sequence_number
  FROM range(1, getvariable('event_rows') + 1) AS rows(e)
), visits AS (
  SELECT
    v AS visit,
    CASE
      WHEN chance(v, 110, 300) THEN NULL
      WHEN chance(v, 111, 10) THEN getvariable('user_rows') + 1 + pick(v, 112, 40)
      ELSE pick_skewed(v, 113, greatest(1, CAST(day - getvariable('first_day') AS BIGINT)
                                           * getvariable('user_rows') // 2006)) + 1
    END AS user_id,
    CAST(day AS TIMESTAMP) + to_seconds(least(second_of_day(v, 115), 85800)) AS started_at,
    ['Chrome', 'Chrome', 'Safari', 'Safari', 'Firefox', 'Other'][pick(v, 117, 6) + 1] AS browser,
    CASE WHEN NOT chance(v, 118, 40) THEN chance(v, 119, 560) END AS is_mobile,
    ['Search', 'Organic', 'Email', 'Display', 'Social'][pick(v, 120, 5) + 1] AS traffic_source
  FROM range(1, (getvariable('event_rows') + 4) // 5 + 1) AS rows(v)
  JOIN day_slot ON slot = (v - 1) * getvariable('day_slots') // ((getvariable('event_rows') + 4) // 5)
)
SELECT
  base.id,
  'S' || lpad(CAST(base.visit AS VARCHAR), 8, '0') AS session_id,
  sequence_number,
  user_id,
  CASE sequence_number
    WHEN 1 THEN 'home' WHEN 2 THEN 'department' WHEN 3 THEN 'product'
    WHEN 4 THEN CASE WHEN chance(base.id, 121, 450) THEN 'cart' ELSE 'product' END
    ELSE CASE WHEN chance(base.id, 122, 300) THEN 'purchase' WHEN chance(base.id, 123, 60) THEN 'cancel' ELSE 'product' END
  END AS event_type,
  timezone('UTC', started_at + to_seconds((sequence_number - 1) * 90 + pick(base.id, 124, 80))) AS occurred_at,
  CASE WHEN chance(base.id, 125, 40) THEN NULL WHEN sequence_number = 1 AND chance(base.id, 126, 100) THEN ''
       ELSE '/' || ['', 'männer', 'women', 'kids', 'sale%20now', 'q?a=1&b=2'][pick(base.id, 127, 6) + 1] END AS page,
  browser,
  is_mobile,
  traffic_source,
  200 + pick_skewed(base.id, 128, 60000) AS duration_ms
FROM base
JOIN visits ON visits.visit = base.visit
ORDER BY base.id;
