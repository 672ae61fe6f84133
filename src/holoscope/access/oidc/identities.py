"""Whose an identity is: the member that came with it before, the one with its e-mail, or a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from holoscope.access import people
from holoscope.access.actors import MemberKind, OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.invitation_rows import Invitation, find_of_address, join_groups, use
from holoscope.access.oidc.errors import SingleSignOnRefused
from holoscope.access.oidc.id_token import Claims
from holoscope.access.oidc.provider import Provider
from holoscope.access.people import Member
from holoscope.access.people_users import left_at
from holoscope.kit.ids import new_id
from holoscope.storage.tables import identities


def find_or_create_member(
    connection: Connection, organization_id: str, provider: Provider, claims: Claims, at: datetime
) -> Member:
    """Return the member that an identity belongs to, in the caller's transaction.

    An identity is issuer and subject; it stays with the member it was first seen with, whatever its
    e-mail becomes. Only a verified e-mail of an allowed domain connects an identity with a member, and
    only a member with no other identity of this provider. Who was deactivated stays out until an
    administrator adds or invites them again; anybody else, also who was only sent e-mails so far, becomes
    what a pending invitation of that e-mail says, which is used up, else an ordinary member.

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
    """Add somebody new: with what they were invited to, else as an ordinary member.

    An invitation that was made after they were deactivated is how an administrator adds them again.
    """
    email = claims.email or ""
    invitation = find_of_address(connection, organization_id, email, at)
    left = left_at(connection, organization_id, email)
    if left is not None and (invitation is None or invitation.created_at <= left):
        raise SingleSignOnRefused("Your account was deactivated. Ask an administrator to add you again.")
    if invitation is not None and use(connection, invitation.id, at):
        return _accept(connection, invitation, claims, at)
    member = people.insert_member(
        connection, organization_id, email=email, name=claims.name, role=OrgRole.MEMBER, at=at
    )
    _tell(connection, Action.USER_CREATE, member, {}, at)
    return member


def _accept(connection: Connection, invitation: Invitation, claims: Claims, at: datetime) -> Member:
    """Make the invited a member, as the link would have; no password is set."""
    member = people.insert_member(
        connection,
        invitation.organization_id,
        email=invitation.email,
        name=claims.name,
        role=invitation.role,
        at=at,
    )
    join_groups(connection, invitation, member.membership_id)
    _tell(connection, Action.INVITATION_ACCEPT, member, {"invitationId": invitation.id}, at)
    return member


def _tell(
    connection: Connection, action: Action, member: Member, details: Mapping[str, str], at: datetime
) -> None:
    record(
        connection,
        member.organization_id,
        action,
        object_type="user",
        object_id=member.membership_id,
        details={"email": member.email, "way": "single sign-on", **details},
        at=at,
    )
