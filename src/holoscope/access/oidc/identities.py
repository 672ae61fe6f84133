"""Whose an identity is: the member that came with it before, the one with its e-mail, or a new one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from holoscope.access import people
from holoscope.access.actors import MemberKind, OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.oidc.errors import SingleSignOnRefused
from holoscope.access.oidc.id_token import Claims
from holoscope.access.oidc.provider import Provider
from holoscope.access.people import Member
from holoscope.access.people_users import fold
from holoscope.kit.ids import new_id
from holoscope.storage.tables import identities, memberships, users


def find_or_create_member(
    connection: Connection, organization_id: str, provider: Provider, claims: Claims, at: datetime
) -> Member:
    """Return the member that an identity belongs to, in the caller's transaction.

    An identity is issuer and subject; it stays with the member it was first seen with, whatever its
    e-mail becomes. Only a verified e-mail of an allowed domain connects an identity with a member, and
    only a member with no other identity of this provider. Who was deactivated stays out until an
    administrator adds them again; anybody else, also who was only sent e-mails so far, becomes an ordinary
    member.

    Raises:
        SingleSignOnRefused: says why this person may not come in.
    """
    known = _find_known(connection, organization_id, claims)
    if known is not None:
        if known.kind is not MemberKind.STANDARD:
            raise SingleSignOnRefused("This account does not sign in here.")
        return known
    if claims.email is None:
        raise SingleSignOnRefused("Your identity provider does not vouch for your e-mail address.")
    if not provider.takes(claims.email):
        raise SingleSignOnRefused("E-mail addresses of your domain may not sign in here.")
    member = people.find_member_by_email(connection, organization_id, claims.email)
    if member is None or member.kind is MemberKind.EMAIL_ONLY:
        member = _create(connection, organization_id, claims, at)
    elif member.kind is not MemberKind.STANDARD or _has_identity(connection, member, claims.issuer):
        raise SingleSignOnRefused(
            "Your e-mail address belongs to another account here. Ask an administrator."
        )
    connection.execute(
        insert(identities).values(
            id=new_id(),
            organization_id=organization_id,
            membership_id=member.membership_id,
            issuer=claims.issuer,
            subject=claims.subject,
            created_at=at,
        )
    )
    return member


def _find_known(connection: Connection, organization_id: str, claims: Claims) -> Member | None:
    """Find the active member that came with this identity before."""
    rows = connection.execute(
        select(identities.c.membership_id).where(
            identities.c.organization_id == organization_id,
            identities.c.issuer == claims.issuer,
            identities.c.subject == claims.subject,
        )
    )
    found = (people.find_member(connection, organization_id, id_) for id_ in rows.scalars().all())
    return next((member for member in found if member is not None), None)


def _has_identity(connection: Connection, member: Member, issuer: str) -> bool:
    found = select(identities.c.id).where(
        identities.c.membership_id == member.membership_id, identities.c.issuer == issuer
    )
    return connection.execute(found).first() is not None


def _create(connection: Connection, organization_id: str, claims: Claims, at: datetime) -> Member:
    email = claims.email or ""
    former = (
        select(memberships.c.id)
        .join(users, users.c.id == memberships.c.user_id)
        .where(
            memberships.c.organization_id == organization_id,
            users.c.email_key == fold(email),
            memberships.c.kind == MemberKind.STANDARD.value,
        )
    )
    if connection.execute(former).first() is not None:
        raise SingleSignOnRefused("Your account was deactivated. Ask an administrator to add you again.")
    member = people.insert_member(
        connection, organization_id, email=email, name=claims.name, role=OrgRole.MEMBER, at=at
    )
    record(
        connection,
        organization_id,
        Action.USER_CREATE,
        object_type="user",
        object_id=member.membership_id,
        details={"email": email, "way": "single sign-on"},
        at=at,
    )
    return member
