"""Signed-in browsers: opened with a member, judged by the text of a cookie, listed, revoked.

The text is 256 random bits; the store keeps an HMAC of it under the server's pepper, so a stolen
database opens no session. See docs/reference/sessions.md.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from holoscope.access import session_rows
from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import NoSuchSession, NoSuchUser, SessionEnded
from holoscope.access.keys import digest_of
from holoscope.access.session_rows import Session, SessionKind
from holoscope.access.uses import Uses
from holoscope.access.verdicts import Verdicts
from holoscope.kit.clock import Clock
from holoscope.kit.ids import new_id
from holoscope.kit.paging import Page
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import sessions
from holoscope.storage.unit_of_work import Database

IDLE = timedelta(days=1)
_PREFIX = "hos_"
_FORM = re.compile(r"hos_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A fresh session. `text` goes into the cookie and is kept nowhere else."""

    id: str
    text: SecretText
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that may be used, and whom it proves."""

    session: Session
    actor: Actor


class Sessions:
    """Opens and judges sessions. Safe between threads; one per process.

    `idle` is how long a web session may be left alone before it ends; `rate_limit` is what every session
    is allowed, in requests per minute, None for the server's setting, 0 for no limit. What ends a session
    (revoking it, deactivating its member) is seen at once in this process and within a second in others.
    """

    def __init__(
        self,
        database: Database,
        pepper: SecretText,
        clock: Clock,
        *,
        idle: timedelta = IDLE,
        rate_limit: int | None = None,
    ) -> None:
        self._database = database
        self._pepper = pepper.reveal_bytes()
        self._clock = clock
        self._idle = idle
        self._rate_limit = rate_limit
        self._live: Verdicts[bytes, LiveSession] = Verdicts(database)
        self._seen = Uses(database, sessions, sessions.c.last_seen_at, clock)

    def __repr__(self) -> str:
        return "Sessions(…)"

    @property
    def rate_limit(self) -> int | None:
        """What each session may ask per minute; None is what the server allows everybody, 0 no limit."""
        return self._rate_limit

    def open(
        self,
        connection: Connection,
        organization_id: str,
        membership_id: str,
        *,
        kind: SessionKind,
        details: Mapping[str, Any],
        lifetime: timedelta,
    ) -> OpenedSession:
        """Open a session of a member, in the caller's transaction.

        Args:
            connection: a write transaction; what signed the member in belongs into it too.
            organization_id: the member's.
            membership_id: whom the session proves.
            kind: what it is for.
            details: JSON that `load` gives back, such as what an embedded page may show.
            lifetime: it ends after this, however much it is used.
        """
        opened = OpenedSession(
            new_id(), SecretText(_PREFIX + secrets.token_urlsafe(32)), self._clock() + lifetime
        )
        now = opened.expires_at - lifetime
        session_rows.insert_session(
            connection,
            opened.id,
            self._digest(opened.text.reveal()).hex(),
            organization_id=organization_id,
            membership_id=membership_id,
            kind=kind.value,
            details=dict(details),
            created_at=now,
            last_seen_at=now,
            expires_at=opened.expires_at,
        )
        return opened

    def find_live(self, text: str) -> LiveSession | None:
        """Return what `load` would, if a verdict is remembered; a few microseconds, no I/O.

        Raises:
            SessionEnded: the text cannot be that of a session.
        """
        return self._live.find(self._checked(text))

    def load(self, text: str) -> LiveSession:
        """Return the session of a cookie's text; may read the database, so keep it off an event loop.

        Raises:
            SessionEnded: unknown, revoked, expired, left alone too long, or its member is deactivated.
        """
        digest = self._checked(text)
        return self._live.load(digest, lambda: self._judge(digest))

    def load_actor(self, text: str) -> Actor:
        """Return whom a cookie's text proves; see `load`.

        Raises:
            SessionEnded: as `load`.
        """
        return self.load(text).actor

    def page(
        self,
        organization_id: str,
        *,
        membership_id: str | None = None,
        kind: SessionKind | None = None,
        is_open: bool | None = True,
        after_id: str | None = None,
        size: int = 100,
    ) -> Page[Session]:
        """Return sessions, the newest first; of one member or of all, open, ended (False) or both (None).

        Raises:
            BadCursor: `after_id` is no session of this organization.
        """
        with self._database.reading() as connection:
            return session_rows.load_sessions(
                connection,
                organization_id,
                now=self._clock(),
                idle=self._idle,
                membership_id=membership_id,
                kind=kind,
                is_open=is_open,
                after_id=after_id,
                size=size,
            )

    def is_open(self, session: Session) -> bool:
        """Tell whether a session may still be used."""
        return session.is_open(self._clock(), self._idle)

    def revoke(self, actor: Actor, session_id: str, *, only_own: bool = False) -> Session:
        """End a session of the actor's organization, the one in use included; return what it was.

        Raises:
            NoSuchSession: unknown, ended by revoking before, another organization's, or not the actor's
                own where only those may be ended.
        """
        with self._database.writing() as connection:
            session = session_rows.find_session(connection, actor.organization_id, session_id)
            if session is None or (only_own and session.membership_id != actor.membership_id):
                raise NoSuchSession(session_id)
            if not session_rows.end_session(connection, actor.organization_id, session_id, self._clock()):
                raise NoSuchSession(session_id)
            own = session_id == actor.credential_id
            record(
                connection,
                actor.organization_id,
                Action.SIGN_OUT if own else Action.SESSION_REVOKE,
                actor=actor,
                object_type="session",
                object_id=session_id,
                details={"kind": session.kind.value, "membershipId": session.membership_id},
            )
        return session

    def revoke_all_of(self, actor: Actor, membership_id: str) -> int:
        """End the sessions of a member, but the one in use; return how many those were.

        Raises:
            NoSuchUser: no member of the actor's organization, active or not, has that id.
        """
        with self._database.writing() as connection:
            if not session_rows.is_member(connection, actor.organization_id, membership_id):
                raise NoSuchUser(membership_id)
            ended = self.end_all_of(connection, membership_id, but=actor.credential_id)
            record(
                connection,
                actor.organization_id,
                Action.SESSION_REVOKE,
                actor=actor,
                object_type="user",
                object_id=membership_id,
                details={"sessionsEnded": ended},
            )
        return ended

    def end_all_of(self, connection: Connection, membership_id: str, *, but: str | None = None) -> int:
        """End every session of a member, in the caller's transaction, which records why; return the count.

        `but` is the id of one that stays.
        """
        return session_rows.end_sessions_of(connection, membership_id, self._clock(), but=but)

    def end_by_text(self, connection: Connection, text: str) -> None:
        """End the session of a cookie's text, if it is one, in the caller's transaction."""
        if _FORM.fullmatch(text) is None:
            return
        found = session_rows.find_by_digest(connection, self._digest(text).hex())
        if found is not None:
            session_rows.end_session(connection, found[0].organization_id, found[0].id, self._clock())

    def csrf_token(self, text: str) -> str:
        """Return the text that a page must repeat in a header to change anything; bound to one session."""
        return hmac.digest(self._pepper, b"csrf\x00" + text.encode(), "sha256").hex()

    def close(self) -> None:
        """Write down when sessions were last seen."""
        self._seen.flush()

    def _checked(self, text: str) -> bytes:
        if _FORM.fullmatch(text) is None:
            raise SessionEnded
        return self._digest(text)

    def _digest(self, text: str) -> bytes:
        return digest_of(f"session\x00{text}", self._pepper)

    def _judge(self, digest: bytes) -> LiveSession:
        with self._database.reading() as connection:
            found = session_rows.find_by_digest(connection, digest.hex())
        if found is None or not self.is_open(found[0]):
            raise SessionEnded
        session, actor = found
        self._seen.note(session.id)
        return LiveSession(session, replace(actor, rate_limit=self._rate_limit))
