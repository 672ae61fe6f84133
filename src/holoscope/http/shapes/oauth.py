"""Shapes of grants to client programs; these operations are ours."""

from __future__ import annotations

from pydantic import Field

from holoscope.http.paging import PageSize
from holoscope.http.wire import PageInfo, QueryBool, StrictQuery, Uuid, Wire
from holoscope.kit.paging import DEFAULT_PAGE_SIZE


class GrantsQuery(StrictQuery):
    all: QueryBool = Field(False, description="Those of everybody; administrators only.")
    cursor: Uuid | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE


class GrantRecord(Wire):
    id: str
    client_id: str
    scope: str
    membership_id: str
    email: str
    name: str
    created_at: str
    last_used_at: str | None


class GrantListResponse(Wire):
    page_info: PageInfo
    records: list[GrantRecord]
