"""OAuth for client programs, at the host's root: the consent page, tokens, revoking, metadata.

RFC 6749 with PKCE (7636) for one public client, as RFC 9700 asks for today. See docs/reference/oauth.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from holoscope.access.oauth.errors import (
    InvalidClient,
    InvalidRequest,
    InvalidScope,
    OAuthRefused,
    UnsupportedGrantType,
)
from holoscope.access.oauth.grants import ACCESS_LIFETIME, Tokens
from holoscope.access.oauth.rules import CLIENT_ID, LONGEST_STATE, SCOPE, is_challenge, is_redirect
from holoscope.http.base_path import published_base
from holoscope.http.credentials import services_of
from holoscope.http.pages.forms import BadForm, once_each, read_form
from holoscope.http.pages.render import page
from holoscope.http.routers.sign_in_pages import ask_to_sign_in, see_other, visitor
from holoscope.http.same_origin import require_own_page, require_token
from holoscope.http.wire import dump

_ASKED = (
    *("client_id", "redirect_uri", "response_type", "scope", "state"),
    *("code_challenge", "code_challenge_method"),
)
_TITLE = "Allow a client?"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for a code whose redirect is right; `error` is the standard's word for what else is wrong."""

    redirect_uri: str
    state: str | None
    challenge: str
    error: str | None
    fields: dict[str, str]


async def authorize(request: Request) -> Response:
    """Show what a client asks for; whoever is not signed in does so first."""
    try:
        fields = once_each(request.query_params.multi_items())
    except BadForm as error:
        return _refused(error.detail)
    asked = _read(fields)
    if isinstance(asked, HTMLResponse):
        return asked
    if asked.error is not None:
        return _answer(request, asked, error=asked.error)
    came = await visitor(request)
    if came is None:
        return ask_to_sign_in(f"/oauth/authorize?{urlencode(asked.fields)}")
    live, text = came
    return page(
        "consent.html",
        form_action=_form_target(asked.redirect_uri),
        title=_TITLE,
        client_id=CLIENT_ID,
        redirect_uri=asked.redirect_uri,
        name=live.actor.name,
        email=live.actor.email,
        asked=asked.fields,
        csrf_token=services_of(request).sessions.csrf_token(text),
    )


async def decide(request: Request) -> Response:
    """Send the browser back to the client with a code, or with the word that there is none."""
    services = services_of(request)
    require_own_page(request, public_url=services.public_url, must_say=True)
    form = await read_form(request)
    asked = _read(form)
    if isinstance(asked, HTMLResponse):
        return asked
    came = await visitor(request)
    if came is None:
        return ask_to_sign_in(f"/oauth/authorize?{urlencode(asked.fields)}")
    live, text = came
    require_token(form.get("csrfToken"), services.sessions.csrf_token(text))
    if asked.error is not None:
        return _answer(request, asked, error=asked.error)
    if form.get("decision") != "allow":
        return _answer(request, asked, error="access_denied")
    code = await run_in_threadpool(
        lambda: services.grants.allow(live.actor, redirect_uri=asked.redirect_uri, challenge=asked.challenge)
    )
    return _answer(request, asked, code=code.reveal())


def _read(fields: dict[str, str]) -> _Asked | HTMLResponse:
    """Read a request for a code; without a right client and redirect there is nobody to send an answer to."""
    if fields.get("client_id") != CLIENT_ID:
        return _refused("This server does not know the client that sent you here.")
    redirect_uri = fields.get("redirect_uri", "")
    if not is_redirect(redirect_uri):
        return _refused("The client wants its answer sent to an address that it may not use.")
    error = None
    if len(fields.get("state", "")) > LONGEST_STATE:
        return _refused("The client's state is too long.")
    if fields.get("response_type") != "code":
        error = "unsupported_response_type"
    elif fields.get("scope", SCOPE) != SCOPE:
        error = "invalid_scope"
    elif fields.get("code_challenge_method") != "S256" or not is_challenge(fields.get("code_challenge", "")):
        error = "invalid_request"
    return _Asked(
        redirect_uri=redirect_uri,
        state=fields.get("state"),
        challenge=fields.get("code_challenge", ""),
        error=error,
        fields={name: fields[name] for name in _ASKED if name in fields},
    )


