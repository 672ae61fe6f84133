"""Shapes of e-mail-only users (API digest §3.17); rows of the list have snake_case keys."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from holoscope.access.people_email_only import MOST_AT_ONCE, MOST_PER_PAGE, WantedRecipient
from holoscope.http.wire import PageInfo, SnakeWire, SortDirection, StrictBody, StrictQuery, Wire

_SCALAR = [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]
_VALUE = {"anyOf": [*_SCALAR, {"type": "array", "items": {"anyOf": _SCALAR}}, {"type": "null"}]}
Attributes = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": _VALUE})]
"""By reference; judged by the definition of each."""


class EmailOnlyBody(StrictBody):
    """Somebody to make or change. Null, "" and [] unset an attribute; those not named stay."""

    email: str = Field(json_schema_extra={"format": "email"})
    user_attributes: Attributes = Field(default_factory=dict)

    def wanted(self) -> WantedRecipient:
        return WantedRecipient(self.email, self.user_attributes)


class EmailOnlyBulkBody(StrictBody):
    users: list[EmailOnlyBody] = Field(json_schema_extra={"minItems": 1, "maxItems": MOST_AT_ONCE})


class EmailOnlyResponse(Wire):
    """`userId` is the membership, as everywhere."""

    email: str
    user_id: str


class EmailOnlyBulkResponse(Wire):
    results: list[EmailOnlyResponse]


class EmailOnlyRecord(SnakeWire):
    email: str
    user_attributes: dict[str, Any]
    user_id: str


class EmailOnlyListResponse(Wire):
    page_info: PageInfo
    records: list[EmailOnlyRecord]


class EmailOnlyQuery(StrictQuery):
    cursor: str | None = None
    email: str | None = None
    page_size: int = Field(default=MOST_PER_PAGE, json_schema_extra={"minimum": 1, "maximum": MOST_PER_PAGE})
    sort_direction: SortDirection = "desc"
