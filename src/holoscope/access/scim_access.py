"""Who may use SCIM, and transactions in which a race for a name is a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from holoscope.access.actors import Actor
from holoscope.access.errors import AlreadyTaken, PermissionDenied, ScimNeedsOrganizationKey
from holoscope.storage.unit_of_work import Database


def require_directory(actor: Actor) -> None:
    """Let an organization key pass whose maker administers the organization.

    Raises:
        ScimNeedsOrganizationKey: a personal key, a grant or a session.
        PermissionDenied: the member behind the key is no administrator (any more).
    """
    if not actor.has_organization_key:
        raise ScimNeedsOrganizationKey
    if not actor.is_admin:
        raise PermissionDenied


@contextmanager
def writing(database: Database) -> Iterator[Connection]:
    """Yield a write transaction.

    Raises:
        AlreadyTaken: another writer, unseen until the end, took the same name first.
    """
    try:
        with database.writing() as connection:
            yield connection
    except IntegrityError as error:
        if not _is_about_uniqueness(error):
            raise
        raise AlreadyTaken("Somebody else has just taken that name") from None


def _is_about_uniqueness(error: IntegrityError) -> bool:
    """Tell a name that is taken from other broken rules; SQLite says so by name, PostgreSQL by number."""
    said = (getattr(error.orig, "sqlite_errorname", ""), getattr(error.orig, "sqlstate", ""))
    return said[0] in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY") or said[1] == "23505"
