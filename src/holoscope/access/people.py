"""Organizations, memberships and groups as rows. Takes the caller's connection, never commits.

A user is a person everywhere; a membership is that person in one organization, and its id is
what the API calls `userId`, `membershipId` and SCIM `id` (API digest §1.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from holoscope.access.actors import Actor, CredentialKind, MemberKind, OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import AlreadyTaken
from holoscope.access.people_admins import lock_organization, require_another_admin
from holoscope.access.people_users import (
    ensure_user,
    fold,
    is_member_anywhere,
    is_member_elsewhere,
    store_name,
)
from holoscope.kit.ids import new_id
from holoscope.storage.tables import (
    group_members,
    memberships,
    oauth_grants,
    organizations,
    sessions,
    users,
)


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an organization. `email` and `name` belong to the user, the rest to the membership."""

    membership_id: str
    organization_id: str
    user_id: str
    email: str
    name: str
    role: OrgRole
    active: bool
    created_at: datetime
    updated_at: datetime
    kind: MemberKind = MemberKind.STANDARD
    external_id: str | None = None
    time_zone: str | None = None
    last_login_at: datetime | None = None

    def acting(self, credential_id: str, kind: CredentialKind) -> Actor:
        """Return the member as an actor, through the credential of that id and kind."""
        return Actor(
            organization_id=self.organization_id,
            membership_id=self.membership_id,
            user_id=self.user_id,
            email=self.email,
            name=self.name,
            org_role=self.role,
            credential_id=credential_id,
            credential_kind=kind,
            member_kind=self.kind,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of members; `id` is 8 characters of base64url."""

    id: str
    organization_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    external_id: str | None = None


def find_organization(connection: Connection, name: str) -> Organization | None:
    """Find an organization by its exact name; the oldest when there are several."""
    row = connection.execute(
        select(organizations)
        .where(organizations.c.name == name)
        .order_by(organizations.c.created_at, organizations.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else Organization(row.id, row.name)


def load_organizations(connection: Connection) -> tuple[Organization, ...]:
    """Read every organization, the oldest first."""
    rows = connection.execute(select(organizations).order_by(organizations.c.created_at, organizations.c.id))
    return tuple(Organization(row.id, row.name) for row in rows)


def find_first_admin(connection: Connection, organization_id: str) -> Member | None:
    """Find the administrator who has been active longest."""
    row = connection.execute(
        select_members(organization_id)
        .where(memberships.c.role == OrgRole.ADMIN.value, memberships.c.active)
        .order_by(memberships.c.created_at, memberships.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else member_of(row)


def insert_organization(connection: Connection, name: str, at: datetime) -> Organization:
    organization = Organization(new_id(), name)
    connection.execute(insert(organizations).values(id=organization.id, name=name, created_at=at))
    return organization


def insert_member(
    connection: Connection, organization_id: str, *, email: str, name: str, role: OrgRole, at: datetime
) -> Member:
    """Add a person to an organization; somebody known elsewhere by that e-mail stays one user.

    Somebody who was only sent e-mails so far keeps the id and becomes a standard member.

    Raises:
        AlreadyTaken: an active member has that e-mail, letter case ignored.
    """
    known = find_member_by_email(connection, organization_id, email)
    if known is not None and known.kind is not MemberKind.EMAIL_ONLY:
        raise AlreadyTaken(f"User with email {email.strip()} already exists")
    if known is not None:
        if not is_member_elsewhere(connection, known.user_id, organization_id):
            store_name(connection, known.user_id, name)
        connection.execute(
            update(memberships)
            .where(memberships.c.id == known.membership_id)
            .values(kind=MemberKind.STANDARD.value, role=role.value, updated_at=at)
        )
        return _member_at(connection, organization_id, known.membership_id)
    user_id = ensure_user(connection, email, name, at)
    return insert_membership(connection, organization_id, user_id, role=role, at=at)


def insert_membership(
    connection: Connection,
    organization_id: str,
    user_id: str,
    *,
    role: OrgRole = OrgRole.MEMBER,
    kind: MemberKind = MemberKind.STANDARD,
    at: datetime,
) -> Member:
    """Add a membership for a user that has no active one in the organization."""
    membership_id = new_id()
    connection.execute(
        insert(memberships).values(
            id=membership_id,
            organization_id=organization_id,
            user_id=user_id,
            role=role.value,
            active=True,
            kind=kind.value,
            created_at=at,
            updated_at=at,
        )
    )
    return _member_at(connection, organization_id, membership_id)


def _member_at(connection: Connection, organization_id: str, membership_id: str) -> Member:
    member = find_member(connection, organization_id, membership_id)
    assert member is not None  # noqa: S101  (just written)
    return member


def select_members(organization_id: str) -> Select[Any]:
    """Return the query of an organization's members, inactive ones included."""
    return (
        select(memberships, users.c.email, users.c.email_key, users.c.name, users.c.name_key)
        .join(users, users.c.id == memberships.c.user_id)
        .where(memberships.c.organization_id == organization_id)
    )


def load_members(connection: Connection, organization_id: str) -> tuple[Member, ...]:
    """Read the active members of an organization, of every kind, the oldest first."""
    rows = select_members(organization_id).where(memberships.c.active)
    ordered = rows.order_by(memberships.c.created_at, memberships.c.id)
    return tuple(member_of(row) for row in connection.execute(ordered))


def find_member(connection: Connection, organization_id: str, membership_id: str) -> Member | None:
    """Find an active member by membership id."""
    row = connection.execute(
        select_members(organization_id).where(memberships.c.id == membership_id, memberships.c.active)
    ).one_or_none()
    return None if row is None else member_of(row)


def find_member_by_email(connection: Connection, organization_id: str, email: str) -> Member | None:
    """Find an active member by e-mail, letter case ignored."""
    row = connection.execute(
        select_members(organization_id).where(users.c.email_key == fold(email), memberships.c.active)
    ).one_or_none()
    return None if row is None else member_of(row)


def find_standard_member(connection: Connection, email: str) -> Member | None:
    """Find who may sign in with an e-mail: an active standard member, of the oldest membership if several."""
    row = connection.execute(
        select(memberships, users.c.email, users.c.email_key, users.c.name, users.c.name_key)
        .join(users, users.c.id == memberships.c.user_id)
        .where(
            users.c.email_key == fold(email),
            memberships.c.active,
            memberships.c.kind == MemberKind.STANDARD.value,
        )
        .order_by(memberships.c.created_at, memberships.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else member_of(row)


def deactivate_member(
    connection: Connection,
    organization_id: str,
    membership_id: str,
    at: datetime,
    *,
    actor: Actor | None = None,
) -> bool:
    """End a membership for good, with its keys, sessions, grants and groups; False when there was none.

    Who comes back later becomes another member, and the password does not come back with them.

    Raises:
        LastAdministrator: nobody would administer the organization any more.
    """
    lock_organization(connection, organization_id)
    member = find_member(connection, organization_id, membership_id)
    if member is None:
        return False
    require_another_admin(connection, organization_id, membership_id)
    connection.execute(
        update(memberships).where(memberships.c.id == membership_id).values(active=False, updated_at=at)
    )
    for table in (sessions, oauth_grants):
        connection.execute(
            update(table)
            .where(table.c.membership_id == membership_id, table.c.revoked_at.is_(None))
            .values(revoked_at=at)
        )
    connection.execute(delete(group_members).where(group_members.c.membership_id == membership_id))
    if not is_member_anywhere(connection, member.user_id):
        connection.execute(update(users).where(users.c.id == member.user_id).values(password_hash=None))
    record(
        connection,
        organization_id,
        Action.USER_DEACTIVATE,
        actor=actor,
        object_type="user",
        object_id=membership_id,
        details={"email": member.email},
        at=at,
    )
    return True


def store_password_hash(connection: Connection, user_id: str, password_hash: str) -> None:
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


def find_password_hash(connection: Connection, user_id: str) -> str | None:
    return connection.execute(select(users.c.password_hash).where(users.c.id == user_id)).scalar_one_or_none()


def member_of(row: Row[Any]) -> Member:
    return Member(
        membership_id=row.id,
        organization_id=row.organization_id,
        user_id=row.user_id,
        email=row.email,
        name=row.name,
        role=OrgRole(row.role),
        active=row.active,
        created_at=row.created_at,
        updated_at=row.updated_at,
        kind=MemberKind(row.kind),
        external_id=row.external_id,
        time_zone=row.time_zone,
        last_login_at=row.last_login_at,
    )


def group_of(row: Row[Any]) -> Group:
    return Group(row.id, row.organization_id, row.name, row.created_at, row.updated_at, row.external_id)
