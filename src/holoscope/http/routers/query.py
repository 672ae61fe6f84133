"""`POST /v1/query/run` and `GET /v1/query/wait`: plain Starlette, bytes from `runs` untouched."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holoscope.access.actors import Actor
from holoscope.http.asking import Asked, Asking
from holoscope.http.body_limit import read_body
from holoscope.http.credentials import actor_of, services_of
from holoscope.http.merged import merge, wants_one_object
from holoscope.http.openapi import PlainOperation, json_content, query_parameter, ref
from holoscope.http.page_kind import headers_with_page
from holoscope.http.peers import together
from holoscope.http.query_envelope import Envelope, require_time_zone
from holoscope.http.shapes.query import (
    Footer,
    JobLine,
    JobsSubmitted,
    MergedAnswer,
    QueryRunBody,
    QueryTimeout,
)
from holoscope.http.streaming import NDJSON, Bytes, Lines, Pieces, unless_hung_up
from holoscope.http.wire import dump
from holoscope.kit.errors import BadRequest, Forbidden
from holoscope.runs.request import ResultType, RunRequest, RunTimedOut
from holoscope.runs.service import Run

_JSON = b"application/json"
_MOST_JOBS = 100
_CUT = ((b"x-holoscope-truncated", b"true"),)
_RUN_PARAMETERS = frozenset(("userId", "branchId", "branch_id"))


async def run(request: Request) -> Response:
    """Plan and execute one query; the answer is lines, one document, or one object."""
    actor = await _asker(request)
    app = request.scope["app"]
    body = await read_body(request.receive)
    user_id = branch_id = None
    if request.scope["query_string"]:
        params = _strict(request, _RUN_PARAMETERS)
        user_id = params.get("userId")
        branch_id = params.get("branchId") or params.get("branch_id") or None
    envelope, asks = app.state.understood.read(body, user_id, branch_id)
    asked: Asked = await app.state.asking.gather(
        actor,
        envelope.model_id,
        user_id=envelope.user_id,
        branch_id=envelope.branch_id,
        environment_id=envelope.environment_id,
    )
    zone = asks.time_zone
    if envelope.time_zone is not None:
        zone = require_time_zone(envelope.time_zone, is_allowed=asked.allows_time_zones)
    asks = replace(
        asks,
        resets=asked.resets,
        asker=actor.credential_id,
        member=envelope.user_id or actor.membership_id,
        asker_kind=actor.credential_kind.value,
        impersonated_by=None if envelope.user_id in {None, actor.membership_id} else actor.membership_id,
        branch_id=envelope.branch_id,
        environment_id=envelope.environment_id,
        connection_id=asked.connection_id,
        time_zone=zone,
    )
    if envelope.result_type is not None:
        return await _document(request, envelope, asks, asked)
    begun = await services_of(request).runs.begin(
        asks,
        organization_id=asked.organization_id,
        scope=asked.scope,
        model=asked.model,
        warehouse=asked.warehouse,
    )
    if wants_one_object(request):
        return Bytes(_JSON, await unless_hung_up(_merged(begun), request.receive))
    whole = begun.whole
    return Lines(begun.rest(), first=begun.header) if whole is None else Bytes(NDJSON, whole)


async def _asker(request: Request) -> Actor:
    """Know who asks, before anything else is said.

    Raises:
        Forbidden: this server answers no queries.
    """
    actor = await actor_of(request)
    if services_of(request).refuses_queries:
        raise Forbidden("Feature not enabled")
    return actor


def _strict(request: Request, known: frozenset[str]) -> dict[str, str]:
    """Read the query string; a misspelt, repeated or empty userId must not fall back to the key's owner.

    Raises:
        BadRequest: an unknown or repeated key, or an empty userId.
    """
    pairs = request.query_params.multi_items()
    params = dict(pairs)
    unknown = [key for key in params if key not in known]
    if unknown:
        keys = ", ".join(f"'{key}'" for key in unknown)
        raise BadRequest(f"Bad Request: formErrors: Unrecognized key(s) in object: {keys}")
    if len(params) < len(pairs):
        raise BadRequest("Bad Request: formErrors: a key of the query string is given twice")
    if params.get("userId") == "":
        raise BadRequest("Bad Request: userId: Invalid UUID")
    return params


async def wait(request: Request) -> Response:
    """Wait for jobs; those that have ended are told again when asked again."""
    actor = await _asker(request)
    parts = _waited(request, actor)
    if wants_one_object(request):
        return Bytes(_JSON, await unless_hung_up(merge(parts, _job_ids(request)[0]), request.receive))
    return Lines(parts)


def _waited(request: Request, actor: Actor) -> AsyncGenerator[bytes, None]:
    """Return the lines of the jobs asked for, wherever they run."""
    services, wanted = services_of(request), _job_ids(request)
    asking: Asking = request.app.state.asking
    may_collect = partial(asking.may_collect, actor)
    if services.peers is None:
        return services.runs.wait(wanted, actor.organization_id, may_collect=may_collect)
    own, others = services.peers.split(wanted)
    headers = headers_with_page(request, services.public_url)
    sources = [services.peers.wait(index, ids, headers) for index, ids in others.items()]
    if own or not sources:
        sources.append(services.runs.wait(own, actor.organization_id, may_collect=may_collect))
    return sources[0] if len(sources) == 1 else together(sources)


async def _merged(begun: Run) -> bytes:
    async with aclosing(begun.rest()) as parts:
        return await merge(parts, begun.job.id)


async def _document(request: Request, envelope: Envelope, asks: RunRequest, asked: Asked) -> Response:
    work = services_of(request).runs.document(
        asks,
        ResultType(envelope.result_type or ""),
        organization_id=asked.organization_id,
        scope=asked.scope,
        model=asked.model,
        warehouse=asked.warehouse,
        formatted=envelope.format_results,
    )
    try:
        document = await unless_hung_up(work, request.receive)
    except RunTimedOut as error:
        late = {"detail": error.detail, "remaining_job_ids": error.remaining_job_ids, "timed_out": True}
        return Response(dump(late), 408, media_type="application/json")
    media_type, more = document.media_type.encode(), _CUT if document.is_cut else ()
    if document.is_whole:
        return Bytes(media_type, document.first, more)
    return Pieces(media_type, document.first, document.rest, more)


def _job_ids(request: Request) -> list[str]:
    """Read `jobIds=a,b`, or `job_ids` with commas or as a JSON array.

    Raises:
        BadRequest: no id in either.
    """
    params = request.query_params
    found: list[str] = []
    for text in (*params.getlist("jobIds"), *params.getlist("job_ids")):
        found.extend(_listed(text))
    if not found:
        raise BadRequest("Bad Request: jobIds: Required")
    if len(found) > _MOST_JOBS:
        raise BadRequest(f"Bad Request: jobIds: at most {_MOST_JOBS} ids")
    return found


def _listed(text: str) -> list[str]:
    if text.lstrip().startswith("["):
        try:
            ids = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise BadRequest("Bad Request: job_ids: Invalid JSON") from None
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise BadRequest("Bad Request: job_ids: Expected an array of strings")
        return [each for each in ids if each]
    return [part.strip() for part in text.split(",") if part.strip()]


_RUN_PATHS = (("queryRun", "/api/v1/query/run"), ("unstableQueryRun", "/api/unstable/query/run"))
_WAIT_PATHS = (("queryWait", "/api/v1/query/wait"), ("unstableQueryWait", "/api/unstable/query/wait"))
ROUTES = [
    *(Route(path, run, methods=["POST"]) for _, path in _RUN_PATHS),
    *(Route(path, wait, methods=["GET"]) for _, path in _WAIT_PATHS),
]


def _lines(*models: Any) -> dict[str, Any]:  # noqa: ANN401  (classes of lines)
    """Describe a body of lines: OpenAPI 3.1 has no word for a sequence, so any one line is described."""
    return {
        **json_content({"anyOf": [ref(model) for model in models]}, "text/ndjson"),
        **json_content(ref(MergedAnswer)),
    }


def _run_operation(name: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["Query"],
        "summary": "Run a query",
        "description": (
            "Answers one JSON object per line: the jobs submitted, each job that ended within about ten "
            "seconds, and a footer with the jobs that remain. With resultType it answers one document."
        ),
        "parameters": [
            query_parameter("userId", {"type": "string", "format": "uuid"}, "Membership to act as."),
            query_parameter("branchId", {"type": "string", "format": "uuid"}, "Branch of the model."),
            query_parameter("branch_id", {"type": "string", "format": "uuid"}, "The same, older spelling."),
        ],
        "requestBody": {"required": True, "content": json_content(ref(QueryRunBody))},
        "responses": {
            "200": {
                "description": "The lines, the document, or one object",
                "content": {
                    **_lines(JobsSubmitted, JobLine, Footer),
                    "text/csv": {"schema": {"type": "string"}},
                    "application/vnd.ms-excel": {"schema": {"type": "string", "format": "binary"}},
                },
            },
            "404": {"description": "No such model, branch or environment within reach"},
            "408": {
                "description": "The document was not ready in time",
                "content": json_content(ref(QueryTimeout)),
            },
        },
        **({"deprecated": True} if name.startswith("unstable") else {}),
    }


def _wait_operation(name: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["Query"],
        "summary": "Wait for jobs",
        "description": "Answers the lines of jobs that ended within about thirty seconds, and a footer.",
        "parameters": [
            query_parameter("jobIds", {"type": "string"}, "Job ids, separated by commas."),
            query_parameter("job_ids", {"type": "string"}, "The same, or a JSON array; older spelling."),
        ],
        "responses": {"200": {"description": "The lines", "content": _lines(JobLine, Footer)}},
        **({"deprecated": True} if name.startswith("unstable") else {}),
    }


_MODELS = (JobsSubmitted, JobLine, Footer, MergedAnswer, QueryRunBody, QueryTimeout)
OPERATIONS = (
    *(PlainOperation(path, "post", _run_operation(name), _MODELS) for name, path in _RUN_PATHS),
    *(PlainOperation(path, "get", _wait_operation(name), _MODELS) for name, path in _WAIT_PATHS),
)
