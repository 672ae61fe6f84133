"""Single sign-on in a browser: off to the provider, and back with its answer."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holoscope.access.oidc.errors import ProviderUnavailable, SingleSignOnFailed, SingleSignOnRefused
from holoscope.access.oidc.login import STATE_LIFETIME, OidcSignIn
from holoscope.access.oidc.provider import CALLBACK
from holoscope.access.passwords import SignInBusy
from holoscope.http.cookies import OIDC, SESSION, clear, set_session
from holoscope.http.credentials import services_of
from holoscope.http.errors import Unrouted
from holoscope.http.pages.forms import local_path
from holoscope.http.pages.render import page
from holoscope.http.routers.sign_in_pages import see_other
from holoscope.kit.errors import HoloscopeError

START = "/sign-in/oidc"


async def start(request: Request) -> Response:
    """Send the browser to the provider, with a state in its cookie."""
    oidc = _oidc(request)
    try:
        departure = await run_in_threadpool(oidc.start, local_path(request.query_params.get("returnTo")))
    except (ProviderUnavailable, SignInBusy) as error:
        return _failed(error)
    response = see_other(departure.url)
    response.set_cookie(
        OIDC,
        departure.state.reveal(),
        max_age=int(STATE_LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


async def finish(request: Request) -> Response:
    """Judge the provider's answer and sign in."""
    oidc = _oidc(request)
    try:
        arrival = await run_in_threadpool(
            oidc.finish,
            dict(request.query_params),
            request.cookies.get(OIDC),
            former=request.cookies.get(SESSION),
        )
    except (SingleSignOnFailed, SingleSignOnRefused, ProviderUnavailable, SignInBusy) as error:
        return _failed(error)
    response = see_other(arrival.return_to)
    set_session(response, arrival.signed_in.session)
    clear(response, OIDC)
    return response


def _oidc(request: Request) -> OidcSignIn:
    oidc = services_of(request).oidc
    if oidc is None:
        raise Unrouted
    return oidc


def _failed(error: HoloscopeError) -> Response:
    response = page("message.html", status=error.status, title="Signing in failed", message=error.detail)
    if error.retry_seconds:
        response.headers["Retry-After"] = str(error.retry_seconds)
    clear(response, OIDC)
    return response


ROUTES = [
    Route(START, start, methods=["GET"], include_in_schema=False),
    Route(CALLBACK, finish, methods=["GET"], include_in_schema=False),
]
