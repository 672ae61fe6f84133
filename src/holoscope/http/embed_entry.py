"""The redirect by which an embedded browser enters, and who is asking: a browser or a program."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from holoscope.access.sessions import OpenedSession
from holoscope.http.cookies import EMBED


def enter(opened: OpenedSession, path: str, *, parents: Sequence[str]) -> Response:
    """Return the redirect to where a fresh session begins, with its cookie; pages of `parents` may frame it.

    The cookie goes along into frames of other sites, in a jar of its own for each of them (`Partitioned`).
    """
    allowed = " ".join(("'self'", *parents))
    policy = f"default-src 'none'; base-uri 'none'; frame-ancestors {allowed}"
    response = Response(status_code=302, headers={"location": path, "content-security-policy": policy})
    expires = opened.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    about = f"expires={expires}; HttpOnly; Partitioned; Path=/; SameSite=none; Secure"
    response.headers.append("set-cookie", f"{EMBED}={opened.text.reveal()}; {about}")
    return response


def wants_json(request: Request) -> bool:
    """Tell whether a program asks, and not a browser that shows a page."""
    return "text/html" not in request.headers.get("accept", "")
