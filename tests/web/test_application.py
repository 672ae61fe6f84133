"""What the server says with the application's files: policy, caching, encodings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from holoscope.web.application import app_routes


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<base href="__BASE__"><meta nonce="__NONCE__">')
    (tmp_path / "assets/a.js").write_text("1")
    (tmp_path / "assets/a.js.br").write_bytes(b"br")
    (tmp_path / "assets/a.js.gz").write_bytes(b"gz")
    return TestClient(Starlette(routes=app_routes(tmp_path)))


def test_the_document_names_a_nonce_of_its_own_each_time_and_allows_no_inline_script(client) -> None:
    policies = [client.get("/explore/x").headers["content-security-policy"] for _ in range(2)]
    nonces = {re.search(r"'nonce-([\w-]+)'", policy)[1] for policy in policies}
    assert len(nonces) == 2
    assert all("unsafe" not in policy and "script-src 'self';" in policy for policy in policies)


@pytest.mark.parametrize("path", ["/", "/explore", "/explore/1/orders", "/settings/keys", "/api-reference"])
def test_every_place_answers_with_the_document(client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert '<base href="/">' in answer.text


@pytest.mark.parametrize(
    "path", ["/nowhere", "/assets/b.js", "/assets/../index.html", "/assets/%2e%2e/index.html"]
)
def test_nothing_else_is_served(client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("br;q=0, gzip", "gzip")],
)
def test_files_come_as_small_as_the_browser_takes_them_and_are_kept(client, accepted, coding) -> None:
    with client.stream("GET", "/assets/a.js", headers={"accept-encoding": accepted}) as answer:
        assert b"".join(answer.iter_raw()) == {"br": b"br", "gzip": b"gz", None: b"1"}[coding]
    assert answer.headers.get("content-encoding") == coding
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


def test_an_installation_without_it_says_how_to_get_it(tmp_path: Path) -> None:
    answer = TestClient(Starlette(routes=app_routes(tmp_path))).get("/")
    assert answer.status_code == 503
    assert "SKIP_FRONTEND" in answer.text


def test_files_of_an_older_build_are_gone_and_no_failure(client, tmp_path: Path) -> None:
    (tmp_path / "assets/a.js").unlink()
    assert client.get("/assets/a.js", headers={"accept-encoding": "identity"}).status_code == 404
