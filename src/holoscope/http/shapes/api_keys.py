"""Shapes of the API key routes: a key's text is in the answer that makes it and nowhere else."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from holoscope.http.paging import PageSize
from holoscope.http.wire import PageInfo, SortDirection, StrictBody, StrictQuery, Uuid, Wire
from holoscope.kit.paging import DEFAULT_PAGE_SIZE

KeyKindName = Literal["organization", "personal", "mcp"]


class ApiKeysQuery(StrictQuery):
    cursor: Uuid | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE
    sort_direction: SortDirection = "desc"
    sort_field: Literal["createdAt", "name"] = "createdAt"
    type: KeyKindName | None = None


class ApiKeyOwner(Wire):
    membership_id: str
    email: str
    name: str


class ApiKey(Wire):
    id: str
    name: str
    type: KeyKindName
    enabled: bool
    created_at: str
    membership_id: str | None
    created_by: ApiKeyOwner = Field(description="The member whose rights and user attributes the key has.")
    last_used_at: str | None = Field(description="To the minute; null: not used yet.")


class IssuedApiKey(ApiKey):
    token: str = Field(description="The text of the token. It is shown this once and kept nowhere.")


class ApiKeyCreateBody(StrictBody):
    name: str
    type: Literal["organization", "personal"]


class OwnTokensQuery(StrictQuery):
    cursor: Uuid | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE


class ApiKeyListResponse(Wire):
    page_info: PageInfo
    records: list[ApiKey]


class ApiKeyUpdateBody(StrictBody):
    enabled: StrictBool


class ApiKeyDeleteResponse(Wire):
    success: Literal[True] = True
    message: str
