"""Our own description of what is served, OpenAPI 3.1, generated from the types that serve it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from holoscope.http.marks import CODES_KEY, error_codes, mark
from holoscope.http.wire import SnakeWire

_REF = "#/components/schemas/{model}"
_METHODS = {"get", "post", "put", "patch", "delete"}
_DESCRIPTION = (
    "A self-hosted, open implementation of the Omni API. Not affiliated with Omni. "
    "Times are ISO 8601 in UTC; identifiers are UUIDs unless said otherwise."
)


class ErrorBody(SnakeWire):
    """What an application route answers when it refuses or fails."""

    detail: str = Field(description="A sentence for a person.")
    status: int = Field(description="The HTTP status again.")
    code: str = Field(description="A stable word for programs.")
    position: int | None = Field(
        default=None,
        description="Where in a text that was sent the mistake begins; absent where it is unknown.",
    )


class CredentialErrorDetail(SnakeWire):
    code: int
    message: str


class CredentialErrorBody(SnakeWire):
    """What the authentication layer answers to a missing, malformed, unknown or disabled key."""

    error: CredentialErrorDetail


class ScimErrorBody(SnakeWire):
    """What a SCIM route answers when it refuses (RFC 7644 §3.12)."""

    schemas: list[str]
    detail: str
    status: str
    scim_type: str | None = Field(default=None, alias="scimType")


@dataclass(frozen=True, slots=True)
class PlainOperation:
    """The description of a route that FastAPI does not serve.

    `operation` is a finished OpenAPI operation object; `models` are the types it refers to as
    `#/components/schemas/<name>`.
    """

    path: str
    method: str
    operation: Mapping[str, Any]
    models: tuple[type[BaseModel], ...] = field(default=())


def build_document(routes: Iterable[BaseRoute], plain: Iterable[PlainOperation]) -> dict[str, Any]:
    """Assemble the document of every operation below `/api`."""
    document = get_openapi(
        title="Holoscope",
        version="1.0.0",
        openapi_version="3.1.0",
        description=_DESCRIPTION,
        routes=list(routes),
    )
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    for operation in plain:
        document["paths"].setdefault(operation.path, {})[operation.method] = dict(operation.operation)
        for model in operation.models:
            _add_model(schemas, model)
    for model in (ErrorBody, CredentialErrorBody, ScimErrorBody):
        _add_model(schemas, model)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys():
            _finish(path, item[method])
            mark(item[method])
    document["components"]["securitySchemes"] = {
        "bearerAuth": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer <key>`, an organization key or a personal access token.",
        }
    }
    document[CODES_KEY] = error_codes()
    document["security"] = [{"bearerAuth": []}]
    document["paths"] = dict(sorted(document["paths"].items()))
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def ref(model: type[BaseModel]) -> dict[str, str]:
    """Point at a model among the components."""
    return {"$ref": _REF.format(model=model.__name__)}


def json_content(schema: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": dict(schema)}}


def query_parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": dict(schema),
        "description": description,
    }


def _add_model(schemas: dict[str, Any], model: type[BaseModel]) -> None:
    schema = model.model_json_schema(ref_template=_REF, mode="serialization")
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema


def _finish(path: str, operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation.setdefault("responses", {})
    if "content" in responses.get("422", {}):
        del responses["422"]  # FastAPI's own, for what we answer with 400
    if operation.get("security") == []:
        return
    is_scim = path.startswith("/api/scim/")
    own = (
        json_content(ref(ScimErrorBody), "application/scim+json") if is_scim else json_content(ref(ErrorBody))
    )
    credential = json_content(ref(CredentialErrorBody))
    both = (
        {**own, **credential}
        if is_scim
        else json_content({"anyOf": [ref(ErrorBody), ref(CredentialErrorBody)]})
    )
    for code, response in responses.items():
        if code >= "400":
            response.setdefault("content", dict(own))
    _say(responses, "400", "The request is malformed, or the Authorization header is", both)
    _say(responses, "403", "The key is not valid, or its holder may not do this", both)
    if "{" in path:
        _say(responses, "404", "No such thing is visible to the holder of this key", own)
    if "requestBody" in operation:
        _say(responses, "413", "The body is too large", json_content(ref(ErrorBody)))
    _say(
        responses,
        "429",
        "Too many requests with this key; wait `Retry-After` seconds",
        json_content(ref(ErrorBody)),
    )
    _say(responses, "500", "A failure of the server; the body names the request id", own)


def _say(responses: dict[str, Any], status: str, description: str, content: Mapping[str, Any]) -> None:
    responses.setdefault(status, {"description": description, "content": dict(content)})
