"""Requests per minute, counted in front of the application on the exact credential."""

from __future__ import annotations

import hashlib
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holoscope.http.buckets import Buckets, MemoryBuckets
from holoscope.http.peers import is_from_a_peer

_SESSION = re.compile(rb"__Host-holoscope_(?:session|embed)=([A-Za-z0-9_-]{1,128})")
_LIMITED = ("/api", "/oauth/", "/sign-in", "/accept-invitation")
_BODY = (
    b'{"detail":"Too many requests. Wait as long as Retry-After says.","status":429,"code":"rate_limited"}'
)
_MOST_OWN = 50_000


class RateLimiter:
    """A bucket of tokens per credential: `per_minute` at once, and one more every 60 / `per_minute` seconds.

    Counting needs no look-up, so a flood of invalid keys is as cheap to refuse as a known one.
    Credentials are held as digests. `per_minute` 0 means no limit. Source: API digest §1.5.
    """

    def __init__(self, per_minute: int = 60, buckets: Buckets | None = None) -> None:
        self._per_minute = per_minute
        self._buckets = MemoryBuckets() if buckets is None else buckets
        self._own: dict[bytes, int] = {}

    @property
    def per_minute(self) -> int:
        """What each credential may ask per minute without a limit of its own; 0 is no limit."""
        return self._per_minute

    def set_limit(self, authorization: bytes, per_minute: int | None) -> None:
        """Give one credential its own limit (0 = none); None returns it to the server's."""
        digest = _digest(authorization)
        if per_minute is None:
            self._own.pop(digest, None)
        elif self._own.get(digest) != per_minute:
            if len(self._own) >= _MOST_OWN:
                self._own.clear()
            self._own[digest] = per_minute

    async def wait_seconds(self, authorization: bytes) -> int:
        """Count one request; 0 admits it, else the whole seconds (1-60) until one would be admitted."""
        if not self._per_minute and not self._own:
            return 0
        digest = _digest(authorization)
        limit = self._own.get(digest, self._per_minute)
        return await self._buckets.take(digest, limit) if limit else 0

    async def close(self) -> None:
        """Let go of what the buckets are kept in."""
        await self._buckets.close()


def _digest(authorization: bytes) -> bytes:
    scheme, _, token = authorization.strip().partition(b" ")
    authorization = scheme.lower() + b" " + token.strip()  # one bucket however the header is spelt
    return hashlib.blake2b(authorization, digest_size=16).digest()


class RateLimit:
    """ASGI: answer 429 to calls above the limit, before anything else is read or looked up.

    A call with neither an `Authorization` header nor a session is counted under the caller's address.
    What another process of this server asks was counted there.
    """

    def __init__(self, app: ASGIApp, limiter: RateLimiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_LIMITED):
            await self._app(scope, receive, send)
            return
        wait = 0 if is_from_a_peer(scope) else await self._limiter.wait_seconds(credential(scope))
        if wait:
            await _refuse(send, wait)
            return
        await self._app(scope, receive, send)


def credential(scope: Scope) -> bytes:
    """Return what the limiter counts: the raw `Authorization` value, else the session, else the peer."""
    session = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value)
        if name == b"cookie" and (found := _SESSION.search(value)) is not None:
            session = b"session " + found[1]
    if session is not None:
        return session
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
