"""When to try again, and how long to pause: exponential back-off with full jitter.

A pause is drawn evenly between zero and a ceiling that doubles with each try, so that
clients which failed together do not return together. A `Retry-After` is a floor: the
pause is never shorter than what the server asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Dice = Callable[[], float]
"""Returns a number in [0, 1); `random.random` outside tests."""

REPEATABLE_STATUSES = frozenset({429, 502, 503, 504})
"""Statuses after which a GET is repeated. A POST is repeated after 429 alone: it did not run."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient the client is. `attempts=1` means: never repeat anything.

    Attributes:
        attempts: tries in all, the first one included.
        first_pause: ceiling of the first pause; doubles each time.
        longest_pause: no single pause is longer; a longer `Retry-After` ends the retrying.
        budget: all pauses of one call together.
    """

    attempts: int = 6
    first_pause: timedelta = timedelta(milliseconds=500)
    longest_pause: timedelta = timedelta(seconds=60)
    budget: timedelta = timedelta(seconds=120)

    def pause(
        self, failures: int, *, paused: timedelta, retry_after: timedelta | None, dice: Dice
    ) -> timedelta | None:
        """Return how long to pause after the `failures`-th failure, or None to give up.

        `paused` is what this call has already spent in pauses.
        """
        if failures >= self.attempts:
            return None
        ceiling = min(self.longest_pause, self.first_pause * 2.0 ** min(failures - 1, 32))
        jitter = ceiling * dice()
        if retry_after is None:
            pause = jitter
        elif retry_after > self.longest_pause:
            return None
        else:
            pause = min(max(retry_after + min(jitter, timedelta(seconds=1)), jitter), self.longest_pause)
        return pause if paused + pause <= self.budget else None


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header: whole seconds or an HTTP date (RFC 9110 §10.2.3).

    Returns None when the header is absent or unreadable; a date in the past means zero.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())
