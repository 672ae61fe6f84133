"""Whose page sent this: what a browser says by itself, and a token that only our pages know.

A cookie is sent by the browser, whoever made it send the request. So a request that lives by the cookie
must come from our own origin, and one that changes something must say the session's token too.
See docs/reference/sessions.md.
"""

from __future__ import annotations

import hmac

from starlette.requests import HTTPConnection

from holoscope.kit.errors import Forbidden

TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105  (a name)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossOrigin(Forbidden):
    """The browser says that another site's page sent the request, or does not say whose page did."""

    code = "cross_origin"

    def __init__(self) -> None:
        super().__init__("Requests with a session cookie are taken from this server's own pages only.")


class WrongCsrfToken(Forbidden):
    """The request changes something and does not carry the session's token."""

    code = "wrong_csrf_token"

    def __init__(self) -> None:
        super().__init__(
            f"Send the session's token in the {TOKEN_HEADER} header; GET /api/v1/session has it."
        )


def is_safe(connection: HTTPConnection) -> bool:
    """Tell whether the request's method changes nothing."""
    return connection.scope["method"] in _SAFE


def require_own_page(connection: HTTPConnection, *, public_url: str | None, must_say: bool) -> None:
    """Let a request pass that our own pages, a typed address, or no browser at all sent.

    `Sec-Fetch-Site` counts where there is one, as all present browsers send it and no page can forge it;
    else `Origin`. With `must_say` one of the two has to be there.

    Raises:
        CrossOrigin: another site's page sent it, or with `must_say` nobody says whose page did.
    """
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None and site != "same-origin" and (site != "none" or must_say):
        raise CrossOrigin
    if origin is not None and origin not in own_origins(connection, public_url):
        raise CrossOrigin
    if must_say and site is None and origin is None:
        raise CrossOrigin


def require_token(given: str | None, expected: str) -> None:
    """Let a request pass that carries the session's token.

    Raises:
        WrongCsrfToken: it carries none or another.
    """
    if given is None or not hmac.compare_digest(given.encode(), expected.encode()):
        raise WrongCsrfToken


def own_origins(connection: HTTPConnection, public_url: str | None) -> set[str]:
    """Return the origins that are this server: the one addressed, and the one it is published at."""
    addressed = addressed_origin(connection)
    return {addressed} if public_url is None else {addressed, public_url}


def addressed_origin(connection: HTTPConnection) -> str:
    """Return the origin that a request was sent to, as it says itself."""
    return f"{connection.scope['scheme']}://{connection.headers.get('host', '')}".lower()
