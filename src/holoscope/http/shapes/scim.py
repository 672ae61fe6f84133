"""Shapes of SCIM users and groups, RFC 7643 with two extensions (API digest §3.16).

Bodies are open: what is in them is read by `access.scim_user_changes` and `access.scim_group_changes`,
which pass over what they do not know and take names in any letter case, as providers spell them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from holoscope.access.scim_listing import DEFAULT_COUNT, Asked
from holoscope.access.scim_names import ATTRIBUTES_URN, ENTERPRISE_URN, EXTENSION_URN
from holoscope.http.wire import StrictQuery, Wire

_NUMBER = r"^-?\d{0,9}\.?\d{1,9}$"


def _number(value: str) -> str:
    if re.fullmatch(_NUMBER, value) is None:
        raise PydanticCustomError("number", "Expected number, received string")
    return value


Count = Annotated[str, AfterValidator(_number), Field(json_schema_extra={"pattern": _NUMBER})]
Order = Annotated[
    Literal["ascending", "descending"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
]


class ScimOneQuery(StrictQuery):
    """Which attributes to show, names separated by commas; `id` and `schemas` are always there."""

    attributes: str | None = None
    excluded_attributes: str | None = None

    def asked(self) -> Asked:
        return Asked(attributes=_names(self.attributes), excluded=_names(self.excluded_attributes))


class ScimQuery(ScimOneQuery):
    """`count` 0 asks for the total alone; a `startIndex` below 1 means 1 (RFC 7644 §3.4.2.4)."""

    count: Count = str(DEFAULT_COUNT)
    start_index: Count = "1"
    filter: str | None = None
    sort_by: str | None = None
    sort_order: Order = "ascending"

    def asked(self) -> Asked:
        return Asked(
            filter_text=self.filter,
            start_index=int(float(self.start_index)),
            count=int(float(self.count)),
            sort_by=self.sort_by,
            is_descending=self.sort_order == "descending",
            attributes=_names(self.attributes),
            excluded=_names(self.excluded_attributes),
        )


class _OpenBody(Wire):
    model_config = ConfigDict(extra="allow")

    def raw(self) -> dict[str, Any]:
        """Return the body as it was sent."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class ScimSearchBody(_OpenBody):
    """A search whose filter is too long or too private for an address (RFC 7644 §3.4.3)."""

    schemas: list[str] = Field(default_factory=list)
    attributes: list[str] = Field(default_factory=list)
    excluded_attributes: list[str] = Field(default_factory=list)
    filter: str | None = None
    sort_by: str | None = None
    sort_order: Order = "ascending"
    start_index: int = 1
    count: int = DEFAULT_COUNT

    def asked(self) -> Asked:
        return Asked(
            filter_text=self.filter,
            start_index=min(self.start_index, 10**9),
            count=self.count,
            sort_by=self.sort_by,
            is_descending=self.sort_order == "descending",
            attributes=tuple(self.attributes),
            excluded=tuple(self.excluded_attributes),
        )


class ScimUserBody(_OpenBody):
    """A whole user. `userName` is the e-mail address; what is left out is reset by a PUT."""

    schemas: Any = None
    user_name: Any = Field(default=None, json_schema_extra={"type": "string", "format": "email"})
    display_name: Any = Field(default=None, json_schema_extra={"type": "string"})
    active: Any = Field(default=True, json_schema_extra={"type": "boolean"})
    external_id: Any = Field(default=None, json_schema_extra={"type": "string"})
    user_attributes: Any = Field(default=None, alias=ATTRIBUTES_URN, json_schema_extra={"type": "object"})
    enterprise: Any = Field(default=None, alias=ENTERPRISE_URN, json_schema_extra={"type": "object"})


class ScimGroupBody(_OpenBody):
    """A whole group. `members` holds `{value}` of users and groups."""

    schemas: Any = None
    display_name: Any = Field(default=None, json_schema_extra={"type": "string", "maxLength": 64})
    external_id: Any = Field(default=None, json_schema_extra={"type": "string"})
    members: Any = Field(default=None, json_schema_extra={"type": "array", "items": {"type": "object"}})


class ScimPatchBody(_OpenBody):
    """Operations `{op, path, value}`, carried out in order: all of them or none (RFC 7644 §3.5.2)."""

    schemas: Any = None
    operations: Any = Field(
        default=None,
        alias="Operations",
        json_schema_extra={"type": "array", "items": {"type": "object"}, "minItems": 1},
    )


class ScimMeta(Wire):
    created: str
    last_modified: str
    location: str
    resource_type: str


class ScimEmail(Wire):
    primary: bool
    value: str


class ScimReference(Wire):
    display: str
    value: str
    ref: str = Field(alias="$ref")


class ScimMember(ScimReference):
    type: Literal["User", "Group"]


class ScimUserResponse(Wire):
    """A member of the organization; `id` is the membership. Embed users name whom they stand for."""

    schemas: list[str]
    id: str
    external_id: str | None = None
    user_name: str
    display_name: str
    active: bool
    emails: list[ScimEmail]
    groups: list[ScimReference]
    meta: ScimMeta
    embed_email: str | None = None
    embed_entity: str | None = None
    embed_external_id: str | None = None
    user_attributes: dict[str, Any] = Field(alias=ATTRIBUTES_URN)
    extension: dict[str, Any] = Field(alias=EXTENSION_URN)


class ScimGroupResponse(Wire):
    schemas: list[str]
    id: str
    external_id: str | None = None
    display_name: str
    members: list[ScimMember] | None = None
    meta: ScimMeta


class ScimUsersListResponse(Wire):
    schemas: list[str]
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[ScimUserResponse] = Field(alias="Resources")


class ScimGroupsListResponse(Wire):
    schemas: list[str]
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[ScimGroupResponse] = Field(alias="Resources")


class ScimListResponse(Wire):
    """Users and groups, or descriptions of them."""

    schemas: list[str]
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[dict[str, Any]] = Field(alias="Resources")


class ScimDescription(Wire):
    """What the server says about itself (RFC 7643 §5 to §7)."""

    model_config = ConfigDict(extra="allow")

    schemas: list[str]


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name for each in (text or "").split(",") if (name := each.strip()))
