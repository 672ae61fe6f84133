"""Erasing embed users: the one kind of member that goes without a trace but the audit log's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, delete, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.people import Member
from holoscope.storage.tables import (
    api_keys,
    content_permits,
    embed_logins,
    folders,
    group_members,
    identities,
    invitations,
    jobs,
    memberships,
    model_roles,
    model_versions,
    oauth_codes,
    oauth_grants,
    oauth_tokens,
    sessions,
    user_attribute_values,
    users,
)

ERASED: tuple[Table, ...] = (
    user_attribute_values,
    group_members,
    model_roles,
    content_permits,
    sessions,
    identities,
    embed_logins,
    api_keys,
    oauth_grants,
)
"""What is the member's own and goes along, by `membership_id`."""

KEPT = (
    (model_versions, "membership_id"),
    (jobs, "membership_id"),
    (invitations, "invited_by"),
    (folders, "owner_id"),
)
"""What others need and stays, without saying whose it was."""


def erase_embed_user(
    connection: Connection, member: Member, at: datetime, *, actor: Actor | None = None
) -> None:
    """Delete an embed user for good, with everything that is only theirs."""
    id_ = member.membership_id
    grants = select(oauth_grants.c.id).where(oauth_grants.c.membership_id == id_)
    for table in (oauth_codes, oauth_tokens):
        connection.execute(delete(table).where(table.c.grant_id.in_(grants)))
    for table in ERASED:
        connection.execute(delete(table).where(table.c.membership_id == id_))
    for table, column in KEPT:
        connection.execute(update(table).where(table.c[column] == id_).values({column: None}))
    connection.execute(delete(memberships).where(memberships.c.id == id_))
    left = select(memberships.c.id).where(memberships.c.user_id == member.user_id)
    if connection.execute(left).first() is None:
        connection.execute(delete(users).where(users.c.id == member.user_id))
    record(
        connection,
        member.organization_id,
        Action.USER_DELETE,
        actor=actor,
        object_type="user",
        object_id=id_,
        details={"email": member.email},
        at=at,
    )
