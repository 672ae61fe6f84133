"""Long queries are planned beside the event loop, short ones on it; their errors are the same."""

from __future__ import annotations

import asyncio
import threading

import pytest

from holoscope.kit.errors import BadRequest
from holoscope.runs.request import RunRequest
from holoscope.runs.service import Runs
from support.running import EVERYTHING, MODEL, MODEL_ID, compile_by_hand, ground, parse

SQL = "select 1 as one"
LONG = {"filler": "x" * 5000}


def test_long_queries_leave_the_loop_to_others(tmp_path):
    threads = []
    go_on = threading.Event()

    def compile(request, model, scope, dialect, now):
        threads.append(threading.current_thread())
        if "filler" in request.query:
            assert go_on.wait(20)
        return compile_by_hand(request, model, scope, dialect, now)

    async def main():
        async with ground(tmp_path) as house:
            house.runs = Runs(compile=compile, clock=house.clock)
            facts = {
                "organization_id": "org", "scope": EVERYTHING, "model": MODEL, "warehouse": house.warehouse,
            }  # fmt: skip
            long = asyncio.create_task(house.runs.begin(RunRequest(MODEL_ID, {"sql": SQL, **LONG}), **facts))
            await asyncio.sleep(0)
            short = await house.runs.begin(RunRequest(MODEL_ID, {"sql": SQL, "plain": 1}), **facts)
            assert not long.done()
            assert parse(await house.body(short))[1]["status"] == "COMPLETE"
            await asyncio.sleep(0.05)  # the time that planning takes is told
            go_on.set()
            answer = parse(await house.body(await long))[1]
            assert answer["status"] == "COMPLETE"
            assert answer["summary"]["stats"]["plan_job_execution"] >= 50
            assert threading.main_thread() in threads
            assert len(set(threads)) == 2
            with pytest.raises(BadRequest):
                await house.runs.begin(RunRequest(MODEL_ID, {"sql": "", "raises": "shape", **LONG}), **facts)
            failed = await house.runs.begin(
                RunRequest(MODEL_ID, {"sql": "", "raises": "field", **LONG}), **facts
            )
            assert parse(failed.whole)[1]["error_message"] == 'No such field "items.x".'
            await house.runs.close()

    asyncio.run(main())
