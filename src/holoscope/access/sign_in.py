"""Signing in to the web application: a member proves to be one, a session begins.

By password here; what comes after the proof is the same for every way in (`begin`). See
docs/how-to/sign-in.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, update

from holoscope.access import people
from holoscope.access.actors import Actor, CredentialKind
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import PermissionDenied, WrongSignIn
from holoscope.access.passwords import PasswordChecks, chosen_password, needs_new_hash
from holoscope.access.people import Member
from holoscope.access.people_users import fold
from holoscope.access.session_rows import SessionKind
from holoscope.access.sessions import OpenedSession, Sessions
from holoscope.access.throttle import Throttle
from holoscope.kit.clock import Clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import memberships
from holoscope.storage.unit_of_work import Database

LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SignInRules:
    """What the operator chose. `break_glass` is the e-mail that keeps its password under `sso_only`."""

    lifetime: timedelta = LIFETIME
    sso_only: bool = False
    break_glass: str | None = None

    def takes_password(self, email: str) -> bool:
        """Tell whether a password may open a session for this e-mail."""
        return not self.sso_only or (self.break_glass is not None and fold(self.break_glass) == fold(email))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member and the session that was just opened for it."""

    member: Member
    session: OpenedSession


class SignIn:
    """Opens web sessions. Safe between threads; blocks on the database and on password checks."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        throttle: Throttle,
        passwords: PasswordChecks,
        clock: Clock,
        rules: SignInRules,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._throttle = throttle
        self._passwords = passwords
        self._clock = clock
        self.rules = rules

    def with_password(self, email: str, password: SecretText, *, former: str | None = None) -> SignedIn:
        """Open a session for the member with this e-mail and password; end the session `former`.

        An unknown e-mail, a wrong password, a deactivated member and a member whose passwords are
        switched off take as long as each other and get one answer.

        Raises:
            WrongSignIn: any of those.
            TooManyAttempts: too many failures lately; nothing was checked.
            SignInBusy: too many passwords are being checked at this moment.
        """
        attempt = self._throttle.admit(email)
        with self._database.reading() as connection:
            organization = people.load_organizations(connection)[:1]
            member = people.find_standard_member(connection, email)
            stored = None if member is None else people.find_password_hash(connection, member.user_id)
        usable = stored if self.rules.takes_password(email) else None
        fits = self._passwords.fits(password, usable)
        if member is None or usable is None or not fits:
            if member is not None or organization:
                self._tell_failure(organization[0].id if member is None else member.organization_id, member)
            raise WrongSignIn
        fresh = self._passwords.hash(password) if needs_new_hash(usable) else None
        with self._database.writing() as connection:
            still = people.find_member(connection, member.organization_id, member.membership_id)
            if still is None or people.find_password_hash(connection, member.user_id) != stored:
                raise WrongSignIn
            if fresh is not None:
                people.store_password_hash(connection, member.user_id, fresh)
            self._throttle.succeed(connection, attempt)
            return self.begin(connection, still, way="password", former=former)

    def begin(
        self,
        connection: Connection,
        member: Member,
        *,
        way: str,
        former: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> SignedIn:
        """Open the session of a member who proved to be one, in the caller's transaction.

        The session is always a new one, so that nobody can be made to use one that somebody else knows;
        `former` is the text of the one the browser had, which ends.
        """
        now = self._clock()
        if former is not None:
            self._sessions.end_by_text(connection, former)
        opened = self._sessions.open(
            connection,
            member.organization_id,
            member.membership_id,
            kind=SessionKind.WEB,
            details={"way": way, **(details or {})},
            lifetime=self.rules.lifetime,
        )
        connection.execute(
            update(memberships).where(memberships.c.id == member.membership_id).values(last_login_at=now)
        )
        record(
            connection,
            member.organization_id,
            Action.SIGN_IN,
            actor=member.acting(opened.id, CredentialKind.SESSION),
            object_type="user",
            object_id=member.membership_id,
            details={"way": way},
            at=now,
        )
        return SignedIn(member, opened)

    def change_password(self, actor: Actor, current: str, wanted: str) -> None:
        """Set another password for the actor, whose other sessions end. API keys and grants stay.

        Raises:
            PermissionDenied: not through a web session, or passwords are switched off for this member.
            BadRequest: the present password is wrong, or the new one will not do.
            TooManyAttempts: too many failures lately.
        """
        if actor.credential_kind is not CredentialKind.SESSION or not self.rules.takes_password(actor.email):
            raise PermissionDenied
        password = chosen_password(wanted, field="newPassword", email=actor.email)
        attempt = self._throttle.admit(actor.email)
        with self._database.reading() as connection:
            stored = people.find_password_hash(connection, actor.user_id)
        if not self._passwords.fits(SecretText(current), stored):
            raise BadRequest("Bad Request: currentPassword: Password is wrong")
        fresh = self._passwords.hash(password)
        with self._database.writing() as connection:
            self._throttle.succeed(connection, attempt)
            people.store_password_hash(connection, actor.user_id, fresh)
            ended = self._sessions.end_all_of(connection, actor.membership_id, but=actor.credential_id)
            record(
                connection,
                actor.organization_id,
                Action.PASSWORD_CHANGE,
                actor=actor,
                object_type="user",
                object_id=actor.membership_id,
                details={"sessionsEnded": ended},
            )

    def _tell_failure(self, organization_id: str, member: Member | None) -> None:
        """Record a failed sign-in without what was typed, which may be a password in the wrong field."""
        with self._database.noting() as connection:
            record(
                connection,
                organization_id,
                Action.SIGN_IN_FAILED,
                object_type="user",
                object_id=None if member is None else member.membership_id,
                details={"way": "password"},
                outcome="refused",
                at=self._clock(),
            )
