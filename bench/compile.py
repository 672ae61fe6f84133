"""Compile time: 20 fields on the shop's model, and 20 fields over three joins as the model grows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from bench.big_model import star
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.dialect import DuckDBDialect

NOW = datetime(2026, 6, 30, tzinfo=UTC)
SCOPE = Scope({"region": ("ALL",), "team": ("finance",)}, frozenset(Permission))
SHOP_FIELDS = [
    "order_items.created_at[month]",
    "order_items.created_at[year]",
    "order_items.status",
    "order_items.price_band",
    "users.state",
    "users.age",
    "users.country",
    "products.category",
    "products.brand",
    "orders.status",
    "order_items.total_sale_price",
    "order_items.count",
    "order_items.average_sale_price",
    "order_items.median_sale_price",
    "order_items.order_count",
    "order_items.returned_count",
    "order_items.return_rate",
    "order_items.average_order_value",
    "order_items.highest_sale_price",
    "users.count",
]


SHOP_FILTERS = {
    "order_items.created_at": {
        "type": "date",
        "kind": "TIME_FOR_INTERVAL_DURATION",
        "left_side": "30 days ago",
        "right_side": "30 days",
    },
    "users.state": {"type": "string", "kind": "EQUALS", "values": ["California", "Texas"]},
    "order_items.total_sale_price": {"type": "number", "kind": "GREATER_THAN", "values": [10]},
}


def compile_ms(
    model: Model,
    topic: str,
    fields: list[str],
    rounds: int = 200,
    filters: Mapping[str, object] = MappingProxyType({}),
    *,
    is_told: bool = False,
) -> tuple[float, float, float]:
    """Give median, least and greatest milliseconds of a compilation, parsing of the body included.

    They are the thread's own: a compilation waits for nothing. One that `is_told` also writes the query as
    OmniSQL and says what its result holds, which is otherwise done when somebody asks.
    """
    times = []
    for number in range(rounds + 10):
        body = {
            "table": topic,
            "join_paths_from_topic_name": topic,
            "fields": fields,
            "filters": dict(filters),
            "limit": 100 + number,
        }
        start = time.thread_time()
        compiled = compile_query(parse_query(body), model, SCOPE, DuckDBDialect(), now=NOW)
        if is_told:
            _ = compiled.omni_sql, compiled.signature
        times.append((time.thread_time() - start) * 1000)
    kept = times[10:]
    return statistics.median(kept), min(kept), max(kept)


def star_fields() -> list[str]:
    return (
        [f"fact.d{n}" for n in range(5)]
        + [f"{view}.{kind}{n}" for view in ("v1", "v2", "v3") for kind, n in (("d", 0), ("d", 1), ("d", 2))]
        + [f"fact.m{n}" for n in range(6)]
    )


def _fields(joins: int, count: int) -> list[str]:
    """Name `count` fields spread over the fact view and as many joined ones; a third are measures."""
    views = ["fact", *(f"v{number}" for number in range(1, joins + 1))]
    return [
        f"{views[n % len(views)]}.d{n // len(views)}" if n % 3 else f"fact.m{n // 3}" for n in range(count)
    ]


def _growth() -> None:
    """Print how compile time grows with the fields and the joins of a query, in one model."""
    model, findings = load_model(star(40, 100))
    assert not findings, findings[:3]
    for name, shapes in (
        ("fields of a query, 3 joins", [(3, count) for count in (5, 10, 20, 40, 80)]),
        ("joins of a query, 40 fields", [(joins, 40) for joins in (0, 3, 10, 20)]),
    ):
        medians = [(shape, compile_ms(model, "fact", _fields(*shape), 60)[0]) for shape in shapes]
        position = 1 if name.startswith("fields") else 0
        curve = ", ".join(f"{shape[position]}: {median:.2f}" for shape, median in medians)
        print(f"{name}: {curve}")


def run(shop: Model) -> None:
    """Print the table."""
    print("\n## Compile time, unique limit each time (ms, median [range])")
    for name, filters, is_told in (
        ("20 fields, 4 joins", {}, False),
        ("the same, 3 filters", SHOP_FILTERS, False),
        ("the same, told as well", SHOP_FILTERS, True),
    ):
        found = compile_ms(shop, "order_items", SHOP_FIELDS, filters=filters, is_told=is_told)
        print("shop model, {}: {:.2f} [{:.2f}-{:.2f}]".format(name, *found))
    medians = {}
    for views in (10, 100):
        start = time.perf_counter()
        model, findings = load_model(star(views, 100))
        loaded = time.perf_counter() - start
        assert not findings, findings[:3]
        result = compile_ms(model, "fact", star_fields())
        medians[views] = result[0]
        print(
            f"{views * 100:>6} fields, 20 fields, 3 joins: {result[0]:.2f} [{result[1]:.2f}-{result[2]:.2f}]"
            f"   loaded in {loaded * 1000:.0f} ms"
        )
    print(f"growth from 1,000 to 10,000 fields: x{medians[100] / medians[10]:.2f}")
    _growth()
