"""API tokens: list, look at, make, switch off and on, revoke (API digest §3.3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.api_keys import (
    create_api_key,
    delete_api_key,
    find_api_key,
    key_wire,
    list_api_keys,
    list_own_tokens,
    update_api_key,
)
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.api_keys import (
    ApiKey,
    ApiKeyCreateBody,
    ApiKeyDeleteResponse,
    ApiKeyListResponse,
    ApiKeysQuery,
    ApiKeyUpdateBody,
    IssuedApiKey,
    OwnTokensQuery,
)
from holoscope.http.wire import Uuid

routes = router("API Tokens")


@serve(
    routes,
    "GET",
    "/v1/api-keys",
    "apiKeysList",
    ApiKeyListResponse,
    aliases=[("unstableApiKeysList", "/unstable/api-keys")],
)
def list_keys(query: Annotated[ApiKeysQuery, Query()], actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List the tokens of the organization; administrators only. The text of a token is never shown."""
    page = list_api_keys(
        called.keys,
        actor,
        kind=query.type,
        sort_field=query.sort_field,
        sort_direction=query.sort_direction,
        page_size=query.page_size,
        cursor=query.cursor,
    )
    return page.wire(key_wire)


@serve(routes, "POST", "/v1/api-keys", "apiKeysCreate", IssuedApiKey, status=201)
def create_key(body: ApiKeyCreateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make a token of one's own; its text is in this answer and nowhere else. Needs a web session."""
    issued = create_api_key(called.keys, actor, name=body.name, kind=body.type)
    return {**key_wire(issued.key), "token": issued.text.reveal()}


@serve(routes, "GET", "/v1/personal-tokens", "personalTokensList", ApiKeyListResponse)
def list_own(
    query: Annotated[OwnTokensQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List one's own personal tokens, the newest first."""
    page = list_own_tokens(called.keys, actor, page_size=query.page_size, cursor=query.cursor)
    return page.wire(key_wire)


@serve(
    routes,
    "GET",
    "/v1/api-keys/{id}",
    "apiKeysGet",
    ApiKey,
    aliases=[("unstableApiKeysGet", "/unstable/api-keys/{id}")],
)
def get_key(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return one token; administrators only."""
    return key_wire(find_api_key(called.keys, actor, id))


@serve(
    routes,
    "PUT",
    "/v1/api-keys/{id}",
    "apiKeysUpdate",
    ApiKey,
    aliases=[("unstableApiKeysUpdate", "/unstable/api-keys/{id}")],
)
def update_key(id: Uuid, body: ApiKeyUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Switch an organization token off or on; doing it twice is the same as once."""
    return key_wire(update_api_key(called.keys, actor, id, enabled=body.enabled))


@serve(
    routes,
    "DELETE",
    "/v1/api-keys/{id}",
    "apiKeysDelete",
    ApiKeyDeleteResponse,
    aliases=[("unstableApiKeysDelete", "/unstable/api-keys/{id}")],
)
def delete_key(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Revoke a token of any kind for good, the one in use included; members revoke their own alone."""
    return delete_api_key(called.keys, actor, id)
