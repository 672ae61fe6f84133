"""A server below a path of its host: every address works with the path before it, stripped or not."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from holoscope.http.base_path import BasePath, published_base


async def here(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.url.path} {published_base(request, None)}")


async def away(request: Request) -> RedirectResponse:
    return RedirectResponse(request.query_params["to"], 303)


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", here), Route("/a/b", here), Route("/away", away)]
    app = Starlette(routes=routes, middleware=[Middleware(BasePath, base="/analytics")])
    return TestClient(app, base_url="https://bi.example.com", follow_redirects=False)


@pytest.mark.parametrize("path", ["/a/b", "/analytics/a/b"])
def test_a_proxy_may_strip_the_path_or_not(client: TestClient, path: str) -> None:
    assert client.get(path).text == "/a/b https://bi.example.com/analytics"


@pytest.mark.parametrize("path", ["/analytics", "/analytics/"])
def test_the_path_alone_is_the_start(client: TestClient, path: str) -> None:
    assert client.get(path).text.startswith("/ ")


def test_a_path_that_only_begins_alike_is_another(client: TestClient) -> None:
    assert client.get("/analytics2/a/b").status_code == 404


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("/sign-in", "/analytics/sign-in"),
        ("https://idp.example.com/x", "https://idp.example.com/x"),
        ("//elsewhere.example.com", "//elsewhere.example.com"),
    ],
)
def test_redirects_within_the_server_keep_the_path(client: TestClient, to: str, location: str) -> None:
    assert client.get("/away", params={"to": to}).headers["location"] == location
