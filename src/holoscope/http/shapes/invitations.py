"""Shapes of invitations; these operations are ours."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from holoscope.http.wire import StrictBody, Wire


class InviteBody(StrictBody):
    emails: str = Field(max_length=20_000, description="Addresses, separated by commas; 50 at most.")
    role: Literal["MEMBER", "ORG_ADMIN"] = "MEMBER"
    group_ids: list[str] = Field(default=[], max_length=50)


class InvitationRecord(Wire):
    id: str
    email: str
    role: str
    group_ids: list[str]
    invited_by: str | None = Field(description="Membership id; null: the operator.")
    created_at: str
    expires_at: str


class IssuedInvitation(InvitationRecord):
    url: str = Field(description="The link to pass on. It is shown this once and kept nowhere.")


class IssuedInvitations(Wire):
    records: list[IssuedInvitation]


class InvitationList(Wire):
    """Those that can still be accepted, the newest first."""

    records: list[InvitationRecord]


class LookBody(StrictBody):
    token: str = Field(max_length=128, repr=False, description="What the link carries.")


class InvitationShown(Wire):
    email: str
    organization: str
    expires_at: str


class AcceptBody(LookBody):
    name: str = Field(max_length=1024)
    password: str = Field(max_length=1024, repr=False)
