"""Questions that are answered from the kept results of other questions, over the shop's model and DuckDB."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from holoscope.modeling.load import load_model
from holoscope.modelstore.folder import load_folder
from holoscope.query.scope import Permission, Scope
from holoscope.runs.request import CachePolicy, ResultType, RunLimits, RunRequest
from holoscope.runs.service import Runs
from holoscope.warehouses.duckdb.driver import open_duckdb
from support.running import MODEL_ID, TestClock, parse, table_of
from support.shop import SHOP_MODEL_FOLDER, shop_database

DONE = {"order_items.status": {"type": "string", "kind": "EQUALS", "values": ["Complete"]}}
WIDE = {
    "modelId": MODEL_ID,
    "table": "order_items",
    "join_paths_from_topic_name": "order_items",
    "fields": [
        "order_items.status",
        "order_items.created_at[date]",
        "order_items.sale_price_sum",
        "order_items.count",
    ],
    "limit": None,
}
BY_MONTH = WIDE | {
    "fields": ["order_items.created_at[month]", "order_items.sale_price_sum", "order_items.count"],
    "filters": DONE,
    "sorts": [{"column_name": "order_items.created_at[month]", "sort_descending": True}],
    "limit": 7,
}


class World:
    """A server below HTTP, its clock, and who asks."""

    def __init__(self, limits=None):
        self.warehouse = open_duckdb(shop_database(), connection_id="shop")
        self.model = load_model(load_folder(SHOP_MODEL_FOLDER), self.warehouse.load_catalog())[0]
        self.clock = TestClock()
        self.runs = Runs(limits=limits or RunLimits(), clock=self.clock)

    async def ask(self, query, *, region=("ALL",), zone="UTC", **more):
        """Return a finished job's line."""
        scope = Scope({"region": region, "team": ("finance",)}, frozenset(Permission))
        request = RunRequest(MODEL_ID, query, time_zone=zone, **more)
        run = self.runs.start(
            request, organization_id="org", scope=scope, model=self.model, warehouse=self.warehouse
        )
        whole = run.whole
        return parse(whole or run.header + b"".join([part async for part in run.rest()]))[1]

    async def anew(self, query, **more):
        """Return the line of the warehouse's own answer."""
        return await self.ask(query, cache=CachePolicy.SKIP_CACHE, **more)


def world(main, **more):
    async def run():
        here = World(**more)
        try:
            return await main(here)
        finally:
            await here.runs.close()
            here.runs.flights.executor.shutdown(wait=True)
            here.warehouse.close()

    return asyncio.run(run())


def cache_type(line):
    return line["summary"]["cache_type"]


def test_a_coarser_question_is_added_up_from_a_finer_result():
    async def main(here):
        source = await here.ask(WIDE)
        here.clock.advance(minutes=5)
        line = await here.ask(BY_MONTH)
        assert cache_type(line) == "CUBE_REQUERY"
        assert line["cache_metadata"]["created_at"] == source["cache_metadata"]["created_at"]
        assert line["cache_metadata"]["num_rows"] == 7
        assert not {"requery_sql", "requery_table_name", "requery_fallback_sql"} & line.keys()
        again = await here.ask(BY_MONTH)
        assert cache_type(again) == "EXACT"
        wanted = await here.anew(BY_MONTH)
        assert cache_type(wanted) == "MISS"
        assert table_of(line).equals(table_of(wanted), check_metadata=True)
        assert table_of(again).equals(table_of(wanted), check_metadata=True)
        assert line["summary"]["fields"] == wanted["summary"]["fields"]

    world(main)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"filters": DONE}, "PARTIAL"),
        ({"sorts": [{"column_name": "order_items.count"}], "limit": 5}, "PARTIAL"),
        ({"fields": ["order_items.count"]}, "CUBE_REQUERY"),
        ({"fields": ["order_items.status"]}, "CUBE_REQUERY"),
        ({"fields": ["order_items.status", "order_items.created_at[date]"]}, "PARTIAL"),
        (
            {"filters": {"order_items.count": {"type": "number", "kind": "GREATER_THAN", "values": ["3"]}}},
            "PARTIAL",
        ),
    ],
)
def test_the_answer_is_the_warehouses_own(change, word):
    async def main(here):
        await here.ask(WIDE)
        query = WIDE | change
        line, wanted = await here.ask(query), await here.anew(query)
        assert cache_type(line) == word
        derived, own = table_of(line), table_of(wanted)
        assert derived.schema.equals(own.schema, check_metadata=True)
        if query.get("sorts"):
            assert derived["order_items.count"].equals(own["order_items.count"])
        else:
            keys = [(name, "ascending") for name in own.column_names]
            assert derived.sort_by(keys).equals(own.sort_by(keys))

    world(main)


