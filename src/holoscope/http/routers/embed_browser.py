"""What embedded browsers open: signed addresses, and the pages behind them. Plain Starlette (digest §3.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from holoscope.access.embed.errors import EmbedRefused
from holoscope.access.embed.logins import LOGIN_PATH, REDEEM_PATH, Entered
from holoscope.access.embed.parameters import BadParameter
from holoscope.access.errors import SessionEnded
from holoscope.http.base_path import base_path
from holoscope.http.body_limit import parse_json, read_body
from holoscope.http.cookies import EMBED
from holoscope.http.credentials import services_of, session_of
from holoscope.http.embed_entry import enter, wants_json
from holoscope.http.embed_origins import origins_of
from holoscope.http.errors import render
from holoscope.http.pages.render import page
from holoscope.kit.errors import BadRequest, HoloscopeError
from holoscope.kit.text import read_whole

Open = Callable[[Sequence[str], Sequence[tuple[str, str]]], Entered]
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")


async def login(request: Request) -> Response:
    """Open a signed login address: a session begins, and the browser goes where it was meant to."""
    return await _opened(request, services_of(request).embed.logins.login)


async def redeem(request: Request) -> Response:
    """Open the session that was generated for a host application."""
    return await _opened(request, services_of(request).embed.logins.redeem)


async def generate_url(request: Request) -> Response:
    """Sign a login address for a host application that has the secret and no signer."""
    said = parse_json(await read_body(request.receive))
    if not isinstance(said, dict):
        raise BadRequest("Bad Request: Expected object")
    origin = _origin(request, said.pop("host", None), said.pop("port", None))
    for alias in ("organizationName", "domain"):
        said.pop(alias, None)
    url = await run_in_threadpool(services_of(request).embed.logins.signed_url, origin, said)
    return JSONResponse({"url": f"{origin}{base_path(request)}{url.removeprefix(origin)}"})


async def content(request: Request) -> Response:
    """Show what an embedded session may see at a path; nothing else is told to anybody without one."""
    services = services_of(request)
    text = request.cookies.get(EMBED)
    parents = services.embed.parents
    try:
        await session_of(request, text or "")
    except SessionEnded:
        return page(
            "message.html",
            status=401,
            framed_by=parents,
            title="This session has ended",
            message="Open the page that shows this content again, so that it signs in anew.",
        )
    return page(
        "message.html",
        status=404,
        framed_by=parents,
        title="There is nothing here",
        message="The content that this link names does not exist, or was taken away.",
    )


async def _opened(request: Request, open_: Open) -> Response:
    parents = services_of(request).embed.parents
    try:
        entered = await run_in_threadpool(open_, origins_of(request), request.query_params.multi_items())
    except (BadParameter, EmbedRefused) as error:
        return _refusal(request, error, parents)
    return enter(entered.session, entered.path, parents=parents)


def _refusal(request: Request, error: HoloscopeError, parents: tuple[str, ...]) -> Response:
    if wants_json(request):
        return render(error, request.url.path)
    title = "This link cannot be opened"
    return page("message.html", status=error.status, framed_by=parents, title=title, message=error.detail)


def _origin(request: Request, host: object, port: object) -> str:
    """Return the origin to sign for: the one that was named, else this server's.

    Raises:
        BadRequest: the host has a scheme, a port or a path, or the port is none.
    """
    if host is None or host == "":
        return origins_of(request)[0]
    if not isinstance(host, str) or not _HOST.fullmatch(host):
        raise BadRequest("Bad Request: host: Expected a host name alone; give the port as port")
    if port is None or port == "":
        return f"https://{host}"
    if not 0 < (read_whole(str(port)) or 0) < 65536:
        raise BadRequest("Bad Request: port: Expected a port number")
    return f"https://{host}:{port}"


ROUTES = [
    Route(LOGIN_PATH, login, methods=["GET"]),
    Route(REDEEM_PATH, redeem, methods=["GET"]),
    Route("/embed/sso/generate-url", generate_url, methods=["POST"]),
    Route("/embed/{path:path}", content, methods=["GET"]),
]
