"""The audit log, for administrators: pages for a screen, lines to ship elsewhere; ours alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from holoscope.access.audit.reading import page_of_events, stream_events
from holoscope.access.guards import require_admin
from holoscope.http.openapi import json_content, ref
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.audit import AuditEvent, AuditEventsResponse, EventsFilter, EventsQuery
from holoscope.http.streaming import NDJSON, Pieces
from holoscope.http.wire import dump
from holoscope.kit.clock import system_clock

routes = router("Audit Log")


@serve(routes, "GET", "/v1/audit-events", "auditEventsList", AuditEventsResponse)
def list_events(
    query: Annotated[EventsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List the events of the organization, the newest first; administrators only."""
    page = page_of_events(
        called.database, actor, query.wanted(), page_size=query.page_size, cursor=query.cursor
    )
    return page.wire(lambda event: event)


@routes.get(
    "/v1/audit-events/export",
    operation_id="auditEventsExport",
    response_class=Response,
    responses={
        200: {
            "description": "One event per line, the oldest first",
            "content": json_content(ref(AuditEvent), NDJSON.decode()),
        }
    },
)
async def export_events(
    query: Annotated[EventsFilter, Query()], actor: CurrentActor, called: Called
) -> Response:
    """Stream the events of the organization as lines of JSON, the oldest first; administrators only.

    Without `to`, what was written until now. A failure ends the connection before the end of the body.
    """
    require_admin(actor)
    wanted = query.wanted()
    wanted = replace(wanted, until=wanted.until or system_clock())
    batches = stream_events(called.database, actor.organization_id, wanted)
    return Pieces(NDJSON, await run_in_threadpool(_lines, batches), _rest(batches))


async def _rest(batches: Iterator[list[dict[str, Any]]]) -> AsyncGenerator[bytes, None]:
    while piece := await run_in_threadpool(_lines, batches):
        yield piece


def _lines(batches: Iterator[list[dict[str, Any]]]) -> bytes:
    """Return the next events as lines; nothing when there are no more."""
    return b"".join(dump(event) + b"\n" for event in next(batches, ()))