def test_what_is_not_contained_asks_the_warehouse():
    async def main(here):
        await here.ask(WIDE | {"filters": DONE})
        assert cache_type(await here.ask(BY_MONTH | {"filters": {}})) == "MISS"
        assert cache_type(await here.ask(BY_MONTH, zone="America/New_York")) == "MISS"
        assert cache_type(await here.ask(BY_MONTH, cache=CachePolicy.SKIP_CACHE)) == "MISS"

    world(main)


def test_a_result_that_its_limit_cut_answers_only_its_first_rows():
    async def main(here):
        sorts = [{"column_name": "order_items.created_at[date]"}, {"column_name": "order_items.status"}]
        await here.ask(WIDE | {"limit": 50, "sorts": sorts})
        fewer = WIDE | {"limit": 20, "offset": 10, "sorts": sorts}
        line = await here.ask(fewer)
        assert cache_type(line) == "PARTIAL"
        assert table_of(line).equals(table_of(await here.anew(fewer)))
        assert cache_type(await here.ask(WIDE | {"limit": 60, "sorts": sorts})) == "MISS"
        assert cache_type(await here.ask(WIDE | {"limit": 20, "sorts": sorts[1:]})) == "MISS"
        assert cache_type(await here.ask(BY_MONTH)) == "MISS"

    world(main)


def test_a_limit_that_cut_nothing_does_not_matter():
    async def main(here):
        few = WIDE | {"fields": ["order_items.status", "order_items.count"], "limit": 1000}
        await here.ask(few)
        assert cache_type(await here.ask(few | {"fields": ["order_items.count"]})) == "CUBE_REQUERY"

    world(main)


def test_age_counts_from_the_source():
    async def main(here):
        await here.ask(WIDE)
        age = timedelta(seconds=(await here.ask(WIDE))["cache_metadata"]["ttl"])
        here.clock.now += age - timedelta(seconds=1)
        assert cache_type(await here.ask(BY_MONTH)) == "CUBE_REQUERY"
        here.clock.advance(seconds=2)
        assert cache_type(await here.ask(BY_MONTH)) == "MISS"
        assert cache_type(await here.ask(WIDE | {"fields": ["order_items.count"]})) == "MISS"

    world(main)


def test_no_bytes_for_it_switch_it_off():
    async def main(here):
        await here.ask(WIDE)
        assert cache_type(await here.ask(BY_MONTH)) == "MISS"

    world(main, limits=RunLimits(reuse_bytes=0))


def test_rows_are_held_within_a_bound():
    async def main(here):
        await here.ask(WIDE)
        assert cache_type(await here.ask(BY_MONTH)) == "CUBE_REQUERY"
        assert len(here.runs.reuse.kept) == 0
        assert here.runs.reuse.kept.size_bytes == 0

    world(main, limits=RunLimits(reuse_bytes=1))


def test_documents_come_from_derived_answers_too():
    async def main(here):
        await here.ask(WIDE)
        scope = Scope({"region": ("ALL",), "team": ("finance",)}, frozenset(Permission))
        known = {"organization_id": "org", "scope": scope, "model": here.model, "warehouse": here.warehouse}
        request = RunRequest(MODEL_ID, WIDE | {"fields": ["order_items.count"]})
        document = await here.runs.document(request, ResultType.CSV, **known)
        assert b"\n" in await document.read()

    world(main)


def test_an_evicted_source_is_forgotten():
    async def main(here):
        await here.ask(WIDE)
        here.runs.cache.drop(next(iter(here.runs.cache._entries)))
        assert cache_type(await here.ask(BY_MONTH)) == "MISS"
        assert len(here.runs.reuse.index) == 1

    world(main)
