"""Groups for administrators, by session or key; operations of our own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.directory.groups import (
    ListedGroup,
    ShownGroup,
    WantedMembers,
    add_group,
    change_group,
    end_group,
    list_groups,
    show_group,
)
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.people import (
    Deleted,
    GroupCreateBody,
    GroupDetail,
    GroupsListResponse,
    GroupsQuery,
    GroupUpdateBody,
)
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest

routes = router("Users")
_PLACE = "/v1/user-groups/{id}"
_TAKEN = {409: "Another group has that name"}


@serve(routes, "GET", "/v1/user-groups", "groupsList", GroupsListResponse)
def get_groups(query: Annotated[GroupsQuery, Query()], actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List groups by name; administrators only."""
    found = list_groups(
        called.database, actor, search=query.search, size=query.page_size, cursor=query.cursor
    )
    return found.wire(_record)


@serve(routes, "POST", "/v1/user-groups", "groupsCreate", GroupDetail, status=201, refusals=_TAKEN)
def post_group(body: GroupCreateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make a group; administrators only."""
    return _detail(add_group(called.database, actor, body.name, body.member_ids))


@serve(routes, "GET", _PLACE, "groupsGet", GroupDetail)
def get_group(id: str, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return a group with the members and groups in it; administrators only."""
    return _detail(show_group(called.database, actor, id))


@serve(routes, "PATCH", _PLACE, "groupsUpdate", GroupDetail, refusals=_TAKEN)
def patch_group(id: str, body: GroupUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Rename a group, set what it holds, or add to it and take out of it; administrators only."""
    if body.member_ids is not None and (body.add_member_ids or body.remove_member_ids):
        raise BadRequest("Bad Request: memberIds: either everything it shall hold, or what to add and remove")
    wanted = WantedMembers(body.member_ids, body.add_member_ids, body.remove_member_ids)
    return _detail(change_group(called.database, actor, id, body.name, wanted))


@serve(routes, "DELETE", _PLACE, "groupsDelete", Deleted)
def delete_group(id: str, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Take a group away, with the roles it gives; its members stay."""
    end_group(called.database, actor, id)
    return {"success": True, "message": "Group deleted"}


def _record(listed: ListedGroup) -> dict[str, Any]:
    group = listed.group
    return {
        "id": group.id,
        "name": group.name,
        "externalId": group.external_id,
        "memberCount": listed.members,
        "groupCount": listed.inner,
        "createdAt": wire_time(group.created_at),
        "updatedAt": wire_time(group.updated_at),
    }


def _detail(shown: ShownGroup) -> dict[str, Any]:
    return {
        **_record(shown.listed),
        "members": [{"id": each.id, "name": each.name, "email": each.email} for each in shown.members],
        "groups": [{"id": each.id, "name": each.name} for each in shown.inner],
    }
