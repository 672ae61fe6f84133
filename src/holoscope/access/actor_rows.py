"""Rows that belong to a member, read with that member: what makes a credential's row an actor."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Row, Select

from holoscope.access.actors import Actor, CredentialKind, MemberKind, OrgRole
from holoscope.storage.tables import memberships, users

MEMBER_COLUMNS = (
    memberships.c.user_id,
    memberships.c.role,
    memberships.c.active,
    memberships.c.kind.label("member_kind"),
    users.c.email,
    users.c.name.label("user_name"),
)
"""Whom a row belongs to; labelled where the row may have a column of that name itself."""


def with_members(rows: Select[Any], membership_id: Column[Any]) -> Select[Any]:
    """Read the member whom each row names in `membership_id` along with it, active or not."""
    return (
        rows.add_columns(*MEMBER_COLUMNS)
        .join(memberships, memberships.c.id == membership_id)
        .join(users, users.c.id == memberships.c.user_id)
    )


def actor_of(row: Row[Any], kind: CredentialKind, *, rate_limit: int | None = None) -> Actor:
    """Return the member of a row of `with_members`, acting through the credential that the row is."""
    return Actor(
        organization_id=row.organization_id,
        membership_id=row.membership_id,
        user_id=row.user_id,
        email=row.email,
        name=row.user_name,
        org_role=OrgRole(row.role),
        credential_id=row.id,
        credential_kind=kind,
        rate_limit=rate_limit,
        member_kind=MemberKind(row.member_kind),
    )
