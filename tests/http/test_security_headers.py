"""What every response tells a browser, whoever made the response."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from holoscope.http.application import create_app
from support.house import House

PATHS = [
    ("GET", "/api/v1/whoami"),
    ("GET", "/api/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/nowhere"),
    ("GET", "/api/v1/nowhere"),
    ("PATCH", "/api/v1/whoami"),
    ("OPTIONS", "/api/v1/whoami"),
    ("POST", "/api/v1/query/run"),
    ("GET", "/api/scim/v2/Users"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("key", ["", None])
def test_on_every_response(house: House, method: str, path: str, key: str | None) -> None:
    headers = house.client(key).request(method, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "base", ["http://testserver", "https://localhost:8443", "https://127.0.0.1", "https://[::1]:8443"]
)
def test_no_promise_of_https_for_plain_http_and_this_machine(house: House, base: str) -> None:
    client = TestClient(create_app(house.services), base_url=base)
    assert "strict-transport-security" not in client.get("/healthz").headers


def test_also_on_a_body_that_is_too_large_and_a_limit_that_is_reached(house: House) -> None:
    answer = house.client().post("/api/v1/query/run", headers={"Content-Length": "99999999"}, content=b"x")
    assert answer.status_code == 413
    assert answer.headers["x-content-type-options"] == "nosniff"
