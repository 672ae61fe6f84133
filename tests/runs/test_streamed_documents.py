"""Documents that leave while their result arrives: in pieces, in little memory, never half and unnoticed."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import time
from datetime import timedelta

import pytest

from holoscope.kit.errors import WarehouseError
from holoscope.modeling.types import DataType
from holoscope.runs.lines import REDACTED
from holoscope.runs.request import ResultType, RunLimits
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from support.pace import SOON
from support.running import NO_SQL, ground, result_field

SMALL = RunLimits(stream_above_bytes=100_000, uncollected=timedelta(seconds=5))
FIELDS = (result_field("v.n", DataType.NUMBER, "N"), result_field("v.x", label="X"))
MANY = """select range as "v.n", 'row ' || range as "v.x" from range({})"""
BREAKS = """
select range as "v.n", case when range < 4900000 then 'x' else error('boom') end as "v.x" from range(5000000)
"""


async def gather(pieces, seen):
    async for piece in pieces:
        seen.append(piece)


@pytest.mark.parametrize("kind", [ResultType.CSV, ResultType.JSON])
@pytest.mark.parametrize("limits", [SMALL, RunLimits()], ids=["arriving", "at hand"])
def test_every_row_once_and_in_order(tmp_path, kind, limits):
    async def main():
        async with ground(tmp_path, limits=limits) as house:
            begun = await house.open_document(MANY.format(150_000), kind, result_fields=FIELDS)
            assert not begun.is_whole
            pieces = [begun.first, *[piece async for piece in begun.rest]]
            assert len(pieces) > 5
            body = b"".join(pieces)
            if kind is ResultType.CSV:
                rows = list(csv.reader(io.StringIO(body.decode())))
                assert rows.pop(0) == ["N", "X"]
            else:
                rows = [[str(row["N"]), row["X"]] for row in json.loads(body)]
            assert rows == [[str(number), f"row {number}"] for number in range(150_000)]
            await house.quiet()

    asyncio.run(main())


@pytest.mark.parametrize("kind", [ResultType.CSV, ResultType.JSON])
def test_a_break_in_the_middle_is_raised_after_the_first_piece(tmp_path, kind):
    async def main():
        async with ground(tmp_path, limits=SMALL) as house:
            begun = await house.open_document(BREAKS, kind, result_fields=FIELDS)
            seen = [begun.first]
            with pytest.raises(WarehouseError, match="boom"):
                await gather(begun.rest, seen)
            assert sum(map(len, seen)) > 100_000
            assert not seen[-1].endswith(b"]")
            begun = await house.open_document(BREAKS, kind, result_fields=FIELDS, scope=NO_SQL)
            with pytest.raises(WarehouseError) as caught:
                await gather(begun.rest, [])
            assert caught.value.detail == REDACTED

    asyncio.run(main())


def test_a_workbook_that_breaks_never_begins(tmp_path):
    async def main():
        async with ground(tmp_path, limits=SMALL) as house:
            sql = BREAKS.replace("4900000", "40000")
            with pytest.raises(WarehouseError, match="boom"):
                await house.open_document(sql, ResultType.XLSX, result_fields=FIELDS)

    asyncio.run(main())


def test_a_reader_who_waits_holds_the_writer(tmp_path):
    async def main():
        async with ground(tmp_path, limits=SMALL) as house:
            begun = await house.open_document(MANY.format(3_000_000), ResultType.CSV, result_fields=FIELDS)
            large = next(iter(house.runs.jobs._open.values() or house.runs.jobs._delivered.values())).large
            made = 0
            for _ in range(60):
                before, made = made, large.num_rows
                if made and made == before:
                    break
                await asyncio.sleep(0.5)
            assert 0 < large.num_rows == before < 400_000
            await begun.rest.aclose()

    asyncio.run(main())


def test_leaving_in_the_middle_frees_the_warehouse(tmp_path):
    async def main():
        settings = DuckDBSettings(memory_mib=1024, concurrency=1)
        async with ground(tmp_path, limits=SMALL, settings=settings) as house:
            begun = await house.open_document(MANY.format(30_000_000), ResultType.CSV, result_fields=FIELDS)
            await anext(begun.rest)
            since = time.monotonic()
            await begun.rest.aclose()
            assert (await house.ask("select 1 as x"))[1]["status"] == "COMPLETE"
            assert time.monotonic() - since < SOON

    asyncio.run(main())


def test_a_cut_workbook_says_so(tmp_path):
    async def main():
        async with ground(tmp_path, limits=SMALL) as house:
            for rows, is_cut in ((50_000, False), (50_001, True)):
                told = await house.document(MANY.format(rows), ResultType.XLSX, result_fields=FIELDS)
                assert told.is_cut is is_cut

    asyncio.run(main())
