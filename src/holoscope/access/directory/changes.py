"""Members changed by administrators; every step is the one that SCIM and the command line take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, select

from holoscope.access.actors import Actor, MemberKind, OrgRole
from holoscope.access.group_store import GroupChange, hold_group
from holoscope.access.guards import require_admin
from holoscope.access.member_store import hold_member, store_member
from holoscope.access.people import Member, deactivate_member
from holoscope.access.people_admins import set_org_role
from holoscope.access.people_embed import erase_embed_user
from holoscope.access.people_users import checked_name
from holoscope.access.scim_access import writing
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import group_members
from holoscope.storage.unit_of_work import Database

BY = "api"


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What to change about a member; None leaves it. `attributes` are wire values by reference.

    `time_zone` counts where `has_time_zone`, so that None takes it away. `group_ids` are the groups the
    member shall be in directly, all of them.
    """

    name: str | None = None
    org_role: OrgRole | None = None
    time_zone: str | None = None
    has_time_zone: bool = False
    group_ids: Sequence[str] | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)


def change_person(database: Database, actor: Actor, membership_id: str, change: PersonChange) -> None:
    """Change a member, all of it or nothing.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchUser, NoSuchGroup: the organization has no such active member, or no such group.
        LastAdministrator: nobody would administer the organization any more.
        OnlyPeopleAdminister: somebody who does not sign in is to administer.
        NameIsShared: another organization sees the same name.
        BadRequest: a name, a time zone or an attribute value that does not suit.
    """
    require_admin(actor)
    with writing(database) as connection:
        at = system_clock()
        member = hold_member(connection, actor.organization_id, membership_id)
        wanted = member
        if change.name is not None:
            wanted = replace(wanted, name=checked_name(change.name, "name"))
        if change.has_time_zone:
            wanted = replace(wanted, time_zone=change.time_zone or None)
        store_member(connection, actor, member, wanted, change.attributes, at, by=BY)
        if change.org_role is not None:
            id_ = member.membership_id
            set_org_role(connection, actor.organization_id, id_, change.org_role, at, actor=actor)
        if change.group_ids is not None:
            _put_in_groups(connection, actor, member, change.group_ids, at)


def end_person(database: Database, actor: Actor, membership_id: str) -> None:
    """End a membership for good; an embed user is erased with everything that is only theirs.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchUser: the organization has no such active member.
        LastAdministrator: nobody would administer the organization any more.
    """
    require_admin(actor)
    with writing(database) as connection:
        at = system_clock()
        member = hold_member(connection, actor.organization_id, membership_id)
        if member.kind is MemberKind.EMBED:
            erase_embed_user(connection, member, at, actor=actor)
        else:
            deactivate_member(connection, actor.organization_id, member.membership_id, at, actor=actor)


def _put_in_groups(
    connection: Connection, actor: Actor, member: Member, group_ids: Sequence[str], at: datetime
) -> None:
    mine = group_members.c.membership_id == member.membership_id
    present = set(connection.execute(select(group_members.c.group_id).where(mine)).scalars())
    for id_ in sorted(present ^ set(group_ids)):
        group = hold_group(connection, actor, id_)
        change = GroupChange(connection, group, group.name, group.external_id)
        if id_ in present:
            change.take([member.membership_id])
        else:
            change.add([member.membership_id])
        change.finish(actor, at, by=BY)
