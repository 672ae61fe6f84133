"""`GET /v1/whoami`: plain Starlette, for it is what clients call most (performance digest §8 row 13)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holoscope.http.credentials import actor_of, services_of
from holoscope.http.openapi import PlainOperation, json_content, query_parameter, ref
from holoscope.http.streaming import Bytes
from holoscope.http.validation import unrecognized
from holoscope.http.wire import Wire, dump
from holoscope.kit.errors import BadRequest

_JSON = b"application/json"


class WhoAmIUser(Wire):
    id: str
    membership_id: str


class RoleOnModel(Wire):
    role_name: str
    base_role: str
    connection_id: str
    permissions: list[str]


class WhoAmIResponse(Wire):
    user: WhoAmIUser
    key_scope: Literal["user", "organization"]
    org_role: str
    roles_by_model: dict[str, RoleOnModel] = Field(description="By model id; at most 200.")
    roles_by_model_truncated: bool


async def whoami(request: Request) -> Response:
    """Answer who the key acts as; works for any valid key."""
    actor = await actor_of(request)
    services = services_of(request)
    model_ids: list[str] = []
    if request.scope["query_string"]:
        params = request.query_params
        if unknown := [key for key in params if key != "modelId"]:
            raise BadRequest(unrecognized(unknown))
        model_ids = params.getlist("modelId")
    body = services.whoami.find_remembered(actor, model_ids)
    if body is None:
        body = await run_in_threadpool(services.whoami.answer, actor, model_ids)
    return Bytes(_JSON, dump(body))


_PATHS = (("whoami", "/api/v1/whoami"), ("unstableWhoami", "/api/unstable/whoami"))
ROUTES = [Route(path, whoami, methods=["GET"]) for _, path in _PATHS]
OPERATIONS = tuple(
    PlainOperation(
        path,
        "get",
        {
            "operationId": name,
            "tags": ["Users"],
            "summary": "Who the key acts as",
            "description": "The member behind the key, and the role it has on each shared model.",
            "parameters": [
                query_parameter(
                    "modelId", {"type": "string"}, "One model id, or several separated by commas."
                )
            ],
            "responses": {
                "200": {"description": "Who the key acts as", "content": json_content(ref(WhoAmIResponse))},
                "404": {"description": "A named model is not visible, or is not a shared model"},
            },
        },
        (WhoAmIResponse,),
    )
    for name, path in _PATHS
)
