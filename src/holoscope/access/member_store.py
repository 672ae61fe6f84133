"""Writing what changed about a member, for every way in which members are changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail, record
from holoscope.access.errors import NoSuchUser
from holoscope.access.people import Member, find_member
from holoscope.access.people_attributes import set_time_zone, set_values
from holoscope.access.people_users import rename_user
from holoscope.storage.tables import memberships


def hold_member(connection: Connection, organization_id: str, membership_id: str) -> Member:
    """Find an active member and keep it from everybody else until the transaction ends.

    Raises:
        NoSuchUser: the organization has no such active member.
    """
    wanted = membership_id.lower()
    connection.execute(select(memberships.c.id).where(memberships.c.id == wanted).with_for_update())
    member = find_member(connection, organization_id, wanted)
    if member is None:
        raise NoSuchUser(membership_id)
    return member


def store_member(
    connection: Connection,
    actor: Actor,
    member: Member,
    wanted: Member,
    values: Mapping[str, object],
    at: datetime,
    *,
    by: str,
) -> None:
    """Bring a member to the name, external id and time zone of `wanted`, and set attributes; tell the log.

    Nothing differs, nothing is written. `values` are wire values by reference; `by` says for the log by
    what the change came.

    Raises:
        NameIsShared: the name is another organization's too.
        BadRequest: a value, a time zone or an attribute that does not suit.
    """
    changed: list[str] = []
    if wanted.name != member.name:
        rename_user(connection, member.organization_id, member.user_id, wanted.name)
        changed.append("displayName")
    if wanted.external_id != member.external_id:
        changed.append("externalId")
    if wanted.time_zone != member.time_zone:
        set_time_zone(connection, member.membership_id, wanted.time_zone, at)
        changed.append("timeZone")
    if values:
        set_values(connection, member.organization_id, member.membership_id, values, at, actor=actor)
    if changed or values:
        connection.execute(
            update(memberships)
            .where(memberships.c.id == member.membership_id)
            .values(external_id=wanted.external_id, updated_at=at)
        )
    if changed:
        told: dict[str, Detail] = {"changed": changed, "by": by}
        record(
            connection,
            member.organization_id,
            Action.USER_UPDATE,
            actor=actor,
            object_type="user",
            object_id=member.membership_id,
            details=told,
            at=at,
        )
