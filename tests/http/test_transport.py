"""What surrounds every route: ids, logs, limits, methods, paths, failures."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from holoscope.http.body_limit import MAX_BODY_BYTES, MAX_DEPTH
from holoscope.http.rate_limit import RateLimiter
from holoscope.http.request_log import JsonFormatter
from support.house import House
from support.refusals import INVALID_KEY, refused, refused_credential, unrouted

KEYS = "/api/v1/api-keys/0b8a0000-0000-4000-8000-000000000000"


def test_a_sane_request_id_is_kept_and_any_other_replaced(house: House) -> None:
    client = house.client()
    assert client.get("/healthz", headers={"X-Request-Id": "trace-1.2:x_Y"}).headers["x-request-id"] == (
        "trace-1.2:x_Y"
    )
    for bad in ("a b", "x" * 129, "ü", "a\tb"):
        given = client.get("/healthz", headers={"X-Request-Id": bad.encode()}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]+", given)


@pytest.fixture
def log_lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("holoscope.http")
    logger.addHandler(handler)
    former = logger.level
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(former)


def test_the_log_line_holds_no_secret(house: House, log_lines: list[str]) -> None:
    client = house.client(Cookie="session=s3cr3t")
    client.get("/api/v1/whoami?modelId=omni_osk_in_query", headers={"X-Request-Id": "abc"})
    (line,) = log_lines
    entry = orjson.loads(line)
    assert entry | {"time": "", "ms": 0} == {
        "time": "",
        "level": "info",
        "logger": "holoscope.http",
        "message": "request",
        "request_id": "abc",
        "method": "GET",
        "path": "/api/v1/whoami",
        "status": 400,
        "ms": 0,
    }
    assert "omni_osk" not in line
    assert "s3cr3t" not in line


def test_an_unexplained_failure_says_where_to_look_and_nothing_else(
    house: House, log_lines: list[str]
) -> None:
    def broken() -> bool:
        raise RuntimeError("the pepper is on the table")

    torn = replace(house, services=replace(house.services, is_ready=broken))
    response = torn.client().get("/readyz", headers={"X-Request-Id": "find-me"})
    refused(response, 500, "Internal error. The server log has the details under request find-me.")
    assert any("the pepper is on the table" in line and "find-me" in line for line in log_lines)


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1/nope", "/api/v0/model/x/refresh", "/api/v1/models/"]
)
def test_unrouted_below_api(house: House, path: str) -> None:
    unrouted(house.client().get(path, follow_redirects=False))


def test_unrouted_elsewhere(house: House) -> None:
    refused(house.client().get("/nowhere"), 404, "Not found")
    refused(house.client().get("/v1/whoami"), 404, "Not found")


def test_another_method_names_those_that_are_served(house: House) -> None:
    response = house.client().patch(KEYS)
    refused(response, 405, "Invalid method")
    assert response.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    options = house.client().options(KEYS)
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"


@pytest.mark.parametrize("path", ["/api/v1/whoami", "/api/v1/models", "/api/openapi.json", "/healthz"])
def test_head_is_get_without_the_body(house: House, path: str) -> None:
    client = house.client()
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(
    "body", [b"{", b"", b"nul", b'{"enabled": NaN}', b"\xff", b'{"a":"\\ud800"}', b"[" * 5000 + b"]" * 5000]
)
def test_what_is_not_json(house: House, body: bytes) -> None:
    response = house.client().put(KEYS, content=body)
    refused(response, 400, "Bad Request: Invalid JSON" if body else "Bad Request: body: Required")


def test_nesting_is_bounded(house: House) -> None:
    deep = b'{"enabled":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"
    refused(house.client().put(KEYS, content=deep), 400, "Bad Request: Invalid JSON")
    wide = b'{"enabled":[' + b"[]," * 500 + b"[]]}"
    refused(
        house.client().put(KEYS, content=wide), 400, "Bad Request: enabled: Expected boolean, received array"
    )


def test_a_heavy_body_is_refused_unread(house: House) -> None:
    client = house.client()
    text = f"Request body is larger than {MAX_BODY_BYTES} bytes"
    refused(client.put(KEYS, content=b" " * (MAX_BODY_BYTES + 1)), 413, text)

    def chunks() -> Iterator[bytes]:
        for _ in range(12):
            yield b" " * 1_000_000

    refused(client.put(KEYS, content=chunks()), 413, text)


def test_the_limit_counts_each_authorization_value(house: House) -> None:
    limited = replace(house, services=replace(house.services, limiter=RateLimiter(3)))
    client = limited.client()
    assert [client.get("/api/v1/whoami").status_code for _ in range(3)] == [200] * 3
    blocked = client.get("/api/v1/models?bogus=1")
    assert blocked.status_code == 429
    assert blocked.headers["x-omni-waf-action"] == "block"
    assert 1 <= int(blocked.headers["retry-after"]) <= 60
    assert blocked.headers["x-request-id"]
    assert blocked.json() == {
        "detail": "Too many requests. Wait as long as Retry-After says.",
        "status": 429,
        "code": "rate_limited",
    }
    bad = limited.client("invalid")
    statuses = [bad.get("/api/v1/whoami").status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("server", "own", "admitted"), [(60, 5, 5), (2, 60, 31)])
def test_a_key_may_have_its_own_limit(house: House, server: int, own: int, admitted: int) -> None:
    """The first request is counted before anything is known of the key, so as the server's limit says."""
    issued = house.services.keys.issue(
        house.organization_id,
        house.admin_id,
        name="generous",
        kind=house.services.keys.page(house.organization_id).records[0].kind,
        rate_limit=own,
    )
    limited = replace(house, services=replace(house.services, limiter=RateLimiter(server)))
    client = limited.client(issued.text.reveal())
    answers = [client.get("/api/v1/whoami").status_code for _ in range(admitted + 1)]
    assert answers == [200] * admitted + [429]


def test_revoking_a_key_ends_it_at_once(house: House) -> None:
    issued = house.services.keys.issue(
        house.organization_id,
        house.admin_id,
        name="short lived",
        kind=house.services.keys.page(house.organization_id).records[0].kind,
    )
    client = house.client(issued.text.reveal())
    assert client.get("/api/v1/whoami").status_code == 200
    assert client.delete(f"/api/v1/api-keys/{issued.key.id}").json()["success"] is True
    refused_credential(client.get("/api/v1/whoami"), 403, INVALID_KEY)


def test_openapi_is_what_we_describe(house: House, tmp_path: Path) -> None:
    document = house.client(None).get("/api/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/whoami" in document["paths"]
