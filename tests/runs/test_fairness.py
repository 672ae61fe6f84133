"""Turns at the warehouse through the whole of a run: between keys, bounded, told in the line."""

from __future__ import annotations

import asyncio
import time

import pytest

from holoscope.runs.request import RunLimits
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from support.pace import SOON
from support.running import ENDLESS, ground, parse

SLOW = "select sum(a.range % {n}) from range(10000) a, range(3000) b where a.range % 7 <> b.range % 11"


@pytest.mark.parametrize("threads", [1, 32])
def test_fifty_queries_of_one_key_do_not_starve_another(tmp_path, threads):
    """Also when fewer threads than queries are there: who waits for a turn holds none."""

    async def main():
        settings = DuckDBSettings(memory_mib=512, concurrency=1)
        async with ground(tmp_path, settings=settings, limits=RunLimits(threads=threads)) as house:
            flood = [house.start(SLOW.format(n=n + 2), asker="flood") for n in range(50)]
            single = house.start("select 1 as x", asker="single")
            line = parse(await house.body(single))[1]
            assert line["status"] == "COMPLETE"
            ended = [run for run in flood if run.job.task.done()]
            assert len(ended) <= 3
            assert line["summary"]["stats"]["queue_depth"] >= 45
            assert line["summary"]["stats"]["queue_ms"] >= 0
            for run in flood:
                run.hang_up()
            await house.quiet()

    asyncio.run(main())


def test_joining_a_query_that_waits_moves_it_forward(tmp_path):
    async def main():
        async with ground(tmp_path, settings=DuckDBSettings(memory_mib=512, concurrency=1)) as house:
            flood = [house.start(SLOW.format(n=n + 2), asker="flood") for n in range(20)]
            joined = house.start(SLOW.format(n=21), asker="single")
            assert joined.job.flight is flood[-1].job.flight
            assert parse(await house.body(joined))[1]["status"] == "COMPLETE"
            assert sum(run.job.task.done() for run in flood) <= 4
            for run in flood:
                run.hang_up()
            await house.quiet()

    asyncio.run(main())


def test_a_full_queue_refuses_and_says_so(tmp_path):
    async def main():
        settings = DuckDBSettings(memory_mib=512, concurrency=1, queue_limit=2)
        async with ground(tmp_path, settings=settings) as house:
            busy = house.start(ENDLESS, asker="a")
            waiting = [house.start(f"select {n} as x", asker="a") for n in range(2)]
            refused = parse(await house.body(house.start("select 3 as x", asker="a")))[1]
            assert (refused["status"], refused["error_type"]) == ("ERROR", "RATE_LIMITED")
            assert "Try again" in refused["error_message"]
            other = house.start("select 4 as x", asker="b")
            pushed_out = parse(await house.body(waiting[1]))[1]
            assert pushed_out["error_type"] == "RATE_LIMITED"
            busy.hang_up()
            assert parse(await house.body(other))[1]["status"] == "COMPLETE"
            assert parse(await house.body(waiting[0]))[1]["status"] == "COMPLETE"

    asyncio.run(main())


def test_too_many_runs_of_one_key_leave_room_for_another(tmp_path):
    async def main():
        async with ground(tmp_path, limits=RunLimits(active=2)) as house:
            busy = [house.start(ENDLESS + f" + {n}", asker="a") for n in range(2)]
            assert parse(house.start("select 1 as x", asker="a").whole)[1]["error_type"] == "RATE_LIMITED"
            assert (await house.ask("select 1 as x", asker="b"))[1]["status"] == "COMPLETE"
            for run in busy:
                run.hang_up()

    asyncio.run(main())


def test_one_key_has_no_more_under_way_than_it_may(tmp_path):
    async def main():
        async with ground(tmp_path, limits=RunLimits(active_for_one=2)) as house:
            busy = [house.start(ENDLESS + f" + {n}", asker="a") for n in range(2)]
            refused = parse(house.start("select 1 as x", asker="a").whole)[1]
            assert (refused["error_type"], refused["status"]) == ("RATE_LIMITED", "ERROR")
            assert "2 queries under way" in refused["error_message"]
            assert (await house.ask("select 1 as x", asker="b"))[1]["status"] == "COMPLETE"
            for run in busy:
                run.hang_up()
            assert (await house.ask("select 2 as x", asker="b"))[1]["status"] == "COMPLETE"

    asyncio.run(main())


def test_time_in_the_queue_counts_against_the_limit_and_holds_no_thread(tmp_path):
    from datetime import timedelta

    async def main():
        limits = RunLimits(threads=1, time_limit=timedelta(seconds=0.5))
        async with ground(
            tmp_path, settings=DuckDBSettings(memory_mib=512, concurrency=1), limits=limits
        ) as house:
            begun = time.monotonic()
            runs = [house.start(ENDLESS + f" + {n}") for n in range(4)]
            lines = [parse(await house.body(run))[1] for run in runs]
            assert {line["error_type"] for line in lines} == {"KILL"}
            assert time.monotonic() - begun < SOON

    asyncio.run(main())
