"""Shapes of model roles (API digest §3.17) and of custom roles, which are our own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from holoscope.http.wire import StrictBody, StrictQuery, Uuid, Wire

RoleName = Annotated[str, StringConstraints(min_length=1)]


class ModelRolesQuery(StrictQuery):
    connection_id: Uuid | None = None
    model_id: Uuid | None = None


class AssignModelRoleBody(StrictBody):
    """A role on exactly one of a model and a connection."""

    role_name: RoleName = Field(description="A tier, or the name of a custom role.")
    model_id: Uuid | None = None
    connection_id: Uuid | None = None


class RoleOrigin(Wire):
    """Where a role comes from; a group's depth is 0 when it is held directly."""

    type: Literal["USER", "ORG", "BASE", "GROUP"]
    depth: int | None = None
    mini_uuid: str | None = None
    name: str | None = None


class GroupRoleOrigin(Wire):
    type: Literal["GROUP"]
    depth: int
    mini_uuid: str
    name: str


class _Assignment(Wire):
    model_id: str | None = Field(description="null when the role is on the whole connection.")
    connection_id: str
    role_name: str
    base_role: str = Field(description="The tier of a custom role; otherwise the role itself.")
    priority: int


class RoleAssignmentResult(_Assignment):
    resolved: bool
    from_: RoleOrigin = Field(alias="from")


class GroupRoleAssignmentResult(_Assignment):
    from_: GroupRoleOrigin = Field(alias="from")


class UsersGetModelRolesResponse(Wire):
    membership_id: str
    results: list[RoleAssignmentResult]


class UserGroupsGetModelRolesResponse(Wire):
    user_group_id: str
    results: list[GroupRoleAssignmentResult]


class UsersAssignModelRoleResponse(Wire):
    membership_id: str
    model_id: str | None
    connection_id: str
    role_name: str


class UserGroupsAssignModelRoleResponse(Wire):
    user_group_id: str
    model_id: str | None
    connection_id: str
    role_name: str


class CustomRole(Wire):
    """A tier with permissions switched off."""

    id: str
    name: str
    description: str | None
    base_role: str
    denied_permissions: list[str]
    permissions: list[str]
    created_at: str
    updated_at: str


class RoleTier(Wire):
    name: str
    priority: int
    permissions: list[str]


class RoleCapability(Wire):
    """Something that whoever has the permission may do, in words."""

    text: str
    permission: str


class CustomRolesListResponse(Wire):
    records: list[CustomRole]
    tiers: list[RoleTier] = Field(description="The built-in roles, the weakest first.")
    capabilities: list[RoleCapability]


class CustomRoleCreateBody(StrictBody):
    name: str
    base_role: str
    denied_permissions: list[str] = Field(default_factory=list)
    description: str | None = None


class CustomRoleUpdateBody(StrictBody):
    """What is named changes, the rest stays."""

    name: str | None = None
    base_role: str | None = None
    denied_permissions: list[str] | None = None
    description: str | None = None
