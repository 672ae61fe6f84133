"""Signing in and out, the session of the cookie, and changing one's password; ours alone."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from holoscope.access.actors import Actor
from holoscope.access.profile import show_profile
from holoscope.access.sessions import LiveSession
from holoscope.access.sign_in import SignedIn
from holoscope.http.base_path import base_path
from holoscope.http.cookies import SESSION, clear, session_text, set_session
from holoscope.http.operation import Called, CurrentActor, open_router, router, serve
from holoscope.http.ports import Services
from holoscope.http.routers.oidc import START as OIDC_START
from holoscope.http.shapes.sessions import CurrentSession, Done, PasswordBody, SignInBody, SignInMethods
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import NotFound
from holoscope.kit.secrets import SecretText

routes = router("Sessions")
open_routes = open_router("Sessions")


class NoSession(NotFound):
    """The request came with a key or a grant, which has no session."""

    def __init__(self) -> None:
        super().__init__("This credential is not a session")


@serve(open_routes, "GET", "/v1/sign-in-methods", "signInMethods", SignInMethods)
def sign_in_methods(request: Request, called: Called) -> dict[str, Any]:
    """Say how one may sign in here. Needs no credential."""
    sso = (
        None
        if called.oidc is None
        else {"label": called.oidc.provider.label, "url": f"{base_path(request)}{OIDC_START}"}
    )
    return {"hasPasswords": not called.sign_in.rules.sso_only, "singleSignOn": sso}


@serve(open_routes, "POST", "/v1/session", "sessionCreate", CurrentSession)
def sign_in(body: SignInBody, request: Request, response: Response, called: Called) -> dict[str, Any]:
    """Sign in with e-mail and password: the session comes as a cookie. Needs no credential."""
    signed_in = called.sign_in.with_password(
        body.email, SecretText(body.password), former=request.cookies.get(SESSION)
    )
    return answer_with(called, signed_in, response)


@serve(routes, "GET", "/v1/session", "sessionGet", CurrentSession)
def current_session(request: Request, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return the session of the cookie and its CSRF token."""
    return _wire(called, *_live(request, actor, called))


@serve(routes, "DELETE", "/v1/session", "sessionDelete", Done)
def sign_out(request: Request, response: Response, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Sign out: the session ends and the cookie goes."""
    _live(request, actor, called)
    called.sessions.revoke(actor, actor.credential_id)
    clear(response)
    return {"success": True, "message": "Signed out"}


@serve(routes, "POST", "/v1/session/password", "sessionPasswordChange", Done)
def change_password(body: PasswordBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Change one's own password, which ends one's other sessions; needs the session of a web sign-in."""
    called.sign_in.change_password(actor, body.current_password, body.new_password)
    return {"success": True, "message": "Password changed"}


def answer_with(called: Services, signed_in: SignedIn, response: Response) -> dict[str, Any]:
    """Put a fresh session into the cookie of `response` and return the wire body of `sessionGet`."""
    set_session(response, signed_in.session)
    text = signed_in.session.text.reveal()
    return _wire(called, called.sessions.load(text), text)


def _live(request: Request, actor: Actor, called: Services) -> tuple[LiveSession, str]:
    text = session_text(request, called.public_url)
    if text is None or "authorization" in request.headers:
        raise NoSession
    live = called.sessions.load(text)
    if live.session.id != actor.credential_id:
        raise NoSession
    return live, text


def _wire(called: Services, live: LiveSession, text: str) -> dict[str, Any]:
    session, actor = live.session, live.actor
    profile = show_profile(called.database, actor)
    return {
        "id": session.id,
        "kind": session.kind.value,
        "organizationId": session.organization_id,
        "user": {
            "id": actor.user_id,
            "membershipId": actor.membership_id,
            "email": actor.email,
            "name": profile.member.name,
            "orgRole": actor.org_role.value,
            "timeZone": profile.time_zone,
            "appearance": profile.appearance,
        },
        "csrfToken": called.sessions.csrf_token(text),
        "createdAt": wire_time(session.created_at),
        "expiresAt": wire_time(session.expires_at),
    }
