"""The bench world behind a whole server: how the acceptance cases ask it, and what its rows are."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
from starlette.testclient import TestClient

from support.house import House, build_house

DATA = Path(__file__).parents[1] / "query" / "acceptance" / "bench"
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
T = "order_items.total_sale_price"
RUN, WAIT = "/api/v1/query/run", "/api/v1/query/wait"

FILES = {
    "model": "label: Bench\nfiscal_month_offset: 10\n",
    "relationships": """
- join_from_view: order_items
  join_to_view: users
  on_sql: ${order_items.user_id} = ${users.id}
  relationship_type: many_to_one
- join_from_view: order_items
  join_to_view: products
  on_sql: ${order_items.product_id} = ${products.id}
  relationship_type: many_to_one
- join_from_view: products
  join_to_view: shelves
  on_sql: ${products.id} = ${shelves.product_id}
  relationship_type: one_to_many
""",
    "main/order_items.view": """
# Reference this view as order_items
schema: main
dimensions:
  id: { primary_key: true }
  order_id: {}
  user_id: {}
  product_id: {}
  created_at: {}
  status: {}
  ranked_status: { sql: '${status}', order_by_field: status_rank }
  status_rank:
    sql: |-
      CASE ${status} WHEN 'complete' THEN 1 WHEN 'shipped' THEN 2 WHEN 'processing' THEN 3 ELSE 4 END
  quantity: {}
  sale_price: {}
  discount: {}
  returned: {}
  notes: {}
measures:
  total_sale_price:
    { sql: '${sale_price}', aggregate_type: sum, label: Total Sale Price, format: usdcurrency_2 }
  count: { aggregate_type: count }
  total_quantity: { sql: '${quantity}', aggregate_type: sum }
  average_sale_price: { sql: '${sale_price}', aggregate_type: average }
""",
    "main/users.view": """
# Reference this view as users
schema: main
dimensions:
  id: { primary_key: true }
  name: {}
  email: {}
  state: {}
  country: {}
  created_at: {}
  age: {}
  is_business: {}
  signup_source: {}
  lifetime_value: {}
measures:
  count: { sql: '${id}', aggregate_type: count_distinct }
  total_lifetime_value: { sql: '${lifetime_value}', aggregate_type: sum }
""",
    "main/products.view": """
# Reference this view as products
schema: main
dimensions:
  id: { primary_key: true }
  name: {}
  category: {}
  brand: {}
  cost: {}
  price: {}
  introduced_on: {}
  brand_top:
    sql: '${brand}'
    dynamic_top_n: { n: 10, by: order_items.total_sale_price, desc: true, else: Other }
measures:
  count: { sql: '${id}', aggregate_type: count_distinct }
  total_cost: { sql: '${cost}', aggregate_type: sum }
""",
    "main/shelves.view": """
# Reference this view as shelves
schema: main
dimensions:
  product_id: {}
  place: {}
  weight: {}
measures:
  total_weight: { sql: '${weight}', aggregate_type: sum }
""",
    "order_items.topic": """
base_view: order_items
label: Order Items
joins: { users: {}, products: {} }
""",
    "shelved.topic": "base_view: order_items\njoins: { products: { shelves: {} }, users: {} }\n",
    "people.topic": "base_view: users\njoins: { order_items: {} }\n",
    "regional.topic": """
base_view: order_items
joins: { users: {} }
access_filters: [ { field: users.state, user_attribute: region } ]
""",
    "users_topic.topic": "base_view: users\nlabel: People\njoins: {}\n",
    "both.composite_topic": """
label: Both
topics: [order_items, users_topic]
shared_views: [users]
shared_dimensions:
  day:
    mappings:
      order_items: { field: order_items.created_at }
      users_topic: { field: users.created_at }
""",
    "main/sales.query.view": """
# Reference this view as sales
query:
  base_view: order_items
  fields:
    users.state: state
    order_items.total_sale_price: total
  topic: order_items
  join_via_map: { users: [order_items, users] }
  sorts: [ { field: order_items.total_sale_price, desc: true } ]
  limit: 5
dimensions:
  state: { primary_key: true }
  total: {}
""",
    "sunday.topic": "base_view: order_items\njoins: { users: {} }\nweek_start_day: Sunday\n",
}


def write_rows(path: Path) -> None:
    """Load the three tables, and one of shelves without a key."""
    with duckdb.connect(path) as connection:
        for name in ("users", "products", "order_items"):
            file = (DATA / f"{name}.parquet").as_posix()
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{file}')")
        connection.execute(
            "CREATE TABLE shelves AS SELECT id AS product_id, 'A' AS place, 2 AS weight FROM products "
            "UNION ALL SELECT id, 'B', 3 FROM products WHERE id % 2 = 0"
        )


@dataclass
class Bench:
    """A running server with the bench data, and the same rows to ask in SQL."""

    house: House
    client: TestClient
    truth: duckdb.DuckDBPyConnection

    def body(self, *fields: str, envelope: dict[str, Any] | None = None, **query: Any) -> dict[str, Any]:
        """Make the envelope of the acceptance cases: the topic and table of order items."""
        asked = {
            "modelId": self.house.model_id,
            "join_paths_from_topic_name": "order_items",
            "table": "order_items",
            "fields": list(fields),
            **query,
        }
        return {"query": asked, **(envelope or {})}

    def ask(self, *fields: str, **more: Any) -> Answer:
        """Run a query; `envelope` stands beside it, the rest inside it."""
        return self.send(self.body(*fields, **more))

    def send(self, body: dict[str, Any], client: TestClient | None = None, **params: str) -> Answer:
        response = (client or self.client).post(RUN, json=body, params=params)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/ndjson"
        return Answer([orjson.loads(line) for line in response.content.splitlines()])

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        return self.truth.execute(text).fetchall()


@dataclass
class Answer:
    """The lines of one run."""

    lines: list[dict[str, Any]]

    @property
    def job(self) -> dict[str, Any]:
        """The line of the job, which must have ended well."""
        job = self.lines[1]
        assert job["status"] in ("COMPLETE", "PLANNED"), job
        return job

    @property
    def error(self) -> tuple[str, str]:
        job = self.lines[1]
        assert job["status"] in ("ERROR", "FAILED"), job
        return job.get("error_type", ""), job["error_message"]

    @property
    def table(self) -> pa.Table:
        return pa.ipc.open_stream(BytesIO(b64decode(self.job["result"]))).read_all()

    @property
    def columns(self) -> list[str]:
        return list(self.table.column_names)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.table.to_pylist()]

    @property
    def fields(self) -> list[str]:
        return list(self.job["summary"]["fields"])

    @property
    def missing(self) -> list[str]:
        return list(self.job["summary"]["missing_fields"])

    @property
    def sql(self) -> str:
        return str(self.job["summary"]["display_sql"])

    @property
    def cache_type(self) -> str:
        return str(self.job["summary"]["cache_type"])


def open_bench(folder: Path, **how: Any) -> Bench:
    """Build a server over the bench data; `how` goes to the house."""
    house = build_house(folder, files=FILES, fill=write_rows, clock=lambda: NOW, **how)
    truth = duckdb.connect()
    for name in ("users", "products", "order_items"):
        truth.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{(DATA / f'{name}.parquet').as_posix()}')"
        )
    return Bench(house, house.client(), truth)