def _form_target(redirect_uri: str) -> str:
    """Return where the form may end, as a content security policy can say it.

    Its grammar knows no IPv6 address (CSP3 §2.3.1), and a browser ignores one: any host at that port then.
    """
    target = urlsplit(redirect_uri)
    return f"http://*:{target.port}" if target.hostname == "::1" else f"http://{target.netloc}"


def _refused(message: str) -> HTMLResponse:
    return page("message.html", status=400, title="This cannot be allowed", message=message)


def _answer(request: Request, asked: _Asked, **said: str) -> Response:
    """Go to the client's redirect; `iss` tells it which server answered (RFC 9207)."""
    if asked.state is not None:
        said["state"] = asked.state
    return see_other(f"{asked.redirect_uri}?{urlencode({**said, 'iss': _issuer(request)})}")


def _issuer(request: Request) -> str:
    return published_base(request, services_of(request).public_url)


async def token(request: Request) -> Response:
    """Give tokens for a code or for a refresh token."""
    try:
        form = await _client_form(request)
        tokens = await run_in_threadpool(_exchange, request, form)
    except OAuthRefused as error:
        return _error(error)
    body = {
        "access_token": tokens.access.reveal(),
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "refresh_token": tokens.refresh.reveal(),
        "scope": SCOPE,
    }
    return _json(body)


async def revoke(request: Request) -> Response:
    """End the grant of a token; one that is none is fine too (RFC 7009 §2.2)."""
    try:
        form = await _client_form(request)
        if "token" not in form:
            raise InvalidRequest("token is missing")
    except OAuthRefused as error:
        return _error(error)
    await run_in_threadpool(services_of(request).grants.revoke_by_token, form["token"])
    return _json({})


async def metadata(request: Request) -> Response:
    """Describe the server to clients (RFC 8414)."""
    issuer = _issuer(request)
    return _json(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth/authorize",
            "token_endpoint": f"{issuer}/oauth/token",
            "revocation_endpoint": f"{issuer}/oauth/revoke",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "scopes_supported": [SCOPE],
            "authorization_response_iss_parameter_supported": True,
        }
    )


async def _client_form(request: Request) -> dict[str, str]:
    try:
        form = await read_form(request)
    except BadForm as error:
        raise InvalidRequest(error.detail) from None
    if form.get("client_id") != CLIENT_ID or "client_secret" in form or "authorization" in request.headers:
        raise InvalidClient
    return form


def _exchange(request: Request, form: dict[str, str]) -> Tokens:
    grants = services_of(request).grants
    kind = form.get("grant_type")
    if kind not in {"authorization_code", "refresh_token"}:
        raise UnsupportedGrantType
    if form.get("scope", SCOPE) != SCOPE:
        raise InvalidScope
    wanted = ("code", "redirect_uri", "code_verifier") if kind == "authorization_code" else ("refresh_token",)
    for name in wanted:
        if not form.get(name):
            raise InvalidRequest(f"{name} is missing")
    if kind == "authorization_code":
        return grants.exchange(
            form["code"], redirect_uri=form["redirect_uri"], verifier=form["code_verifier"]
        )
    return grants.refresh(form["refresh_token"])


def _error(error: OAuthRefused) -> Response:
    return _json({"error": error.error, "error_description": error.detail}, error.status)


def _json(body: dict[str, object], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(dump(body), status, headers, "application/json")


ROUTES = [
    Route("/oauth/authorize", authorize, methods=["GET"], include_in_schema=False),
    Route("/oauth/authorize", decide, methods=["POST"], include_in_schema=False),
    Route("/oauth/token", token, methods=["POST"], include_in_schema=False),
    Route("/oauth/revoke", revoke, methods=["POST"], include_in_schema=False),
    Route("/.well-known/oauth-authorization-server", metadata, methods=["GET"], include_in_schema=False),
]
