"""Members for administrators, by session or key: list, look at, change, end; operations of our own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.actors import MemberKind, OrgRole
from holoscope.access.directory.changes import PersonChange, change_person, end_person
from holoscope.access.directory.people import Listed, Person, Wanted, list_people, show_person
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.people import Deleted, UserDetail, UsersListResponse, UsersQuery, UserUpdateBody
from holoscope.http.wire import Uuid
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest

routes = router("Users")
_STATES = {"active": True, "inactive": False, "any": None}
_PLACE = "/v1/users/{id}"
_CONFLICT = {409: "This is the last active administrator, or the name is another organization's too"}


@serve(routes, "GET", "/v1/users", "usersList", UsersListResponse)
def list_users(query: Annotated[UsersQuery, Query()], actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List members of every kind; administrators only."""
    wanted = Wanted(
        search=query.search,
        kind=None if query.kind is None else MemberKind(query.kind),
        is_active=_STATES[query.state],
        is_admin=None if query.org_role is None else query.org_role == OrgRole.ADMIN.value,
        group_id=query.group_id,
        sort=query.sort_field,
        is_descending=query.sort_direction == "desc",
    )
    found = list_people(called.database, actor, wanted, size=query.page_size, cursor=query.cursor)
    return found.wire(_record)


@serve(routes, "GET", _PLACE, "usersGet", UserDetail)
def get_user(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return a member with attributes, groups and model roles; administrators only."""
    return _detail(show_person(called.database, actor, id))


@serve(routes, "PATCH", _PLACE, "usersUpdate", UserDetail, refusals=_CONFLICT)
def patch_user(id: Uuid, body: UserUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Change a member's name, role in the organization, time zone, groups and attributes."""
    attributes = body.attributes or {}
    if any(name == "" for name in attributes):
        raise BadRequest("Bad Request: attributes: a name is empty")
    change = PersonChange(
        name=body.name,
        org_role=None if body.org_role is None else OrgRole(body.org_role),
        time_zone=body.time_zone,
        has_time_zone="time_zone" in body.model_fields_set,
        group_ids=body.group_ids,
        attributes=attributes,
    )
    change_person(called.database, actor, id, change)
    return _detail(show_person(called.database, actor, id))


@serve(routes, "DELETE", _PLACE, "usersDeactivate", Deleted, refusals=_CONFLICT)
def deactivate_user(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """End a membership for good, with its keys, sessions and groups; an embed user is erased."""
    end_person(called.database, actor, id)
    return {"success": True, "message": "User deactivated"}


def _record(listed: Listed) -> dict[str, Any]:
    member = listed.member
    return {
        "id": member.membership_id,
        "userId": member.user_id,
        "email": member.email,
        "name": member.name,
        "kind": member.kind.value,
        "orgRole": member.role.value,
        "active": member.active,
        "timeZone": member.time_zone,
        "externalId": member.external_id,
        "embedEntity": listed.embed_entity,
        "lastLoginAt": None if member.last_login_at is None else wire_time(member.last_login_at),
        "createdAt": wire_time(member.created_at),
        "updatedAt": wire_time(member.updated_at),
        "groups": [{"id": group.id, "name": group.name} for group in listed.groups],
    }


def _detail(person: Person) -> dict[str, Any]:
    return {
        **_record(person.listed),
        "inheritedGroups": [{"id": group.id, "name": group.name} for group in person.inherited],
        "hasPassword": person.has_password,
        "attributes": [
            {
                "name": held.definition.reference,
                "label": held.definition.label,
                "type": held.definition.type.value,
                "multipleValues": held.definition.multiple_values,
                "values": list(held.values),
                "source": held.source,
            }
            for held in person.attributes
        ],
        "modelRoles": person.roles,
    }
