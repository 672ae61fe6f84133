"""Three customers, their orders and their complaints; small enough to count on fingers.

| customer | age | city | orders                    | complaints |
|----------|-----|------|---------------------------|------------|
| Ann      | 20  | Gent | 10 €, 10 € (two equal)    | 1          |
| Bob      | 50  | Gent | 40 €                      | 2          |
| Cid      | 20  | NULL | none                      | 3          |

Order 4 (5 €) belongs to a customer who does not exist, order 5 (7 €) to nobody at all.
"""

from support.ground import Ground
from support.little import little_world

TABLES = """
CREATE TABLE customers (id INTEGER, name VARCHAR, age INTEGER, city VARCHAR);
INSERT INTO customers VALUES (1, 'Ann', 20, 'Gent'), (2, 'Bob', 50, 'Gent'), (3, 'Cid', 20, NULL);
CREATE TABLE orders (id INTEGER, customer_id INTEGER, amount DECIMAL(8, 2), channel VARCHAR);
INSERT INTO orders VALUES
  (1, 1, 10, 'web'), (2, 1, 10, 'shop'), (3, 2, 40, 'web'), (4, 9, 5, 'web'), (5, NULL, 7, 'shop');
CREATE TABLE complaints (id INTEGER, customer_id INTEGER, minutes INTEGER);
INSERT INTO complaints VALUES (1, 1, 3), (2, 2, 5), (3, 2, 5), (4, 3, 1), (5, 3, 1), (6, 3, 1), (7, NULL, 60);
"""

FILES = {
    "model": "label: Customers",
    "relationships": """
- join_from_view: orders
  join_to_view: customers
  on_sql: ${orders.customer_id} = ${customers.id}
  relationship_type: many_to_one
  reversible: true
- join_from_view: complaints
  join_to_view: customers
  on_sql: ${complaints.customer_id} = ${customers.id}
  relationship_type: many_to_one
  reversible: true
""",
    "customers.view": """
schema: main
dimensions:
  id: { primary_key: true }
  name: {}
  age: {}
  city: {}
measures:
  count: { aggregate_type: count }
  age_sum: { sql: '${age}', aggregate_type: sum }
  average_age: { sql: '${age}', aggregate_type: average }
  median_age: { sql: '${age}', aggregate_type: median }
  ages: { sql: '${age}', aggregate_type: count_distinct }
  names: { sql: '${name}', aggregate_type: count_distinct }
""",
    "orders.view": """
schema: main
dimensions:
  id: { primary_key: true }
  customer_id: {}
  amount: {}
  channel: {}
measures:
  count: { aggregate_type: count }
  revenue: { sql: '${amount}', aggregate_type: sum }
  average_amount: { sql: '${amount}', aggregate_type: average }
  buyers: { sql: '${customer_id}', aggregate_type: count_distinct }
  revenue_per_order: { sql: '${revenue} / NULLIF(${count}, 0)' }
  revenue_per_customer: { sql: '${revenue} / NULLIF(${customers.count}, 0)' }
""",
    "complaints.view": """
schema: main
dimensions:
  id: { primary_key: true }
  customer_id: {}
  minutes: {}
measures:
  count: { aggregate_type: count }
  minutes_sum: { sql: '${minutes}', aggregate_type: sum }
""",
    "sales.topic": "base_view: orders\njoins:\n  customers: {}\n",
    "care.topic": "base_view: customers\njoins:\n  orders: {}\n  complaints: {}\n",
}


def customers() -> Ground:
    return little_world(TABLES, FILES)
