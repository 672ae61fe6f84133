"""Roles of members and groups on models and connections (API digest §3.17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from holoscope.access.actors import Actor
from holoscope.access.roles import Holder
from holoscope.access.roles_assigned import Assigning
from holoscope.access.roles_listed import list_group_roles, list_member_roles
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.ports import Services
from holoscope.http.shapes.roles import (
    AssignModelRoleBody,
    ModelRolesQuery,
    UserGroupsAssignModelRoleResponse,
    UserGroupsGetModelRolesResponse,
    UsersAssignModelRoleResponse,
    UsersGetModelRolesResponse,
)
from holoscope.http.wire import Uuid

routes = router("Users")
_UNPROCESSABLE = {422: "No such role, a model that takes no roles, or a model of another connection"}
_USER = "/users/{id}/model-roles"
_GROUP = "/user-groups/{id}/model-roles"


def _serve(
    method: str, path: str, name: str, response: type[BaseModel], *, omit_unset: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Serve below `/v1`, and below `/unstable` by the name that says so."""
    unstable = f"unstable{name[:1].upper()}{name[1:]}"
    return serve(
        routes,
        method,
        f"/v1{path}",
        name,
        response,
        omit_unset=omit_unset,
        aliases=[(unstable, f"/unstable{path}")],
        refusals=_UNPROCESSABLE,
    )


@_serve("GET", _USER, "usersGetModelRoles", UsersGetModelRolesResponse, omit_unset=True)
def get_member_roles(
    id: Uuid, query: Annotated[ModelRolesQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List every role of a member and mark what counts; administrators only. `id` is a membership's."""
    found = list_member_roles(
        called.database, actor, id, model_id=query.model_id, connection_id=query.connection_id
    )
    return {"membershipId": id, "results": found}


@_serve("POST", _USER, "usersAssignModelRole", UsersAssignModelRoleResponse)
def post_member_role(
    id: Uuid, body: AssignModelRoleBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Give a member a role; administrators, and Connection Admins of the connection."""
    return {"membershipId": id, **_assign(called, actor, Holder(membership_id=id), body)}


@_serve("GET", _GROUP, "userGroupsGetModelRoles", UserGroupsGetModelRolesResponse)
def get_group_roles(
    id: str, query: Annotated[ModelRolesQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List the roles of a group and of the groups that hold it; administrators only."""
    found = list_group_roles(
        called.database, actor, id, model_id=query.model_id, connection_id=query.connection_id
    )
    return {"userGroupId": id, "results": found}


@_serve("POST", _GROUP, "userGroupsAssignModelRole", UserGroupsAssignModelRoleResponse)
def post_group_role(
    id: str, body: AssignModelRoleBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Give a group a role, which its members have from then on."""
    return {"userGroupId": id, **_assign(called, actor, Holder(group_id=id), body)}


def _assign(called: Services, actor: Actor, holder: Holder, body: AssignModelRoleBody) -> dict[str, Any]:
    return Assigning(called.database, called.scopes).assign(
        actor,
        holder,
        role_name=body.role_name,
        model_id=body.model_id,
        connection_id=body.connection_id,
    )
