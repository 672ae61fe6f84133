"""Relations that hold between answers, whatever the data: no second opinion is needed to check them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from holoscope.kit.errors import HoloscopeError
from support.answers import INDICATOR, plain, row_class, same_row, visible
from support.asking import compile_body
from support.ground import Ground, open_ground, read_folder
from support.inquiries import any_filter, filters, grained
from support.shop import SHOP_MODEL_FOLDER, shop_database
from support.vocabulary import Place, places

NOW = datetime(2026, 6, 30, 15, 30, tzinfo=UTC)
TOPICS = ["order_items", "users", "supply", "events"]
ADDITIVE = {
    "order_items": ["order_items.count", "order_items.total_sale_price", "order_items.gift_count"],
    "users": ["order_items.count", "orders.total_shipping_fee", "users.age_sum", "events.total_duration_ms"],
    "supply": ["order_items.total_sale_price", "products.total_retail_price", "inventory_items.total_cost"],
    "events": ["events.count", "events.total_duration_ms", "events.purchase_count"],
}
CALM = settings(
    max_examples=max(1, int(os.environ.get("PROPERTY_EXAMPLES", "1000")) // 40),
    derandomize="PROPERTY_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
EVERY_TOPIC = pytest.mark.parametrize("topic", TOPICS)
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def shop() -> Iterator[Ground]:
    with duckdb.connect(str(shop_database(scale=0.0005)), read_only=True) as connection:
        yield open_ground(connection, read_folder(SHOP_MODEL_FOLDER))


@pytest.fixture(scope="module")
def vocabulary(shop: Ground) -> dict[str, Place]:
    return places(shop)


def ask(
    ground: Ground, place: Place, *, attributes: dict[str, tuple[str, ...]] | None = None, **body: Any
) -> Rows:
    """Rows of the visible columns, data rows first and a grand total marked by nothing."""
    body = {**place.body, "limit": None, **body}
    attributes = {"team": ("finance",)} if attributes is None else attributes
    compiled = compile_body(ground.model, body, attributes=attributes, now=NOW)
    names, rows = ground.run(compiled.sql)
    kept = [name for name in visible(names) if not (name in body["fields"] and f"{name}__raw" in names)]
    data = [row for row in rows if row_class(row.get(INDICATOR)) == "data"]
    totals = [row for row in rows if row_class(row.get(INDICATOR)) == "total"]
    return [tuple(plain(row[name]) for name in kept) for row in data + totals]


@EVERY_TOPIC
def test_a_filter_its_negation_and_null_part_the_rows(
    topic: str, shop: Ground, vocabulary: dict[str, Place]
) -> None:
    """p, not p and p-is-unknown are disjoint and together everything (ternary logic partitioning)."""
    place = vocabulary[topic]

    @CALM
    @given(st.data())
    def check(data: st.DataObject) -> None:
        dim = data.draw(st.sampled_from([one for one in place.dims if one.kind != "boolean"]))
        shown = data.draw(st.sampled_from(place.dims))
        positive = data.draw(any_filter(dim, 0))
        assume(positive["type"] != "null")
        positive["is_negative"] = False
        unknown = {"type": "null", "is_negative": False}
        known = {"type": "null", "is_negative": True}
        negative = {
            "type": "composite",
            "conjunction": "AND",
            "filters": [{**positive, "is_negative": True}, known],
        }
        body = {"fields": [shown.name, dim.name], "default_group_by": False}
        parts: Rows = []
        for one in (positive, negative, unknown):
            parts += ask(shop, place, **body, filters={dim.name: one})
        assert Counter(parts) == Counter(ask(shop, place, **body, filters={dim.name: _everything()}))
        kept = ask(shop, place, **body, filters={dim.name: {**positive, "is_negative": True}})
        assert Counter(kept) == Counter(parts) - Counter(
            ask(shop, place, **body, filters={dim.name: positive})
        )

    check()


@EVERY_TOPIC
def test_the_grand_total_is_the_answer_without_groups(
    topic: str, shop: Ground, vocabulary: dict[str, Place]
) -> None:
    place = vocabulary[topic]

    @CALM
    @given(
        st.sampled_from(place.dims).flatmap(grained),
        st.lists(
            st.sampled_from([one.name for one in place.meas if one.kind == "number"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
        filters(place),
    )
    def check(dim: str, measures: list[str], where: dict[str, Any]) -> None:
        with_total = ask(
            shop,
            place,
            fields=[dim, *measures],
            filters=where,
            column_totals={"::total::": {"type": "aggregation"}},
        )
        alone = ask(shop, place, fields=measures, filters=where)
        assert same_row(alone[0], with_total[-1][1:])

    check()


@EVERY_TOPIC
def test_a_limit_is_the_beginning_of_the_sort(topic: str, shop: Ground, vocabulary: dict[str, Place]) -> None:
    place = vocabulary[topic]

    @CALM
    @given(
        st.lists(st.sampled_from([one.name for one in place.dims]), min_size=1, max_size=2, unique=True),
        st.sampled_from(place.meas),
        st.integers(1, 12),
        st.integers(0, 6),
        st.booleans(),
    )
    def check(dims: list[str], measure: Any, limit: int, offset: int, descending: bool) -> None:
        body = {
            "fields": [*dims, measure.name],
            "sorts": [{"column_name": name, "sort_descending": descending} for name in dims],
        }
        everything = ask(shop, place, **body)
        some = ask(shop, place, **body, limit=limit, offset=offset)
        wanted = everything[offset : offset + limit]
        assert len(some) == len(wanted)
        if measure.kind != "list":
            assert all(map(same_row, wanted, some))

    check()


@EVERY_TOPIC
def test_joining_a_view_without_choosing_from_it_changes_nothing(
    topic: str, shop: Ground, vocabulary: dict[str, Place]
) -> None:
    """A filter that every row meets only adds its join; on the one side and on the many side alike."""
    place = vocabulary[topic]

    @CALM
    @given(
        st.lists(st.sampled_from(place.dims).flatmap(grained), max_size=2, unique=True),
        st.lists(
            st.sampled_from([one.name for one in place.meas if one.kind == "number"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
        filters(place),
        st.sampled_from(place.dims),
    )
    def check(dims: list[str], measures: list[str], where: dict[str, Any], other: Any) -> None:
        assume(other.name not in where)
        body = {"fields": [*dims, *measures], "sorts": [{"column_name": name} for name in dims]}
        plainly = ask(shop, place, **body, filters=where)
        joined = ask(shop, place, **body, filters={**where, other.name: _everything()})
        assert len(plainly) == len(joined)
        assert all(map(same_row, plainly, joined))

    check()


@EVERY_TOPIC
def test_months_add_up_to_years(topic: str, shop: Ground, vocabulary: dict[str, Place]) -> None:
    """Additive measures of the view whose time is grouped; people are counted once in each, so not they."""
    place = vocabulary[topic]
    times = [dim.name for dim in place.dims if dim.kind in ("time", "date")]

    @CALM
    @given(
        st.sampled_from(times),
        st.sampled_from(ADDITIVE[topic]),
        st.sampled_from([("month", "year"), ("date", "month"), ("month", "quarter"), ("hour", "date")]),
        filters(place),
    )
    def check(time: str, measure: str, grains: tuple[str, str], where: dict[str, Any]) -> None:
        assume(time.partition(".")[0] == measure.partition(".")[0])
        assume(grains[0] != "hour" or not time.endswith("_on"))
        fine, coarse = grains
        sums: dict[Any, Decimal] = {}
        for start, value in ask(shop, place, fields=[f"{time}[{fine}]", measure], filters=where):
            key = start and start.replace(hour=0)
            if key is not None and coarse != "date":
                month = {"year": 1, "quarter": (key.month - 1) // 3 * 3 + 1}.get(coarse, key.month)
                key = key.replace(month=month, day=1)
            sums[key] = sums.get(key, Decimal(0)) + Decimal(value)
        assert sums == dict(ask(shop, place, fields=[f"{time}[{coarse}]", measure], filters=where))

    check()


def test_people_of_different_regions_never_see_the_same_row(
    shop: Ground, vocabulary: dict[str, Place]
) -> None:
    """Whatever is asked, the rows of two regions are disjoint, and no one sees rows without a region."""
    place = vocabulary["regional_order_items"]
    regions = ["East", "International", "Midwest", "South", "West"]

    @CALM
    @given(filters(place), st.sampled_from(place.dims))
    def check(where: dict[str, Any], shown: Any) -> None:
        body = {"fields": ["order_items.id", shown.name], "filters": where, "default_group_by": False}
        team = {"team": ("finance",)}
        seen = [set(ask(shop, place, attributes={**team, "region": (one,)}, **body)) for one in regions]
        both = set(ask(shop, place, attributes={**team, "region": tuple(regions)}, **body))
        assert sum(map(len, seen)) == len(both)
        assert set().union(*seen) == both
        assert both <= set(ask(shop, place, attributes={**team, "region": ("ALL",)}, **body))
        assert ask(shop, place, attributes={**team, "region": ("Nowhere",)}, **body) == []
        with pytest.raises(HoloscopeError):
            ask(shop, place, attributes=team, **body)

    check()


def test_counts_of_regions_and_of_no_region_are_the_count_of_all(
    shop: Ground, vocabulary: dict[str, Place]
) -> None:
    place = vocabulary["regional_order_items"]
    counts = [
        ask(shop, place, attributes={"region": (one,)}, fields=["order_items.count"])[0][0]
        for one in ["East", "International", "Midwest", "South", "West"]
    ]
    everyone = {"attributes": {"region": ("ALL",)}, "fields": ["order_items.count"]}
    without = ask(shop, place, **everyone, filters={"users.region": {"type": "null"}})[0][0]
    assert sum(counts) + without == ask(shop, place, **everyone)[0][0]
    assert without > 0


def _everything() -> dict[str, Any]:
    """A filter that every row meets, and that must be joined to be told so."""
    return {
        "type": "composite",
        "conjunction": "OR",
        "filters": [{"type": "null", "is_negative": False}, {"type": "null", "is_negative": True}],
    }
