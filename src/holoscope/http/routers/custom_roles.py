"""Custom roles: operations of our own."""

from __future__ import annotations

from typing import Any

from holoscope.access.roles_custom_api import CustomRoles, custom_role_wire, tiers_wire
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.ports import Services
from holoscope.http.shapes.models import Done
from holoscope.http.shapes.roles import (
    CustomRole,
    CustomRoleCreateBody,
    CustomRolesListResponse,
    CustomRoleUpdateBody,
)
from holoscope.http.wire import Uuid

routes = router("Custom Roles")
_LIST = "/v1/custom-roles"
_ONE = "/v1/custom-roles/{id}"
_TAKEN = {409: "Another custom role has the name", 422: "`baseRole` is no tier"}


@serve(routes, "GET", _LIST, "customRolesList", CustomRolesListResponse)
def list_roles(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List the custom roles by name, and what the tiers below them allow; administrators only."""
    return {"records": [custom_role_wire(role) for role in _roles(called).all(actor)], **tiers_wire()}


@serve(routes, "POST", _LIST, "customRolesCreate", CustomRole, status=201, refusals=_TAKEN)
def post_role(body: CustomRoleCreateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make a custom role; administrators only."""
    made = _roles(called).create(
        actor,
        name=body.name,
        description=body.description,
        base_role=body.base_role,
        denied=body.denied_permissions,
    )
    return custom_role_wire(made)


@serve(routes, "PATCH", _ONE, "customRolesUpdate", CustomRole, refusals=_TAKEN)
def patch_role(id: Uuid, body: CustomRoleUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Change a custom role, at once for whoever holds it; administrators only."""
    told = body.model_dump(exclude_unset=True)
    said = {key: value for key, value in told.items() if value is not None or key == "description"}
    if "denied_permissions" in said:
        said["denied"] = said.pop("denied_permissions")
    return custom_role_wire(_roles(called).change(actor, id, said))


@serve(routes, "DELETE", _ONE, "customRolesDelete", Done, refusals={409: "Somebody holds it"})
def remove_role(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Delete a custom role that nobody holds; administrators only."""
    _roles(called).delete(actor, id)
    return {"success": True}


def _roles(called: Services) -> CustomRoles:
    return CustomRoles(called.database, called.models.clock)
