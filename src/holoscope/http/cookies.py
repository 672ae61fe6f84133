"""The cookies of a browser: their names, and the one way they are set.

`__Host-` makes the browser itself refuse a cookie that is not Secure, not for this very host, or not for
all paths, so no neighbouring host can plant one (RFC 6265bis §4.1.3.2).
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from holoscope.access.sessions import OpenedSession
from holoscope.http.page_kind import PageKind, kind_of_page

SESSION = "__Host-holoscope_session"
OIDC = "__Host-holoscope_oidc"
EMBED = "__Host-holoscope_embed"


def session_text(connection: HTTPConnection, public_url: str | None) -> str | None:
    """Return the text of the session cookie that a request lives by; None where it carries none.

    A browser may hold both, of the web application and of embedded content. A request of an embedded page
    lives by the embedded session alone and one of the web application's by the web session alone; where
    nothing says whose it is, the web session goes first (docs/decisions/0087).
    """
    if "cookie" not in connection.headers:
        return None
    kind = kind_of_page(connection, public_url)
    web = connection.cookies.get(SESSION) if kind is not PageKind.EMBED else None
    embedded = connection.cookies.get(EMBED) if kind is not PageKind.APP else None
    return web or embedded or None


def set_session(response: Response, opened: OpenedSession) -> None:
    """Give the browser a session."""
    response.set_cookie(
        SESSION,
        opened.text.reveal(),
        expires=opened.expires_at,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def clear(response: Response, name: str = SESSION) -> None:
    """Take a cookie from the browser."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
