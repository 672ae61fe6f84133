"""Which client programs act as whom: one's own grants, or everybody's for administrators; ours alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.guards import require_admin
from holoscope.access.oauth.grant_rows import Grant
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.oauth import GrantListResponse, GrantsQuery
from holoscope.http.shapes.sessions import Done
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time

routes = router("Sessions")


@serve(routes, "GET", "/v1/oauth-grants", "oauthGrantsList", GrantListResponse)
def list_grants(
    query: Annotated[GrantsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List the client programs that act as oneself, the newest first; administrators may ask for all."""
    if query.all:
        require_admin(actor)
    page = called.grants.page(
        actor.organization_id,
        membership_id=None if query.all else actor.membership_id,
        after_id=query.cursor,
        size=query.page_size,
    )
    return page.wire(_wire)


@serve(routes, "DELETE", "/v1/oauth-grants/{id}", "oauthGrantsDelete", Done)
def delete_grant(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """End what a client program may do, at once; administrators end those of others too."""
    called.grants.revoke(actor, id)
    return {"success": True, "message": "Grant revoked"}


def _wire(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "clientId": grant.client_id,
        "scope": grant.scope,
        "membershipId": grant.membership_id,
        "email": grant.email,
        "name": grant.name,
        "createdAt": wire_time(grant.created_at),
        "lastUsedAt": None if grant.last_used_at is None else wire_time(grant.last_used_at),
    }
