"""From an error status to an exception with the server's sentence. Reads every published envelope.

`{"detail", "status"}`, `{"error": {"code", "message"}}`, `{"error", "success"}` and
`{"message"}` occur (API digest §1.4); a proxy in between may answer with anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx2
import msgspec

from holoscope.client.errors import (
    ApiError,
    BadRequest,
    ClientError,
    NotFound,
    PermissionDenied,
    QueryTimedOut,
    RateLimited,
    ServerFailed,
)

_MOST_BYTES = 64 * 1024
_LONGEST_SENTENCE = 2000


def read_refusal(
    response: httpx2.Response, *, retry_after: timedelta | None, hide: Callable[[str], str]
) -> ClientError:
    """Build the exception for a response that is not a success; `hide` blots out secrets."""
    body = _read_object(response)
    status = response.status_code
    detail = hide(_sentence(body) or _reason(response))[:_LONGEST_SENTENCE]
    if status == HTTPStatus.REQUEST_TIMEOUT and isinstance(body.get("remaining_job_ids"), list):
        return QueryTimedOut(detail, job_ids=tuple(str(job) for job in body["remaining_job_ids"]))
    found = body.get("code")
    code = found if isinstance(found, str) else None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(detail, code=code, retry_after=retry_after)
    return _class_of(status)(detail, status=status, code=code)


def _class_of(status: int) -> type[ApiError]:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return PermissionDenied
    if status == HTTPStatus.NOT_FOUND:
        return NotFound
    return ServerFailed if status >= HTTPStatus.INTERNAL_SERVER_ERROR else BadRequest


def _read_object(response: httpx2.Response) -> dict[str, Any]:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _MOST_BYTES:
            return {}
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _sentence(body: dict[str, Any]) -> str | None:
    error = body.get("error")
    nested = error.get("message") if isinstance(error, dict) else None
    for text in (body.get("detail"), nested, body.get("message"), error):
        if isinstance(text, str) and text.strip():
            return text.strip()
    return None


def _reason(response: httpx2.Response) -> str:
    status = response.status_code
    if response.has_redirect_location:
        return f"HTTP {status}: the server redirects elsewhere; is the base URL right?"
    known = {item.value: item.phrase for item in HTTPStatus}
    return f"HTTP {status} {known.get(status, '')}".strip()
