"""The whole path below HTTP: a wire query, the shop's model, the compiler, DuckDB, lines and documents."""

from __future__ import annotations

import asyncio
import json
import random

from holoscope.modeling.load import load_model
from holoscope.modelstore.folder import load_folder
from holoscope.query.scope import Permission, Scope
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.request import CachePolicy, ResultType, RunRequest
from holoscope.runs.service import Runs
from holoscope.warehouses.duckdb.driver import open_duckdb
from support.running import MODEL_ID, parse, table_of
from support.shop import SHOP_MODEL_FOLDER, shop_database
from support.truth import ANCHOR

EVERYTHING = {"region": ("ALL",), "team": ("finance",)}
ROW_TOTAL = "$omni_row_total_indicator"
QUERY = {
    "modelId": MODEL_ID,
    "table": "order_items",
    "join_paths_from_topic_name": "order_items",
    "fields": ["order_items.created_at[month]", "order_items.sale_price_sum", "order_items.count"],
    "sorts": [{"column_name": "order_items.created_at[month]"}],
    "limit": 5,
}


def asking(main, permissions=frozenset(Permission), disk=None):
    async def run():
        warehouse = open_duckdb(shop_database(), connection_id="shop")
        model = load_model(load_folder(SHOP_MODEL_FOLDER), warehouse.load_catalog())[0]
        runs = Runs(clock=lambda: ANCHOR, disk=disk)
        known = {
            "organization_id": "org",
            "scope": Scope(EVERYTHING, permissions),
            "model": model,
            "warehouse": warehouse,
        }
        try:
            return await main(runs, known)
        finally:
            await runs.close()
            runs.flights.executor.shutdown(wait=True)
            warehouse.close()

    return asyncio.run(run())


async def lines(runs, known, query, **more):
    run = runs.start(RunRequest(MODEL_ID, query, **more), **known)
    whole = run.whole
    return parse(whole or run.header + b"".join([part async for part in run.rest()]))


def test_a_query_of_the_wire_is_answered_and_then_kept():
    async def main(runs, known):
        first = (await lines(runs, known, QUERY))[1]
        raw = "order_items.created_at[month]__raw"
        table = table_of(first)
        assert table.column_names == [
            raw, "order_items.sale_price_sum", "order_items.count", "order_items.created_at[month]",
        ]  # fmt: skip
        assert list(first["summary"]["fields"]) == table.column_names
        assert first["cache_metadata"]["num_rows"] == table.num_rows == 5
        assert first["query"]["model_job"]["limit"] == 5
        second = (await lines(runs, known, QUERY))[1]
        assert second["summary"]["cache_type"] == "EXACT"
        assert second["result"] == first["result"]

    asking(main)


def test_documents_show_a_grain_once():
    async def main(runs, known):
        document = await runs.document(RunRequest(MODEL_ID, QUERY), ResultType.JSON, formatted=True, **known)
        row = json.loads(await document.read())[0]
        assert len(row) == 3
        assert len(next(iter(row.values()))) == len("2025-07")

    asking(main)


def test_what_is_wrong_is_said_in_band():
    async def main(runs, known):
        missing = (await lines(runs, known, QUERY | {"fields": [*QUERY["fields"], "users.nope"]}))[1]
        assert missing["status"] == "COMPLETE"
        assert missing["summary"]["missing_fields"] == ["users.nope"]
        unknown = (await lines(runs, known, QUERY | {"filters": {"users.nope": {"type": "null"}}}))[1]
        assert (unknown["status"], unknown["error_type"]) == ("ERROR", "PLAN")
        written = (await lines(runs, known, {"userEditedSQL": "select nope", "fields": []}))[1]
        assert written["error_type"] == "QUERY"

    asking(main)


def test_refusals_are_said_in_band():
    async def main(runs, known):
        bare = (await lines(runs, known, QUERY | {"join_paths_from_topic_name": ""}))[1]
        assert bare["error_type"] == "FORBIDDEN"
        assert bare["error_message"] == "queries without a Topic specified are restricted."
        written = (await lines(runs, known, {"userEditedSQL": "select 1", "fields": []}))[1]
        assert written["error_type"] == "FORBIDDEN"
        assert written["error_message"] == "queries based on manually written SQL are restricted."

    asking(main, frozenset({Permission.READ, Permission.QUERY_TOPICS}))


def test_people_with_other_rows_share_nothing():
    async def main(runs, known):
        query = QUERY | {"join_paths_from_topic_name": "regional_order_items"}
        query = query | {"fields": ["order_items.count"], "sorts": []}
        east = known | {"scope": Scope({"region": ("East",)}, frozenset(Permission))}
        west = known | {"scope": Scope({"region": ("West",)}, frozenset(Permission))}
        again = known | {"scope": Scope({"region": ("East",), "team": ("x",)}, frozenset(Permission))}
        told = [(await lines(runs, each, query))[1] for each in (east, west, again)]
        assert [line["summary"]["cache_type"] for line in told] == ["MISS", "MISS", "EXACT"]
        assert told[0]["result"] == told[2]["result"]

    asking(main)


def test_a_restart_hands_nobody_the_rows_of_others(tmp_path):
    """Askers with random attributes, over restarts: each is told what a server without files tells."""
    regions = ["East", "West", "North", "South", "ALL", "", "East,West", "East'"]
    dice = random.Random(11)
    askers = [tuple(dice.sample(regions, dice.randint(0, 3))) for _ in range(12)]
    query = QUERY | {"join_paths_from_topic_name": "regional_order_items", "limit": None}
    query = query | {
        "fields": ["users.region", "order_items.count"],
        "sorts": [{"column_name": "users.region"}],
    }

    async def told(runs, known):
        found = []
        for values in askers:
            scope = Scope({"region": values}, frozenset(Permission))
            line = (await lines(runs, known | {"scope": scope}, query, cache=CachePolicy.STANDARD))[1]
            found.append(line.get("error_message") or table_of(line).to_pydict())
        return found

    plain = asking(told)
    assert len({json.dumps(each) for each in plain}) > 3
    for turn in range(3):
        disk = DiskCache(tmp_path, 10_000_000, b"s" * 32)
        assert (len(disk) > 0) is (turn > 0)
        assert asking(told, disk=disk) == plain


def test_a_pivoted_query_is_long_in_lines_and_wide_in_documents():
    query = {
        "modelId": MODEL_ID,
        "table": "order_items",
        "join_paths_from_topic_name": "order_items",
        "fields": ["users.state", "order_items.status", "order_items.count"],
        "pivots": ["order_items.status"],
        "sorts": [{"column_name": "users.state"}],
        "row_totals": {"::total::": {"type": "aggregation"}},
        "limit": 7,
    }

    async def main(runs, known):
        long = table_of((await lines(runs, known, query))[1])
        heads = {None: "\N{EMPTY SET}"}
        cells = {
            (row["users.state"], "Total" if row[ROW_TOTAL] else heads.get(status, status)): row[
                "order_items.count"
            ]
            for row in long.to_pylist()
            for status in [row["order_items.status"]]
        }
        document = await runs.document(RunRequest(MODEL_ID, query), ResultType.JSON, **known)
        rows = json.loads(await document.read())
        assert len(rows) == 7
        found = {
            (row["State"], heading.split(" / ")[0]): value
            for row in rows
            for heading, value in row.items()
            if heading != "State" and value is not None
        }
        assert found == cells
        statuses = [heading for heading in rows[0] if heading != "State"]
        assert statuses[-1].startswith("Total / ")
        for row in rows:
            assert sum(row[name] or 0 for name in statuses[:-1]) == row[statuses[-1]]

    asking(main)
