"""E-mail-only users: people who are sent documents and never sign in (API digest §3.17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.attributes import load_definitions, load_own_values
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.directory.positions import cursor_of, position_of
from holoscope.access.errors import PermissionDenied
from holoscope.access.guards import require_admin
from holoscope.access.people import (
    Member,
    find_member_by_email,
    insert_membership,
    member_of,
    select_members,
)
from holoscope.access.people_attributes import set_time_zone, set_values
from holoscope.access.people_users import checked_email, ensure_user, fold
from holoscope.access.scim_access import writing
from holoscope.access.system_attributes import TIME_ZONE
from holoscope.kit.clock import system_clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.paging import Page
from holoscope.storage.keyset import Order, load_page
from holoscope.storage.tables import memberships, users
from holoscope.storage.unit_of_work import Database

MOST_AT_ONCE = 20
MOST_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class WantedRecipient:
    """Somebody to make or change; attributes that are not named stay as they are."""

    email: str
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Recipient:
    """An e-mail-only user. `id` is the membership's; `attributes` are those that are set."""

    id: str
    email: str
    attributes: Mapping[str, str | list[str]]


def upsert_recipients(
    database: Database, actor: Actor, wanted: Sequence[WantedRecipient]
) -> tuple[Recipient, ...]:
    """Make or change e-mail-only users by e-mail, all of them or none; organization keys only.

    Attributes are any of the organization's own and `omni_user_timezone`; null, "" and [] unset.

    Raises:
        PermissionDenied: not an administrator's organization key.
        BadRequest: none or more than 20, no e-mail, an e-mail of a member who signs in, an attribute that is
            not defined, or a value that does not suit it.
    """
    require_admin(actor)
    if not actor.has_organization_key:
        raise PermissionDenied
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise BadRequest(f"Bad Request: users: Maximum of {MOST_AT_ONCE} users, and at least 1")
    with writing(database) as connection:
        at = system_clock()
        members = [_upsert(connection, actor, each, at) for each in wanted]
        return _recipients(connection, actor.organization_id, members)


def list_recipients(
    database: Database,
    actor: Actor,
    *,
    email: str | None = None,
    is_descending: bool = True,
    size: int = MOST_PER_PAGE,
    cursor: str | None = None,
) -> Page[Recipient]:
    """Return one page of e-mail-only users in the order they were made; `email` names one of them.

    Raises:
        PermissionDenied: the actor is no administrator.
        BadCursor: the cursor is none of this list.
    """
    require_admin(actor)
    rows = select_members(actor.organization_id).where(
        memberships.c.active, memberships.c.kind == MemberKind.EMAIL_ONLY.value
    )
    if email:
        rows = rows.where(users.c.email_key == fold(email))
    order = Order(memberships.c.created_at, memberships.c.id, is_descending)
    with database.reading() as connection:
        found = load_page(connection, rows, order, after=position_of(cursor, is_instant=True), size=size)
        members = [member_of(row) for row in found.rows]
        records = _recipients(connection, actor.organization_id, members)
    return Page(records, size, found.total, cursor_of(found.last))


def _upsert(connection: Connection, actor: Actor, wanted: WantedRecipient, at: datetime) -> Member:
    email = checked_email(wanted.email, "email")
    member = find_member_by_email(connection, actor.organization_id, email)
    if member is None:
        user_id = ensure_user(connection, email, email, at)
        member = insert_membership(
            connection, actor.organization_id, user_id, kind=MemberKind.EMAIL_ONLY, at=at
        )
        record(
            connection,
            actor.organization_id,
            Action.USER_CREATE,
            actor=actor,
            object_type="user",
            object_id=member.membership_id,
            details={"email": email, "kind": MemberKind.EMAIL_ONLY.value},
            at=at,
        )
    elif member.kind is not MemberKind.EMAIL_ONLY:
        raise BadRequest(f"Bad Request: email: {email} is a user who signs in, not an e-mail-only user")
    custom = dict(wanted.attributes)
    if TIME_ZONE in custom:
        set_time_zone(connection, member.membership_id, custom.pop(TIME_ZONE), at)
    set_values(connection, actor.organization_id, member.membership_id, custom, at, actor=actor)
    return member


def _recipients(
    connection: Connection, organization_id: str, members: Sequence[Member]
) -> tuple[Recipient, ...]:
    ids = [member.membership_id for member in members]
    own = load_own_values(connection, organization_id, ids)
    several = {
        item.reference for item in load_definitions(connection, organization_id) if item.multiple_values
    }
    found = []
    for member in members:
        attributes: dict[str, str | list[str]] = {
            name: list(texts) if name in several else texts[0]
            for name, texts in own[member.membership_id].items()
        }
        if member.time_zone:
            attributes[TIME_ZONE] = member.time_zone
        found.append(Recipient(member.membership_id, member.email, attributes))
    return tuple(found)
