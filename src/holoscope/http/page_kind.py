"""Whether a page of the web application or an embedded one sent a request, as far as the request says."""

from __future__ import annotations

from enum import Enum
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from holoscope.http.base_path import base_path
from holoscope.http.same_origin import own_origins

PAGE_HEADER = "X-Holoscope-Page"
_EMBEDDED = "/embed/"


class PageKind(Enum):
    """Pages of this server, by what they are for; the values are those of the header."""

    APP = "app"
    EMBED = "embed"


def kind_of_page(connection: HTTPConnection, public_url: str | None) -> PageKind | None:
    """Return which kind of page a request is, or comes from; None where nothing says so.

    What counts is, in this order: the header that a page says by itself, the path of an embedded page, and
    the address of the page that a browser names as `Referer`, if it is of this server.
    """
    said = connection.headers.get(PAGE_HEADER)
    for kind in PageKind:
        if said == kind.value:
            return kind
    if connection.scope["path"].startswith(_EMBEDDED):
        return PageKind.EMBED
    referer = connection.headers.get("referer")
    if referer is None:
        return None
    try:
        page = urlsplit(referer)
    except ValueError:
        return None
    if f"{page.scheme}://{page.netloc}".lower() not in own_origins(connection, public_url):
        return None
    path = page.path.removeprefix(base_path(connection))
    return PageKind.EMBED if path.startswith(_EMBEDDED) else PageKind.APP


def headers_with_page(connection: HTTPConnection, public_url: str | None) -> dict[str, str]:
    """Return a request's headers for another process, which cannot tell by a `Referer` whose page it is."""
    kind = kind_of_page(connection, public_url)
    said = {} if kind is None else {PAGE_HEADER.lower(): kind.value}
    return {**connection.headers, **said}
