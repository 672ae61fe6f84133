"""The cookies of a browser: their names, and the one way they are set.

`__Host-` makes the browser itself refuse a cookie that is not Secure, not for this very host, or not for
all paths, so no neighbouring host can plant one (RFC 6265bis §4.1.3.2).
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from holoscope.access.sessions import OpenedSession

SESSION = "__Host-holoscope_session"
OIDC = "__Host-holoscope_oidc"
EMBED = "__Host-holoscope_embed"


def session_text(connection: HTTPConnection) -> str | None:
    """Return the text of the session cookie that a request carries; the web application's goes first."""
    if "cookie" not in connection.headers:
        return None
    return connection.cookies.get(SESSION) or connection.cookies.get(EMBED) or None


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
