"""How a FastAPI route is served here: the credential is checked before anything of the request is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from holoscope.access.actors import Actor
from holoscope.http.body_limit import parse_json
from holoscope.http.credentials import actor_of, services_of
from holoscope.http.ports import Services
from holoscope.http.same_origin import require_own_page
from holoscope.kit.errors import BadRequest


class JsonRequest(Request):
    """A request whose JSON is parsed by our strict reader, once."""

    async def json(self) -> object:
        if not hasattr(self, "_strict_json"):
            self._strict_json = parse_json(await self.body())
        return self._strict_json


class OpenRoute(APIRoute):
    """Refuse a repeated query key, parse the body; only then validate and call. Needs no credential."""

    async def admit(self, request: Request) -> None:
        """Let a request in that needs no credential: our own pages may send it, or no browser at all.

        Raises:
            CrossOrigin: another site's page sent it.
        """
        require_own_page(request, public_url=services_of(request).public_url, must_say=False)

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        inner = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await self.admit(request)
            _refuse_repeated(request)
            if self.body_field is not None:
                request = JsonRequest(request.scope, request.receive)
                if await request.body():
                    await request.json()
            return await inner(request)

        return guarded


class GuardedRoute(OpenRoute):
    """Authenticate before anything else of the request is looked at."""

    async def admit(self, request: Request) -> None:
        """Let a request in whose credential is valid, and keep whose it is.

        Raises:
            CredentialRefused: there is none, or it proves nothing.
            Forbidden: a session cookie came from another site's page.
        """
        request.state.actor = await actor_of(request)


def _refuse_repeated(request: Request) -> None:
    seen: set[str] = set()
    for key, _ in request.query_params.multi_items():
        if key in seen:
            raise BadRequest(f"Bad Request: {key}: Expected string, received array")
        seen.add(key)


async def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


async def _services(request: Request) -> Services:
    return services_of(request)


CurrentActor = Annotated[Actor, Depends(_actor)]
"""Who calls; the route class has already checked the key."""

Called = Annotated[Services, Depends(_services)]
"""What the application was built with."""


def router(tag: str) -> APIRouter:
    """Make a router whose routes may be put into an application as they are."""
    return APIRouter(prefix="/api", tags=[tag], route_class=GuardedRoute, strict_content_type=False)


def open_router(tag: str) -> APIRouter:
    """Make a router like `router` whose routes need no credential, such as signing in."""
    return APIRouter(prefix="/api", tags=[tag], route_class=OpenRoute, strict_content_type=False)


def serve(  # noqa: PLR0913  (keywords of a route)
    on: APIRouter,
    method: str,
    path: str,
    operation_id: str,
    response: type[BaseModel] | None,
    *,
    status: int = 200,
    omit_unset: bool = False,
    omit_none: bool = False,
    aliases: Sequence[tuple[str, str]] = (),
    refusals: Mapping[int, str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Serve a function at `path` below `/api`; `aliases` are (operationId, path) of other homes.

    Where the contract says absent and not null: `omit_unset` leaves out keys that the function did
    not set, `omit_none` those whose value is None. `refusals` describes statuses that not every route has.
    """
    described: dict[int | str, dict[str, Any]] = {
        code: {"description": text} for code, text in (refusals or {}).items()
    }

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        for name, place in ((operation_id, path), *aliases):
            on.add_api_route(
                place,
                function,
                methods=[method],
                operation_id=name,
                status_code=status,
                response_model=response,
                response_model_exclude_unset=omit_unset,
                response_model_exclude_none=omit_none,
                responses=described,
                deprecated=name != operation_id or None,
                openapi_extra={"security": []} if on.route_class is OpenRoute else None,
            )
        return function

    return register
