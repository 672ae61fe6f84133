"""The directory, under both letter cases (API digest §1.1, §3.16); administrators' organization keys only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from holoscope.access import scim_groups, scim_schemas, scim_search, scim_users
from holoscope.access.actors import Actor, MemberKind
from holoscope.access.scim_access import require_directory
from holoscope.access.scim_listing import Resource
from holoscope.http.operation import Called, router, serve
from holoscope.http.shapes.scim import (
    ScimDescription,
    ScimGroupBody,
    ScimGroupResponse,
    ScimGroupsListResponse,
    ScimListResponse,
    ScimOneQuery,
    ScimPatchBody,
    ScimQuery,
    ScimSearchBody,
    ScimUserBody,
    ScimUserResponse,
    ScimUsersListResponse,
)
from holoscope.http.wire import Uuid, dump

routes = router("SCIM")
_HOME = "/scim/v2"
_SCIM_JSON = "application/scim+json"


async def _administrator(request: Request) -> Actor:
    """Return who calls, refusing whoever may not before anything of the request is looked at."""
    actor: Actor = request.state.actor
    require_directory(actor)
    return actor


Administrator = Annotated[Actor, Depends(_administrator)]
OneQuery = Annotated[ScimOneQuery, Query()]
ListQuery = Annotated[ScimQuery, Query()]


def _serve(
    method: str, path: str, name: str, response: type[BaseModel] | None, status: int = 200
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Serve below `/api/scim/v2`, where clients write the names of resources in either letter case."""
    small = "/".join(part if part.startswith("{") else part.lower() for part in path.split("/"))
    aliases = [] if small == path else [(f"{name}LowerCase", _HOME + small)]
    return serve(routes, method, _HOME + path, name, response, status=status, aliases=aliases)


def _answer(request: Request, resource: Resource, status: int = 200) -> Response:
    """Answer in SCIM's media type where the client speaks it, else as plain JSON."""
    spoken = f"{request.headers.get('accept', '')} {request.headers.get('content-type', '')}"
    media_type = _SCIM_JSON if _SCIM_JSON in spoken.lower() else "application/json"
    location = resource["meta"]["location"] if status == 201 and "meta" in resource else None
    headers = {} if location is None else {"Location": location}
    return Response(dump(resource), status, headers, media_type)


@_serve("GET", "/Users", "scimUsersList", ScimUsersListResponse)
def list_users(query: ListQuery, request: Request, actor: Administrator, called: Called) -> Response:
    """List active members. `filter` takes the whole grammar of RFC 7644 §3.4.2.2."""
    return _answer(request, scim_users.list_users(called.database, actor, query.asked(), called.positions))


@_serve("POST", "/Users/.search", "scimUsersSearch", ScimUsersListResponse)
def search_users(body: ScimSearchBody, request: Request, actor: Administrator, called: Called) -> Response:
    """List active members as the body asks."""
    return _answer(request, scim_users.list_users(called.database, actor, body.asked(), called.positions))


@_serve("POST", "/Users", "scimUsersCreate", ScimUserResponse, 201)
def create_user(
    body: ScimUserBody, query: OneQuery, request: Request, actor: Administrator, called: Called
) -> Response:
    """Add a member, who is never an administrator; user attributes that are not defined are passed over."""
    made = scim_users.create_user(
        called.database, actor, body.raw(), query.asked(), clock=called.models.clock
    )
    return _answer(request, made, 201)


@_serve("GET", "/Users/{id}", "scimUsersGet", ScimUserResponse)
def get_user(id: Uuid, query: OneQuery, request: Request, actor: Administrator, called: Called) -> Response:
    """Return one active member."""
    return _answer(request, scim_users.find_user(called.database, actor, id, query.asked()))


@_serve("PUT", "/Users/{id}", "scimUsersReplace", ScimUserResponse)
def replace_user(
    id: Uuid, body: ScimUserBody, query: OneQuery, request: Request, actor: Administrator, called: Called
) -> Response:
    """Bring a member to exactly what the body says; `userName` must stay the same."""
    done = scim_users.replace_user(
        called.database, actor, id, body.raw(), query.asked(), clock=called.models.clock
    )
    return _answer(request, done)


@_serve("PATCH", "/Users/{id}", "scimUsersUpdate", ScimUserResponse)
def update_user(
    id: Uuid, body: ScimPatchBody, query: OneQuery, request: Request, actor: Administrator, called: Called
) -> Response:
    """Change a member by operations. `active` false ends the membership for good."""
    done = scim_users.update_user(
        called.database, actor, id, body.raw(), query.asked(), clock=called.models.clock
    )
    return _answer(request, done)


@_serve("DELETE", "/Users/{id}", "scimUsersDelete", None, 204)
def delete_user(id: Uuid, actor: Administrator, called: Called) -> Response:
    """End a membership for good. The last administrator stays."""
    scim_users.delete_user(called.database, actor, id, clock=called.models.clock)
    return Response(status_code=204)


@_serve("GET", "/embed/Users", "scimEmbedUsersList", ScimUsersListResponse)
def list_embed_users(query: ListQuery, request: Request, actor: Administrator, called: Called) -> Response:
    """List embed users; filters know `embedExternalId`, `embedEntity` and `embedEmail` too."""
    found = scim_users.list_users(
        called.database, actor, query.asked(), called.positions, kind=MemberKind.EMBED
    )
    return _answer(request, found)


