"""Which rows of sign-in and administration say nothing any more, by the table they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, func, or_, select

from holoscope.access.session_rows import SessionKind
from holoscope.access.throttle import WINDOW
from holoscope.storage.tables import (
    embed_logins,
    embed_nonces,
    embed_secrets,
    invitations,
    oauth_codes,
    oauth_grants,
    oauth_tokens,
    sessions,
    sign_in_failures,
    sign_in_states,
)

LISTED = timedelta(days=30)
"""So long ended sessions stay in the list of sessions, and invitations beside what came of them."""

ADMITTED = timedelta(days=1)
"""So long a code stays, so that one that comes twice is still told apart from one that never was."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of `table` that meet `gone` may be deleted; once true of a row, that stays true."""

    table: Table
    gone: ColumnElement[bool]


def rules_at(now: datetime, idle: timedelta) -> Sequence[Rule]:
    """Return what may be deleted at a moment, in an order that no foreign key minds.

    `idle` is how long a web session may be left alone. What an old signed address could still be opened
    with, and what shows that a token was stolen, is never among it.
    """
    listed, admitted = now - LISTED, now - ADMITTED
    is_revoked = select(oauth_grants.c.id).where(oauth_grants.c.revoked_at <= now)
    return (
        Rule(sign_in_states, sign_in_states.c.expires_at <= now),
        Rule(sign_in_failures, sign_in_failures.c.at <= now - WINDOW),
        Rule(embed_logins, embed_logins.c.expires_at <= now),
        Rule(embed_nonces, _signed_by_none(admitted)),
        Rule(sessions, _session_ended(listed, idle)),
        Rule(
            invitations,
            or_(
                invitations.c.expires_at <= listed,
                invitations.c.accepted_at <= listed,
                invitations.c.revoked_at <= listed,
            ),
        ),
        Rule(oauth_codes, or_(oauth_codes.c.expires_at <= admitted, oauth_codes.c.grant_id.in_(is_revoked))),
        Rule(oauth_tokens, or_(oauth_tokens.c.expires_at <= now, oauth_tokens.c.grant_id.in_(is_revoked))),
        Rule(
            oauth_grants,
            and_(
                oauth_grants.c.created_at <= admitted,
                oauth_grants.c.id.not_in(select(oauth_codes.c.grant_id)),
                oauth_grants.c.id.not_in(select(oauth_tokens.c.grant_id)),
            ),
        ),
    )


def _session_ended(by: datetime, idle: timedelta) -> ColumnElement[bool]:
    return or_(
        sessions.c.revoked_at <= by,
        sessions.c.expires_at <= by,
        and_(sessions.c.kind == SessionKind.WEB.value, sessions.c.last_seen_at <= by - idle),
    )


def _signed_by_none(revoked_by: datetime) -> ColumnElement[bool]:
    """Tell that no secret that counts can have signed the address of a nonce.

    A signed address has no date, so its nonce stays for as long as its secret counts. A secret counted from
    its making on, but the organization's first may have counted before its row was made.
    """
    secret, earlier = embed_secrets.alias(), embed_secrets.alias()
    is_first = ~(
        select(earlier.c.id)
        .where(
            earlier.c.organization_id == secret.c.organization_id,
            or_(
                earlier.c.created_at < secret.c.created_at,
                and_(earlier.c.created_at == secret.c.created_at, earlier.c.id < secret.c.id),
            ),
        )
        .exists()
    )
    own = secret.c.organization_id == embed_nonces.c.organization_id
    may_have_signed = (
        select(secret.c.id)
        .where(
            own,
            or_(secret.c.revoked_at.is_(None), secret.c.revoked_at > revoked_by),
            or_(secret.c.created_at <= embed_nonces.c.used_at, is_first),
        )
        .exists()
    )
    has_rows = select(func.count()).select_from(secret).where(own).scalar_subquery() > 0
    return and_(has_rows, ~may_have_signed)
