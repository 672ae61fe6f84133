"""Who is signed in: one's own sessions, or everybody's for administrators; ours alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.access.session_rows import Session, SessionKind
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.ports import Services
from holoscope.http.shapes.sessions import Done, EndSessionsQuery, SessionListResponse, SessionsQuery
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time

routes = router("Sessions")
_STATES = {"open": True, "ended": False, "any": None}


@serve(routes, "GET", "/v1/sessions", "sessionsList", SessionListResponse)
def list_sessions(
    query: Annotated[SessionsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List one's own sessions, the newest first; administrators may ask for those of others."""
    membership_id: str | None = actor.membership_id
    if query.all or query.user_id not in {None, actor.membership_id}:
        _need_admin(actor)
        membership_id = query.user_id
    page = called.sessions.page(
        actor.organization_id,
        membership_id=membership_id,
        kind=SessionKind(query.kind) if query.kind else None,
        is_open=_STATES[query.state],
        after_id=query.cursor,
        size=query.page_size,
    )
    return page.wire(lambda session: _wire(session, actor, called))


@serve(routes, "DELETE", "/v1/sessions/{id}", "sessionsDelete", Done)
def end_session(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """End one session for good; administrators may end those of others."""
    called.sessions.revoke(actor, id, only_own=not actor.is_admin)
    return {"success": True, "message": "Session ended"}


@serve(routes, "DELETE", "/v1/sessions", "sessionsDeleteAll", Done)
def end_sessions(
    query: Annotated[EndSessionsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """End one's own sessions but the one in use, or as administrator those of a member."""
    wanted = query.user_id or actor.membership_id
    if wanted != actor.membership_id:
        _need_admin(actor)
    ended = called.sessions.revoke_all_of(actor, wanted)
    return {"success": True, "message": f"{ended} sessions ended"}


def _need_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise PermissionDenied


def _wire(session: Session, actor: Actor, called: Services) -> dict[str, Any]:
    return {
        "id": session.id,
        "kind": session.kind.value,
        "membershipId": session.membership_id,
        "email": session.email,
        "name": session.name,
        "address": session.address,
        "userAgent": session.user_agent,
        "createdAt": wire_time(session.created_at),
        "lastSeenAt": wire_time(session.last_seen_at),
        "expiresAt": wire_time(session.expires_at),
        "isOpen": called.sessions.is_open(session),
        "isCurrent": session.id == actor.credential_id,
    }
