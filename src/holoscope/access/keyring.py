"""The keys of a server: issued once, found by digest, switched off, revoked."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from holoscope.access import key_rows
from holoscope.access.actors import Actor, KeyKind
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import InvalidToken, NoSuchKey, NoSuchUser, NotAnOrganizationKey, OwnerLostKeys
from holoscope.access.key_holders import may_hold
from holoscope.access.key_rows import ApiKey
from holoscope.access.keys import digest_of, is_well_formed, new_key_text, public_prefix
from holoscope.access.people import find_member
from holoscope.access.uses import Uses
from holoscope.access.verdicts import Verdicts
from holoscope.kit.clock import Clock
from holoscope.kit.ids import new_id
from holoscope.kit.paging import Page
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import api_keys
from holoscope.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A fresh key. `text` is shown to its owner now and never again."""

    key: ApiKey
    text: SecretText


class KeyRing:
    """Issues and judges API keys. Safe between threads; one per process.

    `pepper` keys the digests: with another pepper every key is unknown.
    """

    def __init__(self, database: Database, pepper: SecretText, clock: Clock) -> None:
        self._database = database
        self._pepper = pepper.reveal_bytes()
        self._clock = clock
        self._actors: Verdicts[bytes, Actor] = Verdicts(database)
        self._uses = Uses(database, api_keys, api_keys.c.last_used_at, clock)

    def __repr__(self) -> str:
        return "KeyRing(…)"

    def issue(
        self,
        organization_id: str,
        membership_id: str,
        *,
        name: str,
        kind: KeyKind,
        rate_limit: int | None = None,
        by: Actor | None = None,
    ) -> IssuedKey:
        """Make a key that acts as a member; whether that member may hold it is the caller's question.

        Args:
            organization_id: whose key it is.
            membership_id: the owner; for an organization key the member who creates it.
            name: for people; need not be unique.
            kind: what the key stands for.
            rate_limit: requests per minute, 0 for no limit, None for the server's setting.
            by: who makes it, for the audit log; None for the operator.

        Raises:
            NoSuchUser: no active member has that id.
        """
        text = new_key_text()
        with self._database.writing() as connection:
            owner = find_member(connection, organization_id, membership_id)
            if owner is None:
                raise NoSuchUser(membership_id)
            key = ApiKey(
                id=new_id(),
                organization_id=organization_id,
                membership_id=membership_id,
                email=owner.email,
                owner=owner.name,
                kind=kind,
                name=name,
                public_prefix=public_prefix(text),
                enabled=True,
                rate_limit=rate_limit,
                created_at=self._clock(),
            )
            key_rows.insert_key(connection, key, digest_of(text.reveal(), self._pepper))
            self._tell(connection, Action.API_KEY_CREATE, key, by)
        return IssuedKey(key, text)

    def find_actor(self, text: str) -> Actor | None:
        """Return who a key acts as if that is remembered; never reads the database.

        Raises:
            InvalidToken: the text is no key at all.
        """
        if not is_well_formed(text):
            raise InvalidToken
        return self._actors.find(digest_of(text, self._pepper))

    def load_actor(self, text: str) -> Actor:
        """Return who a key acts as, reading the database at most once in `verdicts.MAX_AGE`.

        Raises:
            InvalidToken: malformed, unknown, disabled or revoked; the same for all.
            OwnerLostKeys: the member it acts as was deactivated, or may not hold such a key any more.
        """
        if not is_well_formed(text):
            raise InvalidToken
        digest = digest_of(text, self._pepper)
        return self._actors.load(digest, lambda: self._judge(digest))

    def with_limits(self, organization_id: str, also: Collection[str] = ()) -> list[ApiKey]:
        """Return the keys that have a limit of their own, and those of these ids, by name."""
        with self._database.reading() as connection:
            return key_rows.load_limited_keys(connection, organization_id, also)

    def find(self, organization_id: str, key_id: str) -> ApiKey:
        """Return a key that is not revoked.

        Raises:
            NoSuchKey: unknown, revoked or another organization's.
        """
        with self._database.reading() as connection:
            key = key_rows.find_key(connection, organization_id, key_id)
        if key is None:
            raise NoSuchKey(key_id)
        return key

    def page(
        self,
        organization_id: str,
        *,
        membership_id: str | None = None,
        kind: KeyKind | None = None,
        sort: str = "createdAt",
        descending: bool = True,
        after_id: str | None = None,
        size: int = 100,
    ) -> Page[ApiKey]:
        """Return keys that are not revoked, of one member or of all, `sort` being `createdAt` or `name`.

        Raises:
            BadCursor: `after_id` never was a key of this organization.
        """
        with self._database.reading() as connection:
            return key_rows.load_keys(
                connection,
                organization_id,
                membership_id=membership_id,
                kind=kind,
                sort=sort,
                descending=descending,
                after_id=after_id,
                size=size,
            )

    def set_enabled(
        self, organization_id: str, key_id: str, *, enabled: bool, by: Actor | None = None
    ) -> ApiKey:
        """Switch an organization key on or off; doing so twice is the same as once.

        Raises:
            NoSuchKey: unknown, revoked or another organization's.
            NotAnOrganizationKey: personal keys can only be revoked.
        """
        with self._database.writing() as connection:
            key = key_rows.find_key(connection, organization_id, key_id)
            if key is None:
                raise NoSuchKey(key_id)
            if key.kind is not KeyKind.ORGANIZATION:
                raise NotAnOrganizationKey
            if key.enabled is not enabled:
                key_rows.set_enabled(connection, key_id, enabled=enabled)
                self._tell(connection, Action.API_KEY_ENABLE if enabled else Action.API_KEY_DISABLE, key, by)
        return replace(key, enabled=enabled)

    def revoke(
        self, organization_id: str, key_id: str, *, by: Actor | None = None, own_of: str | None = None
    ) -> None:
        """Revoke a key of any kind for good; with `own_of` only one that is the member's own token.

        Raises:
            NoSuchKey: unknown, another organization's, not the member's own, or somebody else was faster.
        """
        with self._database.writing() as connection:
            key = key_rows.find_key(connection, organization_id, key_id)
            if key is None or (
                own_of is not None and (key.membership_id != own_of or key.kind is KeyKind.ORGANIZATION)
            ):
                raise NoSuchKey(key_id)
            if not key_rows.mark_deleted(connection, organization_id, key_id, self._clock()):
                raise NoSuchKey(key_id)
            self._tell(connection, Action.API_KEY_REVOKE, key, by)

    def allows(self, holder: Actor, kind: KeyKind) -> bool:
        """Tell whether a member may hold a key of a kind."""
        with self._database.reading() as connection:
            return may_hold(connection, holder, kind)

    def close(self) -> None:
        """Write down when keys were last used."""
        self._uses.flush()

    def _tell(self, connection: Connection, action: Action, key: ApiKey, by: Actor | None) -> None:
        record(
            connection,
            key.organization_id,
            action,
            actor=by,
            object_type="api_key",
            object_id=key.id,
            details={"name": key.name, "kind": key.kind.value, "membershipId": key.membership_id},
        )

    def _judge(self, digest: bytes) -> Actor:
        with self._database.reading() as connection:
            verdict = key_rows.find_verdict(connection, digest)
            if (
                verdict is None
                or not hmac.compare_digest(verdict.digest, digest.hex())
                or not verdict.is_usable
            ):
                raise InvalidToken
            if not verdict.owner_is_active or not may_hold(connection, verdict.actor, verdict.kind):
                raise OwnerLostKeys
        self._uses.note(verdict.actor.credential_id)
        return verdict.actor
