"""Invitations: a link that makes somebody a member, once, within a week.

The link's text is 256 random bits and only its HMAC is stored. Nothing is mailed: whoever invites
passes the link on.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from holoscope.access import people
from holoscope.access.actors import Actor, MemberKind, OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import AlreadyTaken, InvitationInvalid, NoSuchInvitation, PermissionDenied
from holoscope.access.guards import require_admin
from holoscope.access.invitation_rows import (
    Invitation,
    end_of_address,
    invitation_of,
    join_groups,
    usable,
    use,
)
from holoscope.access.keys import digest_of
from holoscope.access.passwords import PasswordChecks, chosen_password
from holoscope.access.people_users import fold, is_member_elsewhere
from holoscope.access.sign_in import SignedIn, SignIn
from holoscope.access.throttle import Throttle
from holoscope.kit.clock import Clock
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import groups, invitations, users
from holoscope.storage.unit_of_work import Database

LIFETIME = timedelta(days=7)
LINK_PATH = "/accept-invitation"
MOST_AT_ONCE = 50
_PREFIX = "hoi_"
_FORM = re.compile(r"hoi_[A-Za-z0-9_-]{43}")
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f<>\",;:\\]{1,64}@[^@\s\x00-\x1f\x7f<>\",;:\\]{1,255}")
_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation and the text of its link, which is shown now and never again."""

    invitation: Invitation
    text: SecretText


def addresses(text: str) -> tuple[str, ...]:
    """Read e-mail addresses separated by commas, each once, letter case ignored.

    Raises:
        BadRequest: none, too many, or one that cannot be an address.
    """
    found = {fold(part): part.strip() for part in text.split(",") if part.strip()}
    for part in found.values():
        if _EMAIL.fullmatch(part) is None or not part.isprintable():
            raise BadRequest(f"Bad Request: emails: Invalid email {part[:80]!r}")
    if not 1 <= len(found) <= MOST_AT_ONCE:
        raise BadRequest(f"Bad Request: emails: 1 to {MOST_AT_ONCE} addresses, separated by commas")
    return tuple(found.values())


