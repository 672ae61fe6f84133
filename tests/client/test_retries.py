"""What is repeated, what never is, and how long the client pauses."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import httpx2
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holoscope.client import (
    CannotConnect,
    CertificateNotTrusted,
    ConnectionLost,
    QueryTimedOut,
    RateLimited,
    RetryPolicy,
    ServerFailed,
)
from holoscope.client.retry import parse_retry_after
from support.lines import JOB, MODEL, complete, footer, header, ndjson
from support.web import Script

QUERY = {"modelId": MODEL, "fields": ["a.b"]}
DONE = httpx2.Response(200, content=ndjson(header(), complete(pa.table({"a.b": [1]})), footer()))
ME = httpx2.Response(200, json={"user": {"id": "u", "membershipId": "m"}})
LOST = [httpx2.ReadError("reset"), httpx2.RemoteProtocolError("cut"), httpx2.ReadTimeout("silent")]


def limited(after: str | None = "7") -> httpx2.Response:
    headers = {"X-Omni-Waf-Action": "block"} | ({"Retry-After": after} if after else {})
    return httpx2.Response(429, headers=headers)


def test_a_post_refused_by_the_limiter_is_sent_again_after_the_pause_it_asked_for() -> None:
    script = Script(limited("7"), DONE)
    assert script.client(dice=0.5).run(QUERY).table.num_rows == 1
    assert script.time.pauses == [7.25]


def test_a_post_that_was_never_sent_is_sent_again() -> None:
    script = Script(httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow"), DONE)
    assert script.client().run(QUERY).table.num_rows == 1
    assert script.time.pauses == [0.25, 0.5]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_post_that_may_have_run_is_never_repeated(error: Exception) -> None:
    script = Script(error)
    with pytest.raises(ConnectionLost, match="may have run"):
        script.client().run(QUERY)
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_post_answered_with_5xx_is_never_repeated(status: int) -> None:
    script = Script(httpx2.Response(status, headers={"Retry-After": "1"}))
    with pytest.raises(ServerFailed):
        script.client().run(QUERY)
    assert len(script.requests) == 1


def test_a_post_whose_answer_breaks_off_is_never_repeated() -> None:
    class Torn(httpx2.SyncByteStream):
        def __iter__(self):
            yield ndjson(header())
            raise httpx2.ReadError("torn")

    script = Script(httpx2.Response(200, stream=Torn()))
    with pytest.raises(ConnectionLost, match="torn"):
        script.client().run(QUERY)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "step", [*LOST, *(httpx2.Response(status) for status in (429, 502, 503, 504))], ids=str
)
def test_a_get_is_repeated(step: httpx2.Response | Exception) -> None:
    script = Script(step, step, ME)
    assert script.client().whoami().user.membership_id == "m"
    assert len(script.requests) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_get_with_another_failure_is_not_repeated(status: int) -> None:
    script = Script(httpx2.Response(status))
    with pytest.raises(Exception, match=f"HTTP {status}"):
        script.client().whoami()
    assert len(script.requests) == 1


def test_a_broken_wait_is_waited_again() -> None:
    running = httpx2.Response(200, content=ndjson(header(), footer(JOB)))
    done = httpx2.Response(200, content=ndjson(complete(pa.table({"a.b": [1]})), footer()))
    script = Script(running, httpx2.ReadError("reset"), done)
    assert script.client().run(QUERY).table.num_rows == 1


def test_patience_ends() -> None:
    script = Script(limited(None), endless=True)
    with pytest.raises(RateLimited):
        script.client().whoami()
    assert len(script.requests) == RetryPolicy().attempts
    assert sum(script.time.pauses) <= 120


def test_the_budget_ends_patience_before_the_attempts_do() -> None:
    script = Script(limited("50"), endless=True)
    with pytest.raises(RateLimited) as caught:
        script.client().whoami()
    assert len(script.requests) == 3
    assert caught.value.retry_after == timedelta(seconds=50)


def test_a_pause_of_more_than_a_minute_is_not_slept_away() -> None:
    script = Script(limited("3600"))
    with pytest.raises(RateLimited) as caught:
        script.client().whoami()
    assert script.time.pauses == []
    assert caught.value.retry_after == timedelta(hours=1)


def test_a_query_never_pauses_past_its_own_limit() -> None:
    script = Script(limited("30"))
    with pytest.raises(RateLimited):
        script.client().run(QUERY, timeout=timedelta(seconds=10))
    assert script.time.pauses == []


def test_a_running_query_is_not_lost_to_the_limiter() -> None:
    running = httpx2.Response(200, content=ndjson(header(), footer(JOB)))
    script = Script(running, limited("30"))
    with pytest.raises(QueryTimedOut, match="still running") as caught:
        script.client().run(QUERY, timeout=timedelta(seconds=10))
    assert caught.value.job_ids == (JOB,)


def test_an_untrusted_certificate_is_said_at_once_and_says_what_to_do() -> None:
    refused = httpx2.ConnectError("tls")
    refused.__cause__ = ssl.SSLCertVerificationError("CERTIFICATE_VERIFY_FAILED")
    script = Script(refused)
    with pytest.raises(CertificateNotTrusted, match="SSL_CERT_FILE"):
        script.client().whoami()
    assert len(script.requests) == 1


def test_nobody_listening() -> None:
    script = Script(httpx2.ConnectError("refused"), endless=True)
    with pytest.raises(CannotConnect, match=r"No connection to https://holoscope\.test/api: refused"):
        script.client().whoami()


@given(
    failures=st.integers(1, 10),
    paused=st.floats(0, 200),
    after=st.none() | st.floats(0, 120),
    dice=st.floats(0, 1, exclude_max=True),
)
def test_pauses_keep_every_promise(failures: int, paused: float, after: float | None, dice: float) -> None:
    policy = RetryPolicy()
    asked = None if after is None else timedelta(seconds=after)
    spent = timedelta(seconds=paused)
    pause = policy.pause(failures, paused=spent, retry_after=asked, dice=lambda: dice)
    if pause is None:
        return
    assert failures < policy.attempts
    assert timedelta() <= pause <= policy.longest_pause
    assert spent + pause <= policy.budget
    assert asked is None or pause >= asked


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), (" 12 ", 12), ("Wed, 01 Jul 2026 00:00:30 GMT", 30), ("Tue, 30 Jun 2026 00:00:00 GMT", 0)],
)
def test_retry_after_in_both_spellings(text: str, seconds: int) -> None:
    assert parse_retry_after(text, datetime(2026, 7, 1, tzinfo=UTC)) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", [None, "", "soon", "-1", "1.5", "²"])
def test_retry_after_that_says_nothing(text: str | None) -> None:
    assert parse_retry_after(text, datetime(2026, 7, 1, tzinfo=UTC)) is None
