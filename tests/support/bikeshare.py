"""The bike-share tables of the language's acceptance cases, with rows enough to tell right from wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb

from holoscope.query.compiled import CompiledQuery
from support.answers import visible
from support.asking import compile_body
from support.ground import Ground, open_model

NOW = datetime.fromisoformat("2026-03-10T15:00:00+00:00")
TABLES = """
CREATE TABLE trips (id INTEGER, rider_id INTEGER, start_station_id INTEGER, started_at TIMESTAMP,
                    ended_at TIMESTAMP, fare DECIMAL(8, 2), status VARCHAR, is_test BOOLEAN);
INSERT INTO trips VALUES
  (1, 1, 1, '2026-03-04 12:00', '2026-03-04 12:30', 4, 'done', false),
  (2, 1, 2, '2026-01-01 03:00', '2026-01-01 04:00', 6, 'pending', NULL),
  (3, 2, 1, '2026-02-10 09:00', NULL, 5, 'lost', true),
  (4, 3, NULL, '2026-04-01 00:00', '2026-04-01 00:10', 3, NULL, false),
  (5, 3, 2, '2026-03-09 23:59:59', '2026-03-10 00:05', 7, 'void', false);
CREATE TABLE riders (id INTEGER, city VARCHAR, country VARCHAR, age INTEGER, signed_up_on DATE);
INSERT INTO riders VALUES
  (1, 'Delft', 'NL', 17, '2024-02-29'), (2, 'Utrecht', 'NL', 18, '2025-12-31'),
  (3, 'Gent', 'BE', 30, NULL), (4, NULL, NULL, NULL, '2026-01-01');
CREATE TABLE stations (id INTEGER, name VARCHAR, region_id INTEGER);
INSERT INTO stations VALUES (1, 'Central', 10), (2, 'Harbour', 20);
CREATE TABLE regions (id INTEGER, code VARCHAR);
INSERT INTO regions VALUES (10, 'N'), (20, 'S');
"""
MODEL: Mapping[str, str] = {
    "trips.view": """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  started_at: {}
  ended_at: {}
  fare: {}
  status: {}
  is_test: {}
measures:
  count: { aggregate_type: count }
  fare_total: { sql: '${fare}', aggregate_type: sum }
""",
    "riders.view": """\
schema: main
dimensions:
  id: { primary_key: true }
  city: {}
  country: {}
  age: {}
  signed_up_on: {}
measures:
  count: { aggregate_type: count }
""",
    "stations.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  name: {}\n  region_id: {}\n",
    "regions.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  code: {}\n",
    "relationships": """\
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
- join_from_view: trips
  join_to_view: stations
  on_sql: ${trips.start_station_id} = ${stations.id}
  relationship_type: many_to_one
- join_from_view: stations
  join_to_view: regions
  on_sql: ${stations.region_id} = ${regions.id}
  relationship_type: many_to_one
""",
    "rides.topic": "base_view: trips\njoins:\n  riders: {}\n  stations:\n    regions: {}\n",
}


def world(**files: str) -> Ground:
    """Open the tables with the model, some of its files replaced or added.

    `trips_view` names the file `trips.view`, `rides_topic` the file `rides.topic`. Text that starts with
    `+` goes after the file's own.
    """
    texts = dict(MODEL)
    for name, text in files.items():
        key = name.replace("_view", ".view").replace("_topic", ".topic")
        texts[key] = texts.get(key, "") + text[1:] if text.startswith("+") else text
    connection = duckdb.connect()
    connection.execute(TABLES)
    return open_model(connection, texts)


def compile_in(ground: Ground, body: Mapping[str, Any], **asker: Any) -> CompiledQuery:
    """Compile a query; `time_zone`, `now` and user attributes (`team=("ops",)`) may be given."""
    now, zone = asker.pop("now", NOW), asker.pop("time_zone", "UTC")
    return compile_body(ground.model, body, attributes=asker, now=now, time_zone=zone)


def rows(ground: Ground, body: Mapping[str, Any], **asker: Any) -> list[tuple[Any, ...]]:
    """Run a query; the visible cells of each row, sorted unless the query sorts."""
    names, found = ground.run(compile_in(ground, body, **asker).sql)
    cells = [tuple(row[name] for name in visible(names)) for row in found]
    return cells if body.get("sorts") else sorted(cells, key=repr)
