"""One HTTP exchange: send, judge the status, read, and repeat only what is safe to repeat.

A POST that may have run is never repeated: after 429 it did not run, and when no connection
came about it was not sent; everything else is the caller's decision. A GET is repeated
after 429, 502, 503, 504 and broken connections.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import random
from typing import TypeVar

import httpx2
import msgspec

from holoscope.client.address import Bearer, api_root
from holoscope.client.errors import (
    BadResponse,
    CannotConnect,
    CertificateNotTrusted,
    ClientError,
    ConnectionLost,
    NotConfigured,
)
from holoscope.client.refusals import read_refusal
from holoscope.client.retry import REPEATABLE_STATUSES, Dice, RetryPolicy, parse_retry_after

T = TypeVar("T")
Reader = Callable[[httpx2.Response], T]
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Timing:
    """The world's clocks and dice, as arguments."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    dice: Dice = random


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an attempt failed and whether this request may be sent again."""

    error: ClientError
    may_repeat: bool
    retry_after: timedelta | None = None


class Wire:
    """An open connection pool to one server with one key."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        ca_file: Path | str | None,
        timeout: timedelta,
        retries: RetryPolicy,
        transport: httpx2.BaseTransport | None = None,
        timing: Timing = Timing(),
    ) -> None:
        self.root = api_root(base_url)
        self.timing = timing
        self._bearer = Bearer(api_key)
        self._timeout = timeout
        self._retries = retries
        self._http = httpx2.Client(
            auth=self._bearer,
            headers={"User-Agent": "holoscope-client"},
            verify=_trust(ca_file),
            transport=transport,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._http.close()

    def exchange(
        self,
        method: str,
        path: str,
        read: Reader[T],
        *,
        params: Mapping[str, str] | None = None,
        body: object | None = None,
        accept: str = "application/json",
        deadline: float | None = None,
    ) -> T:
        """Send a request and return what `read` makes of a successful answer.

        `deadline` is a `Timing.monotonic` instant after which nothing is sent or awaited.

        Raises:
            ClientError: the failure that remained after the permitted retries.
        """
        headers = {"Accept": accept}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(body)
        request = self._http.build_request(
            method, self.root + path, params=dict(params or {}), headers=headers, content=content
        )
        paused, failures = timedelta(), 0
        while True:
            outcome = self._attempt(request, read, deadline)
            if not isinstance(outcome, _Failure):
                return outcome
            failures += 1
            pause = self._pause(outcome, failures, paused, deadline)
            if pause is None:
                raise outcome.error
            paused += pause
            self.timing.sleep(pause.total_seconds())

    def _pause(
        self, failure: _Failure, failures: int, paused: timedelta, deadline: float | None
    ) -> timedelta | None:
        if not failure.may_repeat:
            return None
        pause = self._retries.pause(
            failures, paused=paused, retry_after=failure.retry_after, dice=self.timing.dice
        )
        if pause is not None and deadline is not None:
            left = deadline - self.timing.monotonic()
            if pause.total_seconds() >= left:
                return None
        return pause

    def _attempt(self, request: httpx2.Request, read: Reader[T], deadline: float | None) -> T | _Failure:
        seconds = self._timeout.total_seconds()
        if deadline is not None:
            seconds = max(0.05, min(seconds, deadline - self.timing.monotonic()))
        timeout = httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        request.extensions = {**request.extensions, "timeout": timeout.as_dict()}
        is_get = request.method == "GET"
        try:
            response = self._http.send(request, stream=True)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            return _not_sent(self.root, error)
        except httpx2.TransportError as error:
            return _Failure(_lost(request.method, error), may_repeat=is_get)
        try:
            if response.is_success:
                return read(response)
            return self._refused(response, is_get=is_get)
        except httpx2.TransportError as error:
            return _Failure(_lost(request.method, error), may_repeat=is_get)
        except httpx2.DecodingError as error:
            raise BadResponse(f"The answer cannot be decompressed: {error}") from None
        finally:
            response.close()

    def _refused(self, response: httpx2.Response, *, is_get: bool) -> _Failure:
        now = datetime.fromtimestamp(self.timing.wall(), UTC)
        retry_after = parse_retry_after(response.headers.get("Retry-After"), now)
        error = read_refusal(response, retry_after=retry_after, hide=self._bearer.hide)
        repeatable = response.status_code in (REPEATABLE_STATUSES if is_get else {429})
        return _Failure(error, may_repeat=repeatable, retry_after=retry_after)


def _trust(ca_file: Path | str | None) -> ssl.SSLContext | bool:
    """With a CA file, trust that authority alone; without one, what the machine trusts."""
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise NotConfigured(f"The CA file {str(ca_file)!r} cannot be read: {error}") from None


def _not_sent(root: str, error: httpx2.TransportError) -> _Failure:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(cause):
            untrusted = CertificateNotTrusted(
                f"The certificate of {root} is not trusted. Pass ca_file=… or set SSL_CERT_FILE to the "
                "server's CA file (docs/how-to/trust-the-certificate.md)."
            )
            return _Failure(untrusted, may_repeat=False)
        cause = cause.__cause__ or cause.__context__
    return _Failure(CannotConnect(f"No connection to {root}: {_words(error)}"), may_repeat=True)


def _lost(method: str, error: httpx2.TransportError) -> ClientError:
    what = "No answer in time" if isinstance(error, httpx2.TimeoutException) else "The connection broke"
    advice = " The request may have run, so it was not repeated." if method != "GET" else ""
    return ConnectionLost(f"{what}: {_words(error)}.{advice}")


def _words(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
