"""Runs over a real DuckDB file: answers, sharing, cache rules, waiting, cancelling, time limits."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta

import pytest

from holoscope.kit.errors import BadRequest
from holoscope.modeling.types import DataType
from holoscope.runs.lines import REDACTED
from holoscope.runs.request import CachePolicy, RunLimits
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from support.pace import SOON
from support.running import ENDLESS, MODEL_ID, NO_SQL, ground, parse, result_field, table_of

SQL = 'select grp as "items.grp", count(*) as "items.count" from items group by 1 order by 1'
FIELDS = (result_field("items.grp", DataType.NUMBER), result_field("items.count", DataType.NUMBER))
SLOW = "select count(*) as n from range(60000) a, range(20000) b where a.range % 7 <> b.range % 11"


def test_an_answer_has_the_documented_lines(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            run = house.start(SQL, result_fields=FIELDS, request={"client_result_id": "mine"})
            assert run.whole is None
            body = await house.body(run)
            first, line, last = body.decode().splitlines()
            assert body.endswith(b"\n")
            assert first == f'{{"jobs_submitted":{{"{run.job.id}":"mine"}}}}'
            assert last == '{"remaining_job_ids":[],"timed_out":"false"}'
            job = json.loads(line)
            assert list(job) == [
                "job_id", "status", "client_result_id", "summary", "cache_metadata", "query", "result",
                "stream_stats",
            ]  # fmt: skip
            assert ": " not in line.split('"result"')[0].split('"display_sql"')[0]
            assert job["status"] == "COMPLETE"
            assert list(job["summary"]["fields"]) == ["items.grp", "items.count"]
            assert job["summary"]["display_sql"] == SQL
            assert job["summary"]["cache_type"] == "MISS"
            assert job["summary"]["missing_fields"] == []
            assert job["cache_metadata"]["num_rows"] == 3
            assert job["cache_metadata"]["ttl"] == 6 * 3600
            assert job["cache_metadata"]["created_at"] == "2026-06-30T12:00:00.000Z"
            assert job["cache_metadata"]["model_id"] == MODEL_ID
            assert job["query"]["model_job"]["model_id"] == MODEL_ID
            assert job["query"]["model_job"]["limit"] == 1000
            assert table_of(job).to_pydict() == {"items.grp": [0, 1, 2], "items.count": [7, 7, 6]}

    asyncio.run(main())


def test_a_second_ask_is_answered_at_once_from_the_cache(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            first = (await house.ask(SQL, result_fields=FIELDS))[1]
            again = house.start(SQL, result_fields=FIELDS)
            assert again.whole is not None
            second = parse(again.whole)[1]
            assert second["summary"]["cache_type"] == "EXACT"
            assert second["result"] == first["result"]
            assert second["cache_metadata"] == first["cache_metadata"]
            assert second["job_id"] != first["job_id"]

    asyncio.run(main())


def cache_type(lines):
    return lines[1]["summary"]["cache_type"]


@pytest.mark.parametrize("policy", [CachePolicy.SKIP_CACHE, CachePolicy.SKIP_CACHE_AND_REBUILD_EXTRACTS])
def test_skipping_policies_run_fresh_and_refill(tmp_path, policy):
    async def main():
        async with ground(tmp_path) as house:
            first = (await house.ask("select random() as x"))[1]
            kept = (await house.ask("select random() as x", request={"cache": CachePolicy.STANDARD}))[1]
            fresh = (await house.ask("select random() as x", request={"cache": policy}))[1]
            after = (await house.ask("select random() as x"))[1]
            assert kept["result"] == first["result"] != fresh["result"] == after["result"]
            assert fresh["summary"]["cache_type"] == "MISS"
            assert after["summary"]["cache_type"] == "EXACT"

    asyncio.run(main())


def test_entries_grow_old(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            assert cache_type(await house.ask(SQL)) == "MISS"
            house.clock.advance(hours=5, minutes=59)
            assert cache_type(await house.ask(SQL)) == "EXACT"
            assert cache_type(await house.ask(SQL, age=60)) == "MISS"
            house.clock.advance(seconds=59)
            assert cache_type(await house.ask(SQL, age=60)) == "EXACT"
            assert cache_type(await house.ask(SQL, age=0)) == "MISS"
            assert cache_type(await house.ask(SQL, age=0)) == "MISS"
            house.clock.advance(days=-1)
            assert cache_type(await house.ask(SQL)) == "MISS"

    asyncio.run(main())


def test_other_text_or_connection_shares_nothing(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            await house.ask("select count(*) n from items where label = 'a'")
            assert cache_type(await house.ask("select count(*) n from items where label = 'b'")) == "MISS"
            assert cache_type(await house.ask("select count(*) n from items where label = 'a'")) == "EXACT"

    asyncio.run(main())


def test_the_cache_keeps_to_its_size(tmp_path):
    async def main():
        async with ground(tmp_path, limits=RunLimits(cache_bytes=20_000)) as house:
            for number in range(30):
                await house.ask(f"select {number} as x")
            assert house.runs.cache.size_bytes <= 20_000
            assert 0 < len(house.runs.cache) < 30
            assert cache_type(await house.ask("select 29 as x")) == "EXACT"
            assert cache_type(await house.ask("select 0 as x")) == "MISS"

    asyncio.run(main())


def test_sixteen_equal_queries_run_once(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            runs = [house.start("select random() + count(*) as x from items") for _ in range(16)]
            assert len(house.runs.flights) == 1
            results = {parse(body)[1]["result"] for body in await asyncio.gather(*map(house.body, runs))}
            assert len(results) == 1

    asyncio.run(main())


def test_hanging_up_stops_the_statement_unless_others_wait(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            leaving, staying = house.start(SLOW), house.start(SLOW)
            assert leaving.job.flight is staying.job.flight
            leaving.hang_up()
            line = parse(await house.body(staying))[1]
            assert line["status"] == "COMPLETE"
            alone = house.start(ENDLESS)
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            alone.hang_up()
            await house.quiet()
            assert time.monotonic() - begun < SOON
            told = (await house.wait(alone.job.id))[0]
            assert (told["status"], told["error_type"]) == ("ERROR", "KILL")

    asyncio.run(main())


def test_closing_the_stream_hangs_up(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            run = house.start(ENDLESS)
            reading = asyncio.ensure_future(anext(run.rest(timedelta(seconds=10))))
            await asyncio.sleep(0.2)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            begun = time.monotonic()
            await house.quiet()
            assert time.monotonic() - begun < SOON

    asyncio.run(main())


def test_closing_the_stream_before_its_first_step_hangs_up_too(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            await house.start(ENDLESS).rest().aclose()
            await asyncio.wait_for(house.quiet(), SOON)

    asyncio.run(main())


def test_a_newcomer_does_not_join_a_cancelled_flight(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            gone = house.start(SLOW)
            gone.hang_up()
            assert parse(await house.body(house.start(SLOW)))[1]["status"] == "COMPLETE"

    asyncio.run(main())


def test_the_time_limit_kills(tmp_path):
    async def main():
        async with ground(tmp_path, limits=RunLimits(time_limit=timedelta(seconds=0.3))) as house:
            line = (await house.ask(ENDLESS, scope=NO_SQL))[1]
            assert line["status"] == "ERROR"
            assert line["error_type"] == "KILL"
            assert "time limit" in line["error_message"] == line["kill_reason"]

    asyncio.run(main())


def test_waiting(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            run = house.start(SLOW)
            lines = parse(await house.body(run, timedelta(0)))
            assert lines[1:] == [{"remaining_job_ids": [run.job.id], "timed_out": "true"}]
            assert await house.wait(run.job.id, window=timedelta(0)) == lines[1:]
            first = await house.wait(run.job.id)
            assert [line.get("status") for line in first] == ["COMPLETE", None]
            assert first[-1] == {"remaining_job_ids": [], "timed_out": "false"}
            assert await house.wait(run.job.id) == first
            stranger = await house.wait(run.job.id, organization_id="other")
            assert stranger[0] == {
                "job_id": run.job.id,
                "status": "FAILED",
                "error_message": "Unable to find job",
            }

    asyncio.run(main())


def test_unknown_and_several_ids(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            one, two = house.start(SLOW), house.start("select 1 as x")
            lines = await house.wait(one.job.id, "nope", two.job.id, two.job.id)
            assert [line.get("job_id") for line in lines] == ["nope", two.job.id, one.job.id, None]

    asyncio.run(main())


def test_jobs_are_kept_within_bounds(tmp_path):
    async def main():
        async with ground(tmp_path, limits=RunLimits(keep_jobs=5)) as house:
            for number in range(12):
                await house.ask(f"select {number} as x")
            assert len(house.runs.jobs) == 5

    asyncio.run(main())


def test_failures_are_in_band(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            line = (await house.ask("select nope from items", request={"client_result_id": "null"}))[1]
            assert list(line) == ["job_id", "status", "error_type", "error_message", "client_result_id"]
            assert line["error_type"] == "QUERY"
            assert "nope" in line["error_message"]
            hidden = (await house.ask("select nope from items", scope=NO_SQL))[1]
            assert hidden["error_message"] == REDACTED
            planned = house.start("", raises="field")
            assert planned.whole is not None
            assert parse(planned.whole)[1]["error_message"] == 'No such field "items.x".'
            refused = parse(house.start("", scope=NO_SQL, raises="forbidden").whole)[1]
            assert (refused["error_type"], refused["error_message"]) == ("FORBIDDEN", "no topic")
            odd = parse(house.start("", raises="inside").whole)[1]
            assert odd["error_type"] == "INTERNAL"
            assert "inside" not in odd["error_message"]
            with pytest.raises(BadRequest):
                house.start("", raises="shape")

    asyncio.run(main())


def test_without_view_sql_no_text_is_told(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            line = (await house.ask(SQL, scope=NO_SQL, result_fields=FIELDS))[1]
            summary = line["summary"]
            assert summary["display_sql"] == summary["omni_sql"] == ""
            assert {field["sql"] + field["display_sql"] for field in summary["fields"].values()} == {""}
            assert summary["fields"]["items.grp"]["data_type"] == "NUMBER"
            assert table_of(line).num_rows == 3
            open_ = (await house.ask(SQL, result_fields=FIELDS))[1]
            assert cache_type([None, open_]) == "EXACT"
            assert open_["summary"]["display_sql"] == SQL

    asyncio.run(main())


def test_plan_only(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            run = house.start(SQL, result_fields=FIELDS, missing=["items.x"], request={"plan_only": True})
            lines = parse(run.whole)
            assert list(lines[1]) == ["job_id", "status", "summary", "query"]
            assert lines[1]["status"] == "PLANNED"
            assert lines[1]["summary"]["missing_fields"] == ["items.x"]
            assert lines[2] == {"remaining_job_ids": [], "timed_out": "false"}
            assert len(house.runs.flights) == 0

    asyncio.run(main())


def test_echo_of_odd_queries(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            line = (await house.ask("select 1 as x", limit=75_001, offset=10**30, unknown=1, table="\ud800"))[
                1
            ]
            told = line["query"]["model_job"]
            assert told["limit"] is None
            assert told["offset"] == 10**30
            assert "unknown" not in told
            assert told["table"] == "\ud800"

    asyncio.run(main())


def test_too_many_runs_are_told_so(tmp_path):
    async def main():
        async with ground(tmp_path, limits=RunLimits(active=1)) as house:
            busy = house.start(ENDLESS)
            line = parse(house.start("select 1 as x").whole)[1]
            assert line["error_type"] == "RATE_LIMITED"
            busy.hang_up()

    asyncio.run(main())


def test_compiled_queries_are_kept_only_when_the_time_does_not_matter(tmp_path):
    async def main():
        async with ground(tmp_path) as house:
            for depends, same in ((True, False), (False, True)):
                jobs = [house.start("select 1 as x", depends_on_now=depends).job for _ in range(2)]
                assert (jobs[0].prepared is jobs[1].prepared) is same
            other = house.start("select 1 as x", depends_on_now=False, scope=NO_SQL).job
            assert other.prepared is not jobs[0].prepared

    asyncio.run(main())


LARGE = RunLimits(stream_above_bytes=100_000, uncollected=timedelta(seconds=0.5))
MANY = "select range as n, 'row ' || range as label from range(300000)"


def test_large_results_stream(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LARGE) as house:
            run = house.start(MANY)
            parts = [part async for part in run.rest()]
            assert len(parts) > 5
            line, last = parse(b"".join(parts))
            assert list(line) == [
                "job_id", "status", "summary", "query", "result", "cache_metadata", "stream_stats",
            ]  # fmt: skip
            assert line["cache_metadata"]["num_rows"] == 300_000
            assert line["cache_metadata"]["ttl"] == 0
            assert table_of(line)["n"].to_pylist() == list(range(300_000))
            assert last == {"remaining_job_ids": [], "timed_out": "false"}
            assert len(house.runs.cache) == 0
            again = await house.wait(run.job.id)
            assert table_of(again[0]).num_rows == 300_000

    asyncio.run(main())


def test_large_results_for_several_askers(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LARGE) as house:
            runs = [house.start(MANY) for _ in range(3)]
            for body in await asyncio.gather(*map(house.body, runs)):
                assert table_of(parse(body)[1]).num_rows == 300_000

    asyncio.run(main())


def test_a_large_result_collected_by_wait(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LARGE) as house:
            run = house.start(MANY)
            assert parse(await house.body(run, timedelta(0)))[-1]["timed_out"] == "true"
            assert table_of((await house.wait(run.job.id))[0]).num_rows == 300_000

    asyncio.run(main())


def test_a_large_result_nobody_collects_frees_its_turn(tmp_path):
    async def main():
        settings = DuckDBSettings(memory_mib=1024, concurrency=1)
        async with ground(tmp_path, limits=LARGE, settings=settings) as house:
            run = house.start(MANY)
            await house.body(run, timedelta(0))
            await asyncio.sleep(0.1)
            assert (await house.ask("select 1 as x"))[1]["status"] == "COMPLETE"
            assert table_of((await house.wait(run.job.id))[0]).num_rows == 300_000

    asyncio.run(main())


def test_hanging_up_in_the_middle_of_a_large_result(tmp_path):
    async def main():
        settings = DuckDBSettings(memory_mib=1024, concurrency=1)
        async with ground(tmp_path, limits=LARGE, settings=settings) as house:
            stream = house.start(MANY.replace("300000", "30000000")).rest()
            for _ in range(4):
                await anext(stream)
            begun = time.monotonic()
            await stream.aclose()
            assert (await house.ask("select 1 as x"))[1]["status"] == "COMPLETE"
            assert time.monotonic() - begun < SOON

    asyncio.run(main())


def test_a_large_result_that_breaks_ends_unterminated(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LARGE) as house:
            run = house.start(
                "select range as n, case when range < 4900000 then 1 else error('boom') end as x "
                "from range(5000000)"
            )
            body = run.header + b"".join([part async for part in run.rest()])
            assert not body.endswith(b"\n")
            last = json.loads(body.splitlines()[-1])
            assert set(last) == {"message", "reason"}
            assert "boom" in last["message"]
            assert b"remaining_job_ids" not in body

    asyncio.run(main())
