"""What a member sees and changes of their own: name, time zone, appearance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select, update

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import NoSuchUser, PermissionDenied
from holoscope.access.member_store import hold_member, store_member
from holoscope.access.organization_settings import OrganizationSettings, load_settings
from holoscope.access.people import Member, find_password_hash, member_of, select_members
from holoscope.access.people_users import checked_name, is_member_elsewhere
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import memberships
from holoscope.storage.unit_of_work import Database

APPEARANCES = ("system", "light", "dark")
BY = "profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as they see themselves. `can_rename`: no other organization sees the name."""

    member: Member
    settings: OrganizationSettings
    appearance: str
    has_password: bool
    can_rename: bool

    @property
    def time_zone(self) -> str | None:
        """The zone that counts for the member: their own, or else the organization's."""
        return self.member.time_zone or self.settings.default_time_zone


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What to change; None leaves it. `time_zone` counts where `has_time_zone`: None takes it away."""

    name: str | None = None
    time_zone: str | None = None
    has_time_zone: bool = False
    appearance: str | None = None


def show_profile(database: Database, actor: Actor) -> Profile:
    """Return what the actor's member may know of themselves.

    Raises:
        NoSuchUser: the membership has ended this moment.
    """
    with database.reading() as connection:
        return _profile(connection, actor)


def change_profile(database: Database, actor: Actor, change: ProfileChange) -> Profile:
    """Change what is the member's own, all of it or nothing.

    Raises:
        PermissionDenied: an embedded user, whose name and zone the embedding page says.
        NameIsShared: another organization sees the same name.
        BadRequest: a name or time zone that does not suit.
    """
    if actor.member_kind is MemberKind.EMBED:
        raise PermissionDenied
    with database.writing() as connection:
        at = system_clock()
        member = hold_member(connection, actor.organization_id, actor.membership_id)
        wanted = member
        if change.name is not None:
            wanted = replace(wanted, name=checked_name(change.name, "name"))
        if change.has_time_zone:
            wanted = replace(wanted, time_zone=change.time_zone or None)
        store_member(connection, actor, member, wanted, {}, at, by=BY)
        if change.appearance is not None and _set_appearance(connection, actor, change.appearance):
            record(
                connection,
                actor.organization_id,
                Action.USER_UPDATE,
                actor=actor,
                object_type="user",
                object_id=actor.membership_id,
                details={"changed": ["appearance"], "by": BY},
                at=at,
            )
        return _profile(connection, actor)


def _profile(connection: Connection, actor: Actor) -> Profile:
    row = connection.execute(
        select_members(actor.organization_id).where(memberships.c.id == actor.membership_id)
    ).one_or_none()
    if row is None:
        raise NoSuchUser(actor.membership_id)
    return Profile(
        member=member_of(row),
        settings=load_settings(connection, actor.organization_id),
        appearance=_appearance(row.preferences),
        has_password=find_password_hash(connection, actor.user_id) is not None,
        can_rename=actor.member_kind is not MemberKind.EMBED
        and not is_member_elsewhere(connection, actor.user_id, actor.organization_id),
    )


def _appearance(stored: dict[str, Any] | None) -> str:
    chosen = (stored or {}).get("appearance")
    return chosen if chosen in APPEARANCES else APPEARANCES[0]


def _set_appearance(connection: Connection, actor: Actor, wanted: str) -> bool:
    mine = memberships.c.id == actor.membership_id
    stored = connection.execute(select(memberships.c.preferences).where(mine)).scalar_one() or {}
    if _appearance(stored) == wanted:
        return False
    connection.execute(update(memberships).where(mine).values(preferences={**stored, "appearance": wanted}))
    return True
