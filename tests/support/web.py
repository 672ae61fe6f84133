"""A scripted server for the client's tests: answers in order, remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2

from holoscope.client import Client, RetryPolicy
from holoscope.client.wire import Timing

KEY = "omni_osk_" + "S3cretKeyThatMustNeverBeSeenInAnyTextAtAll12345678" + "abcdef"

Step = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def timing(self, dice: float = 0.5) -> Timing:
        return Timing(
            sleep=self.sleep,
            monotonic=lambda: self.now,
            wall=lambda: 1_800_000_000.0 + self.now,
            dice=lambda: dice,
        )


class Script:
    """An HTTP transport that plays `steps`; the last one repeats for ever when `endless`."""

    def __init__(self, *steps: Step, endless: bool = False) -> None:
        self.steps = list(steps)
        self.endless = endless
        self.requests: list[httpx2.Request] = []
        self.time = FakeTime()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        last = len(self.steps) == 1
        step = self.steps[0] if self.endless and last else self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step

    def client(self, *, dice: float = 0.5, retries: RetryPolicy | None = None, **more: Any) -> Client:
        return Client(
            "https://holoscope.test",
            KEY,
            transport=httpx2.MockTransport(self),
            retries=retries or RetryPolicy(),
            timing=self.time.timing(dice),
            timeout=timedelta(seconds=60),
            **more,
        )

    @property
    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]
