"""Results in files: a restart keeps them, and nothing that is half, damaged, foreign or old is served."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holoscope.runs.cache import Entry, cache_key
from holoscope.runs.disk_cache import DiskCache
from holoscope.runs.request import CachePolicy, RunLimits
from support.running import ground

SECRET = b"s" * 64
AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
SQL = "select random() as x"


def key(number=0, *, state="c1 (1, 2)"):
    return cache_key(state, "duckdb", f"select {number}")


def entry(number=0, size=100):
    return Entry(
        f"plan {number}", bytes([65 + number % 26]) * size, number, size, AT, AT - timedelta(seconds=1)
    )


def load(cache, key):
    return asyncio.run(cache.load(key))


def opened(folder, limit=100_000, secret=SECRET):
    return DiskCache(folder, limit, secret)


def filled(folder, *numbers, **more):
    cache = opened(folder, **more)
    for number in numbers:
        cache.keep(key(number), entry(number))
        load(cache, key(number))
    cache.close()
    return [item for item in folder.iterdir() if not item.name.startswith(".")]


def test_a_restart_keeps_what_was_written(tmp_path):
    files = filled(tmp_path / "r", 1, 2, 3)
    assert len(files) == 3
    assert {stat.S_IMODE(item.stat().st_mode) for item in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o700
    cache = opened(tmp_path / "r")
    assert len(cache) == 3
    for number in (1, 2, 3):
        assert load(cache, key(number)) == entry(number)
    assert load(cache, key(4)) is None


@pytest.mark.parametrize(
    "other",
    [
        cache_key("c1 (1, 3)", "duckdb", "select 1"),
        cache_key("c1 (1, 2)", "postgres", "select 1"),
        cache_key("c1 (1, 2)", "duckdb", "select 1 "),
        cache_key("c1 (1, 2)", "duckdb", "select 1", 10),
    ],
)
def test_another_state_dialect_text_or_cap_meets_nothing(tmp_path, other):
    filled(tmp_path, 1)
    cache = opened(tmp_path)
    assert not cache.may_have(other)
    assert load(cache, other) is None


def test_every_damage_is_found_and_the_file_removed(tmp_path):
    file = filled(tmp_path, 1)[0]
    sound = file.read_bytes()
    damages = [b"", sound[:-1], sound + b"x", sound[: len(sound) // 2], b"not ours", sound[::-1]]
    damages += [
        sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :] for place in range(0, len(sound), 7)
    ]
    for damaged in damages:
        file.write_bytes(damaged)
        cache = opened(tmp_path)
        assert load(cache, key(1)) is None
        assert not file.exists()
        assert cache.size_bytes == 0
        cache.close()
    file.write_bytes(sound)
    assert load(opened(tmp_path), key(1)) == entry(1)


def test_files_of_another_server_or_name_are_foreign(tmp_path):
    file = filled(tmp_path, 1, secret=b"t" * 64)[0]
    content = file.read_bytes()
    target = tmp_path / filled(tmp_path / "other", 1)[0].name
    target.write_bytes(content)
    assert load(opened(tmp_path), key(1)) is None
    one, two = filled(tmp_path / "two", 1, 2)
    one_content, two_content = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_content)
    two.write_bytes(one_content)
    cache = opened(tmp_path / "two")
    assert load(cache, key(1)) is load(cache, key(2)) is None


def test_what_is_no_result_is_removed_at_the_start(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("precious")
    folder = tmp_path / "r"
    file = filled(folder, 1)[0]
    (folder / ".half").write_bytes(b"half")
    (folder / "notes.txt").write_text("x")
    (folder / ("a" * 64)).symlink_to(outside)
    (folder / "folder").mkdir()
    assert len(opened(folder)) == 1
    assert {item.name for item in folder.iterdir()} == {file.name, "folder"}
    file.unlink()
    file.symlink_to(outside)
    cache = opened(folder)
    assert len(cache) == 0
    assert outside.read_text() == "precious"


def test_bytes_are_bounded_and_the_oldest_use_leaves_first(tmp_path):
    cache = opened(tmp_path, limit=3_000)
    for number in range(6):
        cache.keep(key(number), entry(number, 500))
        load(cache, key(0))
    assert cache.size_bytes <= 3_000
    assert sum(item.stat().st_size for item in tmp_path.iterdir()) == cache.size_bytes
    assert load(cache, key(0)) is not None
    assert load(cache, key(1)) is None
    cache.keep(key(9), entry(9, 5_000))
    assert load(cache, key(9)) is None
    cache.close()
    assert opened(tmp_path, limit=1_000).size_bytes <= 1_000


def test_a_folder_that_takes_nothing_costs_nothing(tmp_path):
    cache = opened(tmp_path / "r")
    (tmp_path / "r").rmdir()
    cache.keep(key(1), entry(1))
    assert load(cache, key(1)) is None
    cache.close()


_WRITER = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from runs.test_disk_cache import entry, key, opened
cache = opened(Path({folder!r}), 50_000_000)
print("begun", flush=True)
while True:
    for number in range(20):
        cache._write(cache._name(key(number)), entry(number, 400_000))
"""


