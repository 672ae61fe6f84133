"""Roles of members and groups on models and connections (API digest §3.17)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

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


@serve(
    routes,
    "GET",
    f"/v1{_USER}",
    "usersGetModelRoles",
    UsersGetModelRolesResponse,
    omit_unset=True,
    aliases=[("unstableUsersGetModelRoles", f"/unstable{_USER}")],
    refusals=_UNPROCESSABLE,
)
def get_member_roles(
    id: Uuid, query: Annotated[ModelRolesQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List every role of a member and mark what counts; administrators only. `id` is a membership's."""
    found = list_member_roles(
        called.database, actor, id, model_id=query.model_id, connection_id=query.connection_id
    )
    return {"membershipId": id, "results": found}


@serve(
    routes,
    "POST",
    f"/v1{_USER}",
    "usersAssignModelRole",
    UsersAssignModelRoleResponse,
    aliases=[("unstableUsersAssignModelRole", f"/unstable{_USER}")],
    refusals=_UNPROCESSABLE,
)
def post_member_role(
    id: Uuid, body: AssignModelRoleBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Give a member a role; administrators, and Connection Admins of the connection."""
    done = _assigning(called).assign(
        actor,
        Holder(membership_id=id),
        role_name=body.role_name,
        model_id=body.model_id,
        connection_id=body.connection_id,
    )
    return {"membershipId": id, **done}


@serve(
    routes,
    "GET",
    f"/v1{_GROUP}",
    "userGroupsGetModelRoles",
    UserGroupsGetModelRolesResponse,
    aliases=[("unstableUserGroupsGetModelRoles", f"/unstable{_GROUP}")],
    refusals=_UNPROCESSABLE,
)
def get_group_roles(
    id: str, query: Annotated[ModelRolesQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List the roles of a group and of the groups that hold it; administrators only."""
    found = list_group_roles(
        called.database, actor, id, model_id=query.model_id, connection_id=query.connection_id
    )
    return {"userGroupId": id, "results": found}


@serve(
    routes,
    "POST",
    f"/v1{_GROUP}",
    "userGroupsAssignModelRole",
    UserGroupsAssignModelRoleResponse,
    aliases=[("unstableUserGroupsAssignModelRole", f"/unstable{_GROUP}")],
    refusals=_UNPROCESSABLE,
)
def post_group_role(
    id: str, body: AssignModelRoleBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Give a group a role, which its members have from then on."""
    done = _assigning(called).assign(
        actor,
        Holder(group_id=id),
        role_name=body.role_name,
        model_id=body.model_id,
        connection_id=body.connection_id,
    )
    return {"userGroupId": id, **done}


def _assigning(called: Services) -> Assigning:
    return Assigning(called.database, called.scopes)