class Invitations:
    """Makes, lists, revokes and accepts invitations. Safe between threads."""

    def __init__(
        self,
        database: Database,
        pepper: SecretText,
        clock: Clock,
        *,
        passwords: PasswordChecks,
        throttle: Throttle,
        sign_in: SignIn,
    ) -> None:
        self._database = database
        self._pepper = pepper.reveal_bytes()
        self._clock = clock
        self._passwords = passwords
        self._throttle = throttle
        self._sign_in = sign_in

    def invite(
        self,
        organization_id: str,
        emails: Sequence[str],
        role: OrgRole,
        group_ids: Sequence[str],
        by: Actor | None,
    ) -> list[Invited]:
        """Invite people; an earlier invitation of the same address ends. All or nobody.

        `by` None means the operator, who may.

        Raises:
            PermissionDenied: `by` is no administrator.
            AlreadyTaken: an address is an active member's.
            NotFound: a group is not the organization's.
        """
        if by is not None:
            require_admin(by)
        now = self._clock()
        made = []
        with self._database.writing() as connection:
            _require_groups(connection, organization_id, group_ids)
            for email in emails:
                member = people.find_member_by_email(connection, organization_id, email)
                if member is not None and member.kind is MemberKind.STANDARD:
                    raise AlreadyTaken(f"User with email {email} already exists")
                end_of_address(connection, organization_id, email, now)
                invited = self._insert(connection, organization_id, email, role, group_ids, by, now)
                made.append(invited)
                record(
                    connection,
                    organization_id,
                    Action.USER_INVITE,
                    actor=by,
                    object_type="invitation",
                    object_id=invited.invitation.id,
                    details={"email": email, "role": role.value, "groupIds": list(group_ids)},
                )
        return made

    def pending(self, actor: Actor) -> tuple[Invitation, ...]:
        """Return the invitations that can still be accepted, the newest first.

        Raises:
            PermissionDenied: the actor is no administrator.
        """
        require_admin(actor)
        with self._database.reading() as connection:
            rows = connection.execute(
                select(invitations)
                .where(
                    invitations.c.organization_id == actor.organization_id,
                    usable(self._clock()),
                )
                .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
            )
            return tuple(invitation_of(row) for row in rows)

    def revoke(self, actor: Actor, invitation_id: str) -> None:
        """End an invitation.

        Raises:
            PermissionDenied: the actor is no administrator.
            NoSuchInvitation: unknown, accepted, ended, or another organization's.
        """
        require_admin(actor)
        with self._database.writing() as connection:
            done = connection.execute(
                update(invitations)
                .where(
                    invitations.c.id == invitation_id,
                    invitations.c.organization_id == actor.organization_id,
                    usable(self._clock()),
                )
                .values(revoked_at=self._clock())
            )
            if done.rowcount != 1:
                raise NoSuchInvitation(invitation_id)
            record(
                connection,
                actor.organization_id,
                Action.INVITATION_REVOKE,
                actor=actor,
                object_type="invitation",
                object_id=invitation_id,
            )

    def look(self, text: str) -> tuple[Invitation, str]:
        """Return the invitation of a link and the organization's name.

        Raises:
            InvitationInvalid: unknown, accepted, ended or expired.
        """
        with self._database.reading() as connection:
            invitation = self._find(connection, text)
            named = {each.id: each.name for each in people.load_organizations(connection)}
            return invitation, named[invitation.organization_id]

    def accept(self, text: str, *, name: str, password: str, former: str | None = None) -> SignedIn:
        """Make the invited a member with a name and a password, and sign them in.

        Somebody who is a member of another organization of this server proves to be that person with the
        password they have, for whoever made the link knows it too.

        Raises:
            InvitationInvalid: unknown, accepted, ended or expired, or the address became a member meanwhile.
            BadRequest: the name or the password will not do.
            PermissionDenied: passwords are switched off on this server.
            TooManyAttempts: too many failures lately.
            SignInBusy: too many passwords are being checked.
        """
        with self._database.reading() as connection:
            invitation = self._find(connection, text)
            known = _credentials(connection, invitation)
        if not self._sign_in.rules.takes_password(invitation.email):
            raise PermissionDenied
        shown = name.strip()
        if not shown or len(shown) > _LONGEST_NAME or not shown.isprintable():
            raise BadRequest(f"Bad Request: name: 1 to {_LONGEST_NAME} visible characters")
        fresh = None
        attempt = self._throttle.admit(invitation.email)
        if known.is_member_elsewhere:
            if not self._passwords.fits(SecretText(password), known.password_hash):
                raise BadRequest("Bad Request: password: You have an account here already; give its password")
        else:
            fresh = self._passwords.hash(chosen_password(password, field="password", email=invitation.email))
        now = self._clock()
        with self._database.writing() as connection:
            if not use(connection, invitation.id, now):
                raise InvitationInvalid
            if _credentials(connection, invitation) != known:
                raise InvitationInvalid
            self._throttle.succeed(connection, attempt)
            member = people.insert_member(
                connection,
                invitation.organization_id,
                email=invitation.email,
                name=shown,
                role=invitation.role,
                at=now,
            )
            if fresh is not None:
                people.store_password_hash(connection, member.user_id, fresh)
            join_groups(connection, invitation, member.membership_id)
            record(
                connection,
                invitation.organization_id,
                Action.INVITATION_ACCEPT,
                object_type="user",
                object_id=member.membership_id,
                details={"email": invitation.email, "invitationId": invitation.id},
            )
            return self._sign_in.begin(connection, member, way="invitation", former=former)

    def _insert(
        self,
        connection: Connection,
        organization_id: str,
        email: str,
        role: OrgRole,
        group_ids: Sequence[str],
        by: Actor | None,
        now: datetime,
    ) -> Invited:
        text = SecretText(_PREFIX + secrets.token_urlsafe(32))
        values = {
            "id": new_id(),
            "organization_id": organization_id,
            "email": email,
            "role": role.value,
            "group_ids": list(group_ids),
            "invited_by": None if by is None else by.membership_id,
            "created_at": now,
            "expires_at": now + LIFETIME,
        }
        connection.execute(
            insert(invitations).values(digest=self._digest(text.reveal()), email_key=fold(email), **values)
        )
        row = connection.execute(select(invitations).where(invitations.c.id == values["id"])).one()
        return Invited(invitation_of(row), text)

    def _find(self, connection: Connection, text: str) -> Invitation:
        if _FORM.fullmatch(text) is None:
            raise InvitationInvalid
        row = connection.execute(
            select(invitations).where(invitations.c.digest == self._digest(text), usable(self._clock()))
        ).one_or_none()
        if row is None:
            raise InvitationInvalid
        return invitation_of(row)

    def _digest(self, text: str) -> str:
        return digest_of(f"invitation\x00{text}", self._pepper).hex()


@dataclass(frozen=True, slots=True)
class _Credentials:
    """What is known of the invited person already."""

    user_id: str | None
    password_hash: str | None
    is_member_elsewhere: bool


def _credentials(connection: Connection, invitation: Invitation) -> _Credentials:
    row = connection.execute(
        select(users.c.id, users.c.password_hash).where(users.c.email_key == fold(invitation.email))
    ).one_or_none()
    if row is None:
        return _Credentials(None, None, False)
    elsewhere = is_member_elsewhere(connection, row.id, invitation.organization_id)
    return _Credentials(row.id, row.password_hash, elsewhere)


def _require_groups(connection: Connection, organization_id: str, group_ids: Sequence[str]) -> None:
    found = set(
        connection.execute(
            select(groups.c.id).where(groups.c.organization_id == organization_id, groups.c.id.in_(group_ids))
        ).scalars()
    )
    missing = [id_ for id_ in group_ids if id_ not in found]
    if missing:
        raise NotFound(f"Group with id {missing[0][:40]} does not exist")
