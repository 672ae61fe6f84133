"""The door of this room: services in, one ASGI application out."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holoscope.http import errors
from holoscope.http.body_limit import BodyLimit
from holoscope.http.openapi import PlainOperation, build_document
from holoscope.http.ports import Services
from holoscope.http.rate_limit import RateLimit
from holoscope.http.request_log import RequestLog
from holoscope.http.routers import api_keys, connections, health, models, scim, topics, whoami
from holoscope.http.streaming import Bytes
from holoscope.http.wire import dump

_PLAIN_ROUTES = [*whoami.ROUTES, *health.ROUTES]
_PLAIN_OPERATIONS = (*whoami.OPERATIONS,)
_ROUTERS = (models.routes, topics.routes, connections.routes, api_keys.routes, scim.routes)
_DOCUMENT = PlainOperation(
    "/api/openapi.json",
    "get",
    {
        "operationId": "openapiDocument",
        "tags": ["Description"],
        "summary": "This document",
        "description": "What this server serves, in OpenAPI 3.1. Needs no key.",
        "security": [],
        "responses": {
            "200": {
                "description": "The document",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    },
)


def create_app(services: Services) -> FastAPI:
    """Build the application around `services`.

    Requests pass the request log, then the rate limit, then the body limit, then routing; a key is
    looked at only by the routes. Paths are matched as they are written: no trailing-slash redirect.
    """
    app = FastAPI(
        routes=_ROUTES,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(RequestLog),
            Middleware(RateLimit, limiter=services.limiter),
            Middleware(BodyLimit),
        ],
    )
    app.state.services = services
    errors.install(app)
    return app


@cache
def describe() -> dict[str, Any]:
    """Return the OpenAPI document of what `create_app` serves. It is shared: do not change it."""
    return build_document(_GUARDED_ROUTES, (*_PLAIN_OPERATIONS, _DOCUMENT))


@cache
def _description() -> bytes:
    return dump(describe())


async def _openapi_json(request: Request) -> Response:
    return Bytes(b"application/json", _description())


_GUARDED_ROUTES = [route for each in _ROUTERS for route in each.routes]
_ROUTES = [*_PLAIN_ROUTES, *_GUARDED_ROUTES, Route(_DOCUMENT.path, _openapi_json, methods=["GET"])]
