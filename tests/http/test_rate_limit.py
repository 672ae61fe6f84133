"""The limiter: buckets of tokens, cheaply, for any Authorization value, wherever they are kept."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holoscope.http.buckets import MemoryBuckets
from holoscope.http.rate_limit import RateLimiter
from holoscope.http.redis_buckets import RedisBuckets
from holoscope.http.shared_buckets import SharedBuckets
from holoscope.kit.ids import new_id

REDIS = "redis://127.0.0.1:6379/9"


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Limiter:
    """A limiter on a clock moved by hand, asked without an event loop of one's own."""

    def __init__(self, per_minute: int, buckets: Callable[[Hands], object] | None = None) -> None:
        self.clock = Hands()
        made = MemoryBuckets(clock=self.clock) if buckets is None else buckets(self.clock)
        self.inner = RateLimiter(per_minute, made)

    def wait(self, credential: bytes = b"Bearer a") -> int:
        return asyncio.run(self.inner.wait_seconds(credential))


@pytest.fixture(params=["memory", "shared"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], Limiter]:
    if request.param == "memory":
        return Limiter
    return lambda per_minute: Limiter(
        per_minute, lambda clock: SharedBuckets(tmp_path / "buckets", clock=clock)
    )


def test_sixty_at_once_then_one_a_second(make: Callable[[int], Limiter]) -> None:
    limiter = make(60)
    assert [limiter.wait() for _ in range(61)] == [0] * 60 + [1]
    assert limiter.wait(b"Bearer b") == 0, "another key has its own bucket"
    limiter.clock.now += 1
    assert [limiter.wait(), limiter.wait()] == [0, 1]
    limiter.clock.now += 10
    assert [limiter.wait() for _ in range(11)] == [0] * 10 + [1]


def test_no_more_over_time_than_the_limit_says(make: Callable[[int], Limiter]) -> None:
    limiter = make(5)
    admitted = 0
    for _ in range(4000):
        admitted += limiter.wait() == 0
        limiter.clock.now += 0.37
    assert admitted == pytest.approx(5 + 4000 * 0.37 / 12, abs=1)


def test_retry_after_is_between_one_and_sixty_and_true(make: Callable[[int], Limiter]) -> None:
    limiter = make(1)
    assert limiter.wait() == 0
    for step in (0.0, 0.001, 30.0):
        limiter.clock.now += step
        assert 1 <= limiter.wait() <= 60
    limiter.clock.now += limiter.wait()
    assert limiter.wait() == 0


def test_the_spelling_of_a_header_is_no_new_bucket() -> None:
    limiter = Limiter(1)
    assert limiter.wait(b"Bearer  a ") == 0
    assert limiter.wait(b"bearer a") > 0


def test_zero_is_no_limit_and_a_key_may_have_its_own() -> None:
    limiter = Limiter(0)
    assert all(limiter.wait() == 0 for _ in range(500))
    limiter.inner.set_limit(b"Bearer a", 2)
    assert [limiter.wait() > 0 for _ in range(3)] == [False, False, True]
    limiter.inner.set_limit(b"Bearer a", 0)
    assert limiter.wait() == 0
    limiter.inner.set_limit(b"Bearer a", None)
    assert limiter.wait() == 0


def test_a_lowered_limit_counts_from_then_on() -> None:
    limiter = Limiter(4)
    assert [limiter.wait() for _ in range(4)] == [0] * 4
    limiter.inner.set_limit(b"Bearer a", 1)
    assert limiter.wait() == 60
    limiter.clock.now += 60
    assert limiter.wait() == 0


def test_memory_is_bounded_under_a_spray_of_keys(tmp_path: Path) -> None:
    few = MemoryBuckets(capacity=100)
    many = SharedBuckets(tmp_path / "buckets")

    async def spray() -> None:
        for number in range(70_000):
            digest = number.to_bytes(16, "little")
            assert await few.take(digest, 60) == 0
            assert await many.take(digest, 60) == 0

    asyncio.run(spray())
    assert len(few) == 100
    assert (tmp_path / "buckets").stat().st_size < 2 * 1024 * 1024


def test_processes_share_their_buckets(tmp_path: Path) -> None:
    path = tmp_path / "buckets"
    code = (
        "import asyncio, sys; from pathlib import Path\n"
        "from holoscope.http.shared_buckets import SharedBuckets\n"
        "async def main():\n"
        "    buckets = SharedBuckets(Path(sys.argv[1]))\n"
        "    print(sum([await buckets.take(b'k' * 16, 1000) == 0 for _ in range(700)]))\n"
        "asyncio.run(main())"
    )
    asked = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) for _ in range(2)
    ]
    admitted = sum(int(each.communicate(timeout=60)[0]) for each in asked)
    assert 1000 <= admitted <= 1000 + 60 * 17, "1,000 at once, and 17 a second while it took"


def test_a_stopped_holder_of_the_lock_holds_up_nobody(tmp_path: Path) -> None:
    import fcntl

    buckets = SharedBuckets(tmp_path / "buckets")
    with (tmp_path / "buckets").open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert asyncio.run(buckets.take(b"k" * 16, 1)) == 0
        assert asyncio.run(buckets.take(b"k" * 16, 1)) == 0


def _has_redis() -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", 6379)) == 0


@pytest.mark.skipif(not _has_redis(), reason="needs Redis on 127.0.0.1:6379")
def test_servers_share_buckets_in_redis() -> None:
    digest = new_id().encode()[:16]

    async def ask() -> list[int]:
        first, second = (RedisBuckets(REDIS, MemoryBuckets()) for _ in range(2))
        try:
            return [await each.take(digest, 3) for each in (first, second, first, second)]
        finally:
            await first.close()
            await second.close()

    assert asyncio.run(ask()) == [0, 0, 0, 20]


def test_without_redis_requests_are_counted_here() -> None:
    async def ask() -> list[int]:
        buckets = RedisBuckets("redis://127.0.0.1:1/0", MemoryBuckets())
        try:
            return [await buckets.take(b"k" * 16, 2) for _ in range(3)]
        finally:
            await buckets.close()

    assert asyncio.run(ask()) == [0, 0, 30]


@pytest.mark.slow
def test_a_hit_costs_microseconds(tmp_path: Path) -> None:
    async def times(limiter: RateLimiter) -> float:
        begun = time.thread_time()  # of this thread alone: the machine may be busy with others
        for _ in range(20_000):
            await limiter.wait_seconds(b"Bearer x")
        return (time.thread_time() - begun) / 20_000

    for limiter in (RateLimiter(60), RateLimiter(60, SharedBuckets(tmp_path / "buckets"))):
        assert min(asyncio.run(times(limiter)) for _ in range(3)) < 20e-6
