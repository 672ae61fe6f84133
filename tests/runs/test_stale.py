"""An answer past its age: given once more while a new one is fetched, never beyond its hard age."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from holoscope.runs.request import CachePolicy, RunLimits
from support.running import ground

SQL = "select random() as x"
LIMITS = RunLimits(stale_for=timedelta(hours=1))


def told(lines):
    return lines[1]["summary"]["cache_type"], lines[1]["result"]


def test_a_stale_answer_is_given_while_a_new_one_is_fetched(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LIMITS) as house:
            first = told(await house.ask(SQL))
            house.clock.advance(hours=6, minutes=59)
            run = house.start(SQL)
            assert run.whole is not None
            assert len(house.runs.flights) == 1
            again = house.start(SQL)
            assert again.whole is not None
            assert len(house.runs.flights) == 1, "one new one is enough"
            await house.quiet()
            kind, result = told(await house.ask(SQL))
            assert kind == "EXACT"
            assert result != first[1]
            line = (await house.ask(SQL))[1]
            assert line["cache_metadata"]["data_fresh_at"] == "2026-06-30T18:59:00.000Z"

    asyncio.run(main())


def test_stale_answers_are_named_so(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LIMITS) as house:
            first = told(await house.ask(SQL))
            house.clock.advance(hours=6)
            assert told(await house.ask(SQL)) == ("EXACT_STALE", first[1])

    asyncio.run(main())


def test_never_beyond_the_hard_age(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LIMITS) as house:
            await house.ask(SQL)
            house.clock.advance(hours=7)
            assert told(await house.ask(SQL))[0] == "MISS"
            await house.ask(SQL, age=60)
            house.clock.advance(seconds=119)
            assert told(await house.ask(SQL, age=60))[0] == "EXACT_STALE"
            await house.quiet()
            house.clock.advance(seconds=120)
            assert told(await house.ask(SQL, age=60))[0] == "MISS", "twice its age at most"
            assert told(await house.ask(SQL, age=0))[0] == "MISS"
            assert told(await house.ask(SQL, age=0))[0] == "MISS"

    asyncio.run(main())


def test_policies_that_skip_the_cache_and_servers_that_allow_nothing(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LIMITS) as house:
            await house.ask(SQL)
            house.clock.advance(hours=6, minutes=1)
            assert told(await house.ask(SQL, request={"cache": CachePolicy.SKIP_CACHE}))[0] == "MISS"
        async with ground(tmp_path, limits=RunLimits()) as house:
            await house.ask(SQL)
            house.clock.advance(hours=6)
            assert told(await house.ask(SQL))[0] == "MISS"

    asyncio.run(main())


def test_never_after_a_reset(tmp_path):
    async def main():
        async with ground(tmp_path, limits=LIMITS) as house:
            more = {"policies": ("daily",)}
            await house.ask(SQL, **more)
            house.clock.advance(hours=6, minutes=1)
            reset = {"resets": {"daily": house.clock.now}}
            assert told(await house.ask(SQL, request=reset, **more))[0] == "MISS"

    asyncio.run(main())


def test_a_refresh_that_fails_or_grows_leaves_the_old_answer(tmp_path):
    async def main():
        limits = RunLimits(stale_for=timedelta(hours=1), active=1)
        async with ground(tmp_path, limits=limits) as house:
            first = told(await house.ask(SQL))
            house.clock.advance(hours=6, minutes=1)
            busy = house.start(
                "select count(*) from range(100000) a, range(100000) b where a.range % 7 <> b.range % 11"
            )
            assert told(await house.ask(SQL)) == ("EXACT_STALE", first[1]), (
                "the server has no room to refresh"
            )
            busy.hang_up()

    asyncio.run(main())
