"""Shapes of members and groups for administrators; operations of our own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictStr

from holoscope.http.paging import PageSize
from holoscope.http.shapes.email_only import Attributes
from holoscope.http.shapes.roles import RoleAssignmentResult
from holoscope.http.wire import PageInfo, SortDirection, StrictBody, StrictQuery, Wire
from holoscope.kit.paging import DEFAULT_PAGE_SIZE

MOST_MEMBERS = 10_000
UserKind = Literal["standard", "embed", "email_only", "support"]
OrgRoleName = Literal["ORG_ADMIN", "MEMBER"]


class UsersQuery(StrictQuery):
    search: str | None = Field(None, description="Part of a name or e-mail, letter case ignored.")
    kind: UserKind | None = None
    state: Literal["active", "inactive", "any"] = "active"
    org_role: OrgRoleName | None = None
    group_id: str | None = Field(None, description="Those who are in this group directly.")
    sort_field: Literal["createdAt", "name", "email"] = "createdAt"
    sort_direction: SortDirection = "asc"
    cursor: str | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE


class GroupName(Wire):
    id: str
    name: str


class UserRecord(Wire):
    """A member. `id` is the membership's, which every operation calls the user's id."""

    id: str
    user_id: str
    email: str
    name: str
    kind: UserKind
    org_role: OrgRoleName
    active: bool
    time_zone: str | None = Field(description="The member's own; null where the organization's counts.")
    external_id: str | None
    embed_entity: str | None
    last_login_at: str | None
    created_at: str
    updated_at: str
    groups: list[GroupName] = Field(description="Those the member is in directly.")


class UsersListResponse(Wire):
    page_info: PageInfo
    records: list[UserRecord]


class UserAttributeHeld(Wire):
    name: str
    label: str
    type: Literal["String", "Number"]
    multiple_values: bool
    values: list[str]
    source: Literal["user", "default"] | None = Field(description="null where it is not set.")


class UserDetail(UserRecord):
    """A member, with what administrators look after."""

    inherited_groups: list[GroupName] = Field(description="Groups that hold the member's groups.")
    has_password: bool
    attributes: list[UserAttributeHeld]
    model_roles: list[RoleAssignmentResult] = Field(description="As `usersGetModelRoles`; none when ended.")


class UserUpdateBody(StrictBody):
    """What is named changes, the rest stays; null takes the time zone away."""

    name: StrictStr | None = None
    org_role: OrgRoleName | None = None
    time_zone: StrictStr | None = None
    group_ids: list[StrictStr] | None = Field(
        None, description="All groups to be in directly.", max_length=1000
    )
    attributes: Attributes | None = Field(None, description="By name; null, empty text and [] unset.")


class GroupsQuery(StrictQuery):
    search: str | None = Field(None, description="Part of a name, letter case ignored.")
    cursor: str | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE


class GroupRecord(Wire):
    id: str
    name: str
    external_id: str | None
    member_count: int = Field(description="Active members in it directly.")
    group_count: int = Field(description="Groups in it directly.")
    created_at: str
    updated_at: str


class GroupsListResponse(Wire):
    page_info: PageInfo
    records: list[GroupRecord]


class GroupMemberUser(Wire):
    id: str
    name: str
    email: str


class GroupDetail(GroupRecord):
    members: list[GroupMemberUser]
    groups: list[GroupName]


class GroupCreateBody(StrictBody):
    name: StrictStr
    member_ids: list[StrictStr] = Field(
        [], description="Ids of members and of groups.", max_length=MOST_MEMBERS
    )


class GroupUpdateBody(StrictBody):
    """What is named changes. `memberIds` is everything it shall hold; or some are added and taken out."""

    name: StrictStr | None = None
    member_ids: list[StrictStr] | None = Field(None, max_length=MOST_MEMBERS)
    add_member_ids: list[StrictStr] = Field([], max_length=MOST_MEMBERS)
    remove_member_ids: list[StrictStr] = Field([], max_length=MOST_MEMBERS)


class Deleted(Wire):
    success: Literal[True] = True
    message: str
