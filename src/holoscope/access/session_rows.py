"""Rows of sessions. Takes the caller's connection, never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, insert, not_, or_, select, update

from holoscope.access.actor_rows import actor_of, with_members
from holoscope.access.actors import Actor, CredentialKind
from holoscope.access.origin import current_origin
from holoscope.kit.paging import Page
from holoscope.storage.keyset import Order, load_page_by_id
from holoscope.storage.tables import memberships, sessions


class SessionKind(StrEnum):
    """What a session is for: the web application, or an embedded page."""

    WEB = "web"
    EMBED = "embed"


_CREDENTIALS = {SessionKind.WEB: CredentialKind.SESSION, SessionKind.EMBED: CredentialKind.EMBED}
_SESSIONS = with_members(select(sessions), sessions.c.membership_id)
_BY_DIGEST = _SESSIONS.where(sessions.c.digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Session:
    """A session, with the member it belongs to. `details` is what whoever opened it wanted kept."""

    id: str
    organization_id: str
    membership_id: str
    email: str
    name: str
    kind: SessionKind
    details: Mapping[str, Any]
    address: str | None
    user_agent: str | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    member_is_active: bool

    def is_open(self, now: datetime, idle: timedelta) -> bool:
        """Tell whether it may be used. Only a web session ends by being left alone for `idle`."""
        return (
            self.revoked_at is None
            and self.member_is_active
            and now < self.expires_at
            and (self.kind is not SessionKind.WEB or now < self.last_seen_at + idle)
        )


def insert_session(connection: Connection, session_id: str, digest: str, **values: Any) -> None:  # noqa: ANN401
    """Add a session, with the address and user agent of the request of this context."""
    origin = current_origin()
    connection.execute(
        insert(sessions).values(
            id=session_id, digest=digest, address=origin.address, user_agent=origin.user_agent, **values
        )
    )


def find_by_digest(connection: Connection, digest: str) -> tuple[Session, Actor] | None:
    """Find a session by its digest, whatever its state, and the actor it would prove."""
    row = connection.execute(_BY_DIGEST, {"digest": digest}).one_or_none()
    if row is None:
        return None
    session = _session(row)
    return session, actor_of(row, _CREDENTIALS[session.kind])


def find_session(connection: Connection, organization_id: str, session_id: str) -> Session | None:
    row = connection.execute(
        _SESSIONS.where(sessions.c.id == session_id, sessions.c.organization_id == organization_id)
    ).one_or_none()
    return None if row is None else _session(row)


def load_sessions(  # noqa: PLR0913  (one argument is one condition)
    connection: Connection,
    organization_id: str,
    *,
    now: datetime,
    idle: timedelta,
    membership_id: str | None,
    kind: SessionKind | None,
    is_open: bool | None,
    after_id: str | None,
    size: int,
) -> Page[Session]:
    """Read one page of sessions, the newest first; `is_open` None means open and ended ones.

    Raises:
        BadCursor: `after_id` is no session of this organization.
    """
    rows = _SESSIONS.where(sessions.c.organization_id == organization_id)
    if membership_id is not None:
        rows = rows.where(sessions.c.membership_id == membership_id)
    if kind is not None:
        rows = rows.where(sessions.c.kind == kind.value)
    if is_open is not None:
        condition = _open(now, idle)
        rows = rows.where(condition if is_open else not_(condition))
    order = Order(sessions.c.created_at, sessions.c.id, descending=True)
    return load_page_by_id(
        connection, rows, order, _session, organization_id=organization_id, after_id=after_id, size=size
    )


def is_member(connection: Connection, organization_id: str, membership_id: str) -> bool:
    """Tell whether a membership, active or not, is one of the organization."""
    found = select(memberships.c.id).where(
        memberships.c.id == membership_id, memberships.c.organization_id == organization_id
    )
    return connection.execute(found).one_or_none() is not None


def end_session(connection: Connection, organization_id: str, session_id: str, at: datetime) -> bool:
    """Revoke a session; False when there was none to revoke."""
    done = connection.execute(
        update(sessions)
        .where(
            sessions.c.id == session_id,
            sessions.c.organization_id == organization_id,
            sessions.c.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    return done.rowcount == 1


def end_sessions_of(
    connection: Connection, membership_id: str, at: datetime, *, but: str | None = None
) -> int:
    """Revoke every session of a member, except one where wanted; return how many that were."""
    ended = update(sessions).where(
        sessions.c.membership_id == membership_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > at
    )
    if but is not None:
        ended = ended.where(sessions.c.id != but)
    return int(connection.execute(ended.values(revoked_at=at)).rowcount)


def _open(now: datetime, idle: timedelta) -> ColumnElement[bool]:
    """`Session.is_open` in SQL."""
    return and_(
        sessions.c.revoked_at.is_(None),
        memberships.c.active,
        sessions.c.expires_at > now,
        or_(sessions.c.kind != SessionKind.WEB.value, sessions.c.last_seen_at > now - idle),
    )


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        organization_id=row.organization_id,
        membership_id=row.membership_id,
        email=row.email,
        name=row.user_name,
        kind=SessionKind(row.kind),
        details=row.details,
        address=row.address,
        user_agent=row.user_agent,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        member_is_active=row.active,
    )
