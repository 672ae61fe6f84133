"""API tokens: list, look at, switch off and on, revoke (API digest §3.3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.actors import Actor, KeyKind
from holoscope.access.errors import PermissionDenied
from holoscope.access.key_rows import ApiKey as StoredKey
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.api_keys import (
    ApiKey,
    ApiKeyDeleteResponse,
    ApiKeyListResponse,
    ApiKeysQuery,
    ApiKeyUpdateBody,
)
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time
from holoscope.kit.paging import Page

routes = router("API Tokens")
_KINDS = {"organization": KeyKind.ORGANIZATION, "personal": KeyKind.USER, "mcp": KeyKind.MCP}
_WORDS = {kind: word for word, kind in _KINDS.items()}


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
    _need_admin(actor)
    found = called.keys.page(
        actor.organization_id,
        kind=_KINDS[query.type] if query.type else None,
        sort=query.sort_field,
        descending=query.sort_direction == "desc",
        after_id=query.cursor,
        size=query.page_size,
    )
    return Page(found.keys, query.page_size, found.total, found.last_id).wire(_wire)


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
    _need_admin(actor)
    return _wire(called.keys.find(actor.organization_id, id))


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
    _need_admin(actor)
    return _wire(called.keys.set_enabled(actor.organization_id, id, enabled=body.enabled))


@serve(
    routes,
    "DELETE",
    "/v1/api-keys/{id}",
    "apiKeysDelete",
    ApiKeyDeleteResponse,
    aliases=[("unstableApiKeysDelete", "/unstable/api-keys/{id}")],
)
def delete_key(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Revoke a token of any kind for good, the one in use included."""
    _need_admin(actor)
    called.keys.revoke(actor.organization_id, id)
    return {"success": True, "message": "API token revoked"}


def _need_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise PermissionDenied


def _wire(key: StoredKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "type": _WORDS[key.kind],
        "enabled": key.enabled,
        "createdAt": wire_time(key.created_at),
        "membershipId": None if key.kind is KeyKind.ORGANIZATION else key.membership_id,
    }
