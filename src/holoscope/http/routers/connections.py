"""Connections, listed without pages, and what may be changed of them (API digest §3.4)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.connections import (
    ConnectionsCreateBody,
    ConnectionsCreateResponse,
    ConnectionsListResponse,
    ConnectionsQuery,
    ConnectionsUpdateBody,
    ConnectionsUpdateResponse,
)
from holoscope.http.wire import Uuid
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.connection_changes import ConnectionChange, WantedAttribute, change_connection
from holoscope.modelstore.connection_creation import create_connection
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


@serve(
    routes,
    "POST",
    "/v1/connections",
    "connectionsCreate",
    ConnectionsCreateResponse,
    status=201,
    aliases=[("unstableConnectionsCreate", "/unstable/connections")],
)
def post_connection(body: ConnectionsCreateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make a connection to PostgreSQL; administrators only. It is opened when it is first asked."""
    said = body.model_dump(by_alias=True, exclude_none=True)
    password = SecretText(said.pop("passwordUnencrypted"))
    made = create_connection(called.models, called.sealer, actor, said, password)
    return {"data": made.id, "success": True}


@serve(
    routes,
    "PATCH",
    "/v1/connections/{id}",
    "connectionsUpdate",
    ConnectionsUpdateResponse,
    aliases=[("unstableConnectionsUpdate", "/unstable/connections/{id}")],
)
def patch_connection(
    id: Uuid, body: ConnectionsUpdateBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Change base role, environments' attribute or credentials; Connection Admins only."""
    if not body.model_fields_set:
        raise BadRequest("Bad Request: body: at least one field must be provided")
    message = change_connection(called.models, called.sealer, actor, id, _change(body))
    return {"message": message, "success": True}


def _change(body: ConnectionsUpdateBody) -> ConnectionChange:
    said = body.environment_user_attribute
    return ConnectionChange(
        base_role=body.base_role,
        attribute=None if said is None else WantedAttribute(said.attribute_name, said.default_values or ()),
        drops_attribute=said is None and "environment_user_attribute" in body.model_fields_set,
        password=_secret(body.password_unencrypted),
        private_key=_secret(body.private_key),
    )


def _secret(text: str | None) -> SecretText | None:
    return None if text is None else SecretText(text)
