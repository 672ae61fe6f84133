"""Connections, listed without pages (API digest §3.4)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.connections import ConnectionsListResponse, ConnectionsQuery
from holoscope.modelstore.connections import ConnectionFilter, connection_wire, list_connections

routes = router("Connections")


@serve(
    routes,
    "GET",
    "/v1/connections",
    "connectionsList",
    ConnectionsListResponse,
    aliases=[("unstableConnectionsList", "/unstable/connections")],
)
def get_connections(
    query: Annotated[ConnectionsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List the connections the actor has a role on, or on a model of."""
    found = list_connections(
        called.database,
        called.scopes,
        actor,
        ConnectionFilter(query.name, query.database, query.dialect, query.include_deleted),
        sort_field=query.sort_field,
        sort_direction=query.sort_direction,
    )
    return {"connections": [connection_wire(connection) for connection in found]}
