"""Grants: allowed by a signed-in member, exchanged and refreshed by a client program, judged, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.keys import (
    ACCESS_PREFIX,
    REFRESH_PREFIX,
    digest_of,
    is_well_formed,
    new_key_text,
)
from holoscope.access.oauth import grant_rows
from holoscope.access.oauth.errors import InvalidGrant, NoSuchGrant, TokenLapsed
from holoscope.access.oauth.grant_rows import Grant
from holoscope.access.oauth.rules import CLIENT_ID, SCOPE, proves
from holoscope.access.uses import Uses
from holoscope.access.verdicts import Verdicts
from holoscope.kit.clock import Clock
from holoscope.kit.ids import new_id
from holoscope.kit.paging import Page
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import oauth_grants
from holoscope.storage.unit_of_work import Database

CODE_LIFETIME = timedelta(seconds=60)
ACCESS_LIFETIME = timedelta(hours=8)
REFRESH_LIFETIME = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A fresh pair: the access token is good for 8 hours, the refresh token for one use within 90 days."""

    access: SecretText
    refresh: SecretText


class Grants:
    """Makes and judges grants. Safe between threads; one per process. Only digests are stored."""

    def __init__(self, database: Database, pepper: SecretText, clock: Clock) -> None:
        self._database = database
        self._pepper = pepper.reveal_bytes()
        self._clock = clock
        self._actors: Verdicts[bytes, Actor] = Verdicts(database)
        self._uses = Uses(database, oauth_grants, oauth_grants.c.last_used_at, clock)

    def __repr__(self) -> str:
        return "Grants(…)"

    def allow(self, actor: Actor, *, redirect_uri: str, challenge: str) -> SecretText:
        """Note that the actor allowed the client to act as them, and return the code that says so.

        The caller has checked both arguments (`rules`); the code is good for one use within a minute.
        """
        code = SecretText(secrets.token_urlsafe(32))
        now = self._clock()
        grant_id = new_id()
        with self._database.writing() as connection:
            grant_rows.insert_grant(
                connection,
                id=grant_id,
                organization_id=actor.organization_id,
                membership_id=actor.membership_id,
                client_id=CLIENT_ID,
                scope=SCOPE,
                created_at=now,
            )
            grant_rows.insert_code(
                connection,
                digest=self._digest(code.reveal()).hex(),
                grant_id=grant_id,
                redirect_uri=redirect_uri,
                code_challenge=challenge,
                expires_at=now + CODE_LIFETIME,
            )
            _tell(connection, Action.OAUTH_GRANT_CREATE, actor.organization_id, grant_id, actor)
        return code

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        """Return tokens for a code; a code that comes a second time ends the grant (RFC 6749 §4.1.2).

        Raises:
            InvalidGrant: the code, its redirect or its proof is not right.
        """
        digest = self._digest(code).hex()
        now = self._clock()
        with self._database.writing() as connection:
            found = grant_rows.find_code(connection, digest)
            if found is not None and found.used_at is not None:
                self._end(connection, found.grant, now, reason="code used twice")
            elif (
                found is not None
                and now < found.expires_at
                and found.grant.revoked_at is None
                and redirect_uri == found.redirect_uri
                and proves(verifier, found.challenge)
                and grant_rows.use_code(connection, digest, now)
            ):
                return self._issue(connection, found.grant.id, now)
        raise InvalidGrant

    def refresh(self, text: str) -> Tokens:
        """Return a new pair for a refresh token, which is used up; one that comes again ends the grant.

        That it comes again means that two hold it, and one of them stole it (RFC 9700 §4.14.2).

        Raises:
            InvalidGrant: the token is not right.
        """
        if not is_well_formed(text, REFRESH_PREFIX):
            raise InvalidGrant
        digest = self._digest(text).hex()
        now = self._clock()
        with self._database.writing() as connection:
            found = grant_rows.find_token(connection, digest, now)
            if found is None or found.kind != "refresh":
                raise InvalidGrant
            if found.was_replaced or not grant_rows.replace_token(connection, digest, now):
                grant = grant_rows.find_grant(connection, found.grant_id)
                if grant is not None:
                    self._end(connection, grant, now, reason="refreshed twice")
            elif found.is_live:
                grant_rows.drop_expired(connection, found.grant_id, now)
                return self._issue(connection, found.grant_id, now)
        raise InvalidGrant

    def find_actor(self, text: str) -> Actor | None:
        """Return who an access token acts as if that is remembered; never reads the database.

        Raises:
            TokenLapsed: the text is no access token at all.
        """
        return self._actors.find(self._access_digest(text))

    def load_actor(self, text: str) -> Actor:
        """Return who an access token acts as.

        Raises:
            TokenLapsed: unknown, expired, revoked, or its member was deactivated.
        """
        digest = self._access_digest(text)
        return self._actors.load(digest, lambda: self._judge(digest))

    def page(
        self,
        organization_id: str,
        *,
        membership_id: str | None,
        after_id: str | None = None,
        size: int = 100,
    ) -> Page[Grant]:
        """Return grants that are not revoked, the newest first, of one member or (None) of all.

        Raises:
            BadCursor: `after_id` is no grant of this organization.
        """
        with self._database.reading() as connection:
            return grant_rows.load_grants(
                connection, organization_id, membership_id=membership_id, after_id=after_id, size=size
            )

    def revoke(self, actor: Actor, grant_id: str) -> None:
        """End a grant with all of its tokens; others' as an administrator only.

        Raises:
            NoSuchGrant: unknown, already revoked, or not the actor's to end.
        """
        with self._database.writing() as connection:
            grant = grant_rows.find_grant(connection, grant_id)
            if (
                grant is None
                or grant.organization_id != actor.organization_id
                or not (actor.is_admin or grant.membership_id == actor.membership_id)
                or not grant_rows.end_grant(connection, grant_id, self._clock())
            ):
                raise NoSuchGrant(grant_id)
            _tell(connection, Action.OAUTH_GRANT_REVOKE, actor.organization_id, grant_id, actor)

    def revoke_by_token(self, text: str) -> None:
        """End the grant that a token belongs to, if it belongs to one (RFC 7009)."""
        if not (is_well_formed(text, ACCESS_PREFIX) or is_well_formed(text, REFRESH_PREFIX)):
            return
        now = self._clock()
        with self._database.writing() as connection:
            found = grant_rows.find_token(connection, self._digest(text).hex(), now)
            grant = None if found is None else grant_rows.find_grant(connection, found.grant_id)
            if grant is not None:
                self._end(connection, grant, now, reason="revoked by the client")

    def close(self) -> None:
        """Write down when grants were last used."""
        self._uses.flush()

    def _issue(self, connection: Connection, grant_id: str, now: datetime) -> Tokens:
        tokens = Tokens(new_key_text(ACCESS_PREFIX), new_key_text(REFRESH_PREFIX))
        for text, kind, lifetime in (
            (tokens.access, "access", ACCESS_LIFETIME),
            (tokens.refresh, "refresh", REFRESH_LIFETIME),
        ):
            digest = self._digest(text.reveal()).hex()
            grant_rows.insert_token(connection, digest, grant_id, kind, now, now + lifetime)
        return tokens

    def _end(self, connection: Connection, grant: Grant, now: datetime, *, reason: str) -> None:
        if grant_rows.end_grant(connection, grant.id, now):
            _tell(connection, Action.OAUTH_GRANT_REVOKE, grant.organization_id, grant.id, reason=reason)

    def _access_digest(self, text: str) -> bytes:
        if not is_well_formed(text, ACCESS_PREFIX):
            raise TokenLapsed
        return self._digest(text)

    def _digest(self, text: str) -> bytes:
        return digest_of(f"oauth\x00{text}", self._pepper)

    def _judge(self, digest: bytes) -> Actor:
        with self._database.reading() as connection:
            found = grant_rows.find_token(connection, digest.hex(), self._clock())
        if found is None or found.kind != "access" or not found.is_live:
            raise TokenLapsed
        self._uses.note(found.grant_id)
        return found.actor


def _tell(
    connection: Connection,
    action: Action,
    organization_id: str,
    grant_id: str,
    actor: Actor | None = None,
    *,
    reason: str | None = None,
) -> None:
    record(
        connection,
        organization_id,
        action,
        actor=actor,
        object_type="oauth_grant",
        object_id=grant_id,
        details={"clientId": CLIENT_ID} if reason is None else {"clientId": CLIENT_ID, "reason": reason},
    )
