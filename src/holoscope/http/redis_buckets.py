"""Buckets in Redis (or Valkey), for servers on several machines. Needs the `redis` extra."""

from __future__ import annotations

import logging
import time

from holoscope.http.buckets import Buckets

log = logging.getLogger(__name__)
_PREFIX = b"holoscope:rate:"
_SECONDS = 0.5
_PAUSE = 5.0
_SCRIPT = """
local said = redis.call('TIME')
local now = tonumber(said[1]) + tonumber(said[2]) / 1000000
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
local after = math.max(full_at, now) + 60 / tonumber(ARGV[1])
local lacking = after - now - 60
if lacking <= 0.000001 then
  redis.call('SET', KEYS[1], string.format('%.6f', after), 'PX', math.ceil((after - now) * 1000))
  return 0
end
return math.min(math.max(math.ceil(lacking - 0.000001), 1), 60)
"""


class RedisBuckets:
    """Buckets that all servers share. While Redis does not answer, `fallback` counts instead.

    Raises:
        ImportError: the driver is not installed.
        ValueError: the URL does not parse.
    """

    def __init__(self, url: str, fallback: Buckets) -> None:
        from valkey.asyncio import Valkey
        from valkey.exceptions import ValkeyError

        self._errors = (ValkeyError, OSError, TimeoutError)
        self._redis = Valkey.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
        self._script = self._redis.register_script(_SCRIPT)
        self._fallback = fallback
        self._silent_until = 0.0

    async def take(self, digest: bytes, per_minute: int) -> int:
        if time.monotonic() < self._silent_until:
            return await self._fallback.take(digest, per_minute)
        try:
            return int(await self._script(keys=[_PREFIX + digest.hex().encode()], args=[per_minute]))
        except self._errors as error:
            self._silent_until = time.monotonic() + _PAUSE
            log.warning(
                "Redis does not answer; requests are counted here",
                extra={"fields": {"reason": type(error).__name__}},
            )
            return await self._fallback.take(digest, per_minute)

    async def close(self) -> None:
        await self._redis.aclose()
        await self._fallback.close()
