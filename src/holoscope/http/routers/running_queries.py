"""Queries under way, one's own or for administrators everybody's, in every process of the server.

What runs is known to the process that runs it; the others are asked with the caller's own credential.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.directory.people import load_names
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.page_kind import headers_with_page
from holoscope.http.peers import is_from_a_peer
from holoscope.http.ports import Services
from holoscope.http.shapes.running_queries import RunningQueriesResponse, RunningQueryCancelled
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import NotFound
from holoscope.runs.running import RunningQuery

routes = router("Query")
_PLACE = "/v1/running-queries"


class NoSuchRunningQuery(NotFound):
    """It has ended, never was, or is somebody else's."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"No query with id {job_id} is under way")


@serve(routes, "GET", _PLACE, "runningQueriesList", RunningQueriesResponse)
async def list_running(request: Request, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List queries under way, the oldest first: one's own, or everybody's for administrators."""
    mine = [query for query in called.runs.running(actor.organization_id) if _is_for(actor, query)]
    members = list({query.member for query in mine})
    names = await run_in_threadpool(load_names, called.database, actor.organization_id, members)
    records = [_wire(query, names, actor) for query in mine]
    is_complete = True
    if called.peers is not None and not is_from_a_peer(request.scope):
        others = await called.peers.gather(f"/api{_PLACE}", headers_with_page(request, called.public_url))
        records += [each for answer in others for each in answer["records"]]
        is_complete = len(others) == called.peers.others
    records.sort(key=lambda each: (each["startedAt"], each["id"]))
    return {"records": records, "isComplete": is_complete}


@serve(routes, "DELETE", _PLACE + "/{id}", "runningQueriesCancel", RunningQueryCancelled)
async def cancel_running(id: Uuid, request: Request, actor: CurrentActor, called: Called) -> Any:  # noqa: ANN401
    """Cancel a query under way: one's own, or for administrators anybody's."""
    if called.peers is not None and not is_from_a_peer(request.scope):
        _, others = called.peers.split([id])
        for index in others:
            status, body = await called.peers.ask(
                index, "DELETE", f"/api{_PLACE}/{id}", headers_with_page(request, called.public_url)
            )
            if not body:
                raise NoSuchRunningQuery(id)
            return Response(body, status, media_type="application/json")
    running = called.runs.running(actor.organization_id)
    found = next((query for query in running if query.id == id and _is_for(actor, query)), None)
    if found is None or not called.runs.cancel(id, actor.organization_id):
        raise NoSuchRunningQuery(id)
    await run_in_threadpool(_tell, called, actor, found)
    return {"success": True, "message": "Query cancelled"}


def _is_for(actor: Actor, query: RunningQuery) -> bool:
    """Tell whether somebody may know of a query: it is their own, or they administer the organization."""
    return actor.is_admin or actor.membership_id == query.member or actor.credential_id == query.credential_id


def _wire(query: RunningQuery, names: dict[str, tuple[str, str]], actor: Actor) -> dict[str, Any]:
    name, email = names.get(query.member, ("", ""))
    return {
        "id": query.id,
        "user": {"id": query.member, "name": name, "email": email} if query.member in names else None,
        "credentialKind": query.credential_kind,
        "credentialId": query.credential_id,
        "impersonatedBy": query.impersonated_by,
        "modelId": query.model_id,
        "branchId": query.branch_id,
        "topic": query.topic,
        "view": query.view,
        "state": query.state.value,
        "startedAt": wire_time(query.started_at),
        "seconds": query.seconds,
        "sql": query.sql if query.may_view_sql or actor.is_admin else None,
    }


def _tell(called: Services, actor: Actor, query: RunningQuery) -> None:
    with called.database.writing() as connection:
        record(
            connection,
            actor.organization_id,
            Action.QUERY_CANCEL,
            actor=actor,
            object_type="model",
            object_id=query.model_id,
            details={"jobId": query.id, "of": query.member},
        )
