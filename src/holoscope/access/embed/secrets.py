"""Embed secrets: what the makers of embedded addresses sign with. Several may count at once."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.guards import require_admin
from holoscope.access.verdicts import Verdicts
from holoscope.kit.clock import Clock
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.kit.ids import new_id
from holoscope.kit.secrets import SecretText
from holoscope.storage.sealed import Sealer
from holoscope.storage.tables import embed_secrets, organizations
from holoscope.storage.unit_of_work import Database

FIRST_NAME = "First secret"
_LONGEST_NAME = 128
_ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class EmbedSecret:
    """What may be known of a secret after it was shown once."""

    id: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A secret that counts, and whose addresses it signs."""

    id: str
    organization_id: str
    text: SecretText


class EmbedSecrets:
    """Makes, lists and revokes secrets; they lie sealed. Safe between threads.

    `first` is the secret that the server was born with: it is that of the oldest organization until
    it is revoked like any other.
    """

    def __init__(self, database: Database, sealer: Sealer, first: SecretText, clock: Clock) -> None:
        self._database = database
        self._sealer = sealer
        self._first = first
        self._clock = clock
        self._active: Verdicts[str, tuple[SigningSecret, ...]] = Verdicts(database)

    def __repr__(self) -> str:
        return "EmbedSecrets(…)"

    def active(self) -> tuple[SigningSecret, ...]:
        """Return every secret that counts, of all organizations; remembered for `verdicts.MAX_AGE`."""
        return self._active.load(_ACTIVE, self._load)

    def list(self, actor: Actor) -> tuple[EmbedSecret, ...]:
        """Return the secrets of the actor's organization without their texts, the newest first.

        Raises:
            PermissionDenied: the actor is no administrator.
        """
        require_admin(actor)
        with self._database.writing() as connection:
            self._keep_first(connection)
            rows = connection.execute(
                select(embed_secrets)
                .where(embed_secrets.c.organization_id == actor.organization_id)
                .order_by(embed_secrets.c.created_at.desc(), embed_secrets.c.id)
            )
            return tuple(EmbedSecret(row.id, row.name, row.created_at, row.revoked_at) for row in rows)

    def create(self, actor: Actor, name: str) -> tuple[EmbedSecret, SecretText]:
        """Make another secret; its text is shown now and never again.

        Raises:
            PermissionDenied: the actor is no administrator.
            BadRequest: the name is empty or longer than 128 characters.
        """
        require_admin(actor)
        if not name.strip() or len(name) > _LONGEST_NAME:
            raise BadRequest(f"Bad Request: name: Expected 1 to {_LONGEST_NAME} characters")
        text = SecretText(random.token_urlsafe(24))
        made = EmbedSecret(new_id(), name.strip(), self._clock(), None)
        with self._database.writing() as connection:
            self._keep_first(connection)
            self._insert(connection, made, actor.organization_id, text)
            self._tell(connection, actor, Action.EMBED_SECRET_CREATE, made.id, made.name)
        return made, text

    def revoke(self, actor: Actor, secret_id: str) -> None:
        """Make a secret count no longer: what it signed and was not used yet is worth nothing.

        Raises:
            PermissionDenied: the actor is no administrator.
            NotFound: unknown, revoked before, or another organization's.
        """
        require_admin(actor)
        with self._database.writing() as connection:
            self._keep_first(connection)
            same = (
                embed_secrets.c.id == secret_id,
                embed_secrets.c.organization_id == actor.organization_id,
                embed_secrets.c.revoked_at.is_(None),
            )
            name = connection.execute(select(embed_secrets.c.name).where(*same)).scalar_one_or_none()
            if name is None:
                raise NotFound(f"Embed secret with id {secret_id} does not exist")
            connection.execute(update(embed_secrets).where(*same).values(revoked_at=self._clock()))
            self._tell(connection, actor, Action.EMBED_SECRET_REVOKE, secret_id, name)

    def _load(self) -> tuple[SigningSecret, ...]:
        with self._database.reading() as connection:
            if _is_untouched(connection):
                oldest = _oldest_organization(connection)
                return () if oldest is None else (SigningSecret(FIRST_NAME, oldest, self._first),)
            rows = connection.execute(select(embed_secrets).where(embed_secrets.c.revoked_at.is_(None))).all()
        return tuple(
            SigningSecret(row.id, row.organization_id, self._sealer.open(row.sealed, _row(row.id)))
            for row in rows
        )

    def _keep_first(self, connection: Connection) -> None:
        """Give the first secret a row like any other's, before rows say what counts."""
        oldest = _oldest_organization(connection) if _is_untouched(connection) else None
        if oldest is not None:
            first = EmbedSecret(new_id(), FIRST_NAME, self._clock(), None)
            self._insert(connection, first, oldest, self._first)

    def _insert(
        self, connection: Connection, made: EmbedSecret, organization_id: str, text: SecretText
    ) -> None:
        connection.execute(
            insert(embed_secrets).values(
                id=made.id,
                organization_id=organization_id,
                name=made.name,
                sealed=self._sealer.seal(text, _row(made.id)),
                created_at=made.created_at,
            )
        )

    def _tell(self, connection: Connection, actor: Actor, action: Action, secret_id: str, name: str) -> None:
        record(
            connection,
            actor.organization_id,
            action,
            actor=actor,
            object_type="embed_secret",
            object_id=secret_id,
            details={"name": name},
        )


def _is_untouched(connection: Connection) -> bool:
    return connection.execute(select(embed_secrets.c.id).limit(1)).first() is None


def _oldest_organization(connection: Connection) -> str | None:
    return connection.execute(
        select(organizations.c.id).order_by(organizations.c.created_at, organizations.c.id).limit(1)
    ).scalar_one_or_none()


def _row(secret_id: str) -> str:
    return f"embed_secrets.{secret_id}"
