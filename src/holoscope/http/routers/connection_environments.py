"""Environments of connections: databases that stand in for another one (API digest §2.2, §3.4)."""

from __future__ import annotations

from typing import Any

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.connections import (
    ConnectionsEnvironmentsCreateBody,
    ConnectionsEnvironmentsCreateResponse,
    ConnectionsEnvironmentsListResponse,
    ConnectionsEnvironmentsUpdateBody,
)
from holoscope.http.shapes.models import Done
from holoscope.http.wire import Uuid
from holoscope.modelstore.environment_rows import environment_wire
from holoscope.modelstore.environments import (
    change_environment,
    create_environments,
    delete_environment,
    list_environments,
)

routes = router("Connections")
_LIST = "/connection-environments"
_ONE = "/connection-environments/{id}"


@serve(
    routes,
    "GET",
    f"/v1{_LIST}",
    "connectionEnvironmentsList",
    ConnectionsEnvironmentsListResponse,
    aliases=[("unstableConnectionEnvironmentsList", f"/unstable{_LIST}")],
)
def get_environments(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List every environment of the organization; administrators only."""
    return {"connectionEnvironments": [*map(environment_wire, list_environments(called.models, actor))]}


@serve(
    routes,
    "POST",
    f"/v1{_LIST}",
    "connectionEnvironmentsCreate",
    ConnectionsEnvironmentsCreateResponse,
    status=201,
    aliases=[("unstableConnectionEnvironmentsCreate", f"/unstable{_LIST}")],
    refusals={404: "No such connection within reach"},
)
def post_environments(
    body: ConnectionsEnvironmentsCreateBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Let connections stand in for a base; for those who administer all of them."""
    made = create_environments(
        called.models, actor, body.base_connection_id, list(body.environment_connection_ids)
    )
    return {
        "connectionEnvironments": [*map(environment_wire, made)],
        "data": [{"id": each.id, "environmentConnectionId": each.connection_id} for each in made],
        "success": True,
    }


@serve(
    routes,
    "PUT",
    f"/v1{_ONE}",
    "connectionEnvironmentsUpdate",
    Done,
    aliases=[("unstableConnectionEnvironmentsUpdate", f"/unstable{_ONE}")],
)
def put_environment(
    id: Uuid, body: ConnectionsEnvironmentsUpdateBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Replace the values that lead to an environment; for those who administer it and its base."""
    change_environment(called.models, actor, id, body.user_attribute_values)
    return {"success": True}


@serve(
    routes,
    "DELETE",
    f"/v1{_ONE}",
    "connectionEnvironmentsDelete",
    Done,
    aliases=[("unstableConnectionEnvironmentsDelete", f"/unstable{_ONE}")],
)
def remove_environment(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Let a connection stand in no more; for those who administer the base. The connection stays."""
    delete_environment(called.models, actor, id)
    return {"success": True}
