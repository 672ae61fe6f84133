"""The one place where a failure becomes a response: which envelope, which words, which type.

Source: API digest §1.3, §1.4.
"""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from holoscope.access.errors import AlreadyTaken, CredentialRefused
from holoscope.access.scim_errors import ScimRefused
from holoscope.http.body_limit import InvalidJson
from holoscope.http.validation import sentence
from holoscope.http.wire import dump
from holoscope.kit.errors import BadRequest, HoloscopeError
from holoscope.kit.paging import BadCursor

SCIM_PREFIX = "/api/scim/"
_JSON = b"application/json"
_SCIM_JSON = b"application/scim+json"


class Unrouted(HoloscopeError):
    """Nothing is served at this path."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("Not found")


class WrongMethod(HoloscopeError):
    """The path exists, but not with this method; the `Allow` header lists those that do."""

    code = "wrong_method"
    status = 405

    def __init__(self) -> None:
        super().__init__("Invalid method")


def unexplained(request_id: str) -> HoloscopeError:
    """Build the answer to a failure nobody foresaw: it says where to look and nothing from inside."""
    return HoloscopeError(f"Internal error. The server log has the details under request {request_id}.")


def render_bytes(error: HoloscopeError, path: str) -> tuple[bytes, bytes]:
    """Return content type and body for `error` on a request to `path`."""
    detail = error.detail
    if isinstance(error, CredentialRefused):
        return _JSON, dump({"error": {"code": error.status, "message": detail}})
    if isinstance(error, Unrouted) and path.startswith("/api") and not path.startswith(SCIM_PREFIX):
        return _JSON, dump({"message": detail})
    if isinstance(error, BadCursor) and path.endswith("/models"):
        return _JSON, dump({"error": detail, "success": False})
    if path.startswith(SCIM_PREFIX):
        return _SCIM_JSON, dump(_scim(error))
    body: dict[str, object] = {"detail": detail, "status": error.status, "code": error.code}
    if error.position is not None:
        body["position"] = error.position
    return _JSON, dump(body)


def _scim(error: HoloscopeError) -> dict[str, object]:
    body: dict[str, object] = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "detail": error.detail,
        "status": str(error.status),
    }
    if isinstance(error, ScimRefused):
        body["scimType"] = error.scim_type
    elif isinstance(error, InvalidJson):
        body["scimType"] = "invalidSyntax"
    elif isinstance(error, AlreadyTaken):
        body["scimType"] = "uniqueness"
    elif error.status == 400:
        body["scimType"] = "invalidValue"
    return body


def render(error: HoloscopeError, path: str) -> Response:
    content_type, body = render_bytes(error, path)
    headers = {"Retry-After": str(error.retry_seconds)} if error.retry_seconds else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'  # RFC 9110 §15.5.2, RFC 6750 §3
    return Response(body, error.status, headers, content_type.decode())


def install(app: Starlette) -> None:
    """Register every mapping from failure to response on `app`."""

    async def explained(request: Request, error: Exception) -> Response:
        assert isinstance(error, HoloscopeError)  # noqa: S101  (registered for this class alone)
        return render(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return render(BadRequest(sentence(error.errors())), request.url.path)

    async def unserved(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        path = request.url.path
        if error.status_code == 405:
            return _other_method(app, request)
        if error.status_code == 404:
            return render(Unrouted(), path)
        return render(BadRequest(str(error.detail)), path)

    async def unforeseen(request: Request, error: Exception) -> Response:
        return render(unexplained(request.state.request_id), request.url.path)

    app.add_exception_handler(Exception, unforeseen)
    app.add_exception_handler(HoloscopeError, explained)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, unserved)


def _other_method(app: Starlette, request: Request) -> Response:
    """Answer OPTIONS with what is allowed, any other unserved method with 405 and the same list."""
    allowed: set[str] = set()
    for route in app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            allowed |= set(getattr(route, "methods", None) or ())
    if "GET" in allowed:
        allowed.add("HEAD")
    headers = {"Allow": ", ".join(sorted(allowed | {"OPTIONS"}))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    response = render(WrongMethod(), request.url.path)
    response.headers.update(headers)
    return response
