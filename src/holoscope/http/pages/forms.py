"""Reading what a form or a client program sent as `application/x-www-form-urlencoded`."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from starlette.requests import Request

from holoscope.http.body_limit import BodyTooLarge
from holoscope.kit.errors import BadRequest

_MOST_BYTES = 16_384
_MOST_FIELDS = 32
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
HOME = "/sign-in"
START = "/"


class BadForm(BadRequest):
    """The body is no form, has too many fields, or says one twice."""


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, none of which may come twice (RFC 6749 §3.1).

    Raises:
        BadForm: it is anything else.
        BodyTooLarge: it has more than 16 KB.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != (
        "application/x-www-form-urlencoded"
    ):
        raise BadForm("Bad Request: body: Expected application/x-www-form-urlencoded")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise BodyTooLarge(_MOST_BYTES)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise BadForm("Bad Request: body: Malformed form") from None
    return once_each(pairs)


def once_each(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return fields by name.

    Raises:
        BadForm: one comes twice.
    """
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadForm("Bad Request: body: A field comes twice")
    return fields


def local_path(text: str | None) -> str:
    """Return a path of this server to go to; whatever could lead elsewhere leads to the start instead."""
    return text if text is not None and _LOCAL.fullmatch(text) is not None else START
