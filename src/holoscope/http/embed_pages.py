"""What an embedded browser gets: pages without scripts, which only the allowed applications may frame."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from holoscope.access.sessions import OpenedSession
from holoscope.http.cookies import EMBED

_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body>
</html>
"""


def page(title: str, text: str, *, status: int, parents: Sequence[str]) -> Response:
    """Return a page of a heading and a paragraph, which pages of `parents` may frame."""
    body = _PAGE.format(title=escape(title), text=escape(text))
    response = Response(body, status, media_type="text/html")
    response.headers["content-security-policy"] = framing(parents)
    return response


def framing(parents: Sequence[str]) -> str:
    """Return the policy of pages that pages of `parents` and our own may frame."""
    allowed = " ".join(("'self'", *parents))
    return f"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {allowed}"


def enter(opened: OpenedSession, path: str, *, parents: Sequence[str]) -> Response:
    """Return the redirect to where a fresh session begins, with its cookie.

    The cookie goes along into frames of other sites, in a jar of its own for each of them (`Partitioned`).
    """
    response = Response(
        status_code=302, headers={"location": path, "content-security-policy": framing(parents)}
    )
    expires = opened.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    about = f"expires={expires}; HttpOnly; Partitioned; Path=/; SameSite=none; Secure"
    response.headers.append("set-cookie", f"{EMBED}={opened.text.reveal()}; {about}")
    return response


def wants_json(request: Request) -> bool:
    """Tell whether a program asks, and not a browser that shows a page."""
    return "text/html" not in request.headers.get("accept", "")
