"""Rows of invitations. Takes the caller's connection, never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from holoscope.access.actors import OrgRole
from holoscope.access.people_users import fold
from holoscope.storage.tables import group_members, groups, invitations


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as it is kept; the link is known only when it is made."""

    id: str
    organization_id: str
    email: str
    role: OrgRole
    group_ids: tuple[str, ...]
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


def usable(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an invitation was neither used nor ended, and is not too old."""
    return and_(
        invitations.c.accepted_at.is_(None),
        invitations.c.revoked_at.is_(None),
        invitations.c.expires_at > now,
    )


def find_of_address(
    connection: Connection, organization_id: str, email: str, now: datetime
) -> Invitation | None:
    """Find the invitation of an address that can be accepted, letter case ignored; there is one at most."""
    row = connection.execute(
        select(invitations)
        .where(
            invitations.c.organization_id == organization_id,
            invitations.c.email_key == fold(email),
            usable(now),
        )
        .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else invitation_of(row)


def use(connection: Connection, invitation_id: str, now: datetime) -> bool:
    """Use up an invitation; False when it cannot be used (any more)."""
    done = connection.execute(
        update(invitations).where(invitations.c.id == invitation_id, usable(now)).values(accepted_at=now)
    )
    return done.rowcount == 1


def end_of_address(connection: Connection, organization_id: str, email: str, now: datetime) -> None:
    """End what was sent to an address before."""
    connection.execute(
        update(invitations)
        .where(
            invitations.c.organization_id == organization_id,
            invitations.c.email_key == fold(email),
            usable(now),
        )
        .values(revoked_at=now)
    )


def join_groups(connection: Connection, invitation: Invitation, membership_id: str) -> None:
    """Put the new member into the groups that still exist, and that it is not in yet."""
    held = select(group_members.c.group_id).where(group_members.c.membership_id == membership_id)
    still = connection.execute(
        select(groups.c.id).where(
            groups.c.organization_id == invitation.organization_id,
            groups.c.id.in_(invitation.group_ids),
            groups.c.id.not_in(held),
        )
    ).scalars()
    rows = [{"group_id": id_, "membership_id": membership_id} for id_ in still]
    if rows:
        connection.execute(insert(group_members), rows)


def invitation_of(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        organization_id=row.organization_id,
        email=row.email,
        role=OrgRole(row.role),
        group_ids=tuple(row.group_ids),
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
