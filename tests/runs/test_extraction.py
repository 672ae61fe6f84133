"""A million rows leave while they arrive: little memory, and in the end the same rows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import asyncio, json, sys, threading, time
from pathlib import Path
from holoscope.runs.request import ResultType
from support.running import ground, result_field

WIDE = (
    "create table wide as select range id, range % 1000 a, range % 77 b, (range * 7.13)::decimal(12, 2) d, "
    "range / 3.0 f, 'user ' || (range % 50000) s1, 'city ' || (range % 300) s2, 'open' s3, "
    "timestamp '2020-01-01' + to_seconds(range) ts, range % 2 = 0 bo, range * 3 c1, range * 1.5::double c2, "
    "md5(range::varchar)[:8] s4, (range % 9)::int c3, date '2020-01-01' + (range % 900)::int dt "
    "from range(1000000)"
)

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

async def main():
    async with ground(Path(sys.argv[1]), WIDE) as house:
        await house.ask("select sum(id), sum(d), max(s1), max(s2), max(s4), max(ts) from wide")
        base, peak, stop = resident(), [0], threading.Event()
        def watch():
            while not stop.wait(0.002):
                peak[0] = max(peak[0], resident())
        thread = threading.Thread(target=watch)
        thread.start()
        total = 0
        if sys.argv[2] == "lines":
            parts = house.start("select * from wide").rest()
        else:
            names = "id a b d f s1 s2 s3 ts bo c1 c2 s4 c3 dt".split()
            sql = "select " + ", ".join(f'{name} as "v.{name}"' for name in names) + " from wide"
            fields = tuple(result_field(f"v.{name}") for name in names)
            parts = (await house.open_document(sql, ResultType.CSV, result_fields=fields)).rest
        async for part in parts:
            total += len(part)
        stop.set()
        thread.join()
        print(json.dumps({"bytes": total, "growth": peak[0] - base}))

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("form", ["lines", "csv"])
def test_memory_grows_by_less_than_the_result(tmp_path, form):
    tests = Path(__file__).parents[1]
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(tests)!r})\n{SCRIPT}",
        str(tmp_path),
        form,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])  # DuckDB may draw a progress bar before it
    assert told["bytes"] > (150_000_000 if form == "lines" else 90_000_000)
    assert told["growth"] < 250_000_000
