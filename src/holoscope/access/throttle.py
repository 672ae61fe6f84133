"""How often one may guess: pauses that grow with the failures of an account and of an address.

Failures are rows, so a restart or another process forgets nothing. An attempt counts as failed
from its beginning, so that many at once are no way around; success takes it back.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from sqlalchemy import Connection, delete, func, insert, select

from holoscope.access.origin import current_origin
from holoscope.access.people_users import fold
from holoscope.kit.clock import Clock
from holoscope.kit.errors import HoloscopeError
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import sign_in_failures
from holoscope.storage.unit_of_work import Database

WINDOW = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(seconds=60)
FREE_FROM_ONE_PLACE = 5
FREE_OF_AN_ACCOUNT = 20
FREE_OF_AN_ADDRESS = 30


class TooManyAttempts(HoloscopeError):
    """This account or address failed too often lately; `retry_seconds` says how long to pause."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many failed attempts. Try again in {seconds} seconds.")
        self.retry_seconds = seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was let in: the rows that count it, and whom it was for."""

    row_ids: tuple[str, ...]
    account_digests: tuple[str, ...]


class Throttle:
    """Lets attempts in. Safe between threads.

    In any 15 minutes an account has 5 free failures from one address and 20 from all, an address 30;
    then each further attempt must wait 1, 2, 4, … seconds after the last failure, 60 at most.
    """

    def __init__(self, database: Database, pepper: SecretText, clock: Clock) -> None:
        self._database = database
        self._pepper = pepper.reveal_bytes()
        self._clock = clock

    def admit(self, account: str) -> Attempt:
        """Count an attempt on an account, from the address of the request of this context.

        Raises:
            TooManyAttempts: it must wait.
        """
        place = _place(current_origin().address)
        pair = self._digest("pair", fold(account), place)
        whole = self._digest("account", fold(account))
        address = self._digest("address", place)
        free = {pair: FREE_FROM_ONE_PLACE, whole: FREE_OF_AN_ACCOUNT, address: FREE_OF_AN_ADDRESS}
        now = self._clock()
        with self._database.noting() as connection:
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.at <= now - WINDOW))
            found = connection.execute(
                select(sign_in_failures.c.digest, func.count(), func.max(sign_in_failures.c.at))
                .where(sign_in_failures.c.digest.in_(free))
                .group_by(sign_in_failures.c.digest)
            )
            waits = [last + _pause(count - free[digest]) - now for digest, count, last in found]
            wait = max(waits, default=timedelta())
            if wait > timedelta():
                raise TooManyAttempts(ceil(wait.total_seconds()))
            row_ids = tuple(new_id() for _ in free)
            rows = [
                {"id": id_, "digest": digest, "at": now} for id_, digest in zip(row_ids, free, strict=True)
            ]
            connection.execute(insert(sign_in_failures), rows)
        return Attempt(row_ids, (pair, whole))

    def succeed(self, connection: Connection, attempt: Attempt) -> None:
        """Take back an attempt, and with it what was held against its account; in the caller's transaction.

        What is held against the address stays: somebody's own account must not buy guesses at others.
        """
        connection.execute(
            delete(sign_in_failures).where(
                sign_in_failures.c.id.in_(attempt.row_ids)
                | sign_in_failures.c.digest.in_(attempt.account_digests)
            )
        )

    def _digest(self, *parts: str) -> str:
        return hmac.digest(self._pepper, "\x00".join(("throttle", *parts)).encode(), "sha256").hex()


def _pause(failures_above: int) -> timedelta:
    """Return how long after the last failure the next attempt may come."""
    if failures_above < 0:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures_above, 6)), LONGEST_PAUSE)


def _place(address: str | None) -> str:
    """Return what counts as one place: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))
