"""Rows of grants, codes and tokens. Takes the caller's connection, never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from holoscope.access.actor_rows import actor_of, with_members
from holoscope.access.actors import Actor, CredentialKind
from holoscope.kit.paging import Page
from holoscope.storage.keyset import Order, load_page_by_id
from holoscope.storage.tables import memberships, oauth_codes, oauth_grants, oauth_tokens

_GRANTS = with_members(select(oauth_grants), oauth_grants.c.membership_id)
_TOKEN = (
    _GRANTS.add_columns(oauth_tokens.c.kind, oauth_tokens.c.expires_at, oauth_tokens.c.replaced_at)
    .join(oauth_tokens, oauth_tokens.c.grant_id == oauth_grants.c.id)
    .where(oauth_tokens.c.digest == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a member allowed a client program."""

    id: str
    organization_id: str
    membership_id: str
    email: str
    name: str
    client_id: str
    scope: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as it is kept, found by its digest."""

    grant: Grant
    redirect_uri: str
    challenge: str
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept, and whom it would prove."""

    grant_id: str
    kind: str
    is_live: bool
    was_replaced: bool
    actor: Actor


def insert_grant(connection: Connection, **values: Any) -> None:  # noqa: ANN401
    connection.execute(insert(oauth_grants).values(**values))


def insert_code(connection: Connection, **values: Any) -> None:  # noqa: ANN401
    connection.execute(insert(oauth_codes).values(**values))


def insert_token(
    connection: Connection, digest: str, grant_id: str, kind: str, at: datetime, expires_at: datetime
) -> None:
    connection.execute(
        insert(oauth_tokens).values(
            digest=digest, grant_id=grant_id, kind=kind, created_at=at, expires_at=expires_at
        )
    )


def find_grant(connection: Connection, grant_id: str) -> Grant | None:
    row = connection.execute(_GRANTS.where(oauth_grants.c.id == grant_id)).one_or_none()
    return None if row is None else _grant(row)


def find_code(connection: Connection, digest: str) -> Code | None:
    row = connection.execute(select(oauth_codes).where(oauth_codes.c.digest == digest)).one_or_none()
    if row is None:
        return None
    grant = find_grant(connection, row.grant_id)
    assert grant is not None  # noqa: S101  (a foreign key)
    return Code(grant, row.redirect_uri, row.code_challenge, row.expires_at, row.used_at)


def use_code(connection: Connection, digest: str, at: datetime) -> bool:
    """Mark a code as used; False when it was already."""
    done = connection.execute(
        update(oauth_codes)
        .where(oauth_codes.c.digest == digest, oauth_codes.c.used_at.is_(None))
        .values(used_at=at)
    )
    return done.rowcount == 1


def find_token(connection: Connection, digest: str, now: datetime) -> Token | None:
    row = connection.execute(_TOKEN, {"digest": digest}).one_or_none()
    if row is None:
        return None
    actor = actor_of(row, CredentialKind.CLI)
    is_live = row.revoked_at is None and row.active and row.expires_at is not None and now < row.expires_at
    return Token(row.id, row.kind, is_live, row.replaced_at is not None, actor)


def replace_token(connection: Connection, digest: str, at: datetime) -> bool:
    """Mark a refresh token as replaced; False when it was already."""
    done = connection.execute(
        update(oauth_tokens)
        .where(oauth_tokens.c.digest == digest, oauth_tokens.c.replaced_at.is_(None))
        .values(replaced_at=at)
    )
    return done.rowcount == 1


def drop_expired(connection: Connection, grant_id: str, now: datetime) -> None:
    """Forget tokens of a grant that can neither be used nor betray that they were stolen."""
    connection.execute(
        delete(oauth_tokens).where(oauth_tokens.c.grant_id == grant_id, oauth_tokens.c.expires_at <= now)
    )


def end_grant(connection: Connection, grant_id: str, at: datetime) -> bool:
    """Revoke a grant with all of its tokens; False when it was already."""
    done = connection.execute(
        update(oauth_grants)
        .where(oauth_grants.c.id == grant_id, oauth_grants.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return done.rowcount == 1


def load_grants(
    connection: Connection,
    organization_id: str,
    *,
    membership_id: str | None,
    after_id: str | None,
    size: int,
) -> Page[Grant]:
    """Read one page of grants that are not revoked, the newest first, of one member or of all.

    Raises:
        BadCursor: `after_id` is no grant of this organization.
    """
    rows = _GRANTS.where(
        oauth_grants.c.organization_id == organization_id,
        oauth_grants.c.revoked_at.is_(None),
        memberships.c.active,
    )
    if membership_id is not None:
        rows = rows.where(oauth_grants.c.membership_id == membership_id)
    order = Order(oauth_grants.c.created_at, oauth_grants.c.id, descending=True)
    return load_page_by_id(
        connection, rows, order, _grant, organization_id=organization_id, after_id=after_id, size=size
    )


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        organization_id=row.organization_id,
        membership_id=row.membership_id,
        email=row.email,
        name=row.user_name,
        client_id=row.client_id,
        scope=row.scope,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