def test_kill_9_while_writing_leaves_whole_results_only(tmp_path):
    tests = Path(__file__).parents[1]
    for turn in range(4):
        code = _WRITER.format(tests=str(tests), folder=str(tmp_path))
        code = code.replace(
            "from runs.test_disk_cache",
            "sys.path.insert(0, " + repr(str(tests / "runs")) + ")\nfrom test_disk_cache",
        )
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"begun\n"
            time.sleep(0.05 + turn * 0.037)
            os.kill(writer.pid, signal.SIGKILL)
        cache = opened(tmp_path, 50_000_000)
        for number in range(20):
            assert load(cache, key(number)) in {None, entry(number, 400_000)}
        assert not [item for item in tmp_path.iterdir() if item.name.startswith(".")]
        cache.close()


def told(lines):
    return lines[1]["summary"]["cache_type"], lines[1]["result"]


def disk(tmp_path):
    return opened(tmp_path / "results", 1_000_000)


def test_a_server_that_starts_again_answers_from_its_files(tmp_path):
    async def first():
        async with ground(tmp_path, disk=disk(tmp_path)) as house:
            found = told(await house.ask(SQL, policies=("daily",)))
            await house.quiet()
            await house.runs._disk.load(key())  # behind what is being written
            return found

    async def again(hours, **more):
        async with ground(tmp_path, disk=disk(tmp_path)) as house:
            house.clock.advance(hours=hours)
            request = more.pop("request", None)
            lines = await house.ask(SQL, policies=("daily",), request=request, **more)
            kept = told(lines)
            second = told(await house.ask(SQL, policies=("daily",), **more))
            return kept, second

    kind, result = asyncio.run(first())
    assert kind == "MISS"
    kept, second = asyncio.run(again(1))
    assert kept == second == ("EXACT", result)
    assert asyncio.run(again(1, age=0))[0][0] == "MISS"
    reset = {"resets": {"daily": datetime(2026, 6, 30, 12, 30, tzinfo=UTC)}}
    kept, second = asyncio.run(again(1, request=reset))
    assert kept[0] == "MISS"
    assert kept[1] != result
    kept, _ = asyncio.run(again(12))
    assert kept[0] == "MISS", "past its age"


def test_skip_cache_writes_anew_and_a_cancelled_look_is_quiet(tmp_path):
    async def main():
        async with ground(tmp_path, disk=disk(tmp_path)) as house:
            old = told(await house.ask(SQL))
            new = told(await house.ask(SQL, request={"cache": CachePolicy.SKIP_CACHE}))
            assert new[1] != old[1]
            await house.runs._disk.load(key())
        async with ground(tmp_path, disk=disk(tmp_path)) as house:
            house.start(SQL).hang_up()
            await asyncio.sleep(0)
            assert told(await house.ask(SQL)) == ("EXACT", new[1])
        limits = RunLimits(cache_bytes=0)
        async with ground(tmp_path, disk=disk(tmp_path), limits=limits) as house:
            assert told(await house.ask(SQL))[0] in {"EXACT", "MISS"}

    asyncio.run(main())


def test_two_askers_never_meet(tmp_path):
    """The text holds what an asker may see, so a file of one is never the other's."""

    async def main():
        async def ask(house, group):
            line = (await house.ask(f"select {group} as g, random() as x"))[1]
            return line["summary"]["cache_type"], line["result"]

        found = {}
        for _ in range(3):
            async with ground(tmp_path, disk=disk(tmp_path)) as house:
                for group in range(6):
                    _, result = await ask(house, group)
                    assert found.setdefault(group, result) == result
                await house.runs._disk.load(key())
        assert len(set(found.values())) == 6

    asyncio.run(main())
