"""Shapes of SCIM users and groups, RFC 7643 with two extensions (API digest §3.16)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from holoscope.access.scim import ATTRIBUTES_URN, EXTENSION_URN
from holoscope.http.wire import StrictQuery, Wire

_NUMBER = r"^-?\d{0,9}\.?\d{1,9}$"


def _number(value: str) -> str:
    if re.fullmatch(_NUMBER, value) is None:
        raise PydanticCustomError("number", "Expected number, received string")
    return value


Count = Annotated[str, AfterValidator(_number), Field(json_schema_extra={"pattern": _NUMBER})]


class ScimQuery(StrictQuery):
    """`count` 0 asks for the total alone; a `startIndex` below 1 means 1 (RFC 7644 §3.4.2.4)."""

    count: Count = "100"
    start_index: Count = "1"
    filter: str | None = None

    @property
    def first_index(self) -> int:
        return int(float(self.start_index))

    @property
    def most(self) -> int:
        return int(float(self.count))


class ScimGroupsQuery(ScimQuery):
    excluded_attributes: Literal["members"] | None = None


class ScimGroupQuery(StrictQuery):
    excluded_attributes: Literal["members"] | None = None


class ScimMeta(Wire):
    created: str
    last_modified: str
    resource_type: str


class ScimEmail(Wire):
    primary: bool
    value: str


class ScimReference(Wire):
    display: str
    value: str


class ScimUserResponse(Wire):
    """A member of the organization; `id` is the membership."""

    schemas: list[str]
    id: str
    user_name: str
    display_name: str
    active: bool
    emails: list[ScimEmail]
    groups: list[ScimReference]
    meta: ScimMeta
    user_attributes: dict[str, Any] = Field(alias=ATTRIBUTES_URN)
    extension: dict[str, Any] = Field(alias=EXTENSION_URN)


class ScimGroupResponse(Wire):
    schemas: list[str]
    id: str
    display_name: str
    members: list[ScimReference] | None = None
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
