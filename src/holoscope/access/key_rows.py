"""Rows of API keys. Takes the caller's connection, never commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update

from holoscope.access.actor_rows import actor_of, with_members
from holoscope.access.actors import Actor, CredentialKind, KeyKind
from holoscope.kit.paging import Page
from holoscope.storage.keyset import Order, load_page_by_id
from holoscope.storage.tables import api_keys

_SORTS: dict[str, ColumnElement[Any]] = {"createdAt": api_keys.c.created_at, "name": api_keys.c.name}

_KEYS = with_members(select(api_keys), api_keys.c.membership_id)
_VERDICT = _KEYS.where(api_keys.c.digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be known about a key after it was issued, and the member it acts as.

    `rate_limit` is in requests per minute.
    """

    id: str
    organization_id: str
    membership_id: str
    email: str
    owner: str
    kind: KeyKind
    name: str
    public_prefix: str
    enabled: bool
    rate_limit: int | None
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A key that was found by its digest, and whether it may be used."""

    actor: Actor
    digest: str
    kind: KeyKind
    is_usable: bool
    owner_is_active: bool


def insert_key(connection: Connection, key: ApiKey, digest: bytes) -> None:
    connection.execute(
        insert(api_keys).values(
            id=key.id,
            organization_id=key.organization_id,
            membership_id=key.membership_id,
            kind=key.kind.value,
            name=key.name,
            digest=digest.hex(),
            public_prefix=key.public_prefix,
            enabled=key.enabled,
            rate_limit_per_minute=key.rate_limit,
            created_at=key.created_at,
        )
    )


def find_verdict(connection: Connection, digest: bytes) -> Verdict | None:
    """Find a key by its digest, whatever its state, with the member it acts as."""
    row = connection.execute(_VERDICT, {"digest": digest.hex()}).one_or_none()
    if row is None:
        return None
    actor = actor_of(row, CredentialKind(row.kind), rate_limit=row.rate_limit_per_minute)
    return Verdict(actor, row.digest, KeyKind(row.kind), row.enabled and row.deleted_at is None, row.active)


def find_key(connection: Connection, organization_id: str, key_id: str) -> ApiKey | None:
    row = connection.execute(
        _KEYS.where(
            api_keys.c.id == key_id,
            api_keys.c.organization_id == organization_id,
            api_keys.c.deleted_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else _key(row)


def load_keys(
    connection: Connection,
    organization_id: str,
    *,
    membership_id: str | None,
    kind: KeyKind | None,
    sort: str,
    descending: bool,
    after_id: str | None,
    size: int,
) -> Page[ApiKey]:
    """Read one page of the keys that are not revoked, `sort` being `createdAt` or `name`.

    The position is that of the key `after_id`, which may have been revoked meanwhile.

    Raises:
        BadCursor: this organization never had a key `after_id`.
    """
    rows = _KEYS.where(api_keys.c.organization_id == organization_id, api_keys.c.deleted_at.is_(None))
    if membership_id is not None:
        rows = rows.where(api_keys.c.membership_id == membership_id)
    if kind is not None:
        rows = rows.where(api_keys.c.kind == kind.value)
    order = Order(_SORTS[sort], api_keys.c.id, descending)
    return load_page_by_id(
        connection, rows, order, _key, organization_id=organization_id, after_id=after_id, size=size
    )


def load_limited_keys(connection: Connection, organization_id: str, also: Collection[str]) -> list[ApiKey]:
    """Read the keys with a limit of their own, and those of these ids, by name; no revoked ones."""
    has_limit = api_keys.c.rate_limit_per_minute.is_not(None)
    rows = _KEYS.where(
        api_keys.c.organization_id == organization_id,
        api_keys.c.deleted_at.is_(None),
        has_limit | api_keys.c.id.in_(list(also)),
    )
    return [_key(row) for row in connection.execute(rows.order_by(api_keys.c.name, api_keys.c.id))]


def set_enabled(connection: Connection, key_id: str, *, enabled: bool) -> None:
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(enabled=enabled))


def mark_deleted(connection: Connection, organization_id: str, key_id: str, at: datetime) -> bool:
    """Revoke a key for good; False when there was none to revoke."""
    done = connection.execute(
        update(api_keys)
        .where(
            api_keys.c.id == key_id,
            api_keys.c.organization_id == organization_id,
            api_keys.c.deleted_at.is_(None),
        )
        .values(deleted_at=at, enabled=False)
    )
    return done.rowcount == 1


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        organization_id=row.organization_id,
        membership_id=row.membership_id,
        email=row.email,
        owner=row.user_name,
        kind=KeyKind(row.kind),
        name=row.name,
        public_prefix=row.public_prefix,
        enabled=row.enabled,
        rate_limit=row.rate_limit_per_minute,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
