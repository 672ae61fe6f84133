"""A server's cap on rows: results above it fail by name in every form, none is cut."""

from __future__ import annotations

import asyncio

import pytest

from holoscope.runs.request import ResultType, RunLimits, TooManyRows
from support.running import NO_SQL, ground

SQL = "select range as n from range({})"


@pytest.mark.parametrize("stream_above_bytes", [1_000, 1_000_000])
def test_one_row_too_many(tmp_path, stream_above_bytes):
    async def main():
        limits = RunLimits(result_rows=500, stream_above_bytes=stream_above_bytes)
        async with ground(tmp_path, limits=limits) as house:
            assert (await house.ask(SQL.format(500)))[1]["cache_metadata"]["num_rows"] == 500
            if stream_above_bytes > 100_000:
                line = (await house.ask(SQL.format(501), scope=NO_SQL))[1]
                assert (line["status"], line["error_type"]) == ("ERROR", "QUERY")
                assert "more than 500 rows" in line["error_message"]
            for kind in ResultType:
                with pytest.raises(TooManyRows):
                    await house.document(SQL.format(501), kind)

    asyncio.run(main())
