-- A bike-share company small enough to compute by hand. Now is Tuesday 2026-03-10 15:00 UTC.
-- Built in: NULLs, keys that point nowhere, an empty string beside NULL, equal amounts on different rows,
-- a table without a key, whole duplicate rows, and times around both clock changes of New York.

CREATE TABLE stations (id INTEGER, name VARCHAR, region VARCHAR, capacity INTEGER, opened_on DATE);
INSERT INTO stations VALUES
  (1, 'Central',      'N',  20,   '2020-01-15'),
  (2, 'Harbour',      'N',  12,   '2021-06-30'),
  (3, 'Müller Platz', 'S',  NULL, '2024-02-29'),
  (4, '',             NULL, 8,    NULL);

CREATE TABLE riders (id INTEGER, name VARCHAR, city VARCHAR, country VARCHAR, age INTEGER, is_member BOOLEAN,
                     signed_up_on DATE, balance DECIMAL(10, 2));
INSERT INTO riders VALUES
  (1, 'Ana',   'Delft',   'NL', 34,   true,  '2024-01-31', 10.00),
  (2, 'Ben',   'Utrecht', 'NL', 28,   false, '2024-02-29', 0.00),
  (3, 'Chloé', 'Gent',    'BE', 45,   true,  '2025-12-31', 25.50),
  (4, 'Dirk',  '',        'BE', NULL, NULL,  '2026-01-01', NULL),
  (5, 'Eve',   NULL,      NULL, 19,   false, NULL,         -3.25),
  (6, 'Fay',   'delft',   'NL', 61,   true,  '2026-03-09', 7.10);

CREATE TABLE profiles (rider_id INTEGER, language VARCHAR, newsletter BOOLEAN);
INSERT INTO profiles VALUES (1, 'nl', true), (2, 'en', NULL), (3, 'fr', false), (9, 'de', true);

CREATE TABLE trips (id INTEGER, rider_id INTEGER, start_station_id INTEGER, end_station_id INTEGER,
                    started_at TIMESTAMP, ended_at TIMESTAMP, fare DECIMAL(8, 2), distance_km DOUBLE,
                    status VARCHAR, is_test BOOLEAN, logged_at TIMESTAMPTZ);
INSERT INTO trips VALUES
  (1,  1,    1,    2,    '2026-01-01 03:00:00',     '2026-01-01 03:20:00', 4.50,   2.0,  'done',    false, '2026-01-01 03:20:05+00'),
  (2,  1,    1,    1,    '2026-01-15 08:30:00',     '2026-01-15 09:00:00', 4.50,   3.5,  'done',    false, '2026-01-15 09:00:05+00'),
  (3,  1,    2,    3,    '2026-02-10 09:15:30',     '2026-02-10 09:50:00', 6.25,   5.0,  'lost',    false, NULL),
  (4,  2,    2,    1,    '2026-02-28 23:59:59.999', '2026-03-01 00:20:00', 3.00,   1.25, 'done',    NULL,  '2026-03-01 00:20:05+00'),
  (5,  2,    3,    1,    '2026-03-03 00:00:00',     NULL,                  7.75,   NULL, 'pending', false, NULL),
  (6,  3,    1,    2,    '2026-03-08 06:30:00',     '2026-03-08 06:40:00', 2.00,   0.5,  NULL,      false, '2026-03-08 06:40:05+00'),
  (7,  3,    NULL, 2,    '2026-03-08 07:30:00',     '2026-03-08 08:30:00', NULL,   4.0,  'done',    true,  '2026-03-08 08:30:05+00'),
  (8,  9,    3,    4,    '2026-03-10 14:00:00',     NULL,                  9.99,   8.0,  'void',    false, NULL),
  (9,  NULL, 9,    1,    '2025-11-02 05:30:00',     '2025-11-02 05:45:00', 5.00,   2.5,  'done',    true,  '2025-11-02 05:45:05+00'),
  (10, 4,    2,    NULL, '2025-11-02 06:30:00',     '2025-11-02 06:50:00', 5.00,   2.5,  '',        false, '2025-11-02 06:50:05+00'),
  (11, 2,    1,    2,    NULL,                      NULL,                  1.10,   1.0,  'lost',    false, NULL),
  (12, 1,    3,    3,    '2024-02-29 12:00:00',     '2024-02-29 14:00:00', 100.00, 10.0, 'pending', false, '2024-02-29 14:00:05+00');

-- No key; the last two rows of rider 3 are the same twice.
CREATE TABLE passes (rider_id INTEGER, kind VARCHAR, price DECIMAL(8, 2), valid_from DATE);
INSERT INTO passes VALUES
  (1,    'day',   5.00,   '2026-01-01'),
  (1,    'month', 30.00,  '2026-02-01'),
  (2,    'day',   5.00,   '2026-02-28'),
  (3,    'year',  120.00, '2026-01-01'),
  (3,    'day',   5.00,   '2026-03-08'),
  (3,    'day',   5.00,   '2026-03-08'),
  (7,    'day',   5.00,   '2026-03-09'),
  (NULL, 'month', 30.00,  NULL);

CREATE TABLE invoices (id INTEGER, rider_id INTEGER, amount DECIMAL(10, 2), issued_on DATE, paid BOOLEAN, note VARCHAR);
INSERT INTO invoices VALUES
  (1, 1,    10.00, '2026-01-31', true,  'ok'),
  (2, 1,    10.00, '2026-02-28', false, '50% off_now'),
  (3, 2,    20.50, '2026-01-31', true,  'O''Brien'),
  (4, 3,    NULL,  '2026-02-28', NULL,  NULL),
  (5, 4,    5.25,  NULL,         false, ''),
  (6, 8,    99.00, '2026-03-01', true,  'OK'),
  (7, NULL, 1.00,  '2026-03-02', false, 'none'),
  (8, 3,    40.00, '2026-03-10', true,  '50 off');

-- Fares with a key of two columns; a trip has several lines.
CREATE TABLE fare_lines (trip_id INTEGER, line INTEGER, kind VARCHAR, amount DECIMAL(8, 2));
INSERT INTO fare_lines VALUES
  (1, 1, 'base', 2.00), (1, 2, 'time', 2.50),
  (2, 1, 'base', 2.00), (2, 2, 'time', 2.50),
  (3, 1, 'base', 2.00), (3, 2, 'time', 3.25), (3, 3, 'fee', 1.00),
  (9, 1, 'base', 5.00),
  (99, 1, 'base', 7.00);
