"""Pages for signing in and out without a script, at the host's root; what they do is in `access.sign_in`."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from holoscope.access.errors import SessionEnded, WrongSignIn
from holoscope.access.passwords import SignInBusy
from holoscope.access.sessions import LiveSession
from holoscope.access.throttle import TooManyAttempts
from holoscope.http.cookies import SESSION, clear, set_session
from holoscope.http.credentials import services_of, session_of
from holoscope.http.pages.forms import HOME, local_path, read_form
from holoscope.http.pages.render import page
from holoscope.http.same_origin import require_own_page, require_token
from holoscope.kit.errors import HoloscopeError
from holoscope.kit.secrets import SecretText


async def visitor(request: Request) -> tuple[LiveSession, str] | None:
    """Return the web session of a browser that came to a page, whoever sent it there, and its text."""
    text = request.cookies.get(SESSION)
    if text is None:
        return None
    try:
        return await session_of(request, text), text
    except SessionEnded:
        return None


def see_other(location: str) -> RedirectResponse:
    """Send a browser elsewhere, with a GET."""
    return RedirectResponse(location, 303)


def ask_to_sign_in(return_to: str) -> RedirectResponse:
    """Send a browser to the sign-in page, and from there back to a path of this server."""
    return see_other(f"{HOME}?{urlencode({'returnTo': return_to})}")


async def show(request: Request) -> Response:
    """The sign-in page, or who is signed in."""
    asked = request.query_params.get("returnTo")
    return_to = local_path(asked)
    came = await visitor(request)
    if came is None:
        return _form(request, return_to)
    if asked is not None and return_to != HOME:
        return see_other(return_to)
    live, text = came
    token = services_of(request).sessions.csrf_token(text)
    actor = live.actor
    return page("signed_in.html", title="Holoscope", name=actor.name, email=actor.email, csrf_token=token)


async def sign_in(request: Request) -> Response:
    """Sign in with the form's e-mail and password."""
    services = services_of(request)
    require_own_page(request, public_url=services.public_url, must_say=True)
    form = await read_form(request)
    return_to, email = local_path(form.get("returnTo")), form.get("email", "")[:320]
    password = SecretText(form.get("password", "")[:1024])
    try:
        signed_in = await run_in_threadpool(
            services.sign_in.with_password, email, password, former=request.cookies.get(SESSION)
        )
    except (WrongSignIn, TooManyAttempts, SignInBusy) as error:
        return _form(request, return_to, email=email, error=error)
    response = see_other(return_to)
    set_session(response, signed_in.session)
    return response


async def sign_out(request: Request) -> Response:
    """End the session and show the sign-in page."""
    services = services_of(request)
    require_own_page(request, public_url=services.public_url, must_say=True)
    form = await read_form(request)
    came = await visitor(request)
    if came is not None:
        live, text = came
        require_token(form.get("csrfToken"), services.sessions.csrf_token(text))
        await run_in_threadpool(services.sessions.revoke, live.actor, live.session.id)
    response = see_other(HOME)
    clear(response)
    return response


def _form(
    request: Request, return_to: str, *, email: str = "", error: HoloscopeError | None = None
) -> HTMLResponse:
    oidc = services_of(request).oidc
    sso = None
    if oidc is not None:
        sso = {"label": oidc.provider.label, "url": f"sign-in/oidc?{urlencode({'returnTo': return_to})}"}
    response = page(
        "sign_in.html",
        status=200 if error is None else error.status,
        title="Sign in to Holoscope",
        wrong=None if error is None else error.detail,
        has_passwords=True,
        single_sign_on=sso,
        return_to=return_to,
        email=email,
    )
    if error is not None and error.retry_seconds:
        response.headers["Retry-After"] = str(error.retry_seconds)
    return response


ROUTES = [
    Route("/sign-in", show, methods=["GET"], include_in_schema=False),
    Route("/sign-in", sign_in, methods=["POST"], include_in_schema=False),
    Route("/sign-out", sign_out, methods=["POST"], include_in_schema=False),
]
