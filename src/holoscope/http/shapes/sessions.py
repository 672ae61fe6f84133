"""Shapes of signing in and of sessions; all of these operations are ours."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from holoscope.http.paging import PageSize
from holoscope.http.wire import PageInfo, QueryBool, StrictBody, StrictQuery, Uuid, Wire
from holoscope.kit.paging import DEFAULT_PAGE_SIZE


class SignInBody(StrictBody):
    email: str = Field(max_length=320)
    password: str = Field(max_length=1024, repr=False)


class PasswordBody(StrictBody):
    current_password: str = Field(max_length=1024, repr=False)
    new_password: str = Field(max_length=1024, repr=False)


class SingleSignOn(Wire):
    label: str = Field(description="What the button says.")
    url: str = Field(
        description="Where the button leads; add `returnTo` to come back to a page of this server."
    )


class SignInMethods(Wire):
    """How one may sign in here."""

    has_passwords: bool = Field(description="False: passwords are switched off, but for one administrator.")
    single_sign_on: SingleSignOn | None


class SessionUser(Wire):
    id: str
    membership_id: str
    email: str
    name: str
    org_role: str
    time_zone: str | None = Field(description="One's own or the organization's; null without either.")
    appearance: Literal["system", "light", "dark"]


class CurrentSession(Wire):
    """The session of the cookie, and what a page needs to know to work with it."""

    id: str
    kind: Literal["web", "embed"]
    organization_id: str
    user: SessionUser
    csrf_token: str = Field(description="Send it as `X-CSRF-Token` with everything that changes something.")
    created_at: str
    expires_at: str


class SessionsQuery(StrictQuery):
    all: QueryBool = Field(False, description="Those of everybody; administrators only.")
    user_id: Uuid | None = Field(None, description="Those of one member; administrators only.")
    state: Literal["open", "ended", "any"] = "open"
    kind: Literal["web", "embed"] | None = None
    cursor: Uuid | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE


class EndSessionsQuery(StrictQuery):
    user_id: Uuid | None = Field(None, description="Those of another member; administrators only.")


class SessionRecord(Wire):
    id: str
    kind: Literal["web", "embed"]
    membership_id: str
    email: str
    name: str
    address: str | None
    user_agent: str | None
    created_at: str
    last_seen_at: str
    expires_at: str
    is_open: bool
    is_current: bool


class SessionListResponse(Wire):
    page_info: PageInfo
    records: list[SessionRecord]


class Done(Wire):
    success: Literal[True] = True
    message: str
