"""Requests per minute, counted in front of the application on the exact `Authorization` value."""

from __future__ import annotations

import hashlib
import math
import time
from collections import deque
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

WINDOW_SECONDS = 60.0
_BODY = (
    b'{"detail":"Too many requests. Wait as long as Retry-After says.","status":429,"code":"rate_limited"}'
)


class RateLimiter:
    """A sliding window per credential: never more than `per_minute` admitted in any 60 seconds.

    Counting needs no look-up, so a flood of invalid keys is as cheap to refuse as a known one.
    Credentials are held as digests, at most `capacity` of them; when more appear within a minute
    the oldest are forgotten, which admits too much rather than refusing an honest caller.
    `per_minute` 0 means no limit. Source: API digest §1.5.
    """

    def __init__(
        self, per_minute: int = 60, *, capacity: int = 50_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._capacity = capacity
        self._clock = clock
        self._admitted: dict[bytes, deque[float]] = {}
        self._own: dict[bytes, int] = {}

    def set_limit(self, authorization: bytes, per_minute: int | None) -> None:
        """Give one credential its own limit (0 = none); None returns it to the server's."""
        digest = _digest(authorization)
        if per_minute is None:
            self._own.pop(digest, None)
        elif self._own.get(digest) != per_minute:
            if len(self._own) >= self._capacity:
                self._own.clear()
            self._own[digest] = per_minute

    def wait_seconds(self, authorization: bytes) -> int:
        """Count one request; 0 admits it, else the whole seconds (1-60) until one would be admitted."""
        if not self._per_minute and not self._own:
            return 0
        digest = _digest(authorization)
        limit = self._own.get(digest, self._per_minute)
        if not limit:
            return 0
        now = self._clock()
        admitted = self._admitted.get(digest)
        if admitted is None:
            if len(self._admitted) >= self._capacity:
                self._forget(now)
            admitted = self._admitted[digest] = deque()
        horizon = now - WINDOW_SECONDS
        while admitted and admitted[0] <= horizon:
            admitted.popleft()
        if len(admitted) >= limit:
            return min(max(math.ceil(admitted[-limit] - horizon), 1), int(WINDOW_SECONDS))
        admitted.append(now)
        return 0

    def _forget(self, now: float) -> None:
        horizon = now - WINDOW_SECONDS
        for digest in [key for key, seen in self._admitted.items() if not seen or seen[-1] <= horizon]:
            del self._admitted[digest]
        for digest in list(self._admitted)[: max(len(self._admitted) - self._capacity * 9 // 10, 0)]:
            del self._admitted[digest]


def _digest(authorization: bytes) -> bytes:
    scheme, _, token = authorization.strip().partition(b" ")
    authorization = scheme.lower() + b" " + token.strip()  # one bucket however the header is spelt
    return hashlib.blake2b(authorization, digest_size=16).digest()


class RateLimit:
    """ASGI: answer 429 to API calls above the limit, before anything else is read or looked up.

    A call without an `Authorization` header is counted under the caller's address.
    """

    def __init__(self, app: ASGIApp, limiter: RateLimiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api"):
            await self._app(scope, receive, send)
            return
        wait = self._limiter.wait_seconds(credential(scope))
        if wait:
            await _refuse(send, wait)
            return
        await self._app(scope, receive, send)


def credential(scope: Scope) -> bytes:
    """Return what the limiter counts: the raw `Authorization` value, else the peer's address."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value)
    client = scope.get("client")
    return b"address " + (str(client[0]).encode() if client else b"unknown")


async def _refuse(send: Send, wait: int) -> None:
    start: Message = {
        "type": "http.response.start",
        "status": 429,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(_BODY)).encode()),
            (b"retry-after", str(wait).encode()),
            (b"x-omni-waf-action", b"block"),
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": _BODY})
