"""Users through SCIM: list, look at, make, change, end (API digest §3.16; RFC 7644).

A user is an active membership. What is deactivated or deleted is gone for good: its id answers
404, and the same e-mail makes another user.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from holoscope.access.actors import Actor, MemberKind, OrgRole
from holoscope.access.attributes import load_definitions, load_own_values
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import NoSuchUser
from holoscope.access.member_store import hold_member, store_member
from holoscope.access.people import Member, deactivate_member, find_member, insert_member
from holoscope.access.people_embed import erase_embed_user
from holoscope.access.people_users import fold
from holoscope.access.scim_access import require_directory, writing
from holoscope.access.scim_choice import Sorts, choose
from holoscope.access.scim_errors import ScimImmutable, ScimRefused
from holoscope.access.scim_listing import Asked, Positions, Resource, list_response, load_window, remembered
from holoscope.access.scim_user_changes import (
    Definitions,
    Operation,
    WantedUser,
    patch_user,
    read_operations,
    read_user,
)
from holoscope.access.scim_user_rows import ORDER, filterable, load_users, select_active
from holoscope.kit.clock import Clock, system_clock
from holoscope.storage.unit_of_work import Database

EVERYTHING = Asked()


def list_users(
    database: Database,
    actor: Actor,
    asked: Asked,
    positions: Positions | None = None,
    *,
    kind: MemberKind = MemberKind.STANDARD,
) -> Resource:
    """Return the list response of active members of one kind, in the order they were added.

    With `positions` a client that walks through the pages sees each member once, whoever leaves meanwhile.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        BadScimFilter: the filter does not parse or fit.
        ScimRefused: nothing can be sorted by `sort_by`.
    """
    require_directory(actor)
    known = remembered(positions, database.changes, actor, kind.value, asked)
    joined = bool(asked.filter_text or asked.sort_by)
    rows = select_active(actor.organization_id, kind, joined=joined)
    sorts: Sorts = ()
    with database.reading() as connection:
        if joined:
            definitions = load_definitions(connection, actor.organization_id)
            attributes = filterable(definitions, kind, connection.dialect.name)
            rows, sorts = choose(rows, attributes, asked, "users")
        window = load_window(connection, rows, ORDER, asked, sorts=sorts, known=known)
        found = load_users(connection, actor.organization_id, window.ids, asked)
        return list_response(asked, window.total, found)


def find_user(
    database: Database,
    actor: Actor,
    membership_id: str,
    asked: Asked = EVERYTHING,
    *,
    kind: MemberKind = MemberKind.STANDARD,
) -> Resource:
    """Return one active member.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchUser: the organization has no such active member of that kind.
    """
    require_directory(actor)
    with database.reading() as connection:
        member = _member(connection, actor, membership_id, kind)
        return load_users(connection, actor.organization_id, [member.membership_id], asked)[0]


def create_user(
    database: Database,
    actor: Actor,
    body: object,
    asked: Asked = EVERYTHING,
    *,
    clock: Clock = system_clock,
) -> Resource:
    """Add a member; always an ordinary one. Who was only sent e-mails so far keeps the id.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        AlreadyTaken: an active member has that e-mail.
        ScimRefused, BadRequest: the body does not suit.
    """
    require_directory(actor)
    with writing(database) as connection:
        wanted = read_user(body, _definitions(connection, actor))
        if not wanted.is_active:
            raise ScimRefused("active: a user is made active; deactivating ends a membership for good")
        at = clock()
        member = insert_member(
            connection,
            actor.organization_id,
            email=wanted.email,
            name=wanted.name,
            role=OrgRole.MEMBER,
            at=at,
        )
        record(
            connection,
            actor.organization_id,
            Action.USER_CREATE,
            actor=actor,
            object_type="user",
            object_id=member.membership_id,
            details={"email": member.email, "by": "scim"},
            at=at,
        )
        wanted.name = member.name  # said above; a name that another organization sees too stays as it is
        _store(connection, actor, member, wanted, at)
        return load_users(connection, actor.organization_id, [member.membership_id], asked)[0]


def replace_user(
    database: Database,
    actor: Actor,
    membership_id: str,
    body: object,
    asked: Asked = EVERYTHING,
    *,
    clock: Clock = system_clock,
) -> Resource:
    """Bring a member to exactly what the body says; what it leaves out is reset.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchUser: the organization has no such active member.
        ScimImmutable: another e-mail than the member's.
        LastAdministrator: nobody would administer the organization any more.
        ScimRefused, BadRequest: the body does not suit.
    """
    require_directory(actor)
    with writing(database) as connection:
        member = _member(connection, actor, membership_id, MemberKind.STANDARD, is_to_change=True)
        wanted = read_user(body, _definitions(connection, actor))
        if fold(wanted.email) != fold(member.email):
            raise ScimImmutable("userName: cannot be changed; the e-mail names the user for good")
        _store(connection, actor, member, wanted, clock())
        return load_users(connection, actor.organization_id, [member.membership_id], asked)[0]


def update_user(
    database: Database,
    actor: Actor,
    membership_id: str,
    body: object,
    asked: Asked = EVERYTHING,
    *,
    clock: Clock = system_clock,
) -> Resource:
    """Change a member by the operations of a PATCH: all of them, in order, or none.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchUser: the organization has no such active member.
        LastAdministrator: nobody would administer the organization any more.
        ScimRefused, BadRequest: an operation does not suit.
    """
    require_directory(actor)
    operations: list[Operation] = read_operations(body)
    with writing(database) as connection:
        member = _member(connection, actor, membership_id, MemberKind.STANDARD, is_to_change=True)
        definitions = _definitions(connection, actor)
        own = load_own_values(connection, actor.organization_id, [member.membership_id])
        wanted = WantedUser(member.email, member.name, member.external_id)
        wanted.attributes = dict(own[member.membership_id])
        for operation in operations:
            patch_user(wanted, operation, definitions)
        _store(connection, actor, member, wanted, clock())
        return load_users(connection, actor.organization_id, [member.membership_id], asked)[0]


def delete_user(
    database: Database,
    actor: Actor,
    membership_id: str,
    *,
    kind: MemberKind = MemberKind.STANDARD,
    clock: Clock = system_clock,
) -> None:
    """End a membership for good; an embed user is erased with everything that is only theirs.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchUser: the organization has no such active member of that kind.
        LastAdministrator: nobody would administer the organization any more.
    """
    require_directory(actor)
    with writing(database) as connection:
        member = _member(connection, actor, membership_id, kind, is_to_change=True)
        at = clock()
        if kind is MemberKind.EMBED:
            erase_embed_user(connection, member, at, actor=actor)
        else:
            deactivate_member(connection, actor.organization_id, member.membership_id, at, actor=actor)


def _member(
    connection: Connection, actor: Actor, membership_id: str, kind: MemberKind, *, is_to_change: bool = False
) -> Member:
    """Find an active member of a kind; one that is to change is nobody else's until the end."""
    if is_to_change:
        member: Member | None = hold_member(connection, actor.organization_id, membership_id)
    else:
        member = find_member(connection, actor.organization_id, membership_id.lower())
    if member is None or member.kind is not kind:
        raise NoSuchUser(membership_id)
    return member


def _definitions(connection: Connection, actor: Actor) -> Definitions:
    return {item.reference: item for item in load_definitions(connection, actor.organization_id)}


def _store(connection: Connection, actor: Actor, member: Member, wanted: WantedUser, at: datetime) -> None:
    """Write what differs from what is there; nothing differs, nothing is written."""
    own = load_own_values(connection, member.organization_id, [member.membership_id])[member.membership_id]
    values: dict[str, object] = {
        name: list(wanted.attributes.get(name, ()))
        for name in own.keys() | wanted.attributes.keys()
        if own.get(name, ()) != wanted.attributes.get(name, ())
    }
    changed = replace(member, name=wanted.name, external_id=wanted.external_id)
    store_member(connection, actor, member, changed, values, at, by="scim")
    if not wanted.is_active:
        deactivate_member(connection, member.organization_id, member.membership_id, at, actor=actor)
