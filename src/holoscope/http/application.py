"""The door of this room: services in, one ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from holoscope.http import errors
from holoscope.http.asking import Asking
from holoscope.http.base_path import BasePath
from holoscope.http.body_limit import BodyLimit
from holoscope.http.compression import Compression
from holoscope.http.openapi import PlainOperation, build_document
from holoscope.http.ports import Services
from holoscope.http.rate_limit import RateLimit
from holoscope.http.request_log import RequestLog
from holoscope.http.routers import (
    api_keys,
    audit,
    connection_environments,
    connections,
    custom_roles,
    email_only,
    embed,
    embed_browser,
    groups,
    health,
    invitations,
    model_editor,
    model_files,
    model_language,
    model_parts,
    model_roles,
    models,
    oauth,
    oauth_grants,
    oidc,
    organization,
    people,
    profile,
    query,
    query_filters,
    rate_limits,
    refresh,
    running_queries,
    scim,
    session,
    sessions,
    sign_in_pages,
    topics,
    user_attributes,
    whoami,
)
from holoscope.http.security_headers import SecurityHeaders
from holoscope.http.streaming import Bytes
from holoscope.http.understood import Understood
from holoscope.http.wire import dump

_PLAIN_ROUTES = [
    *query.ROUTES,
    *whoami.ROUTES,
    *health.ROUTES,
    *sign_in_pages.ROUTES,
    *oauth.ROUTES,
    *oidc.ROUTES,
    *embed_browser.ROUTES,
    *invitations.ROUTES,
]
_PLAIN_OPERATIONS = (*query.OPERATIONS, *whoami.OPERATIONS)
_ROUTERS = (
    models.routes,
    model_files.routes,
    model_parts.routes,
    refresh.routes,
    topics.routes,
    connections.routes,
    connection_environments.routes,
    api_keys.routes,
    scim.routes,
    email_only.routes,
    user_attributes.routes,
    organization.routes,
    session.routes,
    session.open_routes,
    sessions.routes,
    oauth_grants.routes,
    embed.routes,
    invitations.routes,
    invitations.open_routes,
    audit.routes,
    model_roles.routes,
    custom_roles.routes,
    query_filters.routes,
    people.routes,
    groups.routes,
    running_queries.routes,
    rate_limits.routes,
    profile.routes,
    model_editor.routes,
    model_language.routes,
)
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


def create_app(services: Services, *, pages: Sequence[BaseRoute] = ()) -> Starlette:
    """Build the application around `services`; `pages` are served beside the API.

    Requests pass the base path, then the security headers, then the request log, then the rate limit,
    then the body limit, then what compresses answers, then routing; a key is looked at only by the routes.
    Plain routes are matched first; FastAPI serves the rest of the same paths and knows the plain ones too,
    so that it can say which methods a path has.
    Paths are matched as they are written: no trailing-slash redirect.
    """
    rest = FastAPI(routes=_ROUTES, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app = Starlette(
        routes=[*_PLAIN_ROUTES, *pages, Mount("", app=rest)],
        middleware=[
            Middleware(BasePath, base=services.base_path),
            Middleware(SecurityHeaders),
            Middleware(RequestLog),
            Middleware(RateLimit, limiter=services.limiter),
            Middleware(BodyLimit),
            Middleware(Compression),
        ],
        lifespan=_lifespan,
    )
    app.state.asking = Asking(services)
    app.state.understood = Understood()
    for each in (app, rest):
        each.state.services = services
        errors.install(each)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """When the server stops, stop the queries that are still under way."""
    yield
    services: Services = app.state.services
    await services.runs.close()
    await services.limiter.close()
    if services.peers is not None:
        await services.peers.close()


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
