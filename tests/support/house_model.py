"""A small model with one of everything the catalogue routes show, and the rows under it."""

from __future__ import annotations

from pathlib import Path

import duckdb

FILES = {
    "model": """
label: Shop
access_grants:
  analysts_only: { user_attribute: omni_user_groups, allowed_values: [ Analysts ] }
""",
    "relationships": """
- join_from_view: orders
  join_to_view: people
  on_sql: ${orders.person_id} = ${people.id}
  relationship_type: assumed_many_to_one
- join_from_view: people
  join_to_view: regions
  on_sql: ${people.region_id} = ${regions.id} AND ${regions.id} > 0
  relationship_type: many_to_one
""",
    "main/orders.view": """
# Reference this view as orders
schema: main
table_name: orders
dimensions:
  id: { primary_key: true, format: id }
  person_id: {}
  state: { label: Status, all_values: [ done, open ] }
  placed_at: {}
  amount: { hidden: true }
  due_on: { timeframes: [ date, month, hour, month_num ] }
measures:
  count: { aggregate_type: count }
  total: { sql: '${amount}', aggregate_type: sum, format: usdcurrency_2 }
  average_value: { sql: '${total} / NULLIF(${count}, 0)' }
  amount_seen: { sql: '${amount}', aggregate_type: max, required_access_grants: [ analysts_only ] }
""",
    "main/people.view": """
# Reference this view as people
schema: main
table_name: people
label: People & Größe
description: Who ordered
dimensions:
  id: { primary_key: true }
  region_id: { hidden: true }
  name: {}
measures:
  count: { aggregate_type: count }
""",
    "main/regions.view": """
# Reference this view as regions
schema: main
hidden: true
dimensions:
  id: { primary_key: true }
  code: {}
measures:
  count: { aggregate_type: count }
""",
    "slow.view": """
sql: >-
  SELECT sum(hash(a.range * 31 + b.range)) AS n FROM range(4000000) a, range(4000000) b
dimensions:
  n: {}
""",
    "orders.topic": """
base_view: orders
label: Orders
description: What was sold
group_label: Sales
joins:
  people:
    regions: {}
default_filters:
  orders.state: { is: done }
sample_queries:
  Orders by month:
    query: { base_view: orders, topic: orders, fields: [ "orders.placed_at[month]", orders.count ] }
""",
    "secret_orders.topic": """
base_view: orders
joins: {}
required_access_grants: [ analysts_only ]
""",
    "hidden_orders.topic": """
base_view: orders
hidden: true
joins: {}
""",
}

ROWS = """
CREATE TABLE regions (id INTEGER, code VARCHAR);
INSERT INTO regions VALUES (1, 'N'), (2, 'S');
CREATE TABLE people (id INTEGER, region_id INTEGER, name VARCHAR);
INSERT INTO people VALUES (1, 1, 'Ada'), (2, 2, 'Bo'), (3, NULL, '名');
CREATE TABLE orders (
  id INTEGER, person_id INTEGER, state VARCHAR, amount DECIMAL(10, 2), placed_at TIMESTAMP, due_on DATE
);
INSERT INTO orders VALUES
  (1, 1, 'done', 10.50, '2026-01-05 10:00:00', '2026-01-06'),
  (2, 1, 'open', 20.00, '2026-01-20 11:30:00', '2026-02-01'),
  (3, 2, 'done', 5.25, '2026-02-03 09:15:00', '2026-02-04'),
  (4, 3, NULL, 1.00, '2026-02-28 23:59:59', '2026-03-01'),
  (5, NULL, 'done', 100.00, NULL, NULL);
"""


def write_rows(path: Path) -> None:
    """Make the DuckDB file that the model reads."""
    connection = duckdb.connect(str(path))
    connection.execute(ROWS)
    connection.close()
