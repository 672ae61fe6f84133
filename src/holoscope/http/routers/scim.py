"""The directory, read: users and groups, under both letter cases (API digest §1.1, §3.16)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.scim import find_group, find_user, list_groups, list_users
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.scim import (
    ScimGroupQuery,
    ScimGroupResponse,
    ScimGroupsListResponse,
    ScimGroupsQuery,
    ScimQuery,
    ScimUserResponse,
    ScimUsersListResponse,
)
from holoscope.http.wire import Uuid

routes = router("SCIM")


@serve(
    routes,
    "GET",
    "/scim/v2/Users",
    "scimUsersList",
    ScimUsersListResponse,
    aliases=[("scimUsersListLowerCase", "/scim/v2/users")],
)
def list_users_(query: Annotated[ScimQuery, Query()], actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List active members; organization keys only. `filter` takes `userName` or `displayName`, eq or co."""
    return list_users(
        called.database,
        actor,
        filter_text=query.filter,
        start_index=query.first_index,
        count=query.most,
    )


@serve(
    routes,
    "GET",
    "/scim/v2/Users/{id}",
    "scimUsersGet",
    ScimUserResponse,
    aliases=[("scimUsersGetLowerCase", "/scim/v2/users/{id}")],
)
def get_user(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return one member; organization keys only."""
    return find_user(called.database, actor, id)


@serve(
    routes,
    "GET",
    "/scim/v2/Groups",
    "scimGroupsList",
    ScimGroupsListResponse,
    omit_unset=True,
    aliases=[("scimGroupsListLowerCase", "/scim/v2/groups")],
)
def list_groups_(
    query: Annotated[ScimGroupsQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List groups; organization keys only. `filter` takes `displayName`, eq or co."""
    return list_groups(
        called.database,
        actor,
        filter_text=query.filter,
        start_index=query.first_index,
        count=query.most,
        with_members=query.excluded_attributes is None,
    )


@serve(
    routes,
    "GET",
    "/scim/v2/Groups/{miniUuid}",
    "scimGroupsGet",
    ScimGroupResponse,
    omit_unset=True,
    aliases=[("scimGroupsGetLowerCase", "/scim/v2/groups/{miniUuid}")],
)
def get_group(
    miniUuid: str,  # noqa: N803  (the wire's name)
    query: Annotated[ScimGroupQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Return one group; organization keys only."""
    return find_group(called.database, actor, miniUuid, with_members=query.excluded_attributes is None)