@_serve("GET", "/embed/Users/{id}", "scimEmbedUsersGet", ScimUserResponse)
def get_embed_user(
    id: Uuid, query: OneQuery, request: Request, actor: Administrator, called: Called
) -> Response:
    """Return one embed user."""
    found = scim_users.find_user(called.database, actor, id, query.asked(), kind=MemberKind.EMBED)
    return _answer(request, found)


@_serve("DELETE", "/embed/Users/{id}", "scimEmbedUsersDelete", None, 204)
def delete_embed_user(id: Uuid, actor: Administrator, called: Called) -> Response:
    """Erase an embed user for good, with everything that is only theirs."""
    scim_users.delete_user(called.database, actor, id, kind=MemberKind.EMBED, clock=called.models.clock)
    return Response(status_code=204)


@_serve("GET", "/Groups", "scimGroupsList", ScimGroupsListResponse)
def list_groups(query: ListQuery, request: Request, actor: Administrator, called: Called) -> Response:
    """List groups. `excludedAttributes=members` spares the members."""
    return _answer(request, scim_groups.list_groups(called.database, actor, query.asked(), called.positions))


@_serve("POST", "/Groups/.search", "scimGroupsSearch", ScimGroupsListResponse)
def search_groups(body: ScimSearchBody, request: Request, actor: Administrator, called: Called) -> Response:
    """List groups as the body asks."""
    return _answer(request, scim_groups.list_groups(called.database, actor, body.asked(), called.positions))


@_serve("POST", "/Groups", "scimGroupsCreate", ScimGroupResponse, 201)
def create_group(
    body: ScimGroupBody, query: OneQuery, request: Request, actor: Administrator, called: Called
) -> Response:
    """Make a group; its name is unique, letter case ignored."""
    made = scim_groups.create_group_resource(
        called.database, actor, body.raw(), query.asked(), clock=called.models.clock
    )
    return _answer(request, made, 201)


@_serve("GET", "/Groups/{miniUuid}", "scimGroupsGet", ScimGroupResponse)
def get_group(
    miniUuid: str,  # noqa: N803  (the wire's name)
    query: OneQuery,
    request: Request,
    actor: Administrator,
    called: Called,
) -> Response:
    """Return one group."""
    found = scim_groups.find_group_resource(called.database, actor, miniUuid, query.asked())
    return _answer(request, found)


@_serve("PUT", "/Groups/{miniUuid}", "scimGroupsReplace", ScimGroupResponse)
def replace_group(
    miniUuid: str,  # noqa: N803  (the wire's name)
    body: ScimGroupBody,
    query: OneQuery,
    request: Request,
    actor: Administrator,
    called: Called,
) -> Response:
    """Bring a group to exactly what the body says, its members included."""
    done = scim_groups.replace_group(
        called.database, actor, miniUuid, body.raw(), query.asked(), clock=called.models.clock
    )
    return _answer(request, done)


@_serve("PATCH", "/Groups/{miniUuid}", "scimGroupsUpdate", ScimGroupResponse)
def update_group(
    miniUuid: str,  # noqa: N803  (the wire's name)
    body: ScimPatchBody,
    query: OneQuery,
    request: Request,
    actor: Administrator,
    called: Called,
) -> Response:
    """Change a group by operations, such as adding members and removing `members[value eq "…"]`."""
    done = scim_groups.update_group(
        called.database, actor, miniUuid, body.raw(), query.asked(), clock=called.models.clock
    )
    return _answer(request, done)


@_serve("DELETE", "/Groups/{miniUuid}", "scimGroupsDelete", None, 204)
def delete_group(
    miniUuid: str,  # noqa: N803  (the wire's name)
    actor: Administrator,
    called: Called,
) -> Response:
    """Take a group away, with the roles it gives; its members stay."""
    scim_groups.delete_group_resource(called.database, actor, miniUuid, clock=called.models.clock)
    return Response(status_code=204)


@_serve("POST", "/.search", "scimSearch", ScimListResponse)
def search_everything(
    body: ScimSearchBody, request: Request, actor: Administrator, called: Called
) -> Response:
    """List users, then groups, as the body asks."""
    return _answer(request, scim_search.search(called.database, actor, body.asked()))


@_serve("GET", "/ServiceProviderConfig", "scimServiceProviderConfig", ScimDescription)
def get_service_provider_config(request: Request, actor: Administrator) -> Response:
    """Say what is supported: PATCH, filters and sorting are, bulk and entity tags are not."""
    return _answer(request, scim_schemas.service_provider_config(actor))


@_serve("GET", "/ResourceTypes", "scimResourceTypesList", ScimListResponse)
def list_resource_types(request: Request, actor: Administrator) -> Response:
    """List the kinds of resources: User and Group."""
    return _answer(request, scim_schemas.list_resource_types(actor))


@_serve("GET", "/ResourceTypes/{id}", "scimResourceTypesGet", ScimDescription)
def get_resource_type(id: str, request: Request, actor: Administrator) -> Response:
    """Return one kind of resource."""
    return _answer(request, scim_schemas.find_resource_type(actor, id))


@_serve("GET", "/Schemas", "scimSchemasList", ScimListResponse)
def list_schemas(request: Request, actor: Administrator, called: Called) -> Response:
    """List the attributes of users and groups, the organization's own user attributes among them."""
    return _answer(request, scim_schemas.list_schemas(called.database, actor))


@_serve("GET", "/Schemas/{id}", "scimSchemasGet", ScimDescription)
def get_schema(id: str, request: Request, actor: Administrator, called: Called) -> Response:
    """Return one schema by its URN."""
    return _answer(request, scim_schemas.find_schema(called.database, actor, id))
