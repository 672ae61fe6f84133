"""Answers that leave compressed, those that never do, and that they say the same."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest
from starlette.testclient import TestClient

from holoscope.http.compression import Compression, accepts_gzip
from support.house import House

DOCUMENT = "/api/openapi.json"


def test_a_large_answer_is_compressed_and_says_the_same(admin: TestClient) -> None:
    plain = admin.get(DOCUMENT, headers={"Accept-Encoding": "identity"})
    packed = admin.get(DOCUMENT, headers={"Accept-Encoding": "br;q=0.9, gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) * 5 < int(plain.headers["content-length"])
    assert packed.json() == plain.json()


def test_what_a_model_tells_is_compressed(house: House, admin: TestClient) -> None:
    answer = admin.get(f"/api/v1/models/{house.model_id}/topic/orders", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["topic"]["name"] == "orders"


def test_small_answers_and_refusals_are_not(admin: TestClient) -> None:
    for path in ("/api/v1/whoami?modelId=x", "/api/v1/organization"):
        assert "content-encoding" not in admin.get(path, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(
    "path",
    ["/api/v1/session", "/api/v1/api-keys", "/api/v1/embed/secrets", "/api/v1/invitations", "/sign-in"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_may_hold_a_secret_is_never(path: str, method: str) -> None:
    assert encoding_of(path, method, b"x" * 10_000) is None


def test_only_whole_answers_to_get_are() -> None:
    assert encoding_of("/api/v1/users", "GET", b"x" * 1024) == b"gzip"
    assert encoding_of("/api/v1/users", "GET", b"x" * 1023) is None
    assert encoding_of("/api/v1/users", "GET", b"x" * 500_000) == b"gzip"
    assert encoding_of("/api/v1/query/run", "POST", b"x" * 10_000) is None
    assert encoding_of("/api/v1/users", "GET", b"x" * 5_000, kind=b"text/ndjson") is None
    assert encoding_of("/api/v1/users", "GET", b"x" * 5_000, status=400) is None
    assert encoding_of("/api/v1/users", "GET", b"x" * 5_000, parts=2) is None


def encoding_of(
    path: str,
    method: str,
    body: bytes,
    *,
    kind: bytes = b"application/json",
    status: int = 200,
    parts: int = 1,
) -> bytes | None:
    """Send an answer through and return its coding; whatever it is, the bytes mean the same."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind), (b"content-length", b"%d" % (len(body) * parts))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number in range(parts):
            await send({"type": "http.response.body", "body": body, "more_body": number + 1 < parts})

    async def keep(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"accept-encoding", b"gzip")]}
    asyncio.run(Compression(app)(scope, None, keep))  # type: ignore[arg-type]
    headers = dict(sent[0]["headers"])
    whole = b"".join(message["body"] for message in sent[1:])
    coding: bytes | None = headers.get(b"content-encoding")
    assert int(headers[b"content-length"]) == len(whole)
    assert (gzip.decompress(whole) if coding else whole) == body * parts
    return coding


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ([], False),
        ([b""], False),
        ([b"gzip"], True),
        ([b"br, GZIP;q=0.5"], True),
        ([b"gzip;q=0"], False),
        ([b"gzip; q=0.000, br"], False),
        ([b"br", b"gzip"], True),
        ([b"*"], False),
        ([b"xgzip"], False),
    ],
)
def test_who_takes_gzip(said: list[bytes], taken: bool) -> None:
    assert accepts_gzip({"headers": [(b"accept-encoding", value) for value in said]}) is taken
