-- People and the places they live in. Ids rise with the sign-up date.

CREATE TEMP TABLE place AS
SELECT * FROM (VALUES
  ('Los Angeles', 'California', 'West', 'USA', 11), ('San Francisco', 'California', 'West', 'USA', 6),
  ('San José', 'California', 'West', 'USA', 4), ('Seattle', 'Washington', 'West', 'USA', 5),
  ('Portland', 'Oregon', 'West', 'USA', 4), ('Denver', 'Colorado', 'West', 'USA', 4),
  ('Phoenix', 'Arizona', 'West', 'USA', 4), ('Coeur d''Alene', 'Idaho', 'West', 'USA', 1),
  ('New York', 'New York', 'East', 'USA', 12), ('Buffalo', 'New York', 'East', 'USA', 3),
  ('Boston', 'Massachusetts', 'East', 'USA', 5), ('Philadelphia', 'Pennsylvania', 'East', 'USA', 5),
  ('Pittsburgh', 'Pennsylvania', 'East', 'USA', 3), ('Newark', 'New Jersey', 'East', 'USA', 4),
  ('Houston', 'Texas', 'South', 'USA', 7), ('Austin', 'Texas', 'South', 'USA', 5),
  ('Miami', 'Florida', 'South', 'USA', 6), ('Orlando', 'Florida', 'South', 'USA', 4),
  ('Atlanta', 'Georgia', 'South', 'USA', 5), ('Charlotte', 'North Carolina', 'South', 'USA', 3),
  ('Nashville', 'Tennessee', 'South', 'USA', 3), ('New Orleans', 'Louisiana', 'South', 'USA', 2),
  ('Chicago', 'Illinois', 'Midwest', 'USA', 8), ('Columbus', 'Ohio', 'Midwest', 'USA', 4),
  ('Detroit', 'Michigan', 'Midwest', 'USA', 4), ('Minneapolis', 'Minnesota', 'Midwest', 'USA', 3),
  ('O''Fallon', 'Missouri', 'Midwest', 'USA', 2), ('Milwaukee', 'Wisconsin', 'Midwest', 'USA', 2),
  ('São Paulo', 'São Paulo', 'International', 'Brasil', 5), ('東京', '東京都', 'International', '日本', 4),
  ('Zürich', 'Zürich', 'International', 'Schweiz', 3), ('Québec', 'Québec', 'International', 'Canada', 2),
  ('Αθήνα', 'Αττική', 'International', 'Ελλάδα', 1), ('İstanbul', 'İstanbul', 'International', 'Türkiye', 2),
  ('Utrecht', 'Utrecht', 'International', 'Nederland', 2)
) AS places(city, state, region, country, weight);

CREATE TEMP TABLE place_slot AS
SELECT row_number() OVER (ORDER BY country, state, city, copy) - 1 AS slot, city, state, region, country
FROM place, unnest(range(weight)) AS copies(copy);

SET VARIABLE place_slots = (SELECT count(*) FROM place_slot);

CREATE TABLE users AS
SELECT
  i AS id,
  ['Ada', 'Amélie', 'Bao', 'Björn', 'Carmen', 'Chidi', 'Dana', 'Elif', 'Farah', 'Grace', 'Hugo', 'Ingrid', 'João',
   'Kenji', 'Léa', 'Mina', 'Noor', 'Olga', 'Priya', 'Quinn', 'Rosa', 'Søren', 'Tariq', 'Uma', 'Vera', 'Wei', 'Ximena',
   'Yuki', 'Zoë', '花子', 'Robin', 'Sam'][pick(i, 11, 32) + 1] AS first_name,
  CASE WHEN NOT chance(i, 12, 15) THEN
    ['Adams', 'Brown', 'Çelik', 'D''Angelo', 'Evans', 'Fischer', 'García', 'Haddad', 'Ito', 'Jensen', 'Kowalski',
     'Lopez', 'Müller', 'Nguyen', 'O''Brien', 'Patel', 'Quiroga', 'Rossi', 'Smith', 'Tanaka', 'Usman', 'van den Berg',
     'Weiß', '山田'][pick(i, 13, 24) + 1]
  END AS last_name,
  CASE
    WHEN chance(i, 14, 20) THEN NULL
    WHEN chance(i, 15, 10) THEN ''
    ELSE 'shopper' || i || '@' || ['mail.example', 'post.example', 'inbox.example'][pick_skewed(i, 16, 3) + 1]
  END AS email,
  CASE WHEN NOT chance(i, 18, 40) THEN 16 + pick(i, 19, 30) + pick(i, 20, 34) END::INTEGER AS age,
  CASE WHEN NOT chance(i, 21, 25) THEN ['F', 'M', 'F', 'M', 'F', 'M', 'X'][pick(i, 22, 7) + 1] END AS gender,
  CASE WHEN chance(i, 23, 25) THEN NULL WHEN chance(i, 24, 20) THEN '' ELSE city END AS city,
  CASE WHEN NOT chance(i, 25, 30) THEN state END AS state,
  CASE WHEN NOT chance(i, 25, 30) THEN region END AS region,
  country,
  CASE WHEN NOT chance(i, 26, 35) THEN
    ['Search', 'Search', 'Search', 'Organic', 'Organic', 'Email', 'Display', 'Social'][pick(i, 27, 8) + 1]
  END AS traffic_source,
  CASE WHEN NOT chance(i, 28, 60) THEN chance(i, 29, 300) END AS is_subscriber,
  money(CASE WHEN chance(i, 30, 700) THEN 0 ELSE pick_skewed(i, 31, 20000) END) AS store_credit,
  getvariable('first_day') + CAST((i - 1) * 2006 // getvariable('user_rows') AS INTEGER) AS signed_up_on
FROM range(1, getvariable('user_rows') + 1) AS rows(i)
JOIN place_slot ON slot = pick(i, 10, getvariable('place_slots'))
ORDER BY id;
