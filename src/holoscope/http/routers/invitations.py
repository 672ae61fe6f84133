"""Inviting people by link, and accepting: as operations of ours, and as a page without a script."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from holoscope.access.actors import OrgRole
from holoscope.access.errors import InvitationInvalid, PermissionDenied
from holoscope.access.invitation_rows import Invitation
from holoscope.access.invitations import LINK_PATH, addresses
from holoscope.access.passwords import SignInBusy
from holoscope.access.sign_in import SignedIn
from holoscope.access.throttle import TooManyAttempts
from holoscope.http.base_path import published_base
from holoscope.http.cookies import SESSION, set_session
from holoscope.http.credentials import services_of
from holoscope.http.operation import Called, CurrentActor, open_router, router, serve
from holoscope.http.pages.forms import START, read_form
from holoscope.http.pages.render import page
from holoscope.http.routers.session import answer_with
from holoscope.http.routers.sign_in_pages import see_other
from holoscope.http.same_origin import require_own_page
from holoscope.http.shapes.invitations import (
    AcceptBody,
    InvitationList,
    InvitationShown,
    InviteBody,
    IssuedInvitations,
    LookBody,
)
from holoscope.http.shapes.sessions import CurrentSession, Done
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest, HoloscopeError

routes = router("Invitations")
open_routes = open_router("Invitations")
_TITLE = "Join Holoscope"


@serve(routes, "POST", "/v1/invitations", "invitationsCreate", IssuedInvitations, status=201)
def invite(body: InviteBody, request: Request, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Invite people by e-mail address; administrators only. Nothing is mailed: pass the links on."""
    made = called.invitations.invite(
        actor.organization_id, addresses(body.emails), OrgRole(body.role), body.group_ids, actor
    )
    base = published_base(request, called.public_url)
    return {
        "records": [
            {
                **_wire(each.invitation),
                "url": f"{base}{LINK_PATH}?{urlencode({'token': each.text.reveal()})}",
            }
            for each in made
        ]
    }


@serve(routes, "GET", "/v1/invitations", "invitationsList", InvitationList)
def list_invitations(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List the invitations that can still be accepted; administrators only."""
    return {"records": [_wire(each) for each in called.invitations.pending(actor)]}


@serve(routes, "DELETE", "/v1/invitations/{id}", "invitationsDelete", Done)
def revoke(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """End an invitation; administrators only."""
    called.invitations.revoke(actor, id)
    return {"success": True, "message": "Invitation ended"}


@serve(open_routes, "POST", "/v1/invitations/look-up", "invitationsLookUp", InvitationShown)
def look_up(body: LookBody, called: Called) -> dict[str, Any]:
    """Say whom the link of an invitation invites, and where to. Needs no credential but the link."""
    invitation, organization = called.invitations.look(body.token)
    return {
        "email": invitation.email,
        "organization": organization,
        "expiresAt": wire_time(invitation.expires_at),
    }


@serve(open_routes, "POST", "/v1/invitations/accept", "invitationsAccept", CurrentSession)
def accept(body: AcceptBody, request: Request, response: Response, called: Called) -> dict[str, Any]:
    """Become a member with a name and a password, and be signed in. Needs no credential but the link."""
    signed_in = called.invitations.accept(
        body.token, name=body.name, password=body.password, former=request.cookies.get(SESSION)
    )
    return answer_with(called, signed_in, response)


async def show(request: Request) -> Response:
    """The page that the link leads to."""
    return await _form(request, request.query_params.get("token", ""))


async def join(request: Request) -> Response:
    """Accept what the page's form says."""
    services = services_of(request)
    require_own_page(request, public_url=services.public_url, must_say=True)
    form = await read_form(request)
    token, name, password = (form.get(key, "") for key in ("token", "name", "password"))

    def accepted() -> SignedIn:
        return services.invitations.accept(
            token, name=name, password=password, former=request.cookies.get(SESSION)
        )

    try:
        signed_in = await run_in_threadpool(accepted)
    except (BadRequest, PermissionDenied, SignInBusy, TooManyAttempts) as error:
        return await _form(request, token, name=name, error=error)
    except InvitationInvalid as error:
        return _invalid(error)
    response = see_other(START)
    set_session(response, signed_in.session)
    return response


async def _form(
    request: Request, token: str, *, name: str = "", error: HoloscopeError | None = None
) -> Response:
    try:
        invitation, organization = await run_in_threadpool(services_of(request).invitations.look, token)
    except InvitationInvalid as invalid:
        return _invalid(invalid)
    return page(
        "invitation.html",
        status=200 if error is None else error.status,
        title=_TITLE,
        wrong=None if error is None else error.detail.removeprefix("Bad Request: "),
        organization=organization,
        email=invitation.email,
        token=token,
        name=name[:128],
    )


def _invalid(error: HoloscopeError) -> Response:
    return page("message.html", status=error.status, title=_TITLE, message=error.detail)


def _wire(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.id,
        "email": invitation.email,
        "role": invitation.role.value,
        "groupIds": list(invitation.group_ids),
        "invitedBy": invitation.invited_by,
        "createdAt": wire_time(invitation.created_at),
        "expiresAt": wire_time(invitation.expires_at),
    }


ROUTES = [
    Route(LINK_PATH, show, methods=["GET"], include_in_schema=False),
    Route(LINK_PATH, join, methods=["POST"], include_in_schema=False),
]
